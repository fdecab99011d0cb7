"""Where a person stands: everyday, messy, or living with debt (R70-R72). With reasons, so that they can disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.advice.economy.figures import DebtKind
from engine.advice.economy.overview import Overview
from engine.advice.economy.signals import Signal

DEAR = Decimal(15)


class Phase(StrEnum):
    EVERYDAY = "everyday"
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
    deposits = sum((a.value.value for a in overview.assets if a.kind.value == "deposit" and a.value), Decimal(0))
    if deposits < overview.monthly_spending:
        situations.add("no_buffer")
    if any(line.category == "child_benefit" for line in overview.incomes):
        situations.add("children")
    if has_plan:
        return Standing(Phase.LIVING, ("has_plan",), frozenset(situations))
    heavy = ("has_collection", "spending_over_income", "minimum_payments_only", "claim_growing", "savings_eaten")
    reasons = tuple(key for key in heavy if key in situations)
    return Standing(Phase.MESSY if reasons else Phase.EVERYDAY, reasons, frozenset(situations))
