"""The money to the next pay as bars a template can draw: what is left when each day is over, and days of nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from engine.advice.economy.cash_flow import CashDay, CashFlow
from engine.advice.economy.money import Money

#: So much of the width of a day is its bar.
_BAR = 0.7


@dataclass(frozen=True, slots=True)
class Bar:
    """In per cent of the chart, from the upper left."""

    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class CashChart:
    """Days from left to right, on the scale of the most there is before the pay.

    left    a bar for each day that ends with something;  empty: one for each run of days that does not
    pay     the day of the pay, which is not on the scale
    days    how many days are empty;  first  the first of them, ``None`` where none is
    """

    left: tuple[Bar, ...]
    empty: tuple[Bar, ...]
    pay: Bar
    days: int
    first: date | None


def cash_chart(cash: CashFlow) -> CashChart | None:
    """``None`` where there is nothing to draw: something is missing, or the pay comes today."""
    before = cash.before_pay
    if not before:
        return None
    wide = 100 / (len(before) + 1)
    highest = max(cash.start or Money(0), *(one.end for one in before))
    runs = [(key, tuple(run)) for key, run in groupby(enumerate(before), key=lambda numbered: numbered[1].end <= 0)]
    empty = [run for is_empty, run in runs if is_empty]
    return CashChart(
        left=tuple(_bar(number, wide, float(one.end / highest)) for number, one in enumerate(before) if one.end > 0),
        empty=tuple(_run(run, wide) for run in empty),
        pay=_bar(len(before), wide, 1.0),
        days=sum(len(run) for run in empty),
        first=empty[0][0][1].day if empty else None,
    )


def _bar(number: int, wide: float, share: float) -> Bar:
    height = round(100 * share, 2)
    return Bar(round((number + (1 - _BAR) / 2) * wide, 2), round(_BAR * wide, 2), round(100 - height, 2), height)


def _run(run: Sequence[tuple[int, CashDay]], wide: float) -> Bar:
    return Bar(round(run[0][0] * wide, 2), round(len(run) * wide, 2), 0, 100)
