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


_FIELDS: dict[type, tuple[str, ...]] = {
    cls: tuple(f.name for f in fields(cls)) for cls in _CLASSES.values() if is_dataclass(cls)
}
#: The names of all the fields there are: another where one was added, renamed or taken away.
SHAPE = tuple(f"{cls.__name__}.{name}" for cls, names in _FIELDS.items() for name in names)
_ENUMS = frozenset(name for name, cls in _CLASSES.items() if issubclass(cls, StrEnum))
#: The class whose values stand in thousands of records of one answer: each is written and read once.
_REPEATED = sourced.Source


def to_json(value: object) -> Plain:
    """Plain JSON; what is JSON already stays as it is."""
    return _written(value, {})


def _written(value: object, known: dict[int, Plain]) -> Plain:
    cls = type(value)
    if cls is str or value is None:
        return cast(Plain, value)
    if cls is _REPEATED:
        if id(value) not in known:  # what is written is alive all the while
            known[id(value)] = _written_fields(value, cls, known)
        return known[id(value)]
    if cls in _FIELDS:
        return _written_fields(value, cls, known)
    if isinstance(value, Decimal):
        return {"$d": str(value)}
    if isinstance(value, date):  # a datetime is one too
        return {"$t": value.isoformat()}
    if isinstance(value, tuple | list):
        return [_written(item, known) for item in value]
    if isinstance(value, StrEnum):
        return {"$": cls.__name__, "v": value.value}
    if is_dataclass(value):
        return _written_fields(value, cls, known)
    return cast(Plain, value)


def _written_fields(value: object, cls: type, known: dict[int, Plain]) -> Plain:
    names = _FIELDS.get(cls) or tuple(f.name for f in fields(cls))
    return {"$": cls.__name__} | {name: _written(getattr(value, name), known) for name in names}


def from_json(value: object) -> Any:
    """What ``to_json`` was given. Lists come back as tuples."""
    return _read(value, {})


def _read(value: object, known: dict[object, object]) -> Any:
    if isinstance(value, list):
        return tuple([_read(item, known) for item in value])
    if not isinstance(value, dict):
        return value
    name = value.get("$")
    if name is None:
        return _read_scalar(value, known)
    if name in _ENUMS:
        return _CLASSES[name](value["v"])
    if name == _REPEATED.__name__:
        key = tuple([item if type(item) is str else str(item) for item in value.values()])
        if key not in known:
            known[key] = _read_fields(value, name, known)
        return known[key]
    return _read_fields(value, name, known)


def _read_scalar(value: dict[str, Any], known: dict[object, object]) -> object:
    if "$d" in value:
        return Decimal(value["$d"])
    text = value["$t"]
    if text not in known:
        known[text] = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return known[text]


def _read_fields(value: dict[str, Any], name: str, known: dict[object, object]) -> object:
    made = {field: item if type(item) is str else _read(item, known) for field, item in value.items() if field != "$"}
    return _CLASSES[name](**made)
