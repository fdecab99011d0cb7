"""A plan held against what was really paid: of each creditor and month, and what nobody has reported is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.advice.economy.figures import Debt, DebtKind, Figures, Reported, Total, Transaction
from engine.advice.economy.plan_payments import PlanPayments, plan_payments, shares
from engine.advice.economy.repayment import plans
from tests.engine.advice.economy.test_cash_flow import NUMBER, TODAY, account, debt, moved

CARD = debt(DebtKind.CREDIT_CARD, "Kortbanken AS", 38_750, 1_160)
LOAN = debt(DebtKind.CONSUMER_LOAN, "Storbanken", 48_200, 1_620)
HOME = debt(DebtKind.MORTGAGE, "Storbanken", 2_410_000, 15_480)
BEGAN = date(2026, 8, 20)


def told(
    transactions: Sequence[Transaction],
    debts: Sequence[Debt] = (CARD, LOAN),
    monthly: int = 5_000,
    reported: Sequence[Reported] = (),
) -> PlanPayments:
    found = plans(debts, TODAY)
    figures = Figures(accounts=(account(100, NUMBER),), transactions=tuple(transactions), reported=tuple(reported))
    given_ = shares(found, Decimal(monthly), "snowball")
    return plan_payments(figures, debts, found, given_, BEGAN, TODAY)


def cells(found: PlanPayments, name: str) -> list[tuple[Any, Any]]:
    row = next(one for one in found.creditors if one.name == name)
    return [(one.paid, one.missing) for one in row.months]


def test_each_creditor_gets_the_least_and_one_gets_the_rest() -> None:
    found = plans((CARD, LOAN), TODAY)
    assert shares(found, Decimal(5_000), "snowball") == {CARD.id: 3_380, LOAN.id: 1_620}
    assert shares(found, Decimal(2_000), "snowball") == {CARD.id: 1_160, LOAN.id: 840}


def test_planned_paid_and_missing_of_each_month_since_the_plan() -> None:
    found = told(
        [
            moved(date(2026, 9, 15), -3_380, "Kortbanken"),
            moved(date(2026, 10, 15), -1_160, "Kortbanken"),
            moved(date(2026, 10, 20), -1_000, "Kortbanken"),
            moved(date(2026, 8, 25), -9_999, "Kortbanken"),
            moved(date(2026, 9, 1), -1_620, "Storbanken"),
            moved(date(2026, 9, 3), -700, "Rema"),
        ]
    )
    assert found.months == (date(2026, 9, 1), date(2026, 10, 1))
    assert cells(found, "Kortbanken AS") == [(3_380, 0), (2_160, 1_220)]
    assert cells(found, "Storbanken") == [(1_620, 0), (0, 1_620)]
    assert [(one.planned, one.paid, one.missing) for one in found.totals] == [(5_000, 5_000, 0), (5_000, 2_160, 2_840)]


def test_a_month_the_bank_has_not_told_all_of_is_unknown_and_never_missing() -> None:
    reported = [Reported("bank.accounts", Total.SPENDING, date(2026, 1, 1), date(2026, 9, 30))]
    found = told([moved(date(2026, 9, 15), -3_380, "Kortbanken")], reported=reported)

    assert cells(found, "Kortbanken AS") == [(3_380, 0), (None, None)]
    assert found.totals[1].paid is None and found.totals[1].missing is None
    assert found.newest is not None and found.newest.month == date(2026, 9, 1)


def test_without_a_bank_no_month_is_known() -> None:
    found = plans((CARD,), TODAY)
    made = plan_payments(Figures(), (CARD,), found, {CARD.id: Decimal(1_160)}, BEGAN, TODAY)
    assert made.newest is None and all(one.missing is None for one in made.totals)


def test_a_payment_for_the_home_is_not_taken_for_the_loan_in_the_same_bank() -> None:
    found = told([moved(date(2026, 10, 15), -15_480, "Storbanken")], (CARD, LOAN, HOME))
    assert cells(found, "Storbanken")[1] == (0, 1_620)


def test_a_plan_made_this_month_has_no_month_to_look_at_yet() -> None:
    found = plans((CARD,), TODAY)
    assert plan_payments(Figures(), (CARD,), found, {CARD.id: Decimal(1)}, TODAY, TODAY).months == ()


@given(
    st.lists(
        st.tuples(
            st.dates(date(2026, 8, 1), TODAY),
            st.integers(-5_000, 5_000).filter(bool),
            st.sampled_from(("Kortbanken", "Storbanken", "Rema", "Inkasso")),
        ),
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_every_payment_to_a_creditor_is_counted_once_in_any_order(rows: list[Any], dice: Any) -> None:
    transactions = [moved(day, amount, who, id=str(n)) for n, (day, amount, who) in enumerate(rows)]
    found = told(transactions)
    expected = -sum(
        t.amount
        for t in transactions
        if t.amount < 0 and t.counterparty in ("Kortbanken", "Storbanken") and t.booked.month in (9, 10)
    )
    assert sum(one.paid or 0 for one in found.totals) == expected
    dice.shuffle(transactions)
    assert told(transactions) == found
