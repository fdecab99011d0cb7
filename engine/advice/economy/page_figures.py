"""What the pages beside the overview work on: all figures, and of the movements what is made of many of them. Pure.

It is made once of all that was told and may be kept; what the citizen decides or enters later is computed of it as it
would be of everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from engine.advice.economy import plan_payments, signals
from engine.advice.economy.compilation import scope_of
from engine.advice.economy.figures import Figures, Transaction
from engine.advice.economy.money import Money
from engine.advice.economy.overview import Overview
from engine.advice.economy.spending import by_month

#: So many whole months the trend of spending goes back.
TREND = 6


@dataclass(frozen=True, slots=True)
class PageFigures:
    """Beside an overview.

    figures     everything told, of the movements those that early signals and the payments of a plan are seen by
    movements   whether any movement was told
    months      NOK by category in each of the last whole months, oldest first
    """

    figures: Figures
    movements: bool
    months: Mapping[date, Mapping[str, Money]]

    def last_months(self, count: int) -> dict[date, Mapping[str, Money]]:
        """The last *count* of them, oldest first."""
        return dict(list(self.months.items())[-count:])


def page_figures(found: Figures, overview: Overview, own: Mapping[str, str]) -> PageFigures:
    """Of all that was told. *own*: what the citizen has said of payees, as in ``spending.Scope``."""
    scope = scope_of(found.accounts, overview.debts, own)
    return PageFigures(
        replace(found, transactions=_needed(found, overview)),
        bool(found.transactions),
        by_month(found.transactions, scope, overview.as_of, TREND),
    )


def _needed(found: Figures, overview: Overview) -> tuple[Transaction, ...]:
    """The movements a signal or a payment of a plan may be seen by."""
    wanted: tuple[Callable[[Transaction], bool], ...] = (
        signals.may_show(found, overview),
        plan_payments.may_pay(overview.debts, overview.as_of),
    )
    return tuple(one for one in found.transactions if any(is_wanted(one) for is_wanted in wanted))
