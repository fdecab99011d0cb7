"""Value added tax: the part of an amount it is, the terms of a year, and when each is due (merverdiavgiftsloven)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from engine.advice.economy.money import Money
from engine.advice.economy.rates import Rates, rates
from engine.advice.economy.tax.line import Line
from engine.platform.calendar import next_working_day

_ORE = Decimal("0.01")
_NOTHING = Decimal("0.00")


class Period(StrEnum):
    """How often VAT is returned."""

    TWO_MONTH = "two_month"
    ANNUAL = "annual"
    ANNUAL_PRIMARY = "annual_primary"


@dataclass(frozen=True, slots=True)
class Term:
    """One VAT term. ``key`` is e.g. ``2026-5`` (September and October) or ``2026`` for a year."""

    key: str
    start: date
    end: date
    due: date


@dataclass(frozen=True, slots=True)
class TermEstimate:
    """VAT of one term, NOK. Positive is owed, negative comes back. ``lines`` add up to ``amount``."""

    term: Term
    amount: Money
    lines: tuple[Line, ...]


def part_of(gross: Money, rate: Decimal) -> Money:
    """The VAT inside an amount that includes it: 125 at 25 % has 25 in it."""
    return (gross * rate / (100 + rate)).quantize(_ORE, rounding=ROUND_HALF_UP)


def rate_of(table: Rates, kind: str) -> Decimal:
    """Per cent of ``standard`` | ``food`` | ``low`` | ``fish`` | ``zero``. Raises ``ValueError`` for another."""
    found = table.table["vat"]["rates"].get(kind)
    if found is None:
        raise ValueError(f"unknown VAT rate {kind!r}; known: {', '.join(table.table['vat']['rates'])}")
    return Decimal(found)


def _moved(day: str) -> date:
    """The day to return and pay: a day off moves it to the next working day."""
    return next_working_day(date.fromisoformat(day))


def terms(year: int, period: Period) -> tuple[Term, ...]:
    """The terms of *year*, in order. They cover it without gap or overlap. Raises ``rates.UnknownYearError``."""
    table = rates(year).table["vat"]
    if period is not Period.TWO_MONTH:
        due = table["annual_due" if period is Period.ANNUAL else "annual_due_primary"]
        return (Term(str(year), date(year, 1, 1), date(year, 12, 31), _moved(f"{year + 1}-{due}")),)
    found = []
    for number, (month, due) in enumerate(table["two_month_due"], 1):
        following = date(year + 1, 1, 1) if month == 11 else date(year, month + 2, 1)
        due_year = year + 1 if month == 11 else year
        found.append(
            Term(
                f"{year}-{number}",
                date(year, month, 1),
                following - timedelta(days=1),
                _moved(f"{due_year}-{due}"),
            )
        )
    return tuple(found)


def term_estimate(term: Term, sales: Money, purchases: Money, kind: str, deductible: Decimal) -> TermEstimate:
    """VAT of one term alone; see ``term_estimates``."""
    return term_estimates(((term, sales, purchases),), kind, deductible)[0]


def term_estimates(
    parts: Iterable[tuple[Term, Money, Money]], kind: str, deductible: Decimal
) -> tuple[TermEstimate, ...]:
    """VAT of consecutive terms of a year from amounts that include it.

    parts       (term, sales, purchases), NOK including VAT, in order
    kind        rate of the sales: standard | food | low | fish | zero
    deductible  share (0-1) of purchases that carry deductible VAT at the standard rate: an assumption, shown

    What rounding leaves of one term goes into the next, so that the terms add up to the year to the øre.
    The basis of a line is what the rate is of: the amount without VAT.
    """
    sold = bought = output = back = _NOTHING
    found = []
    for term, sales, purchases in parts:
        table = rates(term.start.year)
        source = table.reference("vat")
        out_rate, in_rate = rate_of(table, kind), rate_of(table, "standard")
        sold, before = sold + sales, bought
        bought = bought + purchases
        basis = _ore(bought * deductible) - _ore(before * deductible)
        out = part_of(sold, out_rate) - output
        deducted = part_of(_ore(bought * deductible), in_rate) - back
        output, back = output + out, back + deducted
        lines = (
            Line("vat.output", _ore(sales) - out, out_rate, out, source),
            Line("vat.input", basis - deducted, in_rate, -deducted, source),
        )
        found.append(TermEstimate(term, out - deducted, lines))
    return tuple(found)


def _ore(amount: Money) -> Money:
    return amount.quantize(_ORE, rounding=ROUND_HALF_UP)
