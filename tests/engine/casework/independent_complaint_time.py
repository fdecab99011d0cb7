"""The time to complain, computed a second time by other hands: from the law as it is read in words, not from our code.

Easter by Oudin's method (the engine's is the anonymous computus), days off as a list of names, the rule as a table.
"""

from __future__ import annotations

from datetime import date, timedelta


def easter_by_oudin(year: int) -> date:
    century = year // 100
    golden = year % 19
    k = (century - 17) // 25
    i = (century - century // 4 - (century - k) // 3 + 19 * golden + 15) % 30
    i -= (i // 28) * (1 - (i // 28) * (29 // (i + 1)) * ((21 - golden) // 11))
    j = (year + year // 4 + i + 2 - century + century // 4) % 7
    moved = i - j
    month = 3 + (moved + 40) // 44
    return date(year, month, moved + 28 - 31 * (month // 4))


def days_off(year: int) -> set[date]:
    """Public holidays and the two days like them (1 and 17 May). Christmas Eve and New Year's Eve are none."""
    sunday = easter_by_oudin(year)
    moving = {
        "skjærtorsdag": -3,
        "langfredag": -2,
        "første påskedag": 0,
        "andre påskedag": 1,
        "Kristi himmelfartsdag": 39,
        "første pinsedag": 49,
        "andre pinsedag": 50,
    }
    fixed = {date(year, 1, 1), date(year, 5, 1), date(year, 5, 17), date(year, 12, 25), date(year, 12, 26)}
    return fixed | {sunday + timedelta(days=days) for days in moving.values()}


def last_day(start: date) -> date:
    """The start day is not counted; the same day of the week three weeks later; from a day off to the next day on."""
    day = start + timedelta(days=21)
    while day.isoweekday() in (6, 7) or day in days_off(day.year):
        day = day + timedelta(days=1)
    return day


def time_to_complain(channel: str, available: date, notified: date | None = None) -> tuple[date | None, date | None]:
    """(starts, ends); (None, None) where no time runs."""
    if channel == "digital":
        if notified is None:
            return None, None
        start = notified if notified > available else available
    else:
        start = available
    return start, last_day(start)
