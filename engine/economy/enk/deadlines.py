"""What falls due when: advance tax, VAT terms, the tax return. Dates as the law has them; on a day off, the next
working day is what most calendars show, but no rule for it was found, so the date itself is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.economy.money import ZERO, Money
from engine.economy.rates import rates
from engine.economy.tax.vat import TermEstimate


@dataclass(frozen=True, slots=True)
class Due:
    """Something to pay or send in.

    kind    advance_tax | rest_tax | vat | tax_return
    key     stable for this due, e.g. ``advance_tax-2026-4``: a warning of it is given once
    amount  NOK, estimated; ``None`` where nothing is paid
    """

    kind: str
    key: str
    due: date
    amount: Money | None
    source: str


def advance_tax(year: int, assessed: Money) -> tuple[Due, ...]:
    """The terms of an assessed forskuddsskatt (NOK for the year). Equal but for øre, which go to the last one.

    Source: skattebetalingsforskriften § 10-20-1. Below the small limit all of it falls due at once.
    """
    if assessed <= 0:
        return ()
    table = rates(year).table["advance_tax"]
    days = table["due"] if assessed >= Decimal(table["single_below"]) else [table["single_due"]]
    part = (assessed / len(days)).quantize(Decimal(1))
    found = []
    for number, day in enumerate(days, 1):
        amount = part if number < len(days) else assessed - part * (len(days) - 1)
        due = date.fromisoformat(f"{year}-{day}")
        found.append(Due("advance_tax", f"advance_tax-{year}-{number}", due, amount, table["reference"]))
    return tuple(found)


def rest_tax(year: int, estimated: Money, assessed: Money) -> Due:
    """What the advance tax does not cover: pay it as tilleggsforskudd by 31 May and no interest runs."""
    table = rates(year).table["advance_tax"]
    due = date.fromisoformat(f"{year + 1}-{table['extra_by']}")
    return Due("rest_tax", f"rest_tax-{year}", due, max(estimated - assessed, ZERO), table["reference"])


def tax_return(year: int) -> Due:
    """The tax return with business information for *year*."""
    table = rates(year).table["advance_tax"]
    due = date.fromisoformat(f"{year + 1}-{table['return_by']}")
    return Due("tax_return", f"tax_return-{year}", due, None, "skatteforvaltningsforskriften § 8-2-3")


def vat(estimates: tuple[TermEstimate, ...]) -> tuple[Due, ...]:
    """One per term; a nil return is still due, and a term that gives money back has nothing to pay."""
    return tuple(
        Due("vat", f"vat-{found.term.key}", found.term.due, max(found.amount, ZERO), found.lines[0].source)
        for found in estimates
    )
