"""Time limits of the law as dated data, and the day one ends. No clock, no database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "time_limits.json"
_FIXED = ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))
#: Days from Easter Sunday: Maundy Thursday, Good Friday, Easter, Ascension Day, Whitsun.
_MOVING = (-3, -2, 0, 1, 39, 49, 50)


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
                rule["weeks"], date.fromisoformat(rule["from"]),
                date.fromisoformat(rule["to"]) if rule["to"] else None, rule["reference"],
            )
            for rule in rules
        )
        for name, rules in table.items()
    }  # fmt: skip


def limit(name: str, on: date) -> Limit:
    """The rule of that name in force on a day. Raises ``NoRuleError``."""
    for rule in _known()[name]:
        if rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to):
            return rule
    raise NoRuleError(name)


def last_day(name: str, arrived: date) -> date:
    """The last day in time: so many weeks after the day it arrived, moved on from a day that is no working day."""
    end = arrived + timedelta(weeks=limit(name, arrived).weeks)
    while not is_working_day(end):
        end += timedelta(days=1)
    return end


def is_working_day(day: date) -> bool:
    moving = {easter(day.year) + timedelta(days=days) for days in _MOVING}
    return day.weekday() < 5 and (day.month, day.day) not in _FIXED and day not in moving


def easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian computus."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7  # noqa: E741
    m = (a + 11 * h + 22 * l) // 451
    month, day = divmod(h + l - 7 * m + 114, 31)
    return date(year, month, day + 1)
