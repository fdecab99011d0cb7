"""Days in Norway: which day it is, days counted on the calendar, and the days nobody works. No clock, no database.

A day is never the day in UTC: between midnight and one o'clock (two in summer) Norway has the next one already.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from engine.platform.clock import OSLO, Clock

_FILE = Path(__file__).parent / "public_holidays.json"


def norwegian_day(moment: datetime) -> date:
    """The day it is in Norway at *moment*, which is aware."""
    return moment.astimezone(OSLO).date()


def norwegian_today(clock: Clock) -> date:
    """The day it is in Norway now."""
    return norwegian_day(clock.now())


def add_days(moment: datetime, days: int) -> datetime:
    """The same time by a clock in Norway so many days later (earlier below zero), in UTC.

    A day over a change of the clock has 23 or 25 hours. Raises ``OverflowError`` beyond what a calendar holds.
    """
    return (moment.astimezone(OSLO) + timedelta(days=days)).astimezone(UTC)


@lru_cache(maxsize=1)
def _days_off() -> tuple[frozenset[tuple[int, int]], frozenset[int]]:
    """Month and day of the fixed ones, and days from Easter Sunday of those that move."""
    days = json.loads(_FILE.read_text(encoding="utf-8"))
    fixed = ((int(one["day"][:2]), int(one["day"][3:])) for one in days["fixed"])
    return frozenset(fixed), frozenset(one["from_easter"] for one in days["moving"])


def is_working_day(day: date) -> bool:
    """Whether *day* is neither Saturday, Sunday, nor a public holiday."""
    fixed, moving = _days_off()
    return day.weekday() < 5 and (day.month, day.day) not in fixed and (day - easter(day.year)).days not in moving


def next_working_day(day: date) -> date:
    """*day*, or the first working day after it: where a deadline on a day off is moved to (domstolloven § 149)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def last_working_day(day: date) -> date:
    """*day*, or the last working day before it: when what would be paid on a day off is paid."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """The day so many working days after *day*, which is not counted itself."""
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1))
    return day


def start_of_day(day: date) -> datetime:
    """Midnight in Norway as *day* begins, in UTC."""
    return datetime.combine(day, time(), OSLO).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The last second of *day* in Norway, in UTC."""
    return datetime.combine(day, time(23, 59, 59), OSLO).astimezone(UTC)


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
