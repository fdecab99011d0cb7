"""Who a person is, by the population register: name, day of birth, and the numbers they had before.

Every element is a list, or one alone; the current one counts, and one that has ended never does. Any part of a name
may be missing, and of a birth sometimes the year alone is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.platform.provider_errors import SourceBrokenError
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient
from integrations.record import Record

SCOPE = "folkeregister:deling/offentligmedhjemmel"
#: Gradings of an address that keep it from others (``Adressegradering``); another one we do not know keeps it too.
OPEN_ADDRESS = frozenset({"", "ugradert"})
#: What a guardian may do, where it is not about money.
NOT_ABOUT_MONEY = "personligeInteresser"
#: Looks after a fortune, and stands in for nobody.
NO_GUARDIAN = "forvaltningUtenforVergemaal"


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """What the register says of one person. ``pid`` must never be logged, queued or put in a URL.

    dead       a death is registered, with or without its day
    protected  the address is graded: letters go no other way than the register allows
    guardian   the number of whoever acts for them in matters of money, "" where nobody does
    """

    pid: str
    name: str
    born: date
    dead: bool = False
    protected: bool = False
    guardian: str = ""


class Folkeregisteret:
    def __init__(self, base_url: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = f"{base_url}/folkeregisteret/offentlig-med-hjemmel/api/v1/personer"
        self._http = http
        self._maskinporten = maskinporten

    def identify(self, pid: str) -> tuple[str, date]:
        """Full name and birth date. Raises a ``SourceError``."""
        return _identity(pid, self._ask(pid, "navn", "foedsel"))

    def person(self, pid: str) -> RegisteredPerson:
        """Who they are, whether they live, and who acts for them. Raises a ``SourceError``."""
        told = self._ask(pid, "navn", "foedsel", "doedsfall", "adressebeskyttelse", "vergemaalEllerFremtidsfullmakt")
        name, born = _identity(pid, told)
        return RegisteredPerson(
            pid,
            name,
            born,
            dead=bool(_now(told, "doedsfall")),
            protected=any(one.text("graderingsnivaa") not in OPEN_ADDRESS for one in _now(told, "adressebeskyttelse")),
            guardian=_guardian(told),
        )

    def residence(self, pid: str) -> str:
        """The number of the municipality they live in, "" where the register says none. Raises a ``SourceError``."""
        told = self._ask(pid, "bostedsadresse")
        found = ""
        for one in _now(told, "bostedsadresse"):
            places = (one.record(kind).text("kommunenummer") for kind in ("vegadresse", "matrikkeladresse"))
            found = next((number for number in places if number), one.record("ukjentBosted").text("bostedskommune"))
        return found

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


def _identity(pid: str, person: Record) -> tuple[str, date]:
    name = _current(person, "navn")
    full = " ".join(part for part in (name.text(one) for one in ("fornavn", "mellomnavn", "etternavn")) if part)
    birth = _current(person, "foedsel")
    born = birth.day("foedselsdato") or _born_by_number(pid, birth.text("foedselsaar"))
    if not full or born is None:
        raise SourceBrokenError("freg_answer")
    return full, born


def _guardian(person: Record) -> str:
    """The number of the guardian in matters of money; a power of attorney that the State has confirmed counts too."""
    for one in _now(person, "vergemaalEllerFremtidsfullmakt"):
        guardian = one.record("verge")
        number = guardian.text("foedselsEllerDNummer")
        if number and guardian.text("omfang") != NOT_ABOUT_MONEY and one.text("vergemaaltype") != NO_GUARDIAN:
            return number
    return ""


def _now(person: Record, name: str) -> list[Record]:
    """The elements that hold now: those that say so, else those that have not ended."""
    elements = _elements(person, name)
    now = [one for one in elements if one.flag("erGjeldende")]
    return now or [one for one in elements if one.flag("erGjeldende") is None and not one.has("opphoerstidspunkt")]


def _current(person: Record, name: str) -> Record:
    """The last element that holds now."""
    return (_now(person, name) or [Record(None)])[-1]


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
