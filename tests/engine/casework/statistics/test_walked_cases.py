"""Figures of cases that were really walked agree with what the walk itself wrote down."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.advice.task_types.milestones import MILESTONES
from engine.casework.statistics import disclosure, store
from engine.casework.statistics.computation import AGES, NOTES, Figures, compute, stage_order
from engine.casework.statistics.store import Choice
from tests.engine.casework.statistics.conftest import BEGIN, Past
from tests.engine.casework.statistics.independent import (
    DAY,
    fell_off,
    few,
    is_open,
    middle,
    nine_of_ten,
    times_until,
    within_two_days,
)
from tests.factories.walks import BIG, SMALL, STAGES, Walked

FUTURE = datetime(2027, 1, 1, tzinfo=BEGIN.tzinfo)


def figures_of(past: Past, office: str = "") -> Figures:
    app = past.application
    assert store.refresh(app.db, app.library, MILESTONES, 60) == 0
    with app.db.read() as connection:
        cases = store.cases(connection, app.library, Choice("advice", BEGIN, FUTURE, office))
    return compute(cases, STAGES, BEGIN, FUTURE, past.now)


@pytest.fixture(scope="module")
def figures(past: Past) -> Figures:
    return figures_of(past)


def test_the_walk_was_worth_it(past: Past) -> None:
    """Some stopped, some refused, some wait, some were slow: else the rest shows little."""
    cases = past.cases
    done = times_until(cases, lambda case: case.overview)

    assert sum(fell_off(case) for case in cases) >= 3 and sum(is_open(case) for case in cases) >= 5
    assert sum(time <= 2 * DAY for time in done) >= 5 and sum(time > 2 * DAY for time in done) >= 2
    assert any(case.overview is None and is_open(case) for case in cases)
    assert any(set(case.asked) - set(case.answered) for case in cases), "a source is silent"
    assert {case.office for case in cases} == {BIG.orgno, SMALL.orgno}
    assert any(case.decided and not case.advised for case in cases), "somebody was refused"


def test_the_overviews_within_two_days_are_counted(past: Past, figures: Figures) -> None:
    good, should = within_two_days(past.cases, past.now)

    assert figures.overview.within == good / should and good > 0


@pytest.mark.parametrize("name", ["overview", "decision"])
def test_how_long_people_waited_is_what_they_waited(past: Past, figures: Figures, name: str) -> None:
    def when(case: Walked) -> datetime | None:
        return case.overview if name == "overview" else case.decided

    found, times = getattr(figures, name), times_until(past.cases, when)

    assert (found.count, found.median, found.ninety) == (len(times), middle(times), nine_of_ten(times))
    assert found.waiting == sum(when(case) is None for case in past.cases if is_open(case))


def test_nobody_was_advised_before_a_decision(past: Past, figures: Figures) -> None:
    assert figures.early == 0 == sum(1 for case in past.cases if case.advised and not case.decided)


def test_open_cases_stand_where_the_walk_left_them(past: Past, figures: Figures) -> None:
    assert [found.key for found in figures.stages] == list(STAGES)
    assert figures.open == sum(map(is_open, past.cases))
    for found in figures.stages:
        by_age = [0] * (len(AGES) + 1)
        for case in past.cases:
            if is_open(case) and case.stages[-1] == found.key:
                by_age[sum((past.now - case.opened) / DAY > bound for bound in AGES)] += 1
        assert (found.cells, found.total) == (tuple(by_age), sum(by_age))


def test_who_fell_off_fell_off_where_the_walk_says(past: Past, figures: Figures) -> None:
    for found in figures.dropped:
        entered = [case for case in past.cases if found.stage in case.stages]
        gone = [case for case in entered if fell_off(case) and case.stages[-1] == found.stage]
        assert (found.entered, found.stopped) == (len(entered), len(gone)), found.stage


def test_days_since_the_last_note(past: Past, figures: Figures) -> None:
    by_note = [0] * (len(NOTES) + 2)
    for case in filter(is_open, past.cases):
        days = (past.now - max(case.notes)) / DAY if case.notes else None
        by_note[-1 if days is None else sum(days > bound for bound in NOTES)] += 1

    assert figures.notes.cells == tuple(by_note)


def test_sources_answered_when_they_answered(past: Past, figures: Figures) -> None:
    assert [found.data_set for found in figures.sources] == sorted({name for case in past.cases for name in case.asked})
    for found in figures.sources:
        asked = [case for case in past.cases if found.data_set in case.asked]
        done = [case for case in asked if found.data_set in case.answered]
        times = [case.answered[found.data_set] - case.asked[found.data_set] for case in done]
        waits = [past.now - case.asked[found.data_set] for case in asked if case not in done and is_open(case)]
        assert (found.asked, found.answered, found.open) == (len(asked), len(done), len(waits)), found.data_set
        assert (found.median, found.longest) == (middle(times), max(waits, default=None)), found.data_set


def test_each_office_has_its_own(past: Past) -> None:
    for office in (BIG, SMALL):
        own = [case for case in past.cases if case.office == office.orgno]
        found = figures_of(past, office.orgno)
        assert (found.cases, found.open) == (len(own), sum(map(is_open, own)))
        assert found.overview.median == middle(times_until(own, lambda case: case.overview))


def test_who_sees_every_office_sees_no_small_number_of_any(past: Past) -> None:
    app = past.application
    with app.db.read() as connection:
        cases = store.cases(connection, app.library, Choice("advice", BEGIN, FUTURE))
    period = (stage_order(cases, STAGES), BEGIN, FUTURE, past.now)
    offices = (BIG.orgno, SMALL.orgno)
    each = {office: compute([case for case in cases if case.office == office], *period) for office in offices}
    shown = {
        name: disclosure.of_offices(each, compute(cases, *period), name, "") for name in (*offices, disclosure.EVERY)
    }

    for found in shown.values():
        numbers = [found.cases, found.open, found.early, found.overview.count, found.decision.count, *found.notes.cells]
        numbers += [cell for stage in found.stages for cell in (*stage.cells, stage.total)]
        numbers += [cell for stage in found.dropped for cell in (stage.entered, stage.stopped)]
        numbers += [cell for source in found.sources for cell in (source.asked, source.answered, source.open)]
        assert [number for number in numbers if number is not None and few(number) is None] == []
    assert disclosure.of_offices(each, each[SMALL.orgno], SMALL.orgno, SMALL.orgno) == each[SMALL.orgno]
