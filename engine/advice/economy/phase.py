"""Where a person stands: everyday, messy, or living with debt (R70-R72). With reasons, so that they can disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.advice.economy.figures import DebtKind, Total
from engine.advice.economy.overview import Completeness, Overview
from engine.advice.economy.signals import Signal
from engine.advice.economy.urgency import urgent

DEAR = Decimal(15)


class Phase(StrEnum):
    EVERYDAY = "everyday"
    UNKNOWN = "unknown"  # too little is known to say that all is well
    MESSY = "messy"
    LIVING = "living"


@dataclass(frozen=True, slots=True)
class Standing:
    """``situations`` are the keys tips are chosen by; ``reasons`` the ones that decided the phase."""

    phase: Phase
    reasons: tuple[str, ...]
    situations: frozenset[str]


def standing(overview: Overview, found: Sequence[Signal], has_plan: bool) -> Standing:
    """Decide from the overview, the signals, and whether a plan is followed."""
    situations = {signal.kind for signal in found}
    if any(debt.kind is DebtKind.COLLECTION for debt in overview.debts):
        situations.add("has_collection")
    if any(debt.rate is not None and debt.rate.value >= DEAR for debt in overview.debts):
        situations.add("high_interest")
    if _lacks_buffer(overview):
        situations.add("no_buffer")
    if any(line.category == "child_benefit" for line in overview.incomes):
        situations.add("children")
    if has_plan:
        return Standing(Phase.LIVING, ("has_plan",), frozenset(situations))
    situations |= {one.kind for one in urgent(overview)}
    heavy = (
        "enforcement",
        "withheld",
        "court",
        "overdraft",
        "claim_overdue",
        "overdue",
        "has_collection",
        "spending_over_income",
        "minimum_payments_only",
        "claim_growing",
        "savings_eaten",
    )
    reasons = tuple(key for key in heavy if key in situations)
    if reasons:
        return Standing(Phase.MESSY, reasons, frozenset(situations))
    return Standing(Phase.EVERYDAY if _is_known(overview) else Phase.UNKNOWN, (), frozenset(situations))


def _is_known(overview: Overview) -> bool:
    """Whether debt, income and spending are known in full: nobody is told that all is well on less."""
    sides = (Total.DEBT, Total.INCOME, Total.SPENDING)
    return all(overview.completeness(side) is Completeness.COMPLETE for side in sides)


def _lacks_buffer(overview: Overview) -> bool:
    """Less on account than a month costs; of accounts or spending that are not known nothing is said."""
    if any(overview.completeness(side) is not Completeness.COMPLETE for side in (Total.ASSETS, Total.SPENDING)):
        return False
    deposits = sum((a.value.value for a in overview.assets if a.kind.value == "deposit" and a.value), Decimal(0))
    return deposits < overview.monthly_spending
