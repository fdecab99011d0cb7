"""Where the money goes: categories, transfers between own accounts, refunds.

What a payment is for is told by ``payees.py``, or by the citizen, who knows better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import TypeAlias

from engine.advice.economy import payees
from engine.advice.economy.figures import Transaction
from engine.advice.economy.identity import account_number, source_key
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.payees import DEBT_SERVICE, OTHER, creditor_key, payee_key, words_of
from engine.advice.economy.sourced import Source

#: Words of a text that say that money came back from a shop.
REFUND_WORDS = frozenset(("retur", "varereturn", "refusjon", "refundering", "tilbakebetaling", "kreditnota"))


@dataclass(frozen=True, slots=True)
class MonthlyLine:
    """NOK per month on average, how many entries it is made of, and who reported them.

    months  how many months it is the average of: those that were reported; 1 where somebody told a month's sum
    """

    category: str
    amount: Money
    entries: int
    sources: tuple[Source, ...]
    months: int = 3


def whole_months(as_of: date, count: int) -> tuple[date, ...]:
    """The first days of the last *count* whole months before *as_of*, newest first."""
    year, month = as_of.year, as_of.month
    found = []
    for _ in range(count):
        month -= 1
        if month == 0:
            year, month = year - 1, 12
        found.append(date(year, month, 1))
    return tuple(found)


def category_of(transaction: Transaction, creditors: frozenset[str], own: Mapping[str, str] | None = None) -> str:
    """The category of one movement: what the citizen has said of the payee, then the merchant's code, then words.

    creditors  names of those the person owes: payments to them are debt service
    own        ``payees.payee_key`` → the category the citizen has chosen for that payee
    """
    if own and (chosen := own.get(payee_key(transaction.counterparty, transaction.text))):
        return chosen
    return payees.category(transaction.counterparty, transaction.text, transaction.mcc, _keys(creditors))


@lru_cache(maxsize=16)
def _keys(creditors: frozenset[str]) -> frozenset[str]:
    return frozenset(creditor_key(name) for name in creditors)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose movements are private spending: the person's accounts, a business's, and the names of the creditors.

    Account numbers are in one form, as ``identity.account_number`` writes them. ``own``: what the citizen has said of
    payees, as in ``category_of``.
    """

    own_accounts: frozenset[str]
    business_accounts: frozenset[str] = frozenset()
    creditors: frozenset[str] = frozenset()
    own: Mapping[str, str] = field(default_factory=dict)


class Left(StrEnum):
    """Why a movement is no spending."""

    PENDING = "pending"  # not booked yet
    BUSINESS_ACCOUNT = "business_account"
    OWN_ACCOUNTS = "own_accounts"  # from one's own account to another
    MONEY_IN = "money_in"  # income is told by those who pay it
    OLDER_MONTH = "older_month"
    MONTH_NOT_OVER = "month_not_over"
    MONTH_NOT_WHOLE = "month_not_whole"  # the bank has not told all of it


@dataclass(frozen=True, slots=True)
class Months:
    """``counted``: the first days of the months an average is of; ``newest``: the first day of the month not over."""

    counted: frozenset[date]
    newest: date

    def left(self, booked: date) -> Left | None:
        """Why a day is in none of them."""
        month = booked.replace(day=1)
        if month in self.counted:
            return None
        if month >= self.newest:
            return Left.MONTH_NOT_OVER
        return Left.MONTH_NOT_WHOLE if self.counted and month > min(self.counted) else Left.OLDER_MONTH


#: A movement, its category and, where it is no spending, why.
Placed: TypeAlias = tuple[Transaction, str, Left | None]


def placed(transactions: Iterable[Transaction], scope: Scope, months: Months) -> Iterator[Placed]:
    """Every movement with its category and, where it is no spending of *months*, why.

    Transfers between own accounts are left out; a refund lowers the category of its merchant.
    """
    own_number, left_on = cache(account_number), cache(months.left)
    known: dict[tuple[str, str, str], str] = {}  # many a payee is paid many times
    for transaction in transactions:
        about = transaction.counterparty, transaction.text, transaction.mcc
        category = known.get(about)
        if category is None:
            category = known[about] = category_of(transaction, scope.creditors, scope.own)
        yield transaction, category, _left(transaction, category, scope, left_on, own_number)


def _left(
    transaction: Transaction,
    category: str,
    scope: Scope,
    left_on: Callable[[date], Left | None],
    number: Callable[[str], str],
) -> Left | None:
    if transaction.pending:
        return Left.PENDING
    if number(transaction.account) in scope.business_accounts:
        return Left.BUSINESS_ACCOUNT
    if number(transaction.counterparty_account) in scope.own_accounts:
        return Left.OWN_ACCOUNTS
    if transaction.amount >= 0 and not _is_refund(transaction, category):
        return Left.MONEY_IN
    return left_on(transaction.booked)


