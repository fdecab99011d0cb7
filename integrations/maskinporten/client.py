"""Trade a signed grant for an access token. A consent token is a normal one with ``authorization_details``."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

from joserfc.jwk import RSAKey

from engine.platform.provider_errors import SourceBrokenError
from engine.platform.settings import MaskinportenSettings
from integrations.client_key import sign
from integrations.http import HttpClient

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PERSON = "urn:altinn:person:identifier-no:"


class MaskinportenClient:
    """Fetches tokens; plain ones are kept until shortly before they end, consent tokens never."""

    def __init__(self, settings: MaskinportenSettings, key: RSAKey, http: HttpClient) -> None:
        self._settings = settings
        self._key = key
        self._http = http
        self._kept: dict[str, tuple[float, str]] = {}

    def token(self, scope: str, *, consent: tuple[str, str] | None = None, resource: str = "") -> str:
        """An access token for *scope*. *consent* is (consent id, national identity number of the giver)."""
        kept = self._kept.get(f"{scope} {resource}")
        if consent is None and kept is not None and kept[0] > time.monotonic():
            return kept[1]
        claims: dict[str, Any] = {"aud": self._settings.issuer, "iss": self._settings.client_id, "scope": scope}
        if resource:
            claims["resource"] = [resource]
        if consent is not None:
            claims["authorization_details"] = [
                {"type": "urn:altinn:consent", "id": consent[0], "from": f"{PERSON}{consent[1]}"}
            ]
        form = {"grant_type": GRANT, "assertion": sign(self._key, claims, 100)}
        answer = self._http.post(f"{self._settings.issuer.rstrip('/')}/token", form=form).json()
        fields = answer if isinstance(answer, dict) else {}
        token, life = fields.get("access_token"), fields.get("expires_in", 60)
        if not isinstance(token, str) or not isinstance(life, str | int | float | Decimal):
            raise SourceBrokenError("token_answer")
        if consent is None:
            self._kept[f"{scope} {resource}"] = (time.monotonic() + float(life) - 10, token)
        return token
