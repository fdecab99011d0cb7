"""The money day by day to the next pay: every krone is accounted for, every day is there, nothing is counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.advice.economy.cash_flow import CashFlow, CashKind, CashMissing, NotCounted, cash_flow
from engine.advice.economy.compilation import scope_of
from engine.advice.economy.figures import Account, Debt, DebtKind, DebtStatus, Transaction
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.spending import whole_months
from engine.platform.calendar import is_working_day

TODAY = date(2026, 11, 25)
NUMBER, BUSINESS = "86011117947", "86011117955"
SOURCE = Source("bank.accounts", "Banken", datetime(2026, 11, 25, 9, tzinfo=UTC), "consent")


def kr(amount: object) -> Sourced[Decimal]:
    return Sourced(Decimal(str(amount)), (SOURCE,))


def account(balance: object, number: str = NUMBER, usage: str = "PRIV", **more: Any) -> Account:
    return Account(number, number, "Konto", "", usage, kr(balance), **more)


def moved(day: date, amount: object, payee: str, **more: Any) -> Transaction:
    identity = more.pop("id", f"{day}{payee}{amount}{more.get('kid', '')}")
    text = more.pop("text", "")
    return Transaction(identity, NUMBER, day, Decimal(str(amount)), payee, text, SOURCE, **more)


def monthly(day: int, amount: object, payee: str, today: date = TODAY, **more: Any) -> list[Transaction]:
    """The same in each of the last three whole months."""
    return [moved(month.replace(day=day), amount, payee, **more) for month in whole_months(today, 3)]


def debt(kind: DebtKind, creditor: str, balance: object, monthly: object = None, **more: Any) -> Debt:
    told = None if monthly is None else kr(monthly)
    return Debt(f"{kind.value}:{creditor}", kind, creditor, kr(balance), monthly=told, **more)


def flow(
    transactions: Sequence[Transaction],
    debts: Sequence[Debt] = (),
    accounts: Sequence[Account] | None = None,
    today: date = TODAY,
    payers: Sequence[str] = ("Butikken AS",),
) -> CashFlow:
    held = [account(10_000)] if accounts is None else accounts
    return cash_flow(
        as_of=today,
        accounts=held,
        transactions=transactions,
        debts=debts,
        payers=payers,
        scope=scope_of(held, debts),
        months=whole_months(today, 3),
    )


PAY = monthly(11, 24_080, "Butikken AS")


def test_the_day_the_money_falls_short_and_by_how_much() -> None:
    found = flow([*PAY, *monthly(1, -10_900, "Utleie AS")], accounts=[account(9_660)])

    assert found.until == date(2026, 12, 11) and found.pay is not None and found.pay.amount == 24_080
    assert found.short is not None and (found.short.day, found.short.end) == (date(2026, 12, 1), -1_240)
    assert found.lacks == 1_240


def test_money_that_reaches_is_never_said_to_fall_short() -> None:
    found = flow([*PAY, *monthly(1, -10_900, "Utleie AS")], accounts=[account(10_900)])

    assert (found.short, found.lacks, found.room) == (None, 0, 0)


def test_what_is_usual_is_laid_on_each_day() -> None:
    food = [
        moved(month.replace(day=day), -100, "Rema", id=f"{month}{day}")
        for month in whole_months(TODAY, 3)
        for day in (2, 9, 16, 23)
    ]
    found = flow([*PAY, *food])

    days = 31 + 30 + 31
    assert found.everyday == round(Decimal(1_200) / days, 2)
    assert found.days[0].end == 10_000 - found.everyday


@pytest.mark.parametrize(
    ("today", "day", "paid"),
    [
        (date(2026, 11, 25), 12, date(2026, 12, 11)),  # a Saturday: the Friday before
        (date(2026, 12, 2), 25, date(2026, 12, 24)),  # Christmas Day
        (date(2027, 3, 2), 28, date(2027, 3, 24)),  # Easter Sunday, Good Friday and the Thursday before it
        (date(2028, 1, 31), 31, date(2028, 1, 31)),
        (date(2028, 2, 1), 30, date(2028, 2, 29)),  # the last day of a month without it
    ],
)
def test_a_pay_on_a_day_off_comes_the_working_day_before(today: date, day: int, paid: date) -> None:
    months = whole_months(today, 3)
    pay = [
        moved(min(month.replace(day=28) + timedelta(days=day - 28), _end(month)), 20_000, "Butikken AS")
        for month in months
    ]
    assert flow(pay, today=today).until == paid


def _end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def test_a_pay_of_the_first_that_came_the_month_before_is_known_again() -> None:
    days = (
        date(2026, 7, 31),
        date(2026, 9, 1),
        date(2026, 10, 1),
        date(2026, 10, 30),
    )  # 1 August, 1 November: days off

    found = flow([moved(day, 24_080, "Butikken AS") for day in days])

    assert found.pay is not None and found.missing == ()
    assert (found.until, found.pay.amount) == (date(2026, 12, 1), 24_080)


def test_a_bill_of_the_last_that_went_the_month_after_is_known_again() -> None:
    days = (date(2026, 8, 31), date(2026, 9, 30), date(2026, 11, 2))  # 31 October is a Saturday

    found = flow([*PAY, *(moved(day, -8_000, "Utleie AS") for day in days)])

    assert [(day.day, day.end) for day in found.days if any(item.amount == -8_000 for item in day.items)] == [
        (date(2026, 11, 30), 2_000)
    ]


def test_two_pays_in_one_month_and_none_in_the_next_are_not_monthly() -> None:
    days = (date(2026, 8, 3), date(2026, 8, 24), date(2026, 10, 1))

    assert CashMissing.PAY in flow([moved(day, 24_080, "Butikken AS") for day in days]).missing


def test_a_payment_on_a_day_off_goes_the_working_day_after() -> None:
    found = flow([*PAY, *monthly(5, -500, "Strøm AS")])  # 5 December is a Saturday
    assert [item.day for item in found.items if item.kind is CashKind.FIXED] == [date(2026, 12, 7)]


def test_a_term_that_is_paid_each_month_is_counted_once_whatever_the_debt_says() -> None:
    loan = debt(DebtKind.CONSUMER_LOAN, "Storbanken AS", 48_000, 1_620, due=date(2026, 12, 1))
    found = flow([*PAY, *monthly(1, -1_620, "Storbanken", kid="01")], [loan])

    assert [(item.kind, item.amount) for item in found.items] == [(CashKind.DEBT, -1_620), (CashKind.PAY, 24_080)]
    assert found.left_out == ()


def test_of_two_loans_in_one_bank_each_takes_its_own_payment() -> None:
    loans = [
        debt(DebtKind.CAR_LOAN, "Banken", 200_000, 4_380, due=date(2026, 12, 1)),
        debt(DebtKind.CONSUMER_LOAN, "Banken", 48_000, 1_620, due=date(2026, 12, 1)),
    ]
    found = flow([*PAY, *monthly(1, -4_300, "Banken")], loans)

    assert sorted(item.amount for item in found.items if item.amount < 0) == [-4_300, -1_620]


def test_a_claim_with_a_day_is_counted_on_it_and_one_that_was_due_is_said_beside() -> None:
    claims = [
        debt(DebtKind.COLLECTION, "Strøm AS", 10_590, collector="Inkasso AS", due=date(2026, 12, 4)),
        debt(DebtKind.FINE, "Politiet", 4_560, due=date(2026, 9, 15)),
        debt(DebtKind.TAX, "Skatt", 900, due=date(2027, 3, 1)),
        debt(DebtKind.COLLECTION, "Trening AS", 4_118, status=DebtStatus.DISPUTED, due=date(2026, 12, 4)),
        debt(DebtKind.STUDENT_LOAN, "Lånekassen", 187_400, 1_310),
        debt(DebtKind.CREDIT_CARD, "Kort", 20_000),
    ]
    found = flow(PAY, claims)

    assert [(item.name, item.amount) for item in found.items if item.kind is CashKind.DEBT] == [("Inkasso AS", -10_590)]
    assert {one.name: one.reason for one in found.left_out} == {
        "Politiet": NotCounted.OVERDUE,
        "Skatt": NotCounted.LATER,
        "Trening AS": NotCounted.AT_REST,
        "Lånekassen": NotCounted.NO_DAY,
        "Kort": NotCounted.NO_AMOUNT,
    }


def test_what_is_not_known_is_said_and_nothing_is_projected() -> None:
    assert flow(PAY, accounts=[]).missing[0] is CashMissing.BALANCE
    assert flow(monthly(1, -500, "Strøm AS")).missing == (CashMissing.PAY,)
    found = cash_flow(
        as_of=TODAY,
        accounts=[account(5)],
        transactions=PAY,
        debts=(),
        payers=(),
        scope=scope_of([account(5)], ()),
        months=(),
    )
    assert CashMissing.MONTHS in found.missing
    assert found.days == () and found.short is None


def test_a_business_account_is_not_money_to_live_on_and_what_is_drawn_from_it_is_pay() -> None:
    held = [account(1_000), account(50_000, BUSINESS, "ORGA")]
    drawn = monthly(11, 30_000, "Meg selv", counterparty_account=BUSINESS)
    found = flow(drawn, accounts=held, payers=())

    assert found.start == 1_000 and found.pay is not None and found.pay.amount == 30_000


def test_an_account_that_is_overdrawn_falls_short_today() -> None:
    found = flow(PAY, accounts=[account(-8_240), account(240, BUSINESS)])
    assert found.short is not None and (found.short.day, found.lacks) == (TODAY, 8_000)


def test_a_pay_that_has_come_this_month_is_waited_for_in_the_next() -> None:
    early = monthly(24, 20_000, "Butikken AS")
    assert flow(early).until == TODAY, "a day late: it may come today"
    assert flow([*early, moved(date(2026, 11, 24), 20_000, "Butikken AS")]).until == date(2026, 12, 24)


PAYEES = ("Utleie AS", "Strøm AS", "Banken", "Rema 1000", "Inkasso AS", "Butikken AS", "Nav")


@st.composite
def economies(draw: st.DrawFn) -> dict[str, Any]:
    today = draw(st.dates(date(2026, 1, 1), date(2028, 12, 31)))
    days = st.dates(today - timedelta(days=120), today)
    amounts = st.integers(-20_000, 30_000).filter(bool)
    loose = draw(st.lists(st.tuples(days, amounts, st.sampled_from(PAYEES)), max_size=25))
    fixed = draw(st.lists(st.tuples(st.integers(1, 28), amounts, st.sampled_from(PAYEES)), max_size=6))
    transactions = [moved(day, amount, who, id=f"l{n}") for n, (day, amount, who) in enumerate(loose)]
    for n, (day, amount, who) in enumerate(fixed):
        transactions += [
            moved(month.replace(day=day), amount, who, id=f"f{n}{month}", kid=str(n))
            for month in whole_months(today, 3)
        ]
    kinds = st.sampled_from([DebtKind.COLLECTION, DebtKind.CONSUMER_LOAN, DebtKind.TAX, DebtKind.CREDIT_CARD])
    dues = st.one_of(st.none(), st.dates(today - timedelta(days=40), today + timedelta(days=70)))
    owed = draw(
        st.lists(
            st.tuples(kinds, st.sampled_from(PAYEES), st.integers(1, 90_000), dues, st.integers(0, 4_000)), max_size=6
        )
    )
    debts = [
        replace(debt(kind, who, balance, monthly or None, due=due), id=f"d{n}")
        for n, (kind, who, balance, due, monthly) in enumerate(owed)
    ]
    held = [account(draw(st.integers(-20_000, 80_000)))]
    return {"transactions": transactions, "debts": debts, "accounts": held, "today": today}


@given(economies())
def test_every_krone_is_accounted_for_on_days_that_follow_one_another(given_: dict[str, Any]) -> None:
    found = flow(**given_)
    days = found.days
    if found.missing:
        assert days == ()
        return
    assert found.start is not None and found.until is not None
    assert [one.day for one in days] == [found.begins + timedelta(days=n) for n in range(len(days))]
    assert days[0].day == given_["today"] and days[-1].day == found.until
    inside = [item for item in found.items if item.amount > 0]
    out = [item for item in found.items if item.amount < 0]
    ends = found.start + sum(i.amount for i in inside) + sum(i.amount for i in out) - found.everyday * len(days)
    assert days[-1].end == ends
    assert sum(len(one.items) for one in days) == len(found.items), "an item lies on one of the days"


@given(economies())
def test_an_item_is_counted_once_and_every_debt_somewhere(given_: dict[str, Any]) -> None:
    found = flow(**given_)
    keys = [item.key for item in found.items]
    assert len(keys) == len(set(keys))
    for one in found.items:
        assert one.day >= given_["today"] and is_working_day(one.day) or one.day == given_["today"]
    if found.missing:
        return
    for one in given_["debts"]:
        if not any(_is_paid(t, one) for t in given_["transactions"]):
            told = [item.key == one.id for item in found.items] + [x.name == one.creditor for x in found.left_out]
            assert any(told), one


def _is_paid(transaction: Transaction, debt_: Debt) -> bool:
    return transaction.counterparty == debt_.creditor


@given(economies(), st.randoms(use_true_random=False))
def test_the_order_things_come_in_changes_nothing(given_: dict[str, Any], dice: Any) -> None:
    found = flow(**given_)
    dice.shuffle(given_["transactions"])
    dice.shuffle(given_["debts"])
    assert flow(**given_) == found


def test_money_set_aside_for_tax_is_not_to_live_on_and_is_said_beside() -> None:
    held = [account(1_000), replace(account(31_000, BUSINESS), name="Skatt og mva")]
    found = flow(PAY, accounts=held)

    assert found.start == 1_000
    assert [(one.name, one.amount, one.reason) for one in found.left_out] == [
        ("Skatt og mva", 31_000, NotCounted.SET_ASIDE)
    ]
