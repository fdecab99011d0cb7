"""What a record said when it is opened: all its source told of it, and never a whole account number."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.advice.economy.figures import (
    Account,
    Asset,
    AssetKind,
    Debt,
    DebtKind,
    Enterprise,
    Figures,
    Income,
    IncomeKind,
    RecordGap,
    RecordGapReason,
    TaxSummary,
    Total,
    Transaction,
)
from engine.advice.economy.overview import compiled
from engine.advice.economy.records import Fact, Unit, facts, masked
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.supplements import Supplement, SupplementKind

AT = datetime(2026, 11, 27, 7, tzinfo=UTC)
BANK = Source("bank.accounts", "Eksempelbanken", AT, "consent", "r-1")
TAX = Source("skatteetaten.taxbase", "Skatteetaten", AT, "consent")
NUMBER = "97101234567"


def nok(amount: str, source: Source = BANK) -> Sourced[Decimal]:
    return Sourced(Decimal(amount), (source,), date(2026, 11, 20))


TOLD = Figures(
    debts=(Debt("b:loan", DebtKind.CONSUMER_LOAN, "Eksempelbanken", nok("48200"), rate=nok("17.40"), account=NUMBER),),
    accounts=(Account("b:1", NUMBER, "Brukskonto", "Lønnskonto", "PRIV", nok("1240"), "Eksempelbanken"),),
    assets=(Asset("t:home", AssetKind.HOME, "Bolig", nok("900000"), TAX, matrikkel="3205-50/12"),),
    incomes=(Income("i:1", IncomeKind.WAGE, "Arbeid AS", date(2026, 10, 1), nok("40000"), net=nok("30000")),),
    transactions=(
        Transaction("b:t", NUMBER, date(2026, 10, 3), Decimal("-900"), "REMA 1000", "Varekjøp", BANK, NUMBER, "123"),
    ),
    enterprises=(Enterprise("314961900", "LENE FRISØR", "ENK", "Frisering", None, True, False, False, BANK),),
    tax=(TaxSummary(2025, nok("412510", TAX), None, None, None),),
    record_gaps=(
        RecordGap(
            "bank.accounts",
            "account",
            RecordGapReason.FOREIGN_CURRENCY,
            "Euro ••0001",
            "e1",
            (Total.ASSETS,),
            Decimal("120.00"),
            "EUR",
        ),
    ),
)
OWN = Supplement("s1", SupplementKind.DEBT, "Lån av mor", Decimal(5_000), AT, rate=Decimal(0))


def opened(total: Total, record: str) -> dict[str, object]:
    """What the record says, by key."""
    made = compiled(TOLD, as_of=AT.date(), supplements=(OWN,))
    entry = next(one for one in made.sides[total].entries if one.record == record)
    return {fact.key: fact.value for fact in facts(entry, TOLD, (OWN,))}


@pytest.mark.parametrize(
    ("total", "record", "said"),
    [
        (Total.DEBT, "b:loan", {"lender": "Eksempelbanken", "balance": 48_200, "rate": Decimal("17.40")}),
        (Total.ASSETS, "b:1", {"product": "Brukskonto – Lønnskonto", "account": "••4567", "account_balance": 1_240}),
        (Total.ASSETS, "t:home", {"property": "3205-50/12", "value": 900_000}),
        (Total.INCOME, "i:1", {"payer": "Arbeid AS", "gross": 40_000, "net": 30_000, "month": date(2026, 10, 1)}),
        (Total.SPENDING, "b:t", {"counterparty": "REMA 1000", "moved": -900, "counterparty_account": "••4567"}),
        (Total.ASSETS, "bank.accounts:314961900", {"enterprise": "LENE FRISØR", "enterprise_number": "314961900"}),
        (Total.DEBT, "skatteetaten.taxbase:2025/debt", {"income_year": "2025", "tax_debt": 412_510}),
        (Total.ASSETS, "bank.accounts:e1", {"told": "120.00 EUR", "kind": "gap.account"}),
        (Total.DEBT, "citizen:s1", {"what": "Lån av mor", "amount": 5_000, "rate": 0}),
    ],
)
def test_a_record_says_what_its_source_told(total: Total, record: str, said: dict[str, object]) -> None:
    assert said.items() <= opened(total, record).items()


def test_every_entry_of_every_total_can_be_opened_and_no_number_of_an_account_is_whole() -> None:
    made = compiled(TOLD, as_of=AT.date(), supplements=(OWN,))
    entries = [entry for side in made.sides.values() for entry in side.entries]

    found = [facts(entry, TOLD, (OWN,)) for entry in entries]

    assert len(entries) == 9 and all(found)
    assert NUMBER not in str(found)


def test_what_was_not_told_is_no_fact() -> None:
    entry = compiled(TOLD, as_of=AT.date()).sides[Total.DEBT].entries[0]
    bare = replace(TOLD, debts=(replace(TOLD.debts[0], rate=None, account=""),))

    assert {fact.key for fact in facts(entry, bare)} == {"lender", "kind", "status", "balance"}
    assert Fact("balance", Decimal("48200"), Unit.KRONER) in facts(entry, bare)
    assert facts(entry, Figures()) == ()


@pytest.mark.parametrize(
    ("number", "shown"), [("NO93 9710 1234 567", "••4567"), ("9710.12.34567", "••4567"), ("", ""), ("XX12", "••XX12")]
)
def test_the_last_signs_of_a_number_are_shown(number: str, shown: str) -> None:
    assert masked(number) == shown
