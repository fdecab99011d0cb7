"""Paying down, month by month (R58, R131): how long it takes, what it costs, and what it takes by a date.

``schedule`` computes the interest of each debt, month by month. ``plans`` says at which rate: the source's own, else
the forsinkelsesrente of the day (``claims.py``), else an assumed one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from engine.advice.economy.claims import late_interest
from engine.advice.economy.figures import Debt, DebtKind, DebtStatus
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.overview import Overview

Order = Literal["avalanche", "snowball"]
#: What the orders were called in plans that were stored before.
_STORED_AS: dict[str, Order] = {"dearest_first": "avalanche", "smallest_first": "snowball"}
MOST_MONTHS = 600
_ORE = Decimal("0.01")

#: Kinds a plan leaves alone: a home is kept, a student loan is cheap and has its own rules.
LEFT_ALONE = frozenset({DebtKind.MORTGAGE, DebtKind.STUDENT_LOAN})


#: Per cent a year where no source tells: ours, shown as assumed. A private loan bears none.
GUESSES = {DebtKind.PRIVATE: Decimal(0), DebtKind.CAR_LOAN: Decimal(9)}
#: Loans that are paid in terms, over this many months where no source tells how many are left.
IN_TERMS = frozenset({DebtKind.CAR_LOAN, DebtKind.CONSUMER_LOAN})
TERMS = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """One debt to pay down. ``rate`` per cent a year, ``minimum`` NOK a month; ``assumed``: no source gave the rate."""

    id: str
    name: str
    balance: Money
    rate: Decimal
    minimum: Money
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Milestone:
    """A debt is paid in month number *month* (1 = the first)."""

    id: str
    name: str
    month: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """``months`` until nothing is owed, ``None`` when it never comes to that; ``interest`` NOK in all.

    balances  NOK owed after each month;  ``paid`` NOK paid in all
    """

    months: int | None
    interest: Money
    paid: Money
    milestones: tuple[Milestone, ...]
    balances: tuple[Money, ...]


def plans(debts: Sequence[Debt], as_of: date, left_alone: Collection[DebtKind] = LEFT_ALONE) -> tuple[Plan, ...]:
    """Debts as a plan needs them. What is not in it, ``left_out`` says.

    A claim that is merely watched is owed all the same: it is paid, though nobody asks for a payment each month.

    Unknown rate: the forsinkelsesrente for claims, else ``GUESSES`` or 20 %, and the plan says that it is
    assumed. Unknown minimum: an even payment over the terms for a loan, else 3 %, at least 200.
    """
    found = []
    for debt in debts:
        if debt.balance.value <= 0 or _out(debt, left_alone):
            continue
        claim = debt.kind in (DebtKind.COLLECTION, DebtKind.TAX, DebtKind.FINE)
        guess = late_interest(as_of).rate if claim else GUESSES.get(debt.kind, Decimal(20))
        rate = debt.rate.value if debt.rate else guess
        monthly = debt.monthly.value if debt.monthly else _usual_payment(debt, rate)
        monthly = min(monthly.quantize(_ORE), debt.balance.value)
        found.append(Plan(debt.id, debt.creditor, debt.balance.value, rate, monthly, debt.rate is None))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A debt that a plan does not pay down, NOK. ``reason``: home | student_loan | disputed."""

    name: str
    balance: Money
    reason: str


def left_out(debts: Sequence[Debt], left_alone: Collection[DebtKind] = LEFT_ALONE) -> tuple[LeftOut, ...]:
    """Every debt that is owed and not in the plan, with why: with those of ``plans`` it is all that is owed."""
    return tuple(
        LeftOut(debt.creditor, debt.balance.value, reason)
        for debt in debts
        if debt.balance.value > 0 and (reason := _out(debt, left_alone))
    )


def _out(debt: Debt, left_alone: Collection[DebtKind]) -> str:
    """Why a debt is not in a plan; "" where it is."""
    if debt.status is DebtStatus.DISPUTED:
        return "disputed"
    if debt.kind in left_alone:
        return "home" if debt.kind is DebtKind.MORTGAGE else "student_loan"
    return ""


