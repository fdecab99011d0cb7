"""One line of a calculation."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from engine.economy.money import Money

_ORE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Line:
    """What a rule makes of a basis.

    rule    key of the rule, e.g. ``bracket_tax.2``; also the key of the text that explains it
    basis   NOK the rate is taken of
    rate    per cent, 22 = 22 %; 0 for a line that only says an amount
    amount  NOK to the øre
    source  statute and paragraph, with the year's resolution
    """

    rule: str
    basis: Money
    rate: Decimal
    amount: Money
    source: str


def percent_of(basis: Money, rate: Decimal) -> Money:
    """NOK to the øre, rounded half up."""
    return (basis * rate / 100).quantize(_ORE, rounding=ROUND_HALF_UP)


def line(rule: str, basis: Money, rate: Decimal, source: str) -> Line:
    """A line whose amount is the rate of its basis."""
    return Line(rule, basis.quantize(_ORE), rate, percent_of(basis, rate), source)
