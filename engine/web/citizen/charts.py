"""The two panels of the overview as numbers a template can draw: columns of at most three parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.advice.economy.figures import Total
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.overview import Completeness, Overview

TONES = ("base-default", "border-default", "border-subtle")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a column: y and height in per cent of the panel, from the top."""

    key: str
    amount: Money
    tone: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    key: Total
    family: str
    total: Money
    completeness: Completeness
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Two columns on one scale."""

    key: str
    columns: tuple[Column, Column]
    difference: Money

    @property
    def comparable(self) -> bool:
        """Whether the difference says anything: not while a side is unknown."""
        return all(column.completeness is not Completeness.UNKNOWN for column in self.columns)


def panels(overview: Overview) -> tuple[Panel, Panel]:
    """What is owed against what is owned; what comes in against what goes out."""
    debts = _sum((f"debt.{d.kind.value}", d.balance.value) for d in overview.debts)
    assets = _sum((f"asset.{a.kind.value}", a.value.value) for a in overview.assets if a.value)
    incomes = _sum((f"income.{line.category}", line.amount) for line in overview.incomes)
    spending = _sum((f"spending.{line.category}", line.amount) for line in overview.spending)
    return (
        _panel(overview, "balance", (Total.DEBT, "gjeld", debts), (Total.ASSETS, "verdi", assets)),
        _panel(overview, "month", (Total.INCOME, "inn", incomes), (Total.SPENDING, "ut", spending)),
    )


def _sum(pairs: Iterable[tuple[str, Money]]) -> list[tuple[str, Money]]:
    sums: dict[str, Money] = {}
    for key, amount in pairs:
        sums[key] = sums.get(key, ZERO) + amount
    largest = sorted(sums.items(), key=lambda item: -item[1])
    if len(largest) <= 3:
        return largest
    rest = sum((amount for _, amount in largest[2:]), ZERO)
    return [*largest[:2], ("rest", rest)]


def _panel(
    overview: Overview,
    key: str,
    left: tuple[Total, str, list[tuple[str, Money]]],
    right: tuple[Total, str, list[tuple[str, Money]]],
) -> Panel:
    totals = [sum((amount for _, amount in side[2]), ZERO) for side in (left, right)]
    scale = max(*totals, Decimal(1))
    columns = tuple(
        Column(name, family, total, overview.completeness(name), _stack(parts, scale))
        for (name, family, parts), total in zip((left, right), totals, strict=True)
    )
    return Panel(key, (columns[0], columns[1]), totals[1] - totals[0])


def _stack(parts: list[tuple[str, Money]], scale: Money) -> tuple[Part, ...]:
    """From the bottom up, the largest at the bottom."""
    found, top = [], 100.0
    for tone, (key, amount) in enumerate(parts):
        height = float(amount / scale * 100)
        top -= height
        found.append(Part(key, amount, tone, round(top, 3), round(height, 3)))
    return tuple(found)
