"""The two panels of the overview as numbers a template can draw: columns of at most three parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.advice.economy.difference import Bound, Difference, left_each_month, net_worth, unseen
from engine.advice.economy.figures import Total
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.overview import Completeness, Overview
from engine.advice.economy.urgency import burns

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


def panels(overview: Overview) -> tuple[Panel, Panel]:
    """What is owed against what is owned; what comes in against what goes out."""
    burning = (URGENT if burns(d, overview.as_of) else f"debt.{d.kind.value}" for d in overview.debts)
    debts = _sum(zip(burning, (d.balance.value for d in overview.debts), strict=True), URGENT)
    assets = _sum((f"asset.{a.kind.value}", a.value.value) for a in overview.assets if a.value)
    incomes = _sum((f"income.{line.category}", line.amount) for line in overview.incomes)
    spending = _sum((f"spending.{line.category}", line.amount) for line in overview.spending)
    return (
        _panel(
            overview,
            "balance",
            (Total.DEBT, "gjeld", debts),
            (Total.ASSETS, "verdi", assets),
            net_worth(overview),
            "panel.tax_value" if overview.home_by_tax_value else "",
        ),
        _panel(
            overview,
            "month",
            (Total.INCOME, "inn", incomes),
            (Total.SPENDING, "ut", spending),
            left_each_month(overview),
        ),
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
    overview: Overview,
    key: str,
    left: tuple[Total, str, list[tuple[str, Money]]],
    right: tuple[Total, str, list[tuple[str, Money]]],
    difference: Difference,
    why_not: str = "",
) -> Panel:
    totals = [sum((amount for _, amount in side[2]), ZERO) for side in (left, right)]
    scale = max(*totals, Decimal(1))
    columns = tuple(
        Column(name, family, total, overview.completeness(name), _stack(parts, scale))
        for (name, family, parts), total in zip((left, right), totals, strict=True)
    )
    return Panel(key, (columns[0], columns[1]), difference, why_not, unseen(overview) if key == "month" else None)


def _stack(parts: list[tuple[str, Money]], scale: Money) -> tuple[Part, ...]:
    """From the bottom up, the largest at the bottom."""
    found, top = [], 100.0
    for tone, (key, amount) in enumerate(parts):
        height = float(amount / scale * 100)
        top -= height
        found.append(Part(key, amount, tone, round(top, 3), round(height, 3)))
    return tuple(found)
