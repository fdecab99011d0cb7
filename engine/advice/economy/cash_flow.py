"""The money day by day until the next pay, and the day it falls short. Pure.

What is paid once a month to the same payee, and what falls due of the debts, each counted once; everything else is
what is usual a day. Without a balance, a pay that is known again or months to learn from nothing is projected: what is
missing is said instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from engine.advice.economy.assignment import assign
from engine.advice.economy.figures import Account, Debt, DebtKind, DebtStatus, Transaction
from engine.advice.economy.identity import account_number
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.payees import DEBT_SERVICE, creditor_key, paid_to, words_of
from engine.advice.economy.recurring import GRACE, LEAST_MONTHS, Recurring, days_due, recurring
from engine.advice.economy.reported import last_day
from engine.advice.economy.spending import Scope, category_of, months_of, placed
from engine.platform.calendar import next_working_day

_ORE = Decimal("0.01")
#: Claims are asked for as a whole, on the day they are due; other debts in terms.
_CLAIMS = frozenset({DebtKind.COLLECTION, DebtKind.TAX, DebtKind.FINE})
#: Words in the name of an account that money for the state is kept on.
_SET_ASIDE = frozenset({"skatt", "skattekonto", "skattetrekk", "mva", "moms", "tax", "vat"})
_AT_REST = frozenset({DebtStatus.DISPUTED, DebtStatus.PAUSED, DebtStatus.MONITORED})


class CashKind(StrEnum):
    PAY = "pay"  # the income that is waited for
    INCOME = "income"  # other income on the way
    FIXED = "fixed"  # paid once a month to the same payee
    DEBT = "debt"  # a term or a claim


class CashMissing(StrEnum):
    """What is not known, so that nothing can be projected."""

    BALANCE = "balance"
    PAY = "pay"
    MONTHS = "months"


class NotCounted(StrEnum):
    """Why something that is owed is in none of the days."""

    OVERDUE = "overdue"  # it was due before today
    LATER = "later"  # it is due after the pay
    NO_DAY = "no_day"  # nobody tells when
    NO_AMOUNT = "no_amount"  # nobody tells how much
    AT_REST = "at_rest"  # disputed, paused or merely watched
    IN_BALANCE = "in_balance"  # an overdrawn account, which the balance is of
    SET_ASIDE = "set_aside"  # money on an account for tax and VAT, which is not to live on


@dataclass(frozen=True, slots=True)
class CashItem:
    """One amount on one day, NOK, below zero when it goes out.

    key  what it is counted by, once: a debt, or the payments it is known again from, and their month
    """

    day: date
    kind: CashKind
    name: str
    amount: Money
    key: str


@dataclass(frozen=True, slots=True)
class CashLeftOut:
    """Something that is owed or expected and is in none of the days. ``amount`` NOK, ``None`` where nobody tells."""

    name: str
    amount: Money | None
    reason: NotCounted


@dataclass(frozen=True, slots=True)
class CashDay:
    """``items`` and what is usual on any ``everyday`` are in ``end``, NOK when the day is over."""

    day: date
    items: tuple[CashItem, ...]
    everyday: Money
    end: Money


@dataclass(frozen=True, slots=True)
class CashFlow:
    """From the day of the overview to the next pay.

    start     NOK on the private accounts, what is overdrawn taken off; ``None`` where no bank has told
    until     the day of the pay, ``None`` where it is not known
    everyday  NOK that is usual a day beside what has a day of its own
    complete  whether all that may belong here is known; else it is what is known of it
    """

    begins: date
    until: date | None
    start: Money | None
    everyday: Money
    items: tuple[CashItem, ...]
    left_out: tuple[CashLeftOut, ...]
    missing: tuple[CashMissing, ...]
    complete: bool

    @property
    def days(self) -> tuple[CashDay, ...]:
        """Each day from the first to that of the pay; none while something is missing."""
        return () if self.missing else tuple(self._each_day())

    def _each_day(self) -> Iterator[CashDay]:
        assert self.start is not None and self.until is not None
        left, day = self.start, self.begins
        while day <= self.until:
            items = tuple(item for item in self.items if item.day == day)
            left += sum((item.amount for item in items), ZERO) - self.everyday
            yield CashDay(day, items, self.everyday, left)
            day += timedelta(days=1)

    @property
    def pay(self) -> CashItem | None:
        return next((item for item in self.items if item.kind is CashKind.PAY), None)

    @property
    def before_pay(self) -> tuple[CashDay, ...]:
        """The days to get through."""
        return self.days[:-1]

    @property
    def short(self) -> CashDay | None:
        """The first day the money does not reach, before the pay."""
        return next((one for one in self.before_pay if one.end < 0), None)

    @property
    def lacks(self) -> Money:
        """NOK that is lacking when the pay comes, at the worst; 0 when it reaches."""
        return max([-one.end for one in self.before_pay] + [ZERO])

    @property
    def room(self) -> Money:
        """NOK for food and all that has no day of its own, when what has a day is paid; below zero when that is not."""
        known = sum((item.amount for day in self.before_pay for item in day.items), ZERO)
        return (self.start or ZERO) + known

    @property
    def room_a_day(self) -> Money:
        """The same a day, 0 when there is none."""
        return (max(self.room, ZERO) / max(len(self.before_pay), 1)).quantize(_ORE)


def cash_flow(
    *,
    as_of: date,
    accounts: Sequence[Account],
    transactions: Iterable[Transaction],
    debts: Sequence[Debt],
    payers: Iterable[str],
    scope: Scope,
    months: Sequence[date],
    own: Iterable[tuple[str, Money]] = (),
    complete: bool = True,
) -> CashFlow:
    """The flow from *as_of*, the same whatever the order of accounts, transactions and debts.

    debts   of the overview, each once;  payers  names of those who pay wages and benefits
    months  the first days of whole months the banks have told all of
    own     what the citizen has told of, without a day: name and NOK a month
    """
    held = [one for one in accounts if account_number(one.number) not in scope.business_accounts]
    private = [one for one in held if not _is_set_aside(one)]
    aside = sorted((one.name, _own_part(one)) for one in held if _is_set_aside(one) and one.balance.value > 0)
    start = sum((_own_part(one) for one in private), ZERO) if private else None
    since = min(months, default=as_of) - timedelta(days=GRACE)  # a pay of the 1st may have come before it
    recent = (one for one in transactions if one.booked >= since)
    moved = sorted(_own_movements(recent, private, scope), key=lambda t: (t.booked, t.id))
    found = recurring(moved, months)
    pay = _next_pay([one for one in found if one.usual > 0], frozenset(map(creditor_key, payers)), as_of)
    told = {CashMissing.BALANCE: start, CashMissing.PAY: pay, CashMissing.MONTHS: len(months) >= LEAST_MONTHS or None}
    missing = tuple(what for what, known in told.items() if known is None)
    until = pay[1] if pay else None
    covered = _covers([one for one in found if one.usual < 0], debts)
    items: list[CashItem] = []
    if until is not None:
        items = [item for one in found for item in _expected(one, as_of, until, pay, covered, scope)]
    due, left_out = _due_debts([debt for debt in debts if debt.id not in covered.values()], as_of, until)
    return CashFlow(
        begins=as_of,
        until=until,
        start=start,
        everyday=_everyday(moved, found, months, scope, as_of),
        items=tuple(sorted([*items, *due], key=lambda item: (item.day, item.key))),
        left_out=(
            *left_out,
            *(CashLeftOut(name, amount, NotCounted.NO_DAY) for name, amount in own),
            *(CashLeftOut(name, amount, NotCounted.SET_ASIDE) for name, amount in aside),
        ),
        missing=missing,
        complete=complete,
    )


def _is_set_aside(account: Account) -> bool:
    return not _SET_ASIDE.isdisjoint(words_of(account.name))


def _own_part(account: Account) -> Money:
    """Of a joint account one's own share; what is overdrawn is owed in full."""
    value = account.balance.value
    return value if value < 0 else (value * account.share).quantize(_ORE)


