"""What a measure does, before and after (R56), and in which order to clean up (R71)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.advice.economy.figures import Debt, DebtKind, DebtStatus, Total
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.overview import Completeness, Overview
from engine.advice.economy.repayment import TERMS, Plan, Schedule, annuity_payment, minimum, plans, schedule

#: Debts a plan leaves alone: years and per cent a year to compute with where no source gives them.
LONG = {DebtKind.MORTGAGE: (25, Decimal(6)), DebtKind.STUDENT_LOAN: (20, Decimal(5))}


class MeasureKind(StrEnum):
    CUT = "cut"  # use less each month
    INCOME = "income"  # earn more each month
    SELL = "sell"  # sell something once and pay down
    REFINANCE = "refinance"  # one loan at a lower rate instead of the dear ones


@dataclass(frozen=True, slots=True)
class Measure:
    """``amount`` NOK: a month for cut and income, once for sell, the new loan for refinance; ``rate`` per cent."""

    id: str
    kind: MeasureKind
    name: str
    amount: Money
    rate: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class State:
    """NOK.

    left      what is left each month when everything, minimums too, is paid; negative when it is too little, ``None``
              while income or spending is not known in full
    debt      owed in the plan
    service   a month to all debts: the minimums of the plan, and those it leaves alone
    schedule  pays the minimums and what is left; it never ends where the minimums cannot be paid
    """

    left: Money | None
    debt: Money
    service: Money
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Effect:
    before: State
    after: State
    alone: tuple[tuple[Measure, State], ...]


def available(overview: Overview) -> Money:
    """NOK a month that can go to the debts of a plan: what is left, and what already goes to them. May be negative.

    Payments to debts a plan leaves alone (a home, a student loan) stay where they are; where no source tells
    such a payment it is computed as an even one, so that nothing is promised twice.
    """
    paid = sum((line.amount for line in overview.spending if line.category == "debt_service"), ZERO)
    return overview.monthly_difference + max(paid - kept_up(overview), ZERO)


def eased(measures: Sequence[Measure]) -> Money:
    """NOK a month that spending less and earning more would free."""
    return sum((m.amount for m in measures if m.kind in (MeasureKind.CUT, MeasureKind.INCOME)), ZERO)


def kept_up(overview: Overview) -> Money:
    """NOK a month to the debts a plan leaves alone."""
    return sum((_kept_up(debt) for debt in overview.debts if debt.kind in LONG), ZERO)


def _kept_up(debt: Debt) -> Money:
    if debt.monthly is not None:
        return debt.monthly.value
    years, guess = LONG[debt.kind]
    rate = debt.rate.value if debt.rate else guess
    return annuity_payment(debt.balance.value, rate, debt.terms_left or years * 12).quantize(Decimal("0.01"))


def effect(overview: Overview, measures: Sequence[Measure]) -> Effect:
    """Before, after, and each measure alone."""
    found = plans(overview.debts, overview.as_of)
    left = available(overview) - minimum(found) if is_known(overview) else None
    beside = kept_up(overview)
    return Effect(
        _state(found, left, beside),
        _apply(found, left, beside, measures),
        tuple((measure, _apply(found, left, beside, [measure])) for measure in measures),
    )


def is_known(overview: Overview) -> bool:
    """Whether income and spending are known in full: of less, nobody can say what is left."""
    sides = (Total.INCOME, Total.SPENDING)
    return all(overview.completeness(side) is Completeness.COMPLETE for side in sides)


def monthly_debt_cost(overview: Overview) -> Money:
    """NOK a month that the debts ask for, all of them: the same on every page."""
    return minimum(plans(overview.debts, overview.as_of)) + kept_up(overview)


def _apply(found: Sequence[Plan], start: Money | None, beside: Money, measures: Sequence[Measure]) -> State:
    debts, left = list(found), ZERO
    for measure in measures:
        if measure.kind in (MeasureKind.CUT, MeasureKind.INCOME):
            left += measure.amount
            continue
        before = minimum(debts)
        if measure.kind is MeasureKind.REFINANCE:
            debts = _refinance(debts, measure)
        else:
            debts = _pay_down(debts, measure.amount)
        left += before - minimum(debts)
    return _state(debts, None if start is None else start + left, beside)


def _refinance(debts: list[Plan], measure: Measure) -> list[Plan]:
    """The dearest debts are paid by the new loan as far as it reaches; only those dearer than it."""
    room = measure.amount
    kept: list[Plan] = []
    moved = ZERO
    for debt in sorted(debts, key=lambda d: -d.rate):
        part = min(room, debt.balance) if debt.rate > measure.rate else ZERO
        room -= part
        moved += part
        if debt.balance > part:
            share = (debt.balance - part) / debt.balance
            rest = (debt.minimum * share).quantize(Decimal("0.01"))
            kept.append(replace(debt, balance=debt.balance - part, minimum=rest))
    if moved:
        monthly = annuity_payment(moved, measure.rate, TERMS).quantize(Decimal("0.01"))
        kept.append(Plan(f"refinance:{measure.id}", measure.name, moved, measure.rate, min(monthly, moved)))
    return kept


def _pay_down(debts: list[Plan], amount: Money) -> list[Plan]:
    kept = []
    for debt in sorted(debts, key=lambda d: -d.rate):
        part = min(amount, debt.balance)
        amount -= part
        if debt.balance > part:
            kept.append(replace(debt, balance=debt.balance - part, minimum=min(debt.minimum, debt.balance - part)))
    return kept


def _state(debts: Sequence[Plan], left: Money | None, beside: Money) -> State:
    least, owed = minimum(debts), sum((debt.balance for debt in debts), ZERO)
    never = Schedule(None, ZERO, ZERO, (), ())
    pays = owed == 0 or (left is not None and left >= 0)
    return State(left, owed, least + beside, schedule(debts, least + (left or ZERO)) if pays else never)


@dataclass(frozen=True, slots=True)
class CleanUp:
    """``reason`` and ``step`` are text keys: why it stands where it stands, and the first thing to do."""

    debt: Debt
    rank: int
    reason: str
    step: str


def clean_up(debts: Sequence[Debt], as_of: date) -> tuple[CleanUp, ...]:
    """The debts in the order to take them: consequence first, then interest."""
    found = [CleanUp(debt, *_judge(debt, as_of)) for debt in debts if debt.balance.value > 0]
    return tuple(sorted(found, key=lambda c: (c.rank, -(c.debt.rate.value if c.debt.rate else ZERO), c.debt.id)))


_HOUSING = ("strøm", "husleie", "utleie", "kraft", "bolig")


def _judge(debt: Debt, as_of: date) -> tuple[int, str, str]:
    claim = debt.kind is DebtKind.COLLECTION
    if claim and any(word in f"{debt.creditor} {debt.case_number}".lower() for word in _HOUSING):
        return 1, "housing", "call_creditor"
    if debt.status in (DebtStatus.ATTACHMENT, DebtStatus.COURT):
        return 2, "court", "ask_plan"
    if debt.kind in (DebtKind.TAX, DebtKind.FINE):
        return 3, "public", "ask_plan"
    if debt.status is DebtStatus.DISPUTED:
        return 9, "disputed", "dispute"
    if claim or debt.status in (DebtStatus.COLLECTION, DebtStatus.OVERDUE):
        return 4, "growing", "call_creditor"
    if debt.kind in (DebtKind.CREDIT_CARD, DebtKind.CHARGE_CARD, DebtKind.OVERDRAFT):
        return 5, "dear", "stop_using"
    if debt.kind in (DebtKind.CONSUMER_LOAN, DebtKind.OTHER):
        return 6, "dear", "pay_first"
    return 8, "later", "keep_paying"
