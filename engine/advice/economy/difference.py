"""What is left when one side is taken from the other, and how sure that is while figures are missing.

A side of which a part is missing is at least what is known of it. So a difference is at least, at most, or nothing
that can be told: two sides that both lack something may differ either way.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.advice.economy.figures import AssetKind, DebtKind, Total
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.overview import Completeness, Overview


class Bound(StrEnum):
    """How a figure stands to the true one."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    OPEN = "open"


_OPPOSITE = {Bound.AT_LEAST: Bound.AT_MOST, Bound.AT_MOST: Bound.AT_LEAST}


@dataclass(frozen=True, slots=True)
class Difference:
    """*amount* NOK, below zero where what is taken away is more; *bound* says what is known of it."""

    amount: Money
    bound: Bound

    @property
    def size(self) -> Money:
        """The amount without its sign, for a sentence that says which way it goes."""
        return abs(self.amount)

    @property
    def size_bound(self) -> Bound:
        """What is known of the size: at least five too little is at most five too little when it is turned."""
        return self.bound if self.amount >= 0 else _OPPOSITE.get(self.bound, self.bound)


def left_each_month(overview: Overview) -> Difference:
    """What comes in less what goes out, a month."""
    return Difference(overview.monthly_difference, bound(overview, Total.INCOME, Total.SPENDING))


def net_worth(overview: Overview) -> Difference:
    """What is owned less what is owed."""
    return Difference(overview.total_assets - overview.total_debt, bound(overview, Total.ASSETS, Total.DEBT))


def bound(overview: Overview, of: Total, less: Total) -> Bound:
    """What is known of *of* less *less*."""
    sides = overview.completeness(of), overview.completeness(less)
    if Completeness.UNKNOWN in sides:
        return Bound.OPEN
    match sides:
        case (Completeness.COMPLETE, Completeness.COMPLETE):
            return Bound.EXACT
        case (_, Completeness.COMPLETE):
            return Bound.AT_LEAST
        case (Completeness.COMPLETE, _):
            return Bound.AT_MOST
    return Bound.OPEN


def unseen(overview: Overview) -> Money | None:
    """What stands on the accounts, NOK, where that is less than one month is said to leave; else ``None``.

    Then money goes that no source tells of, or an income does not reach the accounts we see. Nothing is said while
    what is left, or what is owned, is not known, nor beside an overdrawn account, which is told first of all.
    """
    left = left_each_month(overview)
    overdrawn = any(debt.kind is DebtKind.OVERDRAFT for debt in overview.debts)
    if overdrawn or left.bound not in (Bound.EXACT, Bound.AT_LEAST):
        return None
    accounts = [one.value.value for one in overview.assets if one.kind is AssetKind.DEPOSIT and one.value]
    if not accounts and overview.completeness(Total.ASSETS) is not Completeness.COMPLETE:
        return None
    there = sum(accounts, ZERO)
    return there if there < left.amount else None
