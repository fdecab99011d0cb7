"""Log in: pushed authorization request, PKCE S256, private_key_jwt, state, nonce, ``iss`` and ``acr`` checked.

RFC 9126, 7636, 7523, 9207 and OpenID Connect Core 1.0.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from engine.platform.provider_errors import SourceError
from engine.platform.settings import OidcSettings
from engine.workflow.authorization.login import Identity, LoginStart
from integrations.client_key import sign
from integrations.http import HttpClient

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LEVELS = {"substantial": 3, "high": 4}
LEADER = "urn:altinn:resource:ibalanse-leder"
_CACHE_SECONDS = 24 * 3600
LEEWAY = 10


class LoginError(Exception):
    """The log-in failed. ``code`` is short: it goes to the log and beside the text on the page."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def level_of(acr: str) -> str:
    """``idporten-loa-high`` and ``high`` are both high."""
    return acr.rpartition("-")[2]


class OidcClient:
    """One issuer, one registered client."""

    def __init__(self, settings: OidcSettings, key: RSAKey, http: HttpClient) -> None:
        self.settings = settings
        self._key = key
        self._http = http
        self._cached: dict[str, tuple[float, Any]] = {}

    def begin(
        self, *, redirect_uri: str, locale: str, prompt: str = "", details: list[dict[str, Any]] | None = None
    ) -> LoginStart:
        """Push the request and tell where to send the person. Raises ``LoginError``."""
        metadata = self._metadata()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        extra: dict[str, str] = {"nonce": nonce, "acr_values": self.settings.acr, "ui_locales": locale}
        if prompt:
            extra["prompt"] = prompt
        if details:
            extra["authorization_details"] = json.dumps(details)
        session = OAuth2Session(
            self.settings.client_id, redirect_uri=redirect_uri, scope="openid profile", code_challenge_method="S256"
        )
        full, _ = session.create_authorization_url(
            metadata["authorization_endpoint"], state=state, code_verifier=verifier, **extra
        )
        # The parameters of that address are pushed; the browser carries a reference only (RFC 9126).
        form = {**dict(parse_qsl(urlsplit(full).query)), **self._assertion()}
        pushed = self._call(metadata["pushed_authorization_request_endpoint"], form, frozenset({200, 201}))
        request_uri = pushed.get("request_uri")
        if not isinstance(request_uri, str):
            raise LoginError("par_answer")
        query = urlencode({"client_id": self.settings.client_id, "request_uri": request_uri})
        return LoginStart(f"{metadata['authorization_endpoint']}?{query}", state, nonce, verifier)

    def finish(self, start: LoginStart, redirect_uri: str, answer: Mapping[str, str]) -> Identity:
        """Trade the answer for an identity. Every check that fails raises ``LoginError`` with its name."""
        if not secrets.compare_digest(answer.get("state", ""), start.state):
            raise LoginError("state")
        if answer.get("iss") != self.settings.issuer:
            raise LoginError("iss")
        if "error" in answer:
            raise LoginError("cancelled" if answer["error"] == "access_denied" else "provider_error")
        metadata = self._metadata()
        tokens = self._call(
            metadata["token_endpoint"],
            {
                "grant_type": "authorization_code",
                "code": answer.get("code", ""),
                "redirect_uri": redirect_uri,
                "code_verifier": start.verifier,
                "client_id": self.settings.client_id,
                **self._assertion(),
            },
            frozenset({200}),
        )
        return self._identity(str(tokens.get("id_token", "")), start.nonce)

    def _identity(self, id_token: str, nonce: str) -> Identity:
        claims = self._claims(id_token)
        audience = claims.get("aud")
        if claims.get("iss") != self.settings.issuer:
            raise LoginError("token_iss")
        if self.settings.client_id not in (audience if isinstance(audience, list) else [audience]):
            raise LoginError("token_aud")
        if float(claims.get("exp", 0)) < time.time() - LEEWAY:
            raise LoginError("token_expired")
        if not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
            raise LoginError("nonce")
        level, asked = level_of(str(claims.get("acr", ""))), level_of(self.settings.acr)
        if LEVELS.get(level, 0) < LEVELS.get(asked, 99):
            raise LoginError("acr")
        pid = str(claims.get("pid", ""))
        if not (pid.isdigit() and len(pid) == 11):
            raise LoginError("pid")
        return Identity(
            sub=str(claims.get("sub", "")),
            pid=pid,
            level=level,
            sid=str(claims.get("sid", "")),
            locale=str(claims.get("locale", "nb")),
            issuer=self.settings.issuer,
            id_token=id_token,
            offices=_offices(claims.get("authorization_details")),
            resources=_resources(claims.get("authorization_details")),
            leads=tuple(orgno for orgno, _ in _offices(claims.get("authorization_details"), LEADER)),
            granted=_granted(claims.get("authorization_details")),
        )

    def _claims(self, id_token: str) -> dict[str, Any]:
        for fresh in (False, True):  # a new signing key is fetched once
            try:
                key_set: Any = self._cached_json("jwks", self._metadata()["jwks_uri"], fresh=fresh)
                keys = KeySet.import_key_set(key_set)
                return dict(jwt.decode(id_token, keys, algorithms=["RS256"]).claims)
            except (JoseError, ValueError, KeyError):
                if fresh:
                    raise LoginError("token_signature") from None
        raise AssertionError("unreachable")

    def logout_url(self, id_token: str, back: str) -> str:
        """Where to send the browser so that the issuer ends its session too."""
        query = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "client_id": self.settings.client_id}
        return f"{self._metadata()['end_session_endpoint']}?{urlencode(query)}"

    def _assertion(self) -> dict[str, str]:
        client = self.settings.client_id
        claims = {"iss": client, "sub": client, "aud": self.settings.issuer}
        return {"client_assertion_type": ASSERTION, "client_assertion": sign(self._key, claims)}

    def _metadata(self) -> dict[str, Any]:
        metadata = self._cached_json("metadata", f"{self.settings.issuer}/.well-known/openid-configuration")
        if metadata.get("issuer") != self.settings.issuer:
            raise LoginError("metadata_issuer")
        return metadata

    def _cached_json(self, name: str, url: str, *, fresh: bool = False) -> dict[str, Any]:
        found = self._cached.get(name)
        if found is None or fresh or time.monotonic() - found[0] > _CACHE_SECONDS:
            try:
                found = (time.monotonic(), self._http.get(url).fields())
            except SourceError as error:
                raise LoginError(f"provider_{error.code}") from None
            self._cached[name] = found
        value: dict[str, Any] = found[1]
        return value

    def _call(self, url: str, form: dict[str, str], expected: frozenset[int]) -> dict[str, Any]:
        try:
            return self._http.post(url, form=form, expected=expected).fields()
        except SourceError as error:
            raise LoginError(f"provider_{error.code}") from None


