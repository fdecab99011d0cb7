"""Days in Norway: which one it is, days added on the calendar, and the days nobody works."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.platform.calendar import (
    add_days,
    easter,
    is_working_day,
    next_working_day,
    norwegian_day,
    norwegian_today,
)
from engine.platform.clock import OSLO, FixedClock


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-12-31T22:59:59", "2026-12-31"),
        ("2026-12-31T23:00:00", "2027-01-01"),  # midnight in winter
        ("2026-06-30T21:59:59", "2026-06-30"),
        ("2026-06-30T22:00:00", "2026-07-01"),  # midnight in summer
        ("2028-02-28T23:20:00", "2028-02-29"),
    ],
)
def test_the_day_changes_at_midnight_in_norway(moment: str, day: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert norwegian_day(at) == date.fromisoformat(day) == norwegian_today(FixedClock(at))


def test_days_are_added_on_the_calendar_over_every_change_of_the_clock() -> None:
    start = datetime(2026, 1, 1, 0, 30, tzinfo=OSLO)
    for day in range(3 * 366):
        begun = start + timedelta(days=day)
        for count in (1, 14, 90, -1, -200):
            ended = add_days(begun.astimezone(UTC), count)
            assert norwegian_day(ended) == norwegian_day(begun) + timedelta(days=count)


@pytest.mark.parametrize("day", [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25)])
def test_easter_is_when_it_is(day: date) -> None:
    assert easter(day.year) == day


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        (date(2026, 3, 15), date(2026, 3, 16)),  # a Sunday
        (date(2026, 4, 2), date(2026, 4, 7)),  # Maundy Thursday
        (date(2026, 5, 1), date(2026, 5, 4)),  # a Friday
        (date(2026, 5, 31), date(2026, 6, 1)),
        (date(2027, 5, 17), date(2027, 5, 18)),  # Whit Monday too
        (date(2026, 12, 24), date(2026, 12, 24)),  # Christmas Eve is a working day in the law
        (date(2026, 12, 25), date(2026, 12, 28)),
        (date(2026, 11, 27), date(2026, 11, 27)),
    ],
)
def test_a_deadline_on_a_day_off_moves_to_the_next_working_day(day: date, moved: date) -> None:
    assert next_working_day(day) == moved
    assert is_working_day(day) == (day == moved)
