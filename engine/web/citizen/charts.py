"""The two panels of the overview as numbers a template can draw: columns of at most three parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.advice.economy.difference import Bound, Difference
from engine.advice.economy.figures import Total
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.overview import Completeness
from engine.advice.economy.statement import Statement

#: The part of the debts that burns, whatever kinds it is of.
URGENT = "debt.urgent"
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
    """Two columns on one scale.

    why_not  text key of why they are not compared, where that is another thing
    unseen   what stands on the accounts where that contradicts what is left, NOK
    """

    key: str
    columns: tuple[Column, Column]
    difference: Difference
    why_not: str = ""
    unseen: Money | None = None

    @property
    def comparable(self) -> bool:
        """Whether the difference says anything: not while it may go either way, or a side is worth more than told."""
        return not self.why_not and self.difference.bound is not Bound.OPEN


def panels(told: Statement) -> tuple[Panel, Panel]:
    """What is owed against what is owned; what comes in against what goes out."""
    debts = _sum(((URGENT if row.burns else f"debt.{row.kind}", row.balance) for row in told.debts), URGENT)
    assets = _sum((f"asset.{row.kind}", row.value) for row in told.assets if row.value is not None)
    incomes = _sum((f"income.{row.category}", row.amount) for row in told.incomes)
    spending = _sum((f"spending.{row.category}", row.amount) for row in told.spending)
    return (
        _panel(
            told,
            "balance",
            (Total.DEBT, "gjeld", debts),
            (Total.ASSETS, "verdi", assets),
            told.worth,
            "panel.tax_value" if told.by_tax_value else "",
        ),
        _panel(told, "month", (Total.INCOME, "inn", incomes), (Total.SPENDING, "ut", spending), told.left),
    )


def _sum(pairs: Iterable[tuple[str, Money]], always: str = "") -> list[tuple[str, Money]]:
    """At most three parts, the largest first; what is under the key *always* is never hidden in the rest."""
    sums: dict[str, Money] = {}
    for key, amount in pairs:
        sums[key] = sums.get(key, ZERO) + amount
    largest = sorted(sums.items(), key=lambda item: -item[1])
    if len(largest) <= 3:
        return largest
    shown = largest[:2]
    if always in sums and always not in dict(shown):
        shown = [largest[0], (always, sums[always])]
    rest = sum((amount for key, amount in largest if key not in dict(shown)), ZERO)
    return [*shown, ("rest", rest)]


def _panel(
    told: Statement,
    key: str,
    left: tuple[Total, str, list[tuple[str, Money]]],
    right: tuple[Total, str, list[tuple[str, Money]]],
    difference: Difference,
    why_not: str = "",
) -> Panel:
    totals = [sum((amount for _, amount in side[2]), ZERO) for side in (left, right)]
    scale = max(*totals, Decimal(1))
    columns = tuple(
        Column(name, family, total, told.sum_of(name).completeness, _stack(parts, scale))
        for (name, family, parts), total in zip((left, right), totals, strict=True)
    )
    return Panel(key, (columns[0], columns[1]), difference, why_not, told.unseen if key == "month" else None)


def _stack(parts: list[tuple[str, Money]], scale: Money) -> tuple[Part, ...]:
    """From the bottom up, the largest at the bottom."""
    found, top = [], 100.0
    for tone, (key, amount) in enumerate(parts):
        height = float(amount / scale * 100)
        top -= height
        found.append(Part(key, amount, tone, round(top, 3), round(height, 3)))
    return tuple(found)
