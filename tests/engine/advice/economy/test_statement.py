"""What every copy of the overview tells: the same sums, what is missing, and never a zero for what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from engine.advice.economy.difference import Bound
from engine.advice.economy.figures import (
    Asset,
    AssetKind,
    Debt,
    DebtKind,
    Figures,
    Gap,
    GapReason,
    Income,
    IncomeKind,
    Total,
)
from engine.advice.economy.overview import Completeness, build
from engine.advice.economy.publication import published_overview
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.statement import Statement, statement
from engine.advice.economy.supplements import Supplement, SupplementKind

AT = datetime(2026, 11, 27, 7, tzinfo=UTC)
REGISTER = Source("gjeldsregister.debts", "Gjeldsregisteret", AT, "consent")


def nok(amount: str, derived: str = "") -> Sourced[Decimal]:
    return Sourced(Decimal(amount), (REGISTER,), date(2026, 11, 20), derived)


CLAIM = Debt(
    "inkasso:1",
    DebtKind.COLLECTION,
    "Strøm Eksempel AS",
    nok("10590.00"),
    collector="Eksempel Inkasso",
    principal=nok("9000"),
    interest=nok("390"),
    costs=nok("1200"),
    rate=nok("12.25"),
    due=date(2026, 11, 27),
    case_number="2026-1181",
    kid="0012345",
)
HOME = Asset("h:1", AssetKind.HOME, "Storgata 1", nok("1060000", "tax_value"), REGISTER)
WAGE = Income("w:1", IncomeKind.WAGE, "Arbeid AS", date(2026, 10, 1), nok("40000"), net=nok("30000"))


def made(gaps: Sequence[Gap] = (), supplements: Sequence[Supplement] = ()) -> Statement:
    figures = Figures(debts=(CLAIM,), assets=(HOME,), incomes=(WAGE,))
    return statement(build(figures, as_of=AT.date(), gaps=gaps, supplements=supplements))


def test_a_debt_is_told_with_all_its_parts() -> None:
    (row,) = made().debts

    parts = (row.balance, row.principal, row.interest, row.costs, row.rate, row.due, row.case_number, row.kid)
    assert parts == (10_590, 9_000, 390, 1_200, Decimal("12.25"), date(2026, 11, 27), "2026-1181", "0012345")
    assert (row.creditor, row.collector, row.monthly) == ("Strøm Eksempel AS", "Eksempel Inkasso", None)
    assert [one.provider for one in row.sources] == ["Gjeldsregisteret"]


def test_what_is_missing_is_told_and_what_is_unknown_is_never_zero() -> None:
    silent = Gap("bank.accounts", "Storbanken", GapReason.NOT_ANSWERED, (Total.SPENDING, Total.ASSETS))
    told = made(gaps=(silent,))

    assert [(m.data_set, m.who, m.reason) for m in told.missing] == [("bank.accounts", "Storbanken", "not_answered")]
    spending, assets = told.sum_of(Total.SPENDING), told.sum_of(Total.ASSETS)
    assert (spending.amount, spending.completeness) == (None, Completeness.UNKNOWN)
    assert (assets.amount, assets.completeness) == (Decimal(1_060_000), Completeness.LOWER_BOUND)
    assert told.left.bound is Bound.OPEN


def test_a_correction_keeps_what_the_source_said() -> None:
    corrected = Supplement("s1", SupplementKind.CORRECTION, "", Decimal(9_000), AT, target=made().debts[0].id)
    (row,) = made(supplements=(corrected,)).debts

    assert (row.balance, row.corrected_from) == (9_000, Decimal("10590.00"))
    assert [one.by_citizen for one in row.sources] == [True, False]


def test_the_value_of_the_tax_return_is_told_as_such() -> None:
    (row,) = made().assets
    assert row.tax_value and row.value == 1_060_000


def test_an_average_of_fewer_months_than_there_could_be_says_so_and_one_of_the_citizens_own_never() -> None:
    own = Supplement("s2", SupplementKind.INCOME, "Ekstrajobb", Decimal(2_000), AT)
    told = made(supplements=(own,))

    assert {row.category: (row.months, row.partial) for row in told.incomes} == {
        "wage": (1, True),
        "Ekstrajobb": (1, False),
    }
    assert told.months_of(Total.INCOME, "wage") == 1 and told.months_of(Total.INCOME, "Ekstrajobb") == 0


def test_an_old_answer_is_told_as_old_and_not_as_missing() -> None:
    stale = Gap("nav.benefits", "", GapReason.STALE, ())
    overview = build(Figures(debts=(CLAIM,)), as_of=AT.date(), gaps=(stale,))
    told = statement(overview, ("bank.accounts",))

    assert told.old == ("bank.accounts", "nav.benefits") and not told.missing
    gaps = published_overview(overview, ("bank.accounts",))["gaps"]
    assert [(gap["dataSet"], gap["reason"], gap["totals"]) for gap in gaps] == [
        ("bank.accounts", "stale", []),
        ("nav.benefits", "stale", []),
    ]
