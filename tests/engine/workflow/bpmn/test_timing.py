"""Durations and cycles: days on the calendar in Norway, hours as time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.workflow.bpmn.timing import TimerSyntaxError, add_duration, first_due, step

OSLO = ZoneInfo("Europe/Oslo")


def in_norway(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


@pytest.mark.parametrize(
    ("begun", "duration", "ends"),
    [
        ("2026-10-20T00:30", "P14D", "2026-11-03T00:30"),
        ("2026-03-20T23:30", "P14D", "2026-04-03T23:30"),
        ("2026-03-28T12:00", "P1D", "2026-03-29T12:00"),
        ("2026-03-28T12:00", "PT24H", "2026-03-29T13:00"),  # 24 hours are no day when the clock is moved
        ("2026-03-28T12:00", "P1DT2H", "2026-03-29T14:00"),
        ("2026-10-24T12:00", "P1W", "2026-10-31T12:00"),
        ("2026-01-31T12:00", "P1M", "2026-02-28T12:00"),
        ("2025-12-31T23:30", "P6M", "2026-06-30T23:30"),
        ("2026-03-30T12:00", "-P2DT1H", "2026-03-28T11:00"),
        ("2026-01-31T12:00", "P0.5D", "2026-02-01T00:00"),
        ("2026-01-01T12:00", "P0001-02-03T04:05:06", "2027-03-04T16:05:06"),
    ],
)
def test_a_duration_ends_when_people_say_it_does(begun: str, duration: str, ends: str) -> None:
    assert add_duration(in_norway(begun), duration) == in_norway(ends)


@pytest.mark.parametrize("duration", ["P14D", "PT36H", "P1DT5M", "P3W"])
def test_what_is_added_is_taken_back(duration: str) -> None:
    for day in range(0, 400, 3):
        begun = in_norway("2026-01-01T12:30") + timedelta(days=day)
        assert add_duration(add_duration(begun, duration), duration, back=True) == begun


def test_a_daily_timer_fires_at_the_same_hour_on_both_sides_of_the_change_of_clock() -> None:
    now, fired = in_norway("2026-03-27T07:00"), []
    for turn in range(5):
        due = first_due("cycle", "R/2026-03-27T06:00:00Z/P1D", now, turn)
        assert due is not None
        fired.append(due.astimezone(OSLO).strftime("%d %H:%M"))
        now = due
    assert fired == ["27 07:00", "28 07:00", "29 07:00", "30 07:00", "31 07:00"]


def test_a_cycle_that_began_long_ago_goes_on_with_the_next_moment() -> None:
    now = in_norway("2026-11-27T12:00")
    assert first_due("cycle", "R/2020-01-01T06:00:00Z/P1D", now, 0) == in_norway("2026-11-28T07:00")
    assert first_due("cycle", "R/2020-01-31T06:00:00Z/P1M", now, 0) == in_norway("2026-11-30T07:00")


def test_farther_than_a_calendar_reaches_is_said() -> None:
    with pytest.raises(TimerSyntaxError, match="farther away"):
        add_duration(in_norway("2026-01-01T00:00"), "P9999Y")
    assert step("PT0S").after(in_norway("2026-01-01T00:00")) == in_norway("2026-01-01T00:00")
