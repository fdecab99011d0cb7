"""A deadline is a day in Norway: until midnight, off days nobody works, in working days where they are counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.platform.clock import OSLO
from engine.workflow.bpmn.timing import TimerSyntaxError
from engine.workflow.execution import deadlines


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


@pytest.mark.parametrize(
    ("began", "duration", "ends"),
    [
        ("2026-11-23T08:00", "P3D", "2026-11-26T23:59:59"),
        ("2026-11-24T00:20", "P1D", "2026-11-25T23:59:59"),  # still the 23rd in UTC
        ("2026-11-23T08:00", "P5D", "2026-11-30T23:59:59"),  # a Saturday: Monday
        ("2026-12-23T15:00", "P2D", "2026-12-28T23:59:59"),  # Christmas Day, Boxing Day, Sunday
        ("2027-03-11T15:00", "P14D", "2027-03-30T23:59:59"),  # Maundy Thursday until Easter Monday
        ("2026-10-20T23:00", "P1W", "2026-10-27T23:59:59"),  # over a change of the clock
        ("2026-01-31T12:00", "P1M", "2026-03-02T23:59:59"),  # the last of February is a Saturday
        ("2026-11-27T16:00", "PT36H", "2026-11-29T04:00:00"),
    ],
)
def test_a_deadline_lasts_until_midnight_of_a_day_somebody_works(began: str, duration: str, ends: str) -> None:
    assert deadlines.due_at(oslo(began), duration) == oslo(ends)


@pytest.mark.parametrize(
    ("began", "duration", "ends"),
    [
        ("2026-11-27T16:00", "P1D", "2026-11-30T23:59:59"),  # from Friday to Monday
        ("2026-11-28T12:00", "P1D", "2026-11-30T23:59:59"),
        ("2026-11-23T08:00", "P5D", "2026-11-30T23:59:59"),
        ("2026-12-23T15:00", "P3D", "2026-12-29T23:59:59"),
        ("2027-05-14T15:00", "P2D", "2027-05-19T23:59:59"),  # 15-16 the weekend, Constitution and Whit Monday the 17th
    ],
)
def test_working_days_pass_over_days_off(began: str, duration: str, ends: str) -> None:
    assert deadlines.due_at(oslo(began), duration, working_days=True) == oslo(ends)


@pytest.mark.parametrize("duration", ["P1M", "PT8H", "P1DT1H", "P0D", "P1000D"])
def test_working_days_are_a_number_of_days(duration: str) -> None:
    with pytest.raises(TimerSyntaxError):
        deadlines.due_at(oslo("2026-11-23T08:00"), duration, working_days=True)


def test_a_warning_in_days_begins_with_its_day() -> None:
    assert deadlines.warn_at(oslo("2026-11-30T23:59:59"), "P3D") == oslo("2026-11-27T00:00")
    assert deadlines.warn_at(oslo("2026-11-30T23:59:59"), "PT4H") == oslo("2026-11-30T19:59:59")
    assert deadlines.warn_at(oslo("2026-11-29T04:00:00"), "P1D") == oslo("2026-11-28T04:00")


def test_a_pause_gives_as_many_days_as_it_lasted_and_never_part_of_one() -> None:
    day = oslo("2026-12-03T23:59:59")
    assert deadlines.moved(day, oslo("2026-11-24T09:00"), oslo("2026-11-24T15:00")) == day
    assert deadlines.moved(day, oslo("2026-11-24T15:00"), oslo("2026-11-25T09:00")) == oslo("2026-12-04T23:59:59")
    assert deadlines.moved(day, oslo("2026-11-24T15:00"), oslo("2026-11-26T09:00")) == oslo("2026-12-07T23:59:59")
    moment = oslo("2026-12-03T12:00")
    assert deadlines.moved(moment, oslo("2026-11-24T09:00"), oslo("2026-11-24T15:00")) == oslo("2026-12-03T18:00")
