"""A row as JSON and back, by the columns' own types: moments in ISO 8601, bytes in base64.

A ``Decimal`` stays one, which ``stored_json`` writes exactly.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Table
from sqlalchemy.types import TypeEngine


def to_json(row: Row[Any]) -> dict[str, Any]:
    """Every column of a row as a JSON value."""
    return {name: _plain(value) for name, value in row._mapping.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    return value


def from_json(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """What ``to_json`` wrote, ready to be inserted. Raises ``KeyError`` for a column the table has not."""
    return {name: _typed(table.c[name].type, value) for name, value in values.items()}


def _typed(kind: TypeEngine[Any], value: Any) -> object:
    if value is None:
        return None
    name = type(kind).__name__
    if name == "UTCDateTime":
        return datetime.fromisoformat(value)
    if name == "Kroner":
        return Decimal(value)
    if isinstance(value, dict) and value.keys() == {"base64"} and name != "Json":
        return base64.b64decode(value["base64"])
    return value
