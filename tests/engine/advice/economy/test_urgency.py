"""What burns stands first, whatever its size; what is not known is never all well."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.advice.economy.figures import (
    Account,
    Asset,
    AssetKind,
    Debt,
    DebtKind,
    DebtStatus,
    Figures,
    Gap,
    GapReason,
    Income,
    IncomeKind,
    Reported,
    Total,
)
from engine.advice.economy.overview import build
from engine.advice.economy.phase import Phase, standing
from engine.advice.economy.repayment import plans
from engine.advice.economy.signals import signals
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.statement import statement
from engine.advice.economy.supplements import Supplement, SupplementKind
from engine.advice.economy.urgency import urgent
from engine.web.citizen.charts import URGENT, panels

AT = datetime(2026, 11, 27, 8, tzinfo=UTC)
TODAY = AT.date()


def source(data_set: str = "inkasso.claims", provider: str = "Kravhjelp") -> Source:
    return Source(data_set, provider, AT, "consent", "1")


def debt(number: int, balance: str, **more: Any) -> Debt:
    told = {"kind": DebtKind.CONSUMER_LOAN, "creditor": f"Kreditor {number}", **more}
    return Debt(id=f"d:{number}", balance=Sourced(Decimal(balance), (source(),)), **told)


def wage(month: int, net: str, data_set: str = "skatteetaten.income", attached: str = "") -> Income:
    by = source(data_set, "Skatteetaten")
    figure = Sourced(Decimal(net), (by,))
    held = Sourced(Decimal(attached), (by,)) if attached else None
    day = date(2026, month, 1)
    return Income(f"i:{month}", IncomeKind.WAGE, "Jobb", day, figure, figure, attached=held, payer_orgno="2")


def test_the_most_serious_is_first_and_then_what_was_due_longest_ago() -> None:
    claims = {"kind": DebtKind.COLLECTION, "collector": "Kravhjelp"}
    account = Account("a", "86011117947", "Bruk", "", "PRIV", Sourced(Decimal(-8240), (source("bank"),)), "Banken")
    found = Figures(
        debts=(
            debt(1, "900000", kind=DebtKind.MORTGAGE),
            debt(2, "3000", due=date(2026, 10, 1), **claims),
            debt(3, "4000", due=date(2025, 2, 1), **claims),
            debt(4, "2500", status=DebtStatus.ATTACHMENT, **claims),
            debt(5, "700", status=DebtStatus.DISPUTED, **claims),
        ),
        accounts=(account,),
        incomes=(wage(10, "20000", attached="3372"),),
    )

    burning = urgent(build(found, as_of=TODAY))

    assert [(one.kind, one.amount) for one in burning] == [
        ("enforcement", 2500),
        ("withheld", 3372),
        ("overdraft", 8240),
        ("claim_overdue", 4000),
        ("claim_overdue", 3000),
    ]


def test_the_chart_never_hides_what_burns_in_the_rest() -> None:
    large = [
        debt(n, str(900_000 - n), kind=kind)
        for n, kind in enumerate((DebtKind.MORTGAGE, DebtKind.CAR_LOAN, DebtKind.STUDENT_LOAN, DebtKind.CREDIT_CARD))
    ]
    small = debt(9, "500", kind=DebtKind.COLLECTION)

    owed = panels(statement(build(Figures(debts=(*large, small)), as_of=TODAY)))[0].columns[0]

    assert [(part.key, part.amount) for part in owed.parts][1:] == [(URGENT, 500), ("rest", Decimal(2_699_994))]


def test_a_home_known_by_its_tax_value_is_not_compared_with_its_mortgage() -> None:
    home = Sourced(Decimal(1_060_000), (source("skatteetaten.taxbase"),), derived="tax_value")
    assets = (Asset("h", AssetKind.HOME, "Bolig", home, source("skatteetaten.taxbase")),)

    debts = (debt(1, "2000000", kind=DebtKind.MORTGAGE),)

    panel = panels(statement(build(Figures(debts=debts, assets=assets), as_of=TODAY)))[0]

    assert not panel.comparable and panel.why_not == "panel.tax_value"


def test_nobody_of_whom_too_little_is_known_is_told_that_all_is_well() -> None:
    gaps = [Gap("bank.accounts", "", GapReason.NOT_ASKED, (Total.DEBT, Total.ASSETS, Total.SPENDING))]
    unknown, known = build(Figures(), as_of=TODAY, gaps=gaps), build(Figures(), as_of=TODAY)

    assert standing(unknown, (), has_plan=False).phase is Phase.UNKNOWN
    assert "no_buffer" not in standing(unknown, (), has_plan=False).situations
    assert standing(known, (), has_plan=False).phase is Phase.EVERYDAY


def test_the_first_days_of_a_month_are_no_fall_in_income() -> None:
    """Wages of September are due on 5 October and whole on the 10th: until then September is unknown, not zero."""
    three = Figures(incomes=tuple(wage(month, "30000") for month in (5, 6, 7, 8)))
    four = Figures(incomes=(*three.incomes, wage(9, "30000")))
    stopped = date(2026, 10, 14)

    for day, found in ((date(2026, 10, 1), three), (date(2026, 10, 4), three), (date(2026, 10, 14), four)):
        overview = build(found, as_of=day)
        assert (overview.monthly_income, signals(overview, found)) == (30_000, ()), day
    assert [one.kind for one in signals(build(three, as_of=stopped), three)] == ["income_falling"]
    assert build(three, as_of=stopped).monthly_income == 20_000


def test_a_new_job_and_a_short_history_are_averaged_over_what_is_reported() -> None:
    new_job = build(Figures(incomes=(wage(10, "30000"),)), as_of=TODAY)
    told = Reported("bank.accounts", Total.SPENDING, date(2026, 11, 20), TODAY)
    no_month = build(Figures(reported=(told,)), as_of=TODAY)

    assert [(line.amount, line.months) for line in new_job.incomes] == [(30_000, 1)]
    assert no_month.completeness(Total.SPENDING).value == "unknown"


def test_a_loan_of_the_family_bears_the_rate_that_was_told_and_none_by_default() -> None:
    entries = [
        Supplement("a", SupplementKind.DEBT, "Lån av mor", Decimal(50_000), AT, debt=DebtKind.PRIVATE),
        Supplement("b", SupplementKind.DEBT, "Lån av bror", Decimal(9_000), AT, debt=DebtKind.PRIVATE, rate=Decimal(2)),
    ]

    made = plans(build(Figures(), as_of=TODAY, supplements=entries).debts, TODAY)

    assert {one.name: (one.rate, one.minimum) for one in made} == {"Lån av mor": (0, 0), "Lån av bror": (2, 0)}