def months_of(counted: Iterable[date], as_of: date) -> Months:
    return Months(frozenset(counted), as_of.replace(day=1))


def _private(
    transactions: Iterable[Transaction], scope: Scope, wanted: frozenset[date], as_of: date
) -> Iterator[tuple[Transaction, str]]:
    """The movements of the wanted months that are spending or a refund of it, with their category."""
    is_wanted = cache(lambda day: day.replace(day=1) in wanted)
    inside = (t for t in transactions if is_wanted(t.booked))
    for transaction, category, left in placed(inside, scope, months_of(wanted, as_of)):
        if left is None:
            yield transaction, category


def monthly(
    transactions: Iterable[Transaction], scope: Scope, as_of: date, months: int | Sequence[date] = 3
) -> tuple[MonthlyLine, ...]:
    """Average private spending by category over months that are known, largest first.

    months  the first days of those to count, or how many of the last whole ones
    """
    wanted = whole_months(as_of, months) if isinstance(months, int) else tuple(months)
    sums: dict[str, Money] = {}
    counts: dict[str, int] = {}
    sources: dict[str, dict[str, Source]] = {}
    for transaction, category in _private(transactions, scope, frozenset(wanted), as_of):
        sums[category] = sums.get(category, ZERO) - transaction.amount
        counts[category] = counts.get(category, 0) + 1
        told = sources.setdefault(category, {})
        key = source_key(transaction.source)
        told[key] = min(told.get(key, transaction.source), transaction.source, key=_reference)
    lines = [
        MonthlyLine(
            category,
            (total / len(wanted)).quantize(Decimal("0.01")),
            counts[category],
            tuple(source for _, source in sorted(sources[category].items())),
            len(wanted),
        )
        for category, total in sums.items()
        if total > 0
    ]
    return tuple(sorted(lines, key=lambda line: (-line.amount, line.category)))


def _reference(source: Source) -> str:
    return source.reference


@dataclass(frozen=True, slots=True)
class Payee:
    """What was paid to one payee in some months: NOK in all, and each movement, newest first.

    name  as the bank writes it in the newest
    """

    name: str
    total: Money
    entries: tuple[Transaction, ...]


def by_payee(
    transactions: Iterable[Transaction], scope: Scope, as_of: date, months: Iterable[date]
) -> dict[str, tuple[Payee, ...]]:
    """What is behind each category: every movement of it, by whom it went to, the most first."""
    key_of = cache(payee_key)
    found: dict[str, dict[str, list[Transaction]]] = {}
    for transaction, category in _private(transactions, scope, frozenset(months), as_of):
        payees = found.setdefault(category, {})
        payees.setdefault(key_of(transaction.counterparty, transaction.text), []).append(transaction)
    return {category: _ranked(payees) for category, payees in found.items()}


def _ranked(found: Mapping[str, Sequence[Transaction]]) -> tuple[Payee, ...]:
    payees = []
    for entries in found.values():
        newest = sorted(entries, key=lambda t: (t.booked, t.id), reverse=True)
        name = newest[0].counterparty or newest[0].text
        payees.append(Payee(name, -sum((t.amount for t in entries), ZERO), tuple(newest)))
    return tuple(sorted(payees, key=lambda payee: (-payee.total, payee.name)))


def by_month(
    transactions: Iterable[Transaction], scope: Scope, as_of: date, months: int = 3
) -> dict[date, dict[str, Money]]:
    """NOK by category in each of the last whole months, oldest first: what a budget is followed by (R72)."""
    wanted = whole_months(as_of, months)
    found: dict[date, dict[str, Money]] = {month: {} for month in reversed(wanted)}
    for transaction, category in _private(transactions, scope, frozenset(wanted), as_of):
        month = found[transaction.booked.replace(day=1)]
        month[category] = month.get(category, ZERO) - transaction.amount
    return found


def _is_refund(transaction: Transaction, category: str) -> bool:
    """Money back from a shop: an incoming movement with a merchant category, or one that says so."""
    if category in (OTHER, DEBT_SERVICE):
        return False
    return bool(transaction.mcc) or not REFUND_WORDS.isdisjoint(words_of(transaction.text))


def transfers(transactions: Sequence[Transaction], own_accounts: frozenset[str]) -> tuple[Transaction, ...]:
    """Movements between the person's own accounts, whose numbers are in one form (``identity.account_number``)."""
    return tuple(t for t in transactions if account_number(t.counterparty_account) in own_accounts)
