"""JSON from outside, read strictly: no NaN, no Infinity, no duplicate keys, bounded depth and size."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn, TypeAlias

#: What JSON holds once it is read; ``Decimal`` where numbers with a fraction were asked for exactly.
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | Decimal | bool | None"

MAX_BYTES = 10 * 1024 * 1024


class JsonError(ValueError):
    """Not the JSON we read."""


def loads(data: bytes | str, *, decimals: bool = False, max_bytes: int = MAX_BYTES) -> Json:
    """Parse; with *decimals* numbers with a fraction become ``Decimal``. Raises ``JsonError``."""
    if len(data) > max_bytes:
        raise JsonError("too large")
    try:
        found: Json = json.loads(
            data,
            object_pairs_hook=_no_duplicates,
            parse_constant=_refuse,
            parse_float=Decimal if decimals else None,
        )
    except (ValueError, RecursionError) as error:
        raise JsonError(type(error).__name__) from None
    return found


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
