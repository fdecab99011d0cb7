"""Figures and overviews as JSON and back, exactly: decimals and dates keep their kind.

Used for what is stored sealed; the version is written so that an old value is
recognised when the shapes change.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias, cast

from engine.advice.economy import cash_flow, comparison, duplicates, figures, overview, sourced, supplements

#: JSON as ``to_json`` writes it.
Plain: TypeAlias = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
VERSION = 1
_CLASSES: dict[str, type] = {
    cls.__name__: cls
    for module in (figures, overview, sourced, supplements, comparison, duplicates, cash_flow)
    for cls in vars(module).values()
    if isinstance(cls, type) and (is_dataclass(cls) or issubclass(cls, StrEnum)) and cls is not StrEnum
}


def to_json(value: object) -> Plain:
    """Plain JSON; what is JSON already stays as it is."""
    if isinstance(value, StrEnum):
        return {"$": type(value).__name__, "v": value.value}
    if is_dataclass(value) and not isinstance(value, type):
        body = {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
        return {"$": type(value).__name__, **body}
    if isinstance(value, Decimal):
        return {"$d": str(value)}
    if isinstance(value, datetime):
        return {"$t": value.isoformat()}
    if isinstance(value, date):
        return {"$t": value.isoformat()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return cast(Plain, value)


def from_json(value: object) -> Any:
    """What ``to_json`` was given. Lists come back as tuples."""
    if isinstance(value, list):
        return tuple(from_json(item) for item in value)
    if not isinstance(value, dict):
        return value
    if "$d" in value:
        return Decimal(value["$d"])
    if "$t" in value:
        text = value["$t"]
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    cls = _CLASSES[value["$"]]
    if issubclass(cls, StrEnum):
        return cls(value["v"])
    return cls(**{name: from_json(item) for name, item in value.items() if name != "$"})
