"""Payments that come again: once in each month, from or to the same payee. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.advice.economy.figures import Transaction
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.payees import payee_key
from engine.advice.economy.reported import last_day
from engine.platform.calendar import last_working_day, next_working_day

#: So many days after its usual day a payment that is not seen yet is still waited for.
GRACE = 5
#: So many whole months a payment must have been made in, once in each, to be expected again.
LEAST_MONTHS = 2
#: A payment of one month that is more than so many times that of another is not the same again.
LARGEST_CHANGE = 2
_ORE = Decimal("0.01")
#: What tells several payments to one payee apart, the surest first.
_APART: tuple[Callable[[Transaction], Hashable], ...] = (
    lambda one: "",
    lambda one: one.kid,
    lambda one: one.text,
    lambda one: one.counterparty_account,
    lambda one: one.amount,
)


@dataclass(frozen=True, slots=True)
class Recurring:
    """Payments to or from one payee, one for each month. ``usual``: NOK, below zero when it goes out.

    day   the day of the month it is usually due;  paid: the days it was booked, oldest first
    """

    key: str
    name: str
    usual: Money
    day: int
    paid: tuple[date, ...]
    entries: tuple[Transaction, ...]


def recurring(moved: Sequence[Transaction], months: Sequence[date]) -> tuple[Recurring, ...]:
    """What came or went once in each of *months*, by payee and, where a payee has several, what tells them apart."""
    if len(months) < LEAST_MONTHS:
        return ()
    groups: dict[tuple[bool, str], list[Transaction]] = {}
    for one in moved:
        if one.amount:
            groups.setdefault((one.amount > 0, payee_key(one.counterparty, one.text)), []).append(one)
    return tuple(
        made for (incoming, payee), group in sorted(groups.items()) for made in _series(incoming, payee, group, months)
    )


def _series(incoming: bool, payee: str, group: Sequence[Transaction], months: Sequence[date]) -> tuple[Recurring, ...]:
    for apart in _APART:
        parts: dict[Hashable, list[Transaction]] = {}
        for one in group:
            parts.setdefault(apart(one), []).append(one)
        for moved in (0, GRACE if incoming else -GRACE):
            inside = {which: [one for one in part if _month(one, moved) in months] for which, part in parts.items()}
            there = {which: part for which, part in inside.items() if part}
            if all(_once_a_month(part, months, moved) for part in there.values()):
                return tuple(
                    _recurring(f"{'in' if incoming else 'out'}:{payee}:{number}", parts[which], there[which], moved)
                    for number, which in enumerate(sorted(there, key=str))
                )
    return ()


def _month(one: Transaction, moved: int) -> date:
    """The first day of the month a payment is for.

    moved   so many days it may have been booked before it was due, or after it where below zero: a pay of the 1st
            is booked the last working day of the month before, a bill of the 31st the first of the month after
    """
    return (one.booked + timedelta(days=moved)).replace(day=1)


def _once_a_month(inside: Sequence[Transaction], months: Sequence[date], moved: int) -> bool:
    """One for each month, of amounts that are alike."""
    if len(inside) != len(months) or len({_month(one, moved) for one in inside}) != len(months):
        return False
    amounts = [abs(one.amount) for one in inside]
    return max(amounts) <= LARGEST_CHANGE * min(amounts)


def _recurring(key: str, part: Sequence[Transaction], inside: Sequence[Transaction], moved: int) -> Recurring:
    usual = sum((one.amount for one in inside), ZERO) / len(inside)
    days = [one.booked.day for one in inside]
    if moved:  # those that were booked in a month beside their own tell of a day off, the others of the day itself
        days = [one.booked.day for one in inside if one.booked.replace(day=1) == _month(one, moved)] or days
    day = max(days, key=lambda one: (days.count(one), one))
    newest = part[-1]
    name = newest.counterparty or newest.text
    return Recurring(key, name, usual.quantize(_ORE), day, tuple(one.booked for one in part), tuple(part))


def days_due(one: Recurring, as_of: date) -> Iterator[date]:
    """The days it is due from *as_of* on, moved off days nobody works; a late one is waited for a while, today.

    A pay comes the working day before, a payment goes the one after (domstolloven § 149).
    """
    month = as_of.replace(day=1)
    while True:
        nominal = month.replace(day=min(one.day, last_day(month).day))
        day = last_working_day(nominal) if one.usual > 0 else next_working_day(nominal)
        seen = any(abs((paid - nominal).days) <= 2 * GRACE for paid in one.paid)
        if not seen and day >= as_of:
            yield day
        elif not seen and (as_of - day).days <= GRACE:
            yield as_of
        month = last_day(month) + timedelta(days=1)
