"""How Altinn turns a value into the kind a function wants."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from forms.expressions.errors import ExpressionError
from forms.values import Value

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)


def show(value: Value) -> str:
    """A value as it stands in an error text: its JSON."""
    return json.dumps(value, ensure_ascii=False, default=_decimal)


def _decimal(value: object) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(type(value).__name__)


def number_text(value: Decimal | int | float) -> str:
    """A number as text, without an exponent or needless zeros."""
    number = Decimal(str(value))
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_string(value: Value) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        lower = value.lower()
        if lower == "null":
            return None
        return lower if lower in ("true", "false") else value
    if isinstance(value, int | float | Decimal):
        return number_text(value)
    return show(value)


def to_bool(value: Value) -> bool:
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        lower = value.lower()
        if lower in ("true", "1"):
            return True
        if lower in ("false", "0"):
            return False
    elif isinstance(value, int | float | Decimal) and value in (0, 1):
        return bool(value)
    raise ExpressionError(f"Expected boolean, got value {show(value)}")


def to_number(value: Value) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(str(value))
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    raise ExpressionError(f"Expected number, got value {show(value)}")
