"""Early signals (R111, R114): what shows before it hurts. Facts with amounts; the words are elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from engine.advice.economy import incomes
from engine.advice.economy.claims import highest_fee
from engine.advice.economy.figures import Account, Debt, DebtKind, Figures, Income, Total, Transaction
from engine.advice.economy.incomes import amount_of
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.overview import Completeness, Overview
from engine.advice.economy.repayment import minimum_payment
from engine.advice.economy.reported import income_months
from engine.advice.economy.spending import whole_months

#: Benefits that end by law: as Nav names them → most months in a row, and where it says so.
ENDS_AFTER = {"sykepenger": (12, "folketrygdloven § 8-12"), "dagpenger": (24, "folketrygdloven § 4-15")}
#: How many months before the end it is shown.
AHEAD = 3
SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Signal:
    """``kind`` names the sentence; ``about`` a creditor or a kind of income; ``amount`` NOK."""

    kind: str
    about: str = ""
    amount: Money | None = None
    when: date | None = None


def signals(
    overview: Overview,
    figures: Figures,
    known_before: frozenset[str] = frozenset(),
    missing: Sequence[tuple[Money, date]] = (),
) -> tuple[Signal, ...]:
    """Everything that shows.

    known_before  ids and fingerprints of the debts when the person began, to see new credit; empty = not known
    missing       what a business has not set aside: NOK and due date, nearest first
    """
    months = whole_months(overview.as_of, 4)
    return (
        *_over_income(overview),
        *_minimum_only(overview.debts, figures.transactions, months[:3]),
        *_falling(figures, overview.as_of),
        *_ending(figures.incomes, overview.as_of),
        *_eaten(figures, months[:3]),
        *_growing(overview.debts, overview.as_of),
        *_new_credit(overview.debts, known_before),
        *(Signal("set_aside_missing", amount=amount, when=due) for amount, due in missing[:1]),
    )


def may_show(figures: Figures, overview: Overview) -> Callable[[Transaction], bool]:
    """Whether a movement may be part of a signal: a payment on a credit card, money out of savings."""
    cards = {debt.creditor.lower() for debt in overview.debts if debt.kind is DebtKind.CREDIT_CARD}
    own = {account.number for account in figures.accounts}
    savings = {account.number for account in figures.accounts if _is_savings(account)}
    since = whole_months(overview.as_of, 3)[-1]
    pays_card = cache(lambda name: name.lower() in cards)
    return lambda t: (
        t.booked >= since
        and ((t.account in savings and t.counterparty_account in own) or (t.amount < 0 and pays_card(t.counterparty)))
    )


def _is_savings(account: Account) -> bool:
    return "spar" in f"{account.product} {account.name}".lower()


def _over_income(overview: Overview) -> list[Signal]:
    """Only where both sides are known in full: a missing source is never a signal."""
    sides = (Total.INCOME, Total.SPENDING)
    if any(overview.completeness(total) is not Completeness.COMPLETE for total in sides):
        return []
    difference = overview.monthly_difference
    return [Signal("spending_over_income", amount=-difference)] if difference < 0 else []


def _minimum_only(debts: Sequence[Debt], transactions: Sequence[Transaction], months: Sequence[date]) -> list[Signal]:
    found = []
    for debt in debts:
        if debt.kind is not DebtKind.CREDIT_CARD:
            continue
        paid: dict[date, Money] = {}
        for t in transactions:
            if t.amount < 0 and t.counterparty.lower() == debt.creditor.lower():
                month = t.booked.replace(day=1)
                paid[month] = paid.get(month, ZERO) - t.amount
        if all(ZERO < paid.get(month, ZERO) <= minimum_payment(debt) for month in months):
            found.append(Signal("minimum_payments_only", debt.creditor, debt.balance.value))
    return found


def _falling(figures: Figures, as_of: date) -> list[Signal]:
    """An income of the three months before that stopped or fell by more than a tenth, in months that are reported."""
    kept = incomes.once(figures.incomes).kept
    found = []
    for kind in sorted({income.kind.value for income in kept}):
        known = income_months(kept, figures.reported, kind, as_of, 5)
        if len(known) < 4 or known[:4] != whole_months(_after(known[0]), 4):
            continue
        by_month = {
            month: sum((amount_of(one) for one in kept if one.kind.value == kind and one.month == month), ZERO)
            for month in known[:4]
        }
        now, *before = by_month.values()
        average = sum(before, ZERO) / 3
        if all(before) and now < average * 9 / 10:
            found.append(Signal("income_falling", kind, (average - now).quantize(ZERO)))
    return found


def _after(month: date) -> date:
    """The first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def _ending(told: Sequence[Income], as_of: date) -> list[Signal]:
    """A benefit that has run so long that its end by law is near: shown before the account shows it."""
    found = []
    for name, (most, _) in ENDS_AFTER.items():
        months = {i.month.year * 12 + i.month.month - 1 for i in told if i.name.lower() == name}
        newest = max(months, default=0)
        row = 0
        while newest - row in months:
            row += 1
        now = as_of.year * 12 + as_of.month - 1
        if row >= most - AHEAD and now - newest <= 1:
            year, month = divmod(max(newest + most - row, now), 12)
            found.append(Signal("income_ending", name, when=date(year, month + 1, 1)))
    return found


def _eaten(figures: Figures, months: Sequence[date]) -> list[Signal]:
    """Money from a savings account to daily use, three months running: when it will be empty."""
    own = {account.number: account for account in figures.accounts}
    found = []
    for account in figures.accounts:
        if not _is_savings(account):
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
    """A claim whose deadline comes or has passed: what the next step may cost, where the fees of the year are known."""
    found = []
    for debt in debts:
        if debt.kind is not DebtKind.COLLECTION or debt.due is None or debt.due > as_of + SOON:
            continue
        principal = debt.principal.value if debt.principal else debt.balance.value
        found.append(Signal("claim_growing", debt.creditor, highest_fee(principal, as_of), debt.due))
    return found


def _new_credit(debts: Sequence[Debt], known: frozenset[str]) -> list[Signal]:
    kinds = (DebtKind.CREDIT_CARD, DebtKind.CONSUMER_LOAN)
    return [
        Signal("new_credit", debt.creditor, debt.balance.value)
        for debt in debts
        if known and debt.kind in kinds and not known & {debt.id, *debt.records}
    ]
