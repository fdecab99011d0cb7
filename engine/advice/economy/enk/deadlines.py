"""What falls due when: advance tax, VAT terms, the tax return.

A day off moves each of them to the next working day: what is to be paid by skattebetalingsloven § 10-2, what is to be
sent in by skatteforvaltningsloven § 5-5 second paragraph, both with domstolloven §§ 148-149.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from engine.advice.economy.figures import Debt, DebtKind
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.rates import rates
from engine.advice.economy.tax.vat import TermEstimate
from engine.platform.calendar import next_working_day


@dataclass(frozen=True, slots=True)
class Due:
    """Something to pay or send in.

    kind    advance_tax | advance_missed | rest_tax | claim | vat | tax_return
    key     stable for this due, e.g. ``advance_tax-2026-4``: a warning of it is given once
    amount  NOK, estimated; ``None`` where nothing is paid
    """

    kind: str
    key: str
    due: date
    amount: Money | None
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """The assessment was made or raised in the year: the day of the notice, and NOK assessed before it."""

    notified: date
    before: Money = ZERO


def _moved(day: str) -> date:
    """The day as the law has it, or the next working day where it is a day off."""
    return next_working_day(date.fromisoformat(day))


def advance_tax(year: int, assessed: Money, change: Change | None = None) -> tuple[Due, ...]:
    """The terms of an assessed forskuddsskatt (NOK for the year). Equal but for øre, which go to the last one.

    Below the small limit all of it falls due at once. What is added in the year is spread over the terms
    that are left, none of them earlier than three weeks after the notice; after 24 October it is one term.
    Source: skattebetalingsforskriften § 10-20-1.
    """
    if assessed <= 0:
        return ()
    table = rates(year).table["advance_tax"]
    days = [_moved(f"{year}-{day}") for day in table["due"]]
    if assessed < Decimal(table["single_below"]):
        days = [_moved(f"{year}-{table['single_due']}")]
    numbered = dict(enumerate(days, 1))
    if change is None or change.notified.year != year or change.before >= assessed:
        parts = [(number, numbered[number], amount) for number, amount in _parts(assessed, list(numbered))]
    else:
        earliest = next_working_day(change.notified + timedelta(weeks=table["notice_weeks"]))
        late = change.notified > date.fromisoformat(f"{year}-{table['spread_until']}")
        left = [] if late else [n for n, day in numbered.items() if day >= change.notified]
        parts = [(n, numbered[n], amount) for n, amount in _parts(change.before, list(numbered)) if amount]
        added = _parts(assessed - change.before, left or [len(numbered) + 1])
        parts += [(n, max(numbered.get(n, earliest), earliest), amount) for n, amount in added]
    merged: dict[tuple[int, date], Money] = {}
    for number, day, amount in parts:
        merged[number, day] = merged.get((number, day), ZERO) + amount
    return tuple(
        Due(
            "advance_tax",
            f"advance_tax-{year}-{number}{'' if _alone(merged, number, day) else '-raised'}",
            day,
            amount,
            table["reference"],
        )
        for (number, day), amount in sorted(merged.items(), key=lambda item: item[0][1])
    )


def _parts(whole: Money, numbers: list[int]) -> list[tuple[int, Money]]:
    part = (whole / len(numbers)).quantize(Decimal(1))
    return [*((number, part) for number in numbers[:-1]), (numbers[-1], whole - part * (len(numbers) - 1))]


def _alone(merged: Mapping[tuple[int, date], Money], number: int, day: date) -> bool:
    """Whether the term has one day, or this is the first of its two."""
    return day == min(other for found, other in merged if found == number)


def after_payment(dues: tuple[Due, ...], paid: Money, as_of: date) -> tuple[Due, ...]:
    """What is left of the year's advance tax when *paid* NOK has been paid by *as_of*.

    A missed term makes the later ones due: then all that is left has the day of the first that was missed.
    Source: Skattebetalingshåndboken 10-20.7.
    """
    left: list[Due] = []
    rest = paid
    for due in dues:
        used = min(rest, due.amount or ZERO)
        rest -= used
        if (due.amount or ZERO) > used:
            left.append(replace(due, amount=(due.amount or ZERO) - used))
    if not left or left[0].due >= as_of:
        return tuple(left)
    missed = sum((due.amount or ZERO for due in left), ZERO)
    return (replace(left[0], kind="advance_missed", key=f"missed-{left[0].key}", amount=missed),)


def rest_tax(year: int, estimated: Money, assessed: Money) -> Due:
    """What the advance tax does not cover: pay it as tilleggsforskudd by 31 May and no interest runs.

    Less than the small limit (100 kr) is not collected.
    """
    table = rates(year).table["advance_tax"]
    due = _moved(f"{year + 1}-{table['extra_by']}")
    left = estimated - assessed
    amount = left if left >= Decimal(table["not_collected_below"]) else ZERO
    return Due("rest_tax", f"rest_tax-{year}", due, amount, table["reference"])


def claims(debts: Iterable[Debt]) -> tuple[Due, ...]:
    """What Skatteetaten already claims and has not got: it comes before everything that is only estimated."""
    return tuple(
        Due("claim", f"claim-{debt.case_number}", debt.due, debt.balance.value, f"{debt.collector}: {debt.creditor}")
        for debt in debts
        if debt.kind is DebtKind.TAX and debt.due is not None and debt.balance.value > 0
    )


def tax_return(year: int) -> Due:
    """The tax return with business information for *year*."""
    table = rates(year).table["advance_tax"]
    due = _moved(f"{year + 1}-{table['return_by']}")
    return Due("tax_return", f"tax_return-{year}", due, None, "skatteforvaltningsforskriften § 8-2-3")


def vat(estimates: tuple[TermEstimate, ...]) -> tuple[Due, ...]:
    """One per term; a nil return is still due, and a term that gives money back has nothing to pay."""
    return tuple(
        Due("vat", f"vat-{found.term.key}", found.term.due, max(found.amount, ZERO), found.lines[0].source)
        for found in estimates
    )