def _offices(details: object, resource: str = "") -> tuple[tuple[str, str], ...]:
    """Organisations of the ``ansattporten:altinn:resource`` entries, each once; with *resource* of that one alone."""
    found: list[tuple[str, str]] = []
    for entry in details if isinstance(details, list) else ():
        if not isinstance(entry, dict) or resource not in ("", entry.get("resource")):
            continue
        if entry.get("type") == "ansattporten:altinn:resource":
            for party in entry.get("authorized_parties", ()):
                orgno = str(party.get("orgno", {}).get("ID", "")).removeprefix("0192:")
                if orgno:
                    found.append((orgno, str(party.get("name", ""))))
    return tuple(dict.fromkeys(found))


def _resources(details: object) -> frozenset[str]:
    """The resources of ``ansattporten:altinn:resource`` entries that name somebody to act for."""
    return frozenset(
        str(entry.get("resource", ""))
        for entry in (details if isinstance(details, list) else ())
        if isinstance(entry, dict)
        and entry.get("type") == "ansattporten:altinn:resource"
        and entry.get("authorized_parties")
    )


def _granted(details: object) -> dict[str, frozenset[str]]:
    """Organisation number → the resources given there."""
    named = _resources(details)
    found: dict[str, set[str]] = {}
    for resource in named:
        for orgno, _ in _offices(details, resource):
            found.setdefault(orgno, set()).add(resource)
    return {orgno: frozenset(resources) for orgno, resources in found.items()}
