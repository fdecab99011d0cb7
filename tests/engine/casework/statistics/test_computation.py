"""The arithmetic of figures, on plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.advice.task_types.milestones import MILESTONES
from engine.casework.statistics.computation import AGES, Case, advised_early, bucket, compute, mapped
from engine.casework.statistics.timeline import Event, Meaning, Timeline, Versions, read
from engine.workflow.audit.kinds import WorkflowEvent

BEGIN, NOW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def case(timeline: Timeline, opened: datetime = BEGIN, ended: datetime | None = None) -> Case:
    return Case(timeline, opened, ended, False, ("ask",), False)


def test_the_goal_holds_to_the_second() -> None:
    took = [2 * DAY] * 4 + [2 * DAY + timedelta(seconds=1)]
    cases = [case(Timeline(overview=BEGIN + time)) for time in took]

    assert compute(cases, [], BEGIN, NOW, NOW).overview.within == 0.8


def test_who_waits_beyond_the_goal_counts_as_late_and_who_ended_does_not() -> None:
    cases = [case(Timeline(overview=BEGIN + DAY)), case(Timeline()), case(Timeline(), ended=BEGIN + 9 * DAY)]
    cases.append(case(Timeline(), opened=NOW - DAY))

    found = compute(cases, [], BEGIN, NOW, NOW).overview

    assert (found.count, found.waiting, found.late, found.within) == (1, 2, 1, 0.5)


@pytest.mark.parametrize(("hours", "middle", "nine"), [([1], 1, 1), ([1, 3], 2, 3), (list(range(1, 11)), 5.5, 9)])
def test_the_median_and_the_time_of_nine_in_ten(hours: list[int], middle: float, nine: int) -> None:
    cases = [case(Timeline(decision=BEGIN + timedelta(hours=one))) for one in reversed(hours)]

    found = compute(cases, [], BEGIN, NOW, NOW).decision

    assert (found.median, found.ninety) == (timedelta(hours=middle), timedelta(hours=nine))


def test_a_running_case_counts_whenever_it_was_opened_but_its_times_only_in_its_period() -> None:
    figures = compute([case(Timeline()) for _ in range(6)], ["ask"], BEGIN + DAY, NOW, NOW)

    assert (figures.cases, figures.open, figures.overview.waiting) == (0, 6, 0)
    assert figures.stages[0].total == 6


@pytest.mark.parametrize(("days", "place"), [(0, 0), (7, 0), (7.01, 1), (30, 1), (180, 3), (181, 4)])
def test_a_bucket_holds_its_upper_bound(days: float, place: int) -> None:
    assert bucket(timedelta(days=days), AGES) == place


def test_a_stage_is_followed_through_every_renaming_and_a_circle_ends() -> None:
    assert mapped("a", {"a": "b", "b": "c"}) == "c"
    assert mapped("a", {"a": "b", "b": "a"}) == "b"


@pytest.mark.parametrize(
    ("decision", "early"), [(None, True), (BEGIN, False), (BEGIN + DAY, False), (BEGIN + 2 * DAY, True)]
)
def test_advice_needs_a_decision_no_later_than_itself(decision: datetime | None, early: bool) -> None:
    assert advised_early(Timeline(advice=BEGIN + DAY, decision=decision)) is early


def test_the_very_step_that_decides_may_let_advice_begin() -> None:
    """Both in one event: the decision does not come after the advice it lets begin."""
    version = Meaning("v1", "p", 1, ("ask",), frozenset({"Decide"}), frozenset({"Advise"}))
    events = [
        Event(BEGIN, WorkflowEvent.CASE_STARTED, {"process": "p", "version": 1}),
        Event(
            BEGIN + DAY,
            WorkflowEvent.TASK_COMPLETED,
            {"process": "p", "task": "Decide", "moved": ["Decide:completed", "Advise:activated"]},
        ),
    ]

    found = read("case", events, Versions([version]), MILESTONES)

    assert found.decision == found.advice == BEGIN + DAY and not advised_early(found)
