"""Read an answer by its schema; what does not fit is the source's error."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from engine.advice.economy.sourced import Source, Sourced
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


def sourced(value: Any, source: Source, at: datetime, derived: str = "") -> Sourced[Any]:
    """A figure read from one source, valid the day it was fetched."""
    return Sourced(value, (source,), norwegian_day(at), derived)