def _own_movements(
    transactions: Iterable[Transaction], private: Sequence[Account], scope: Scope
) -> Iterator[Transaction]:
    """What moved money in or out of the private accounts as a whole."""
    number = lru_cache(maxsize=None)(account_number)
    numbers = {number(one.number) for one in private if one.number}
    for one in transactions:
        other = number(one.counterparty_account)
        within = other in numbers or (other in scope.own_accounts and other not in scope.business_accounts)
        if not one.pending and not one.card and number(one.account) in numbers and not within:
            yield one


# What comes again


def _next_pay(incoming: Sequence[Recurring], payers: frozenset[str], as_of: date) -> tuple[Recurring, date] | None:
    """The largest income that comes again, of those who pay wages and benefits where one does, and its next day."""
    known = [one for one in incoming if creditor_key(one.name) in payers] or list(incoming)
    if not known:
        return None
    pay = max(known, key=lambda one: (one.usual, one.key))
    return pay, next(days_due(pay, as_of))


def _expected(
    one: Recurring,
    as_of: date,
    until: date,
    pay: tuple[Recurring, date] | None,
    covered: dict[str, str],
    scope: Scope,
) -> Iterator[CashItem]:
    """Each time it is due until the pay."""
    for number, day in enumerate(days_due(one, as_of)):
        is_pay = pay is not None and one is pay[0]
        if day > until or (is_pay and number):
            return
        yield CashItem(day, _kind(one, is_pay, covered, scope), one.name, one.usual, f"{one.key}@{number}")


