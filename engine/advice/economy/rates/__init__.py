"""Rates and limits of law, one file a year, each with its reference and the days it holds.

A year without a file is an error that names the years there are; last year's
rate is never used in silence (requirement of the design: a rule of law carries
its validity period as data).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


class UnknownYearError(ValueError):
    """There are no rates for *year*. ``known`` are the years there are, oldest first."""

    def __init__(self, year: int, known: tuple[int, ...]) -> None:
        super().__init__(f"no rates for {year}; known years: {', '.join(map(str, known))}")
        self.year = year
        self.known = known


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one income year. ``get("national_insurance", "business")`` is per cent or NOK as ``Decimal``."""

    year: int
    valid_from: date
    valid_to: date
    table: Mapping[str, Mapping[str, Any]]

    def get(self, rule: str, name: str) -> Decimal:
        return Decimal(self.table[rule][name])

    def reference(self, rule: str) -> str:
        """Statute and paragraph of *rule*."""
        return str(self.table[rule]["reference"])


def known_years() -> tuple[int, ...]:
    """The income years there are rates for, oldest first."""
    return tuple(sorted(int(path.stem) for path in _FOLDER.glob("[0-9][0-9][0-9][0-9].json")))


@lru_cache(maxsize=16)
def rates(year: int) -> Rates:
    """The rates of an income year. Raises ``UnknownYearError``."""
    path = _FOLDER / f"{year:04d}.json"
    if not path.is_file():
        raise UnknownYearError(year, known_years())
    table = json.loads(path.read_text(encoding="utf-8"))
    return Rates(year, date.fromisoformat(table["valid_from"]), date.fromisoformat(table["valid_to"]), table)
