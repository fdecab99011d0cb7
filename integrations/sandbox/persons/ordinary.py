"""The ordinary people around those of the report, made by a fixed seed each."""

from __future__ import annotations

import random
from datetime import date

from integrations.sandbox.numbers import synthetic_pid
from integrations.sandbox.persons.person import (
    Benefit,
    Business,
    Claim,
    Home,
    Loan,
    Person,
    Spending,
)

#: What a month of everyday life costs.
EVERYDAY = (
    Spending("REMA 1000 STRØMMEN", "REMA 1000", "5411", 4300, 9),
    Spending("RUTER", "Ruter AS", "4111", 897),
    Spending("TELENOR", "Telenor Mobil", "4814", 549),
    Spending("NETFLIX.COM", "Netflix", "4899", 159),
    Spending("APOTEK 1", "Apotek 1", "5912", 380, 2),
    Spending("H&M", "H&M", "5651", 950, 2),
)

_NAMES = (
    ("mona", "Mona Prøve", 1975, "Uføretrygdet med mye inkasso."),
    ("per", "Per Prøve", 1957, "Pensjonist med eget hus og ingen gjeld."),
    ("sara", "Sara Prøve", 2004, "Student med studielån og deltidsjobb."),
    ("ali", "Ali Prøve", 1991, "Drosjesjåfør med boliglån og billån."),
    ("ingrid", "Ingrid Prøve", 1986, "Sykepleier, enslig med to barn."),
    ("jonas", "Jonas Prøve", 1998, "Lærling uten gjeld."),
    ("lene", "Lene Prøve", 1979, "Frisør med eget foretak og mva-gjeld."),
    ("odd", "Odd Prøve", 1969, "Arbeidsledig med kredittkort."),
    ("tone", "Tone Prøve", 1993, "Butikkleder med ett forbrukslån."),
    ("viktor", "Viktor Prøve", 1983, "Kokk med utleggstrekk."),
)


def _ordinary(index: int, key: str, name: str, year: int, summary: str) -> Person:
    """Made by a fixed seed: the same person every time."""
    dice = random.Random(f"iBalanse/{key}")
    born = date(year, dice.randint(1, 12), dice.randint(1, 28))
    wage = 0 if key in ("mona", "per", "odd") else dice.randrange(12_000 if key == "sara" else 28_000, 48_000, 500)
    loans: list[Loan] = []
    if key not in ("per", "jonas"):
        debt = dice.randrange(8_000, 60_000, 100)
        lender = "Eksempelbanken" if key == "tone" else "Eksempel Kreditt"
        loans.append(Loan("credit_card", lender, debt, "21.90", debt * 3 // 100, debt, debt + 5_000))
    if key in ("ali", "ingrid"):
        loans.append(
            Loan(
                "mortgage",
                "Eksempelbanken",
                1_900_000 + index * 90_000,
                "5.40",
                12_300,
                2_500_000,
                account="mortgage",
                terms=260,
            )
        )
    if key in ("tone", "viktor", "odd"):
        loans.append(
            Loan(
                "consumer_loan",
                "Eksempelbanken",
                90_000 + index * 4_000,
                "15.20",
                2_700,
                150_000,
                account="consumer",
                terms=44,
            )
        )
    if key == "sara":
        loans.append(Loan("student_loan", "Lånekassen", 212_000, "5.10", 0, 212_000))
    benefits = {
        "mona": (Benefit("Uføretrygd", 23_900, 4_650, 1_500, "Namsmannen"),),
        "per": (Benefit("Alderspensjon", 25_400, 4_300),),
        "odd": (Benefit("Dagpenger", 22_700, 5_500),),
        "ingrid": (Benefit("Barnetrygd", 3_532, 0),),
    }.get(key, ())
    claims = (
        tuple(
            Claim(
                f"INK-2025-{index}{n:02d}",
                "Eksempel Inkasso AS",
                f"Kreditor {n} Eksempel AS",
                "Faktura",
                1_500 * n,
                120 * n,
                700 + 60 * n,
                "utlegg" if n % 2 else "overvaak",
                date(2025, 1 + n, 10),
            )
            for n in range(1, 7)
        )
        if key in ("mona", "viktor")
        else ()
    )
    homes = (
        (Home("3205", "Lillestrøm", 50 + index, 12, (1, 1), 900_000 + index * 40_000),)
        if key in ("per", "ali", "ingrid")
        else ()
    )
    business = (
        Business("314961900", "LENE FRISØR EKSEMPEL", "96.020", "Frisering", date(2019, 5, 1), True)
        if key == "lene"
        else None
    )
    return Person(
        key=key,
        name=name,
        pid=synthetic_pid(born, 400 + index * 7),
        birth_date=born,
        summary=summary,
        wage=wage,
        tax=wage * 24 // 100,
        employer="Arbeidsplassen Eksempel AS" if wage else "",
        employer_orgno="310478717" if wage else "",
        loans=tuple(loans),
        claims=claims,
        spending=(Spending("HUSLEIE", "Utleie Eksempel AS", "", 7_000 + index * 300), *EVERYDAY),
        benefits=benefits,
        homes=homes,
        business=business,
        turnover=54_000 if business else 0,
    )


def ordinary_persons() -> tuple[Person, ...]:
    return tuple(_ordinary(index, *fields) for index, fields in enumerate(_NAMES))
