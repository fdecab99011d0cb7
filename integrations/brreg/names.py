"""What Enhetsregisteret calls an organisation number: the a-melding tells who paid by number alone.

An employer reports for the establishment somebody works at (``underenhet``), a small one for itself (``enhet``).
"""

from __future__ import annotations

from engine.platform.provider_errors import SourceError
from integrations.http import HttpClient
from integrations.record import Record

#: Seconds. A name is a help to the reader, and no answer waits long for it.
TIMEOUT = 2.0


class OrganisationNames:
    def __init__(self, base_url: str, http: HttpClient) -> None:
        self._url = f"{base_url}/enhetsregisteret/api"
        self._http = http

    def name_of(self, number: str) -> str:
        """``""`` where the register knows no such number, or does not answer."""
        if not (number.isdigit() and len(number) == 9):
            return ""
        try:
            return self._name("underenheter", number) or self._name("enheter", number)
        except SourceError:
            return ""

    def _name(self, kind: str, number: str) -> str:
        answer = self._http.get(f"{self._url}/{kind}/{number}", timeout=TIMEOUT, expected=frozenset({200, 404, 410}))
        return Record(answer.json()).text("navn") if answer.status == 200 else ""