def _kind(one: Recurring, is_pay: bool, covered: dict[str, str], scope: Scope) -> CashKind:
    if one.usual > 0:
        return CashKind.PAY if is_pay else CashKind.INCOME
    owed = one.key in covered or category_of(one.entries[-1], scope.creditors, scope.own) == DEBT_SERVICE
    return CashKind.DEBT if owed else CashKind.FIXED


def _everyday(
    moved: Sequence[Transaction], found: Sequence[Recurring], months: Sequence[date], scope: Scope, as_of: date
) -> Money:
    """NOK a day of the spending of the months that does not come again as one payment, refunds taken off."""
    counted = {one.id for series in found for one in series.entries}
    rest = [one for one in moved if one.id not in counted and one.booked.replace(day=1) in months]
    out = -sum((one.amount for one, _, left in placed(rest, scope, months_of(months, as_of)) if left is None), ZERO)
    days = sum(last_day(month).day for month in months)
    return (max(out, ZERO) / days).quantize(_ORE) if days else ZERO


# What is owed


def _covers(outgoing: Sequence[Recurring], debts: Sequence[Debt]) -> dict[str, str]:
    """Key of payments → id of the debt they are the terms of: each debt and each payment once, the best whole."""
    ranked = sorted(debts, key=lambda debt: debt.id)
    worth = [[_fits(one, debt) for debt in ranked] for one in outgoing]
    if not worth or not ranked:
        return {}
    found = assign(worth)
    return {one.key: ranked[at].id for one, at in zip(outgoing, found, strict=True) if at is not None}


def _fits(one: Recurring, debt: Debt) -> int | None:
    """How surely payments are the terms of a debt; ``None`` where they are not."""
    newest = one.entries[-1]
    if debt.account and account_number(debt.account) == account_number(newest.counterparty_account):
        return 1_000_000
    if debt.kid and debt.kid == newest.kid:
        return 1_000_000
    if creditor_key(newest.counterparty or newest.text) not in paid_to(debt):
        return None
    if debt.monthly is None:
        return 1
    return max(100_000 - int(abs(debt.monthly.value + one.usual)), 2)


def _due_debts(
    debts: Sequence[Debt], as_of: date, until: date | None
) -> tuple[list[CashItem], tuple[CashLeftOut, ...]]:
    """What falls due of debts that nothing is seen paid on, and what is in none of the days, with why."""
    items: list[CashItem] = []
    left_out: list[CashLeftOut] = []
    for debt in sorted((one for one in debts if one.balance.value > 0), key=lambda one: one.id):
        amount = debt.balance.value if debt.kind in _CLAIMS else debt.monthly.value if debt.monthly else None
        name = debt.collector or debt.creditor
        reason = _not_counted(debt, amount, as_of, until)
        if reason is None and debt.due and amount is not None:
            items.append(CashItem(next_working_day(debt.due), CashKind.DEBT, name, -amount, debt.id))
        elif reason is not None:
            left_out.append(CashLeftOut(name, amount, reason))
    return items, tuple(left_out)


def _not_counted(debt: Debt, amount: Money | None, as_of: date, until: date | None) -> NotCounted | None:
    if debt.kind is DebtKind.OVERDRAFT:
        return NotCounted.IN_BALANCE
    if debt.status in _AT_REST:
        return NotCounted.AT_REST
    if amount is None:
        return NotCounted.NO_AMOUNT
    if debt.due is None:
        return NotCounted.NO_DAY
    day = next_working_day(debt.due)
    if day < as_of:
        return NotCounted.OVERDUE
    return NotCounted.LATER if until is not None and day > until else None