def order_of(stored: str) -> Order:
    """The order of a stored plan, by the name it has now; the avalanche where it has none."""
    known = _STORED_AS.get(stored, stored)
    return "snowball" if known == "snowball" else "avalanche"


def known_by(overview: Overview, debts: Sequence[Plan]) -> frozenset[str]:
    """Whatever the debts of a plan are and have been called: a plan holds on to the names they had when it was made."""
    ids = {debt.id for debt in debts}
    return frozenset(ids.union(*(debt.records for debt in overview.debts if debt.id in ids)))


def _usual_payment(debt: Debt, rate: Decimal) -> Money:
    """NOK a month where no source tells the payment."""
    if debt.kind in IN_TERMS:
        return annuity_payment(debt.balance.value, rate, debt.terms_left or TERMS)
    if debt.kind is DebtKind.PRIVATE or debt.status is DebtStatus.MONITORED:
        return ZERO  # family and friends ask for no minimum, nor does who only watches a claim
    return max(debt.balance.value * 3 / 100, Decimal(200))


def minimum_payment(debt: Debt) -> Money:
    """NOK a month that a credit asks for: as told, else what is usual of the balance and the fee for having it."""
    if debt.monthly is not None:
        return debt.monthly.value
    return _usual_payment(debt, ZERO) + (debt.fee.value if debt.fee else ZERO)


def annuity_payment(balance: Money, rate: Decimal, months: int) -> Money:
    """NOK a month that pays a loan down to nothing in *months* (annuity). ``rate`` per cent a year."""
    share = rate / 1200
    if not share:
        return balance / months
    return balance * share / (1 - (1 + share) ** -months)


def minimum(debts: Sequence[Plan]) -> Money:
    """NOK a month that every creditor gets at least."""
    return sum((debt.minimum for debt in debts), ZERO)


def by_order(debts: Sequence[Plan], order: Order) -> list[Plan]:
    """The debts as the rest of the money goes to them."""
    return sorted(debts, key=lambda d: -d.rate if order == "avalanche" else d.balance)


def schedule(debts: Sequence[Plan], monthly: Money, order: Order = "avalanche") -> Schedule:
    """Pay *monthly* NOK until nothing is owed: minimums first, the rest to one debt at a time.

    Less than the minimums is laid on the debts in order as far as it goes.
    """
    left = {debt.id: debt.balance for debt in debts}
    ranked = by_order(debts, order)
    interest, paid = ZERO, ZERO
    milestones: list[Milestone] = []
    balances: list[Money] = []
    for month in range(1, MOST_MONTHS + 1):
        if not any(left.values()):
            break
        for debt in debts:
            added = (left[debt.id] * debt.rate / 1200).quantize(_ORE, rounding=ROUND_HALF_UP)
            left[debt.id] += added
            interest += added
        purse = monthly
        for minimums in (True, False):
            for debt in ranked:
                part = min(purse, left[debt.id], debt.minimum if minimums else purse)
                left[debt.id] -= part
                purse -= part
                paid += part
        for debt in ranked:
            if not left[debt.id] and all(m.id != debt.id for m in milestones):
                milestones.append(Milestone(debt.id, debt.name, month))
        balances.append(sum(left.values(), ZERO))
        if len(balances) > 12 and balances[-1] >= balances[-13]:
            return Schedule(None, interest, paid, tuple(milestones), tuple(balances))
    done = not any(left.values())
    return Schedule(len(balances) if done else None, interest, paid, tuple(milestones), tuple(balances))


def needed(debts: Sequence[Plan], months: int, order: Order = "avalanche") -> Money:
    """The least whole kroner a month to owe nothing within *months*. Raises ``ValueError`` for months below 1."""
    if months < 1:
        raise ValueError("months must be 1 or more")
    total = sum((debt.balance for debt in debts), ZERO)
    low, high = 0, int(total * 2) + 1
    while low < high:
        middle = (low + high) // 2
        found = schedule(debts, Decimal(middle), order).months
        if found is not None and found <= months:
            high = middle
        else:
            low = middle + 1
    return Decimal(high)
