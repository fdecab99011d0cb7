"""Time limits of the law as dated data, and the day one ends. No clock, no database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from engine.platform.calendar import next_working_day

_FILE = Path(__file__).parent / "time_limits.json"


class NoRuleError(ValueError):
    """No rule is known for that day."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit in *weeks*, in force from and to and with its statute."""

    weeks: int
    valid_from: date
    valid_to: date | None
    reference: str


@lru_cache(maxsize=1)
def _known() -> dict[str, tuple[Limit, ...]]:
    table = json.loads(_FILE.read_text(encoding="utf-8"))
    return {
        name: tuple(
            Limit(
                rule["weeks"],
                date.fromisoformat(rule["from"]),
                date.fromisoformat(rule["to"]) if rule["to"] else None,
                rule["reference"],
            )
            for rule in rules
        )
        for name, rules in table.items()
    }


def limit(name: str, on: date) -> Limit:
    """The rule of that name in force on a day. Raises ``NoRuleError``."""
    for rule in _known()[name]:
        if rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to):
            return rule
    raise NoRuleError(name)


def last_day(name: str, arrived: date) -> date:
    """The last day in time: so many weeks after the day it arrived, moved on from a day that is no working day."""
    return next_working_day(arrived + timedelta(weeks=limit(name, arrived).weeks))
