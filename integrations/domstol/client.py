"""Ask the court who takes part in an estate, send it the declaration, and fetch what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from engine.advice.task_types.exchange import Found, PartyFound, Reply
from integrations.answer import Answer, load
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient

SCOPE = "domstol:dodsbo"
#: The court's word for whoever the estate is after; ours is the role in the case.
DECEASED, HEIR = "avdode", "arving"
_NIN = validate.Regexp(r"^[0-9]{11}$")


class CourtParty(Answer):
    nin = fields.String(required=True, validate=_NIN)
    navn = fields.String(required=True)
    foedselsdato = fields.Date(required=True)
    role = fields.String(load_default="")
    erDoed = fields.Boolean(load_default=False)
    verge = fields.Nested("CourtParty", load_default=None, allow_none=True)


class Estate(Answer):
    sakId = fields.String(required=True)
    saksnummer = fields.String(required=True)
    avdode = fields.Nested(CourtParty, required=True)
    parter = fields.List(fields.Nested(CourtParty), required=True)
    status = fields.String(required=True)
    deadlineDate = fields.Date(required=True)
    erAnnullert = fields.Boolean(load_default=False)


class Receipt(Answer):
    referanse = fields.String(required=True)


class Certificate(Answer):
    utstedt = fields.Date(required=True)
    resultatType = fields.String(required=True)


class DomstolClient:
    """A register of parties, and a receiver of declarations."""

    def __init__(self, base_url: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = f"{base_url}/api/v1/estates"
        self._http = http
        self._maskinporten = maskinporten

    def _headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._maskinporten.token(SCOPE)}", **more}

    def find(self, pid: str) -> Found | None:
        """The estate in which this person is an heir or acts for one; ``None`` when there is none."""
        answer = self._http.post(
            f"{self._url}/search", json={"heirSsn": pid}, headers=self._headers(), expected=frozenset({200, 404})
        )
        if answer.status == 404:
            return None
        estate = load(Estate(), answer.json())
        parties = [_party(estate["avdode"], DECEASED, acts=False)]
        parties += [_party(part, HEIR, acts=True) for part in estate["parter"] if not part["erDoed"]]
        return Found(estate["sakId"], tuple(parties), estate["deadlineDate"], estate["erAnnullert"])

    def submit(self, reference: str, body: Mapping[str, Any], key: str) -> str:
        """Send the declaration; the same key twice is one declaration. Returns the court's reference."""
        answer = self._http.post(
            f"{self._url}/{reference}/declarations",
            json=dict(body),
            headers=self._headers(**{"Idempotency-Key": key}),
            expected=frozenset({201}),
        )
        receipt: str = load(Receipt(), answer.json())["referanse"]
        return receipt

    def reply(self, reference: str) -> Reply | None:
        """The certificate, once it is issued."""
        answer = self._http.get(
            f"{self._url}/{reference}/certificate", headers=self._headers(), expected=frozenset({200, 404})
        )
        if answer.status == 404:
            return None
        certificate = load(Certificate(), answer.json())
        return Reply(certificate["resultatType"], certificate["utstedt"])


def _party(part: dict[str, Any], role: str, *, acts: bool) -> PartyFound:
    guardian = part["verge"]
    return PartyFound(
        part["nin"],
        part["navn"],
        part["foedselsdato"],
        role,
        acts,
        "" if guardian is None else guardian["nin"],
        "" if guardian is None else guardian["navn"],
        None if guardian is None else guardian["foedselsdato"],
        part["role"],
    )
