"""The made-up source's answers → figures."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.advice.economy.figures import Debt, DebtKind, Figures
from engine.advice.economy.sourced import Source
from integrations.answer import sourced
from tests.integrations.made_up_source.metadata import LOANS


def figures(answer: list[dict[str, Any]], at: datetime) -> Figures:
    return Figures(debts=tuple(_debt(loan, at) for loan in answer))


def _debt(loan: dict[str, Any], at: datetime) -> Debt:
    source = Source(LOANS.id, loan["lender"], at, LOANS.requirement.value, loan["number"])
    identity = f"{LOANS.id}:{loan['number']}"
    return Debt(identity, DebtKind.OTHER, loan["lender"], sourced(Decimal(loan["owed"]), source, at))
