"""Name and birth date of a person who has logged in. Every element is a list; the current one counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.platform.provider_errors import SourceBrokenError
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient

SCOPE = "folkeregister:deling/offentligmedhjemmel"


class Folkeregisteret:
    def __init__(self, base_url: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = f"{base_url}/folkeregisteret/offentlig-med-hjemmel/api/v1/personer"
        self._http = http
        self._maskinporten = maskinporten

    def identify(self, pid: str) -> tuple[str, date]:
        """Full name and birth date. Raises a ``SourceError``."""
        headers = {"Authorization": f"Bearer {self._maskinporten.token(SCOPE)}"}
        person = self._http.get(f"{self._url}/{pid}", params={"part": "navn,foedsel"}, headers=headers).json()
        try:
            name = _current(person["navn"])
            full = " ".join(part for part in (name["fornavn"], name.get("mellomnavn"), name["etternavn"]) if part)
            return full, date.fromisoformat(_current(person["foedsel"])["foedselsdato"])
        except (KeyError, TypeError, ValueError, IndexError):
            raise SourceBrokenError("freg_answer") from None


def _current(elements: list[dict[str, Any]]) -> dict[str, Any]:
    return next((element for element in elements if element.get("erGjeldende")), elements[0])
