"""One line of a calculation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from engine.advice.economy.money import Money

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


def add_up(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The same lines, rounded so that they add up to the øre of the exact sum.

    What rounding leaves of one line goes into the next. Were each rounded alone, an øre more of profit
    could cost three øre of tax, one for each rule.
    """
    exact = so_far = Decimal(0)
    found = []
    for one in lines:
        exact += one.basis * one.rate / 100
        amount = exact.quantize(_ORE, rounding=ROUND_HALF_UP) - so_far
        so_far += amount
        found.append(replace(one, amount=amount))
    return tuple(found)


def line(rule: str, basis: Money, rate: Decimal, source: str) -> Line:
    """A line whose amount is the rate of its basis."""
    return Line(rule, basis.quantize(_ORE), rate, percent_of(basis, rate), source)
