"""Days in Norway, and deadlines on days off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from tests.cases.seam import NAMES

OSLO = ZoneInfo("Europe/Oslo")


def added(written: Sequence[Sequence[str]]) -> list[str]:
    """The day each duration ends in Norway, from a time by a clock there."""
    add: Any = NAMES["engine.bpmn.timing:add_duration"]
    begun = [(datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC), long) for text, long in written]
    return [add(at, long).astimezone(OSLO).date().isoformat() for at, long in begun]


def advance_tax(years: Sequence[int]) -> list[list[str]]:
    """The days of the terms of each year."""
    terms: Any = NAMES["engine.economy.enk.deadlines:advance_tax"]
    return [[due.due.isoformat() for due in terms(year, Decimal(100_000))] for year in years]


def tax_returns(years: Sequence[int]) -> list[str]:
    """The day the tax return of each year is due."""
    tax_return: Any = NAMES["engine.economy.enk.deadlines:tax_return"]
    return [tax_return(year).due.isoformat() for year in years]


def vat(years: Sequence[int]) -> list[list[str]]:
    """The days the two-month terms of each year are due."""
    terms: Any = NAMES["engine.economy.tax.vat:terms"]
    period = cast(Any, NAMES["engine.economy.tax.vat:Period"]).TWO_MONTH
    return [[term.due.isoformat() for term in terms(year, period)] for year in years]
