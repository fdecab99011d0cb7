"""Ask the court who takes part in an estate, send it the declaration, and fetch what it answers.

The court's case names people by number alone. Names, days of birth, deaths and guardians are Folkeregisteret's to tell.
Search, declaration and certificate are own design: what the court really has is a list of events, with the case each
is about, and the case is read here as it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from marshmallow import fields

from engine.advice.task_types.exchange import Found, PartyFound, Reply
from engine.platform.provider_errors import SourceBrokenError, SourceError, SourceUnavailableError
from engine.platform.strict_json import Json
from integrations.answer import Answer, load
from integrations.folkeregisteret.client import RegisteredPerson
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient
from integrations.record import Record

SCOPE = "domstol:dodsbo"
#: The court's word for whoever the estate is after; ours is the role in the case.
DECEASED, HEIR = "avdode", "arving"
#: A party with a national identity number; others are firms, and people and firms abroad ("Papp").
PERSON = "Person"


class PopulationRegister(Protocol):
    """Who has a number. Raises a ``SourceError``."""

    def person(self, pid: str) -> RegisteredPerson: ...


class Receipt(Answer):
    referanse = fields.String(required=True)


class Certificate(Answer):
    utstedt = fields.Date(required=True)
    resultatType = fields.String(required=True)


class DomstolClient:
    """A register of parties, and a receiver of declarations."""

    def __init__(
        self, base_url: str, http: HttpClient, maskinporten: MaskinportenClient, population: PopulationRegister
    ) -> None:
        self._population = population
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
        return self.estate(answer.json())

    def estate(self, answer: Json) -> Found:
        """Everybody in a case of the court. Raises ``SourceBrokenError`` where it is no case at all.

        A party that cannot be read, or has no number here, cannot act in the case and is counted in ``outside``.
        """
        case = Record(answer)
        deceased, reference, deadline = case.text("avdode"), case.text("sakId"), case.day("deadlineDate")
        if not deceased or not reference or deadline is None:
            raise SourceBrokenError("schema")
        parties = [_party(self._population.person(deceased), DECEASED)]
        outside = 0
        for told in case.records("parter"):
            heir = self._known(told)
            if heir is None:
                outside += 1
            elif not heir.dead and heir.pid not in [party.pid for party in parties]:
                parties.append(self._heir(heir, told.text("role")))
        return Found(reference, tuple(parties), deadline, bool(case.flag("erAnnullert")), outside)

    def _known(self, told: Record) -> RegisteredPerson | None:
        """Who a party is, or ``None`` where nobody here knows. Raises ``SourceUnavailableError``."""
        number = told.text("nin")
        if told.text("type") not in ("", PERSON) or not (number.isdecimal() and len(number) == 11):
            return None
        try:
            return self._population.person(number)
        except SourceUnavailableError:
            raise
        except SourceError:
            return None

    def _heir(self, heir: RegisteredPerson, relation: str) -> PartyFound:
        """An heir, and whoever acts for them."""
        guardian = self._population.person(heir.guardian) if heir.guardian else None
        return _party(heir, HEIR, guardian, relation)

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


def _party(
    person: RegisteredPerson, role: str, guardian: RegisteredPerson | None = None, relation: str = ""
) -> PartyFound:
    return PartyFound(
        person.pid,
        person.name,
        person.born,
        role,
        role == HEIR,
        "" if guardian is None else guardian.pid,
        "" if guardian is None else guardian.name,
        None if guardian is None else guardian.born,
        relation,
    )
