"""Figures of any history agree with the same computeed another way from the bare events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.advice.task_types.milestones import MILESTONES
from engine.casework.statistics.computation import AGES, NOTES, Case, bucket, compute, mapped
from engine.casework.statistics.small_cell_suppression import row
from engine.casework.statistics.timeline import Event, Meaning, Versions, read
from tests.engine.casework.statistics.independent import DAY, Told, few, middle, nine_of_ten, within_two_days

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 7, 1, tzinfo=UTC)
OLD = Meaning("v1", "advice", 1, ("ask", "see", "help"), frozenset({"Decide"}), frozenset({"Advise"}))
NEW = Meaning("v2", "advice", 2, ("ask", "look", "help"), frozenset({"Rule"}), frozenset({"Guide"}))
VERSIONS = Versions([OLD, NEW])
RENAMED = {"see": "look"}
SOURCES = ("bank", "nav")


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    """Cases of two versions of which some move from the first to the second, with anything in any order."""
    return [draw(_case(number)) for number in range(draw(st.integers(0, 40)))]


@st.composite
def _case(draw: st.DrawFn, number: int) -> Told:
    opened = BEGIN + draw(st.integers(0, 150)) * DAY + timedelta(hours=draw(st.integers(0, 23)))
    case = Told(f"c{number}", opened)
    version = draw(st.sampled_from([OLD, NEW]))
    case.events.append((opened, "CaseStarted", {"process": "advice", "version": version.version, "stages": ["ask"]}))
    at = opened
    for _ in range(draw(st.integers(0, 9))):
        at += timedelta(hours=draw(st.integers(1, 200)))
        kind = draw(st.sampled_from(["overview", "decision", "advice", "other", "note", "asked", "answered", "moved"]))
        if kind == "moved":
            version = NEW
            moved = {"instance": draw(st.sampled_from([case.id, "a called one"])), "to": "v2"}
            version = NEW if moved["instance"] == case.id else _version_of(case)
            case.events.append((at, "InstanceMigrated", moved))
        else:
            case.events.append((at, *_event(draw, kind, _version_of(case))))
    if draw(st.booleans()):
        case.ended = at + DAY
        case.cancelled = draw(st.booleans())
    return case


def _version_of(case: Told) -> Meaning:
    """The version in force after the events so far."""
    found = VERSIONS.by_number("advice", case.events[0][2]["version"])
    moved = [data for _, kind, data in case.events if kind == "InstanceMigrated" and data["instance"] == case.id]
    return NEW if moved or found is None else found


def _event(draw: st.DrawFn, kind: str, version: Meaning) -> tuple[str, dict[str, object]]:
    decide, advise = next(iter(version.decision)), next(iter(version.advice))
    if kind == "overview":
        return "JobFinished", {"element": "Build", "job": MILESTONES.overview_job, "stages": [version.stages[1]]}
    if kind == "decision":
        return "TaskCompleted", {"task": decide, "process": "advice", "moved": [f"{decide}:completed"]}
    if kind == "advice":
        return "TaskCompleted", {
            "task": "Other", "process": "advice", "moved": [f"{advise}:activated"], "stages": ["help"],
        }  # fmt: skip
    if kind == "other":
        # Steps that mean something in the other version only, or in a process that was called.
        other = NEW if version is OLD else OLD
        return draw(
            st.sampled_from([
                ("TaskCompleted", {"task": next(iter(other.decision)), "process": "advice"}),
                ("TaskCompleted", {"task": decide, "process": "consent"}),
                ("TimerFired", {"moved": [f"{next(iter(other.advice))}:activated"]}),
                ("JobFinished", {"element": "Fetch", "job": "fetch"}),
            ])
        )  # fmt: skip
    if kind == "note":
        return "NoteWritten", {"note": "n"}
    if kind == "asked":
        return "SourcesAsked", {"dataSets": draw(st.lists(st.sampled_from(SOURCES), min_size=1, unique=True))}
    return "SourceAnswered", {"dataSet": draw(st.sampled_from(SOURCES))}


def _of_product(told: Told) -> Case:
    timeline = read(told.id, [Event(*event) for event in told.events], VERSIONS, MILESTONES)
    last = {"v1": "help", "v2": "help"}
    return Case(
        timeline,
        opened=told.opened,
        ended=told.ended,
        cancelled=told.cancelled,
        stages=tuple(mapped(entered.stage, RENAMED) for entered in timeline.stages),
        finished=any(entered.stage == last[entered.version] for entered in timeline.stages),
    )


def _in_force(told: Told, at: datetime) -> Meaning:
    """By looking back from a moment: the last migration of the case itself before it, else the version it began on."""
    moved = [
        when for when, kind, data in told.events
        if kind == "InstanceMigrated" and data["instance"] == told.id and when < at
    ]  # fmt: skip
    return NEW if moved or told.events[0][2]["version"] == 2 else OLD


def _decided(told: Told) -> datetime | None:
    return min(
        (at for at, kind, data in told.events
         if kind == "TaskCompleted" and data["process"] == "advice" and data["task"] in _in_force(told, at).decision),
        default=None,
    )  # fmt: skip


def _advised(told: Told) -> datetime | None:
    return min(
        (at for at, _, data in told.events
         if any(f"{step}:activated" in data.get("moved", []) for step in _in_force(told, at).advice)),
        default=None,
    )  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(histories())
def test_any_history_is_computeed_as_by_hand(told: list[Told]) -> None:
    figures = compute([_of_product(case) for case in told], ["ask", "look", "help"], BEGIN, NOW, NOW)
    open_ = [case for case in told if case.ended is None]

    assert figures.cases == few(len(told))
    assert figures.open == few(len(open_))

    good, should = within_two_days(told, NOW)
    assert figures.overview.within == (None if should < 5 else good / should)
    for name, when in (
        ("overview", lambda c: c.first("JobFinished", job={MILESTONES.overview_job})),
        ("decision", _decided),
    ):
        found = getattr(figures, name)
        times = [at - case.opened for case in told if (at := when(case)) is not None]
        assert found.count == few(len(times))
        assert found.median == (middle(times) if len(times) >= 5 else None)
        assert found.ninety == (nine_of_ten(times) if len(times) >= 5 else None)
        assert found.waiting == few(sum(when(case) is None for case in open_))

    early = [
        case for case in told if (at := _advised(case)) is not None and ((d := _decided(case)) is None or d > at)
    ]  # fmt: skip
    assert figures.early == few(len(early))

    by_note = [0] * (len(NOTES) + 2)
    for case in open_:
        notes = [at for at, kind, _ in case.events if kind == "NoteWritten"]
        days = None if not notes else (NOW - max(notes)) / DAY
        by_note[-1 if days is None else sum(days > bound for bound in NOTES)] += 1
    assert (figures.notes.cells, figures.notes.total) == row(by_note)


@settings(max_examples=120, deadline=None)
@given(histories())
def test_stages_are_counted_by_their_name_today(told: list[Told]) -> None:
    figures = compute([_of_product(case) for case in told], ["ask", "look", "help"], BEGIN, NOW, NOW)
    names = {"see": "look"}

    assert [found.key for found in figures.stages] == ["ask", "look", "help"], "an old name is no stage of its own"
    for found in figures.stages:
        by_age = [0] * (len(AGES) + 1)
        for case in told:
            stages = [names.get(stage, stage) for stage in case.stages()]
            if case.ended is None and stages[-1] == found.key:
                by_age[sum((NOW - case.opened) / DAY > bound for bound in AGES)] += 1
        assert (found.cells, found.total) == row(by_age)
    for dropped in figures.dropped:
        entered = [case for case in told if dropped.stage in [names.get(s, s) for s in case.stages()]]
        gone = [
            case for case in entered
            if case.ended and (case.cancelled or "help" not in case.stages())
            and names.get(case.stages()[-1], case.stages()[-1]) == dropped.stage
        ]  # fmt: skip
        (stopped, _), total = row((len(gone), len(entered) - len(gone)))
        assert (dropped.stopped, dropped.entered) == (stopped, total)


@settings(max_examples=120, deadline=None)
@given(histories())
def test_sources_are_computeed_as_by_hand(told: list[Told]) -> None:
    figures = compute([_of_product(case) for case in told], [], BEGIN, NOW, NOW)

    for found in figures.sources:
        times, waits, gone = [], [], 0
        for case in told:
            asked = [at for at, k, d in case.events if k == "SourcesAsked" and found.data_set in d["dataSets"]]
            answered = case.first("SourceAnswered", dataSet={found.data_set})
            if asked and answered:
                times.append(answered - asked[0])
            elif asked and case.ended is None:
                waits.append(NOW - asked[0])
            elif asked:
                gone += 1
        (answers, silent, _), total = row((len(times), len(waits), gone))
        assert (found.answered, found.open, found.asked) == (answers, silent, total)
        assert found.median == (middle(times) if len(times) >= 5 else None)
        assert found.longest == (max(waits) if silent else None), "an extreme is of one case: only beside its number"


def test_the_goal_holds_to_the_second() -> None:
    def case(took: timedelta) -> Case:
        told = Told("c", BEGIN)
        told.events = [(BEGIN, "CaseStarted", {"process": "advice", "version": 1})]
        told.events.append((BEGIN + took, "JobFinished", {"job": MILESTONES.overview_job}))
        return _of_product(told)

    cases = [case(2 * DAY)] * 4 + [case(2 * DAY + timedelta(seconds=1))]
    assert compute(cases, [], BEGIN, NOW, NOW).overview.within == 0.8


def test_a_running_case_counts_whenever_it_was_opened_but_its_times_only_in_its_period() -> None:
    told = [Told(f"c{n}", BEGIN) for n in range(6)]
    for case in told:
        case.events = [(BEGIN, "CaseStarted", {"process": "advice", "version": 1, "stages": ["ask"]})]

    figures = compute([_of_product(case) for case in told], ["ask"], BEGIN + DAY, NOW, NOW)

    assert (figures.cases, figures.open) == (0, 6)
    assert figures.stages[0].total == 6 and figures.overview.waiting == 0


@pytest.mark.parametrize(("days", "place"), [(0, 0), (7, 0), (7.01, 1), (30, 1), (180, 3), (181, 4)])
def test_a_bucket_holds_its_upper_bound(days: float, place: int) -> None:
    assert bucket(timedelta(days=days), AGES) == place


def test_a_stage_is_followed_through_every_renaming_and_a_circle_ends() -> None:
    assert mapped("a", {"a": "b", "b": "c"}) == "c"
    assert mapped("a", {"a": "b", "b": "a"}) == "b"


@pytest.mark.parametrize(("same_event", "early"), [(True, 0), (False, 6)])
def test_the_very_step_that_decides_may_let_advice_begin(same_event: bool, early: int) -> None:
    """Advice that begins with the decision comes after it; a decision an hour later does not mend it."""

    def case(number: int) -> Case:
        told = Told(f"c{number}", BEGIN)
        decided = {"task": "Decide", "process": "advice", "moved": ["Decide:completed", "Advise:activated"]}
        told.events = [(BEGIN, "CaseStarted", {"process": "advice", "version": 1})]
        if not same_event:
            told.events.append((BEGIN, "InstanceModified", {"moved": ["Advise:activated"]}))
        told.events.append((BEGIN + timedelta(hours=1), "TaskCompleted", decided))
        return _of_product(told)

    assert compute([case(n) for n in range(6)], [], BEGIN, NOW, NOW).early == early
