"""Who there is."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from integrations.sandbox.numbers import account_number, synthetic_pid
from integrations.sandbox.persons.estate import ESTATE_PERSONS
from integrations.sandbox.persons.ordinary import EVERYDAY, ordinary_persons
from integrations.sandbox.persons.person import (
    Benefit,
    Business,
    Claim,
    Employee,
    Home,
    Loan,
    Person,
    Spending,
    TaxClaim,
)

NAV_LILLESTROM = ("312345672", "Nav Lillestrøm")
BREG = ("313367002", "Bedriftsveiledningen i Brønnøysund")


def _anne() -> Person:
    born = date(2000, 3, 14)
    return Person(
        key="anne",
        name="Anne Eksempel",
        pid=synthetic_pid(born, 502),
        birth_date=born,
        summary="26 år, butikkmedarbeider. Kredittkort, forbrukslån og inkasso.",
        wage=31_500,
        tax=7_420,
        employer="Eksempelbutikken AS",
        employer_orgno="310478717",
        deposits=(("Brukskonto", "Lønnskonto", 1_240), ("Sparekonto", "Sparekonto", 300)),
        savings_transfer=1_500,
        loans=(
            Loan("credit_card", "Eksempel Kreditt", 64_300, "21.90", 1_930, 65_000, 65_000),
            Loan("credit_card", "Kortbanken Eksempel", 38_750, "24.50", 1_160, 40_000, 40_000),
            Loan("consumer_loan", "Eksempelbanken", 48_200, "17.40", 1_620, 60_000, account="consumer", terms=38),
            Loan("consumer_loan", "Raske Penger Eksempel", 30_000, "22.10", 1_290, 30_000, terms=28),
            Loan("student_loan", "Lånekassen", 187_400, "5.10", 1_310, 240_000),
        ),
        claims=(
            Claim(
                "INK-2026-1107",
                "Eksempel Inkasso AS",
                "Strøm Eksempel AS",
                "Strøm",
                8_420,
                640,
                1_530,
                "betalingsoppfordring",
                date(2026, 6, 20),
            ),
            Claim(
                "INK-2026-0731",
                "Kravhjelp Eksempel AS",
                "Trening Eksempel AS",
                "Medlemskap",
                2_990,
                190,
                938,
                "tungt_salaer",
                date(2026, 3, 1),
            ),
        ),
        tax_claims=(
            TaxClaim(
                "SI-88120",
                "Gebyr for fartsovertredelse",
                "FORENKLET_FORELEGG",
                "Statens innkrevingssentral",
                4_350,
                4_350,
                210,
                date(2026, 9, 15),
            ),
        ),
        spending=(
            Spending("HUSLEIE", "Utleie Eksempel AS", "", 10_900),
            Spending("STRØM EKSEMPEL", "Strøm Eksempel AS", "4900", 1_450),
            *EVERYDAY,
            Spending("FOODORA", "Foodora", "5812", 2_350, 7),
            Spending("KLARNA ZALANDO", "Zalando", "5651", 1_200, 2),
        ),
        silent_creditor="Kortbanken Eksempel",
    )


def _truls() -> Person:
    born = date(1989, 6, 2)
    return Person(
        key="truls",
        name="Truls Eksempel",
        pid=synthetic_pid(born, 301),
        birth_date=born,
        summary="37 år, nylig skilt. Leier dyrt nær barna og bruker av sparepengene.",
        wage=52_800,
        tax=14_900,
        employer="Eksempel Bygg AS",
        employer_orgno="313367002",
        deposits=(("Brukskonto", "Lønnskonto", 8_420), ("Sparekonto", "Sparekonto", 61_300)),
        savings_transfer=-6_000,
        loans=(
            Loan("car_loan", "Eksempelbanken", 214_000, "8.20", 4_380, 320_000, account="car", terms=58),
            Loan("credit_card", "Eksempel Kreditt", 22_900, "21.90", 690, 50_000, 50_000),
            Loan("student_loan", "Lånekassen", 92_300, "5.10", 1_050, 310_000),
        ),
        spending=(
            Spending("HUSLEIE ENEBOLIG", "Hus Eksempel AS", "", 19_500),
            Spending("BARNEBIDRAG", "Nav innkreving", "", 4_200),
            Spending("CIRCLE K", "Circle K", "5541", 2_900, 4),
            *EVERYDAY,
            Spending("FJELLFERIE BOOKING", "Booking.com", "4722", 3_400),
        ),
        benefits=(Benefit("Barnetrygd", 1_766, 0),),
        vehicle=245_000,
    )


def _andreas() -> Person:
    born = date(1983, 9, 21)
    return Person(
        key="andreas",
        name="Andreas Eksempel",
        pid=synthetic_pid(born, 101),
        birth_date=born,
        summary="43 år, elektriker med eget foretak. Skattesjokk og forbrukslån.",
        deposits=(
            ("Brukskonto", "Lønnskonto", 14_600),
            ("Andreas Elektro", "Bedriftskonto", 41_800),
            ("Skatt og mva", "Sparekonto", 31_000),
        ),
        loans=(
            Loan("mortgage", "Eksempelbanken", 2_410_000, "5.60", 15_480, 2_900_000, account="mortgage", terms=280),
            Loan("consumer_loan", "Eksempelbanken", 264_000, "13.40", 6_120, 350_000, account="consumer", terms=52),
            Loan("credit_card", "Eksempel Kreditt", 64_300, "21.90", 1_400, 75_000, 75_000),
        ),
        tax_claims=(
            TaxClaim("RS-2025-4471", "Restskatt 2025", "RESTSKATT", "Skatt", 68_400, 41_200, 1_870, date(2026, 9, 20)),
        ),
        spending=(Spending("BENSIN", "Circle K", "5541", 3_800, 5), *EVERYDAY),
        homes=(Home("3205", "Lillestrøm", 41, 377, (1, 2), 1_050_000),),
        vehicle=215_000,
        business=Business(
            "311851381", "ANDREAS ELEKTRO EKSEMPEL", "43.210", "Elektrisk installasjonsarbeid", date(2021, 2, 1), True
        ),
        turnover=92_000,
    )


def _berit() -> Person:
    """Somebody of whom the sources tell what is easily got wrong."""
    born = date(1981, 4, 17)
    return Person(
        key="berit",
        name="Berit Prøve",
        pid=synthetic_pid(born, 501),
        birth_date=born,
        summary="45 år, halv stilling. Overtrukket konto, utleggstrekk og et lån som to kilder teller ulikt.",
        wage=21_000,
        tax=4_200,
        employer="Eksempelbutikken AS",
        employer_orgno="310478717",
        wage_reported=5,
        deposits=(("Brukskonto", "Lønnskonto", -3_840),),
        loans=(
            Loan(
                "consumer_loan",
                "Eksempelbanken",
                40_000,
                "17.90",
                1_450,
                90_000,
                account="consumer",
                terms=34,
                registered=52_000,
            ),
        ),
        spending=(Spending("HUSLEIE", "Utleie Eksempel AS", "", 8_200), *EVERYDAY),
        benefits=(Benefit("Arbeidsavklaringspenger", 12_400, 1_900, 1_500, "Namsmannen"),),
    )


@lru_cache(maxsize=1)
def all_persons() -> tuple[Person, ...]:
    """Everyone, the three of the report first."""
    return (
        _anne(),
        _truls(),
        _andreas(),
        *ordinary_persons(),
        _berit(),
        *ESTATE_PERSONS,
    )


@lru_cache(maxsize=1)
def employees() -> tuple[Employee, ...]:
    def one(
        key: str, name: str, born: date, office: tuple[str, str], role: str, *also: tuple[str, str, str]
    ) -> Employee:
        return Employee(key, name, synthetic_pid(born, 600), born, office[0], office[1], role, also)

    return (
        one("kari", "Kari Rådgiver", date(1980, 4, 4), NAV_LILLESTROM, "caseworker"),
        one("ola", "Ola Rådgiver", date(1974, 10, 9), NAV_LILLESTROM, "caseworker"),
        one("lise", "Lise Leder", date(1969, 6, 12), NAV_LILLESTROM, "leader"),
        one("bente", "Bente Veileder", date(1985, 1, 30), BREG, "caseworker"),
        one("tone", "Tone Toparts", date(1983, 3, 21), NAV_LILLESTROM, "caseworker", (*BREG, "head")),
        one("liv", "Liv Leder", date(1971, 5, 17), NAV_LILLESTROM, "head"),
        one("hans", "Hans Husleder", date(1968, 2, 8), ("310478717", "iBalanse"), "head"),
        one("ada", "Ada Administrator", date(1988, 12, 12), ("310478717", "iBalanse"), "administrator"),
    )


def person(pid: str) -> Person | None:
    """The person with this number."""
    return next((p for p in all_persons() if p.pid == pid), None)


def person_by_key(key: str) -> Person:
    """Raises ``KeyError``."""
    found = {p.key: p for p in all_persons()}
    return found[key]


def loan_account(someone: Person, loan: Loan) -> str:
    """The account number of a loan that has one at the bank."""
    serial = 700_000 + int(someone.pid[6:9]) * 100 + someone.loans.index(loan) * 10
    return account_number("9710", serial) if loan.account else ""


def deposit_account(someone: Person, index: int) -> str:
    """The account number of the person's deposit account number *index*."""
    return account_number("9710", 100_000 + int(someone.pid[6:9]) * 20 + index)
