"""Read an answer by its schema; what does not fit is the source's error."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from engine.advice.economy.figures import Figures
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import EvidenceState
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceBrokenError


class Answer(Schema):
    """Field names exactly as the provider spells them; fields we do not read are left out."""

    class Meta:
        unknown = EXCLUDE


def load(schema: Schema, data: Any) -> Any:
    """The checked answer. Raises ``SourceBrokenError`` with no word of the content."""
    try:
        return schema.load(data)
    except (ValidationError, TypeError, ValueError, ArithmeticError):
        raise SourceBrokenError("schema") from None


def state_of(found: Figures, missing: Collection[str] = ()) -> EvidenceState:
    """Answered in part where somebody behind the source is *missing*, or a record of a total could not be read."""
    if missing or any(gap.lacking for gap in found.record_gaps):
        return EvidenceState.PARTIAL
    told = (found.debts, found.assets, found.incomes, found.accounts, found.transactions, found.enterprises, found.tax)
    return EvidenceState.ANSWERED if any(told) else EvidenceState.EMPTY


def sourced(value: Any, source: Source, at: datetime, derived: str = "") -> Sourced[Any]:
    """A figure read from one source, valid the day it was fetched."""
    return Sourced(value, (source,), norwegian_day(at), derived)
