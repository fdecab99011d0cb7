"""Who a person is, by the population register: name, day of birth, and the numbers they had before.

Every element is a list, or one alone; the current one counts, and one that has ended never does. Any part of a name
may be missing, and of a birth sometimes the year alone is known.
"""

from __future__ import annotations

from datetime import date

from engine.platform.provider_errors import SourceBrokenError
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient
from integrations.record import Record

SCOPE = "folkeregister:deling/offentligmedhjemmel"


class Folkeregisteret:
    def __init__(self, base_url: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = f"{base_url}/folkeregisteret/offentlig-med-hjemmel/api/v1/personer"
        self._http = http
        self._maskinporten = maskinporten

    def identify(self, pid: str) -> tuple[str, date]:
        """Full name and birth date. Raises a ``SourceError``."""
        person = self._ask(pid, "navn", "foedsel")
        name = _current(person, "navn")
        full = " ".join(part for part in (name.text(one) for one in ("fornavn", "mellomnavn", "etternavn")) if part)
        birth = _current(person, "foedsel")
        born = birth.day("foedselsdato") or _born_by_number(pid, birth.text("foedselsaar"))
        if not full or born is None:
            raise SourceBrokenError("freg_answer")
        return full, born

    def former_numbers(self, pid: str) -> tuple[str, ...]:
        """The other numbers the register has for this person: a D-number from before. Raises a ``SourceError``."""
        told = _elements(self._ask(pid, "identifikasjonsnummer"), "identifikasjonsnummer")
        numbers = dict.fromkeys(one.text("foedselsEllerDNummer") for one in told)
        return tuple(number for number in numbers if number and number != pid)

    def _ask(self, pid: str, *parts: str) -> Record:
        headers = {"Authorization": f"Bearer {self._maskinporten.token(SCOPE)}"}
        person = self._http.get(f"{self._url}/{pid}", params={"part": list(parts)}, headers=headers).json()
        if not isinstance(person, dict):
            raise SourceBrokenError("freg_answer")
        return Record(person)


def _elements(person: Record, name: str) -> list[Record]:
    return person.records(name) or [one for one in (person.record(name),) if one]


def _current(person: Record, name: str) -> Record:
    """The element that holds now: the one that says so, else the last that has not ended."""
    elements = _elements(person, name)
    now = [one for one in elements if one.flag("erGjeldende")]
    lasting = [one for one in elements if one.flag("erGjeldende") is None and not one.has("opphoerstidspunkt")]
    return (now or lasting or [Record(None)])[-1]


def _born_by_number(pid: str, year: str) -> date | None:
    """The day in an identity number, where the register knows the year alone; 1 January where they disagree.

    A D-number has 40 added to the day, a synthetic one 40 or 80 to the month.
    """
    if not (year.isdigit() and len(year) == 4):
        return None
    try:
        day, month, short = int(pid[:2]), int(pid[2:4]), pid[4:6]
        if short == year[2:]:
            return date(
                int(year), month - max(add for add in (0, 40, 80) if month > add), day - (40 if day > 40 else 0)
            )
    except ValueError:
        pass
    return date(int(year), 1, 1)
