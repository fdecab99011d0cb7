"""Where the money goes: categories, transfers between own accounts, refunds.

A rule is data: merchant category codes and words of the counterparty or the text.
What no rule knows is "other", never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.advice.economy.figures import Transaction
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.sourced import Source


@dataclass(frozen=True, slots=True)
class Rule:
    """Merchant category codes (ISO 18245) and lower-case words that mean a category."""

    category: str
    codes: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()


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
    """NOK per month on average, how many entries it is made of, and who reported them."""

    category: str
    amount: Money
    entries: int
    sources: tuple[Source, ...]


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
    text = f"{transaction.counterparty} {transaction.text}".lower()
    for rule in RULES:
        if transaction.mcc in rule.codes:
            return rule.category
    return next((rule.category for rule in RULES if any(word in text for word in rule.words)), "other")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose movements are private spending: the person's accounts, a business's, and the names of the creditors."""

    own_accounts: frozenset[str]
    business_accounts: frozenset[str] = frozenset()
    creditors: frozenset[str] = frozenset()


def _private(
    transactions: Iterable[Transaction], scope: Scope, wanted: frozenset[date]
) -> Iterator[tuple[Transaction, str]]:
    """The movements of the wanted months that are spending or a refund of it, with their category.

    Transfers between own accounts are left out; a refund lowers the category of its merchant.
    """
    for transaction in transactions:
        if transaction.booked.replace(day=1) not in wanted or transaction.account in scope.business_accounts:
            continue
        if transaction.counterparty_account in scope.own_accounts:
            continue
        category = category_of(transaction, scope.creditors)
        if transaction.amount < 0 or _is_refund(transaction, category):
            yield transaction, category


def monthly(transactions: Iterable[Transaction], scope: Scope, as_of: date, months: int = 3) -> tuple[MonthlyLine, ...]:
    """Average private spending by category over the last whole months, largest first."""
    sums: dict[str, Money] = {}
    counts: dict[str, int] = {}
    sources: dict[str, Source] = {}
    for transaction, category in _private(transactions, scope, frozenset(whole_months(as_of, months))):
        sums[category] = sums.get(category, ZERO) - transaction.amount
        counts[category] = counts.get(category, 0) + 1
        sources[category] = transaction.source
    lines = [
        MonthlyLine(category, (total / months).quantize(Decimal("0.01")), counts[category], (sources[category],))
        for category, total in sums.items()
        if total > 0
    ]
    return tuple(sorted(lines, key=lambda line: -line.amount))


def by_month(
    transactions: Iterable[Transaction], scope: Scope, as_of: date, months: int = 3
) -> dict[date, dict[str, Money]]:
    """NOK by category in each of the last whole months, oldest first: what a budget is followed by (R72)."""
    wanted = whole_months(as_of, months)
    found: dict[date, dict[str, Money]] = {month: {} for month in reversed(wanted)}
    for transaction, category in _private(transactions, scope, frozenset(wanted)):
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
    """Movements between the person's own accounts."""
    return tuple(t for t in transactions if t.counterparty_account in own_accounts)
