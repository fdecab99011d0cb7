"""Where the money goes: categories, transfers between own accounts, refunds.

A rule is data: merchant category codes and words of the counterparty or the text.
What no rule knows is "other", never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from engine.advice.economy.figures import Transaction
from engine.advice.economy.identity import account_number, source_key
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.sourced import Source


@dataclass(frozen=True, slots=True)
class Rule:
    """Merchant category codes (ISO 18245) and whole lower-case words that mean a category."""

    category: str
    codes: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()


#: What may follow a word of a rule: inflections, and what bills and shops are called. "Strømmen" is a place.
_ENDINGS = frozenset({
    "n", "en", "e", "er", "ne", "ene", "s", "nader", "nadene", "regning", "regningen", "faktura", "avgift", "avgifter",
    "betaling", "senter", "senteret", "vakt", "vakten", "kontor", "kontoret", "time", "gruppen",
})  # fmt: skip
RULES: tuple[Rule, ...] = (
    Rule("housing", frozenset({"4900", "6513"}), ("husleie", "utleie", "strøm", "kommunale", "felleskost")),
    Rule("food", frozenset({"5411", "5462", "5499"}), ("rema", "kiwi", "coop", "meny")),
    Rule("eating_out", frozenset({"5812", "5813", "5814"}), ("foodora", "wolt")),
    Rule("transport", frozenset({"4111", "4112", "4121", "5541", "5542", "7523"}), ("ruter", "vy", "circle k")),
    Rule("communication", frozenset({"4814", "4899"}), ("telenor", "telia", "netflix")),
    Rule("health", frozenset({"5912", "8011", "8021"}), ("apotek", "lege", "tannlege")),
    Rule("clothes", frozenset({"5651", "5661", "5691"}), ("zalando",)),
    Rule("travel", frozenset({"4722", "7011", "4511"}), ("booking",)),
    Rule("children", words=("barnebidrag", "barnehage", "sfo")),
)


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


def category_of(transaction: Transaction, creditors: frozenset[str]) -> str:
    """The category of one outgoing movement; payments to a known creditor are debt service.

    The merchant's code decides before words do: a shop in Strømmen sells no electricity.
    """
    if transaction.counterparty.lower() in creditors:
        return "debt_service"
    for rule in RULES:
        if transaction.mcc in rule.codes:
            return rule.category
    words = _words(f"{transaction.counterparty} {transaction.text}")
    return next((rule.category for rule in RULES if any(_says(words, word) for word in rule.words)), "other")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text).lower())


def _says(words: Sequence[str], wanted: str) -> bool:
    """Whether the words are there one after the other, the last of them also with an ending such as "regning"."""
    *before, last = wanted.split()
    return any(
        words[place : place + len(before)] == before and _is(words[place + len(before)], last)
        for place in range(len(words) - len(before))
    )


def _is(word: str, wanted: str) -> bool:
    return word == wanted or (word.startswith(wanted) and word[len(wanted) :] in _ENDINGS)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose movements are private spending: the person's accounts, a business's, and the names of the creditors.

    Account numbers are in one form, as ``identity.account_number`` writes them.
    """

    own_accounts: frozenset[str]
    business_accounts: frozenset[str] = frozenset()
    creditors: frozenset[str] = frozenset()


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


def placed(
    transactions: Iterable[Transaction], scope: Scope, months: Months
) -> Iterator[tuple[Transaction, str, Left | None]]:
    """Every movement with its category and, where it is no spending of *months*, why.

    Transfers between own accounts are left out; a refund lowers the category of its merchant.
    """
    own_number = lru_cache(maxsize=None)(account_number)
    for transaction in transactions:
        category = category_of(transaction, scope.creditors)
        yield transaction, category, _left(transaction, category, scope, months, own_number)


def _left(
    transaction: Transaction, category: str, scope: Scope, months: Months, number: Callable[[str], str]
) -> Left | None:
    if transaction.pending:
        return Left.PENDING
    if number(transaction.account) in scope.business_accounts:
        return Left.BUSINESS_ACCOUNT
    if number(transaction.counterparty_account) in scope.own_accounts:
        return Left.OWN_ACCOUNTS
    if transaction.amount >= 0 and not _is_refund(transaction, category):
        return Left.MONEY_IN
    return months.left(transaction.booked)


def months_of(counted: Iterable[date], as_of: date) -> Months:
    return Months(frozenset(counted), as_of.replace(day=1))


def _private(
    transactions: Iterable[Transaction], scope: Scope, wanted: frozenset[date], as_of: date
) -> Iterator[tuple[Transaction, str]]:
    """The movements of the wanted months that are spending or a refund of it, with their category."""
    inside = (t for t in transactions if t.booked.replace(day=1) in wanted)
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
    text = transaction.text.lower()
    return category not in ("other", "debt_service") and (
        bool(transaction.mcc) or "retur" in text or "refusjon" in text
    )


def transfers(transactions: Sequence[Transaction], own_accounts: frozenset[str]) -> tuple[Transaction, ...]:
    """Movements between the person's own accounts, whose numbers are in one form (``identity.account_number``)."""
    return tuple(t for t in transactions if account_number(t.counterparty_account) in own_accounts)
