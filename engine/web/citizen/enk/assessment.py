"""The assessment of a plan (R67), for its owner and, while it is shared, for the guide at Brønnøysund."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from engine.advice.economy.enk.startup import DueDiligence, Plan, assess
from engine.advice.economy.money import ZERO
from engine.advice.economy.overview import Overview
from engine.advice.economy.rates import UnknownYearError
from engine.advice.evidence import snapshots
from engine.platform.calendar import norwegian_day
from engine.web.shared import view


@dataclass(frozen=True, slots=True)
class Assessed:
    """What a plan comes to this year.

    found     ``None`` when the rates of the year are not known: ``unknown`` says which are
    spending  where the private spending is from: ``told`` by the owner, ``overview`` of *built_at*, or ``none`` (0)
    """

    plan: Plan
    found: DueDiligence | None
    unknown: UnknownYearError | None
    private: Overview | None
    spending: str
    built_at: datetime | None
    year: int


def assessed(connection: Connection, stored: Mapping[str, Any], case_id: str) -> Assessed:
    """Assess the plan that was saved, with the private spending of the case's overview when the plan names none."""
    application = view.application()
    now = application.clock.now()
    newest = snapshots.newest(connection, application.vault, case_id, now)
    private = newest[0] if newest else None
    number: Callable[[str], Decimal] = lambda name: Decimal(str(stored.get(name) or 0))  # noqa: E731
    reported = stored.get("spending")
    plan = Plan(
        number("turnover"),
        number("costs"),
        number("startCosts"),
        number("savings"),
        number("otherIncome"),
        Decimal(str(reported)) if reported is not None else private.monthly_spending if private else ZERO,
        int(stored.get("ramp", 6)),
    )
    today: date = norwegian_day(now)
    try:
        found, unknown = assess(plan, today.year), None
    except UnknownYearError as error:
        found, unknown = None, error
    source = "told" if reported is not None else "overview" if private else "none"
    return Assessed(plan, found, unknown, private, source, newest[1] if newest else None, today.year)
