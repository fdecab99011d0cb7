"""Early signals (R111, R114): what shows before it hurts. Facts with amounts; the words are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.economy.figures import Debt, DebtKind, Figures, Income, Transaction
from engine.economy.money import ZERO, Money
from engine.economy.overview import Overview
from engine.economy.spending import whole_months

#: Highest fees a consumer debtor may be charged, 2026: (claim up to, light, heavy), creditor with VAT deduction.
#: Source: inkassoforskriften § 2-2 with the inkassosats of 2026 (750 kr), from one secondary source.
FEES_2026: tuple[tuple[int, str, str], ...] = (
    (500, "187.50", "375"),
    (1_000, "262.50", "525"),
    (2_500, "300", "600"),
    (10_000, "600", "1200"),
    (50_000, "1200", "2400"),
    (250_000, "2700", "5400"),
)
SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Signal:
    """``kind`` names the sentence; ``about`` a creditor or a kind of income; ``amount`` NOK."""

    kind: str
    about: str = ""
    amount: Money | None = None
    when: date | None = None


def signals(overview: Overview, figures: Figures, known_before: frozenset[str] = frozenset()) -> tuple[Signal, ...]:
    """Everything that shows. *known_before*: ids of the credits there were when the person began, to see new ones."""
    months = whole_months(overview.as_of, 4)
    return (
        *_over_income(overview),
        *_minimum_only(overview.debts, figures.transactions, months[:3]),
        *_falling(figures.incomes, months),
        *_eaten(figures, months[:3]),
        *_growing(overview.debts, overview.as_of),
        *_new_credit(overview.debts, known_before),
    )


def _over_income(overview: Overview) -> list[Signal]:
    """Only where both sides are known in full: a missing source is never a signal."""
    if overview.gaps and any(overview.knowledge(what).value != "whole" for what in ("income", "spending")):
        return []
    difference = overview.monthly_difference
    return [Signal("spending_over_income", amount=-difference)] if difference < 0 else []


def _minimum_only(debts: Sequence[Debt], transactions: Sequence[Transaction], months: Sequence[date]) -> list[Signal]:
    found = []
    for debt in debts:
        if debt.kind is not DebtKind.CREDIT_CARD or debt.monthly is None:
            continue
        paid: dict[date, Money] = {}
        for t in transactions:
            if t.amount < 0 and t.counterparty.lower() == debt.creditor.lower():
                month = t.booked.replace(day=1)
                paid[month] = paid.get(month, ZERO) - t.amount
        if all(ZERO < paid.get(month, ZERO) <= debt.monthly.value for month in months):
            found.append(Signal("minimum_payments_only", debt.creditor, debt.balance.value))
    return found


def _falling(incomes: Sequence[Income], months: Sequence[date]) -> list[Signal]:
    """An income of the three months before that stopped or fell by more than a tenth."""
    if len(months) < 4:
        return []
    newest, before = months[0], months[1:4]
    found = []
    for kind in sorted({income.kind.value for income in incomes}):
        by_month: dict[date, Money] = {}
        for income in incomes:
            if income.kind.value == kind:
                by_month[income.month] = by_month.get(income.month, ZERO) + (income.net or income.gross).value
        if not all(month in by_month for month in before):
            continue
        average = sum((by_month[month] for month in before), ZERO) / 3
        now = by_month.get(newest, ZERO)
        if average and now < average * 9 / 10:
            found.append(Signal("income_falling", kind, (average - now).quantize(ZERO)))
    return found


def _eaten(figures: Figures, months: Sequence[date]) -> list[Signal]:
    """Money from a savings account to daily use, three months running: when it will be empty."""
    own = {account.number: account for account in figures.accounts}
    found = []
    for account in figures.accounts:
        if "spar" not in f"{account.product} {account.name}".lower():
            continue
        out: dict[date, Money] = {}
        for t in figures.transactions:
            if t.account == account.number and t.counterparty_account in own:
                month = t.booked.replace(day=1)
                out[month] = out.get(month, ZERO) - t.amount
        taken = [out.get(month, ZERO) for month in months]
        if len(taken) == 3 and all(amount > 0 for amount in taken):
            monthly = sum(taken, ZERO) / 3
            months_left = int(account.balance.value / monthly)
            year, number = divmod(months[0].year * 12 + months[0].month + months_left, 12)
            found.append(Signal("savings_eaten", account.name, monthly.quantize(ZERO), date(year, number + 1, 1)))
    return found


def _growing(debts: Sequence[Debt], as_of: date) -> list[Signal]:
    """A claim whose deadline comes or has passed: what the next step may cost."""
    found = []
    for debt in debts:
        if debt.kind is not DebtKind.COLLECTION or debt.due is None or debt.due > as_of + SOON:
            continue
        principal = debt.principal.value if debt.principal else debt.balance.value
        fee = next((fee for limit, _, fee in FEES_2026 if principal <= limit), "10800")
        found.append(Signal("claim_growing", debt.creditor, type(principal)(fee), debt.due))
    return found


def _new_credit(debts: Sequence[Debt], known: frozenset[str]) -> list[Signal]:
    kinds = (DebtKind.CREDIT_CARD, DebtKind.CONSUMER_LOAN)
    return [
        Signal("new_credit", debt.creditor, debt.balance.value)
        for debt in debts
        if known and debt.kind in kinds and debt.id not in known
    ]
