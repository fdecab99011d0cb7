"""An estate: Dagny Arv has died and leaves three children and a grandchild, who is a minor with a guardian."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from integrations.sandbox.numbers import synthetic_pid
from integrations.sandbox.persons.person import Home, Loan, Person


def _one(key: str, name: str, born: date, serial: int, summary: str) -> Person:
    return Person(key, name, synthetic_pid(born, serial), born, summary)


DECEASED = replace(
    _one("dagny", "Dagny Arv", date(1948, 2, 11), 244, "Døde 1. november 2026. Etterlater hus og sparepenger."),
    deposits=(("Brukskonto", "Lønnskonto", 48_200), ("Sparekonto", "Sparekonto", 312_500)),
    loans=(Loan("mortgage", "Eksempelbanken", 640_000, "5.40", 5_100, 900_000, account="mortgage", terms=160),),
    homes=(Home("3205", "Lillestrøm", 77, 12, (1, 1), 1_480_000),),
)
HANNA = _one("hanna", "Hanna Arv", date(1972, 5, 3), 246, "Datter av Dagny.")
HAKON = _one("hakon", "Håkon Arv", date(1975, 9, 17), 247, "Sønn av Dagny.")
HEIDI = _one("heidi", "Heidi Arv", date(1979, 12, 1), 248, "Datter av Dagny.")
HEDDA = _one("hedda", "Hedda Arv", date(2012, 6, 21), 524, "Barnebarn av Dagny, 14 år.")
HENRIK = _one("henrik", "Henrik Arv", date(2001, 3, 8), 525, "Sønn av Heidi.")
GUARDIAN = _one("vera", "Vera Verge", date(1983, 8, 30), 250, "Verge for Hedda.")

ESTATE_PERSONS: tuple[Person, ...] = (DECEASED, HANNA, HAKON, HEIDI, HEDDA, HENRIK, GUARDIAN)
#: (heir, role, guardian or ``None``)
HEIRS: tuple[tuple[Person, str, Person | None], ...] = (
    (HANNA, "BARN", None),
    (HAKON, "BARN", None),
    (HEIDI, "BARN", None),
    (HEDDA, "BARNEBARN", GUARDIAN),
)
