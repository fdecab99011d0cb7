"""Read an answer by its schema; what does not fit is the source's error."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError

from engine.advice.economy.figures import Figures
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import EvidenceState
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceBrokenError
from engine.platform.strict_json import Json

T = TypeVar("T")


class Answer(Schema):
    """Field names exactly as the provider spells them; fields we do not read are left out."""

    class Meta:
        unknown = EXCLUDE


def load(schema: Schema, data: Json) -> dict[str, Any]:
    """The checked answer. Raises ``SourceBrokenError`` with no word of the content."""
    if not isinstance(data, dict):
        raise SourceBrokenError("schema")
    try:
        found: dict[str, Any] = schema.load(data)
    except (ValidationError, TypeError, ValueError, ArithmeticError):
        raise SourceBrokenError("schema") from None
    return found


def state_of(found: Figures, missing: Collection[str] = ()) -> EvidenceState:
    """Answered in part where somebody behind the source is *missing*, or a record of a total could not be read."""
    if missing or any(gap.lacking for gap in found.record_gaps):
        return EvidenceState.PARTIAL
    told = (found.debts, found.assets, found.incomes, found.accounts, found.transactions, found.enterprises, found.tax)
    return EvidenceState.ANSWERED if any(told) else EvidenceState.EMPTY


def sourced(value: T, source: Source, at: datetime, derived: str = "") -> Sourced[T]:
    """A figure read from one source, valid the day it was fetched."""
    return Sourced(value, (source,), norwegian_day(at), derived)
