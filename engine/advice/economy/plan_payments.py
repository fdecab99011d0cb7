"""A plan held against what was really paid (R72): planned, paid and missing of each creditor in each month. Pure.

A month that the banks have not told all of is unknown: neither paid nor missing. A month the plan was not there
from the first day of is left out, and so is the one that is not over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from engine.advice.economy.compilation import each_once
from engine.advice.economy.figures import Account, Debt, Figures, Transaction
from engine.advice.economy.identity import account_number
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.payees import creditor_key, paid_to
from engine.advice.economy.repayment import Order, Plan, by_order
from engine.advice.economy.reported import spending_months
from engine.advice.economy.spending import whole_months

#: So many of the last months are looked at.
MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class PlanMonth:
    """NOK to one creditor in a month, or to all. ``paid`` is ``None`` where the month is not told of."""

    month: date
    planned: Money
    paid: Money | None

    @property
    def missing(self) -> Money | None:
        """NOK less than planned, 0 when it was enough, ``None`` where nobody knows."""
        return None if self.paid is None else max(self.planned - self.paid, ZERO)


@dataclass(frozen=True, slots=True)
class PlanCreditor:
    """One creditor of the plan. ``planned`` NOK a month."""

    name: str
    planned: Money
    months: tuple[PlanMonth, ...]


@dataclass(frozen=True, slots=True)
class PlanPayments:
    """``months``: the whole months since the plan began, oldest first, each with a row's worth in every creditor."""

    months: tuple[date, ...]
    creditors: tuple[PlanCreditor, ...]

    @property
    def totals(self) -> tuple[PlanMonth, ...]:
        """Each month of all creditors together."""
        return tuple(self._total(at) for at in range(len(self.months)))

    def _total(self, at: int) -> PlanMonth:
        cells = [one.months[at] for one in self.creditors]
        paid = None if any(cell.paid is None for cell in cells) else sum((cell.paid or ZERO for cell in cells), ZERO)
        return PlanMonth(self.months[at], sum((cell.planned for cell in cells), ZERO), paid)

    @property
    def newest(self) -> PlanMonth | None:
        """The last month that is known."""
        return next((one for one in reversed(self.totals) if one.paid is not None), None)


def shares(plan: Sequence[Plan], monthly: Money, order: Order) -> dict[str, Money]:
    """NOK a month to each debt by id: the minimums first, the rest to one at a time, as far as it goes."""
    given = dict.fromkeys((one.id for one in plan), ZERO)
    purse = monthly
    for minimums in (True, False):
        for one in by_order(plan, order):
            part = min(purse, one.balance - given[one.id], one.minimum if minimums else purse)
            given[one.id] += part
            purse -= part
    return given


def plan_payments(
    figures: Figures, debts: Sequence[Debt], plan: Sequence[Plan], given: Mapping[str, Money], began: date, as_of: date
) -> PlanPayments:
    """What was planned and what was paid, the same whatever the order of movements.

    debts  all that is owed: a payment to a bank may be for a loan that is not in the plan
    given  NOK a month to each debt of the plan, by id
    """
    months = tuple(reversed([one for one in whole_months(as_of, MOST_MONTHS) if one >= began]))
    known = frozenset(spending_months(figures, as_of, MOST_MONTHS)) if figures.accounts else frozenset()
    paid = _paid(figures, debts, given, months[0]) if months else {}
    groups: dict[str, list[Plan]] = {}
    for one in plan:
        groups.setdefault(creditor_key(one.name), []).append(one)
    creditors = []
    for group in groups.values():
        planned = sum((given[one.id] for one in group), ZERO)
        if planned:
            cells = tuple(_cell(month, planned, [one.id for one in group], paid, known) for month in months)
            creditors.append(PlanCreditor(group[0].name, planned, cells))
    return PlanPayments(months, tuple(sorted(creditors, key=lambda one: (-one.planned, one.name))))


def _cell(
    month: date, planned: Money, ids: Iterable[str], paid: Mapping[tuple[str, date], Money], known: frozenset[date]
) -> PlanMonth:
    told = sum((paid.get((one, month), ZERO) for one in ids), ZERO) if month in known else None
    return PlanMonth(month, planned, told)


def _paid(
    figures: Figures, debts: Sequence[Debt], given: Mapping[str, Money], since: date
) -> dict[tuple[str, date], Money]:
    """NOK by id of the debt and month. What came back is taken off nothing: it is no payment less."""
    found: dict[tuple[str, date], Money] = {}
    ranked = sorted(debts, key=lambda debt: debt.id)
    for one in _outgoing(figures, since):
        if debt := _debt_of(one, ranked, given):
            key = debt.id, one.booked.replace(day=1)
            found[key] = found.get(key, ZERO) - one.amount
    return found


def _outgoing(figures: Figures, since: date) -> Iterator[Transaction]:
    private = {account_number(one.number) for one in figures.accounts if _is_private(one)}
    recent = [one for one in figures.transactions if one.amount < 0 and one.booked >= since]
    for one in each_once(recent)[0]:
        if not one.pending and not one.card and account_number(one.account) in private:
            yield one


def _is_private(account: Account) -> bool:
    return account.usage != "ORGA"


def may_pay(debts: Sequence[Debt], as_of: date) -> Callable[[Transaction], bool]:
    """Whether a movement may be a payment on one of the debts, in a month that is looked at."""
    since = whole_months(as_of, MOST_MONTHS)[-1]
    numbers = {account_number(debt.account) for debt in debts} - {""}
    kids = {debt.kid for debt in debts} - {""}
    names = frozenset().union(*(paid_to(debt) for debt in debts))
    is_account = cache(lambda number: account_number(number) in numbers)
    is_payee = cache(lambda name: creditor_key(name) in names)
    return lambda one: (
        one.amount < 0
        and one.booked >= since
        and (is_account(one.counterparty_account) or one.kid in kids or is_payee(one.counterparty or one.text))
    )


def _debt_of(paid: Transaction, debts: Sequence[Debt], given: Mapping[str, Money]) -> Debt | None:
    """The debt a payment is for: by account or KID, else of those it may be for the one whose amount is nearest."""
    other = account_number(paid.counterparty_account)
    for debt in debts:
        if (other and other == account_number(debt.account)) or (paid.kid and paid.kid == debt.kid):
            return debt
    payee = creditor_key(paid.counterparty or paid.text)
    named = [debt for debt in debts if payee in paid_to(debt)]
    return min(named, key=lambda debt: (abs(_usual(debt, given) + paid.amount), debt.id), default=None)


def _usual(debt: Debt, given: Mapping[str, Money]) -> Money:
    return given.get(debt.id) or (debt.monthly.value if debt.monthly else ZERO)
