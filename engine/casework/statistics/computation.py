"""Many timelines become figures. Plain functions over frozen values. Nothing is hidden here.

A time between two moments is kept as ``timedelta``. A median is the middle value, or the mean of the two
middle ones; "nine of ten" is the smallest time within which at least nine tenths lie (nearest rank).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from engine.casework.statistics.timeline import Timeline

#: From inquiry to overview (report, goal): two days of 24 hours.
OVERVIEW_GOAL = timedelta(days=2)
#: Upper bounds in days, the last bucket is open. How old a case is; how long since somebody wrote in its journal.
AGES = (7, 30, 90, 180)
NOTES = (7, 14, 30, 90)


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the choice: its timeline, how it ended, and its stages by today's names.

    office    organisation number of the office it belongs to, "" where it has none
    stages    ids as the newest version knows them, in the order entered; repeats are kept
    ended     when it was closed or cancelled
    finished  whether it entered the last stage of the version that was in force in it then
    """

    timeline: Timeline
    opened: datetime
    ended: datetime | None
    cancelled: bool
    stages: tuple[str, ...]
    finished: bool
    office: str = ""


@dataclass(frozen=True, slots=True)
class Duration:
    """How long something took. ``None`` = not shown, or nothing to tell.

    within   share, 0 to 1, of those that should have been done that were done in time; only with a goal
    waiting  cases in which it has not happened yet
    late     those of them that are past the goal
    """

    count: int | None
    median: timedelta | None
    ninety: timedelta | None
    waiting: int | None
    within: float | None = None
    late: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Numbers under a sum."""

    key: str
    cells: tuple[int | None, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class DropOut:
    """Of those that entered a stage, how many ended there. ``share`` is 0 to 1."""

    stage: str
    entered: int | None
    stopped: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Source:
    """How one source has answered. ``open`` cases wait for it now, the longest for ``longest``."""

    data_set: str
    asked: int | None
    answered: int | None
    open: int | None
    median: timedelta | None
    ninety: timedelta | None
    longest: timedelta | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page.

    cases    opened in the period; ``open``, ``notes`` and ``stages`` are of every case that runs now
    early    cases of the period with advice and no decision before it: it must be 0; ``None`` = 1 to 4
    """

    cases: int | None
    open: int | None
    overview: Duration
    decision: Duration
    early: int | None
    notes: Row
    stages: tuple[Row, ...]
    dropped: tuple[DropOut, ...]
    sources: tuple[Source, ...]


def compute(cases: Sequence[Case], stages: Sequence[str], since: datetime, until: datetime, now: datetime) -> Figures:
    """Every figure of a journey as it is: what may be shown to whom is said in ``disclosure``.

    cases   those opened in the period, and those that run whenever they were opened
    stages  in the order of today's version
    since   the period begins; it ends before *until*
    """
    running = [case for case in cases if case.ended is None]
    cases = [case for case in cases if since <= case.opened < until]
    return Figures(
        cases=len(cases),
        open=len(running),
        overview=duration(cases, lambda timeline: timeline.overview, now, OVERVIEW_GOAL),
        decision=duration(cases, lambda timeline: timeline.decision, now),
        early=sum(advised_early(case.timeline) for case in cases),
        notes=_row("notes", running, lambda case: since_note(case.timeline, now), NOTES, none_last=True),
        stages=tuple(_open_by_age(running, stage_order(running, stages), now)),
        dropped=tuple(_dropped(cases, stage_order(cases, stages))),
        sources=tuple(_sources(cases, now)),
    )


def duration(
    cases: Iterable[Case], reached: Callable[[Timeline], datetime | None], now: datetime, goal: timedelta | None = None
) -> Duration:
    """From inquiry until *reached*. A case that ended without it neither counts as done nor waits."""
    took: list[timedelta] = []
    waiting = late = 0
    for case in cases:
        at = reached(case.timeline)
        if at is not None:
            took.append(at - case.opened)
        elif case.ended is None:
            waiting += 1
            late += goal is not None and now - case.opened > goal
    middle, ninety = _times(took)
    within = None
    if goal is not None and (took or late):
        within = sum(time <= goal for time in took) / (len(took) + late)
    return Duration(len(took), middle, ninety, waiting, within, late if goal else None)


def _times(took: Sequence[timedelta]) -> tuple[timedelta | None, timedelta | None]:
    """The median, and the smallest time within which nine of ten lie; ``None`` of nothing."""
    if not took:
        return None, None
    ordered = sorted(took)
    middle = median(time.total_seconds() for time in ordered)
    return timedelta(seconds=middle), ordered[-(-9 * len(ordered) // 10) - 1]


def advised_early(timeline: Timeline) -> bool:
    """Advice began, and no decision stood before it."""
    return timeline.advice is not None and (timeline.decision is None or timeline.advice < timeline.decision)


def since_note(timeline: Timeline, now: datetime) -> timedelta | None:
    return None if timeline.note is None else now - timeline.note


def bucket(time: timedelta, bounds: Sequence[int]) -> int:
    """Which bucket: up to and with the first bound it does not pass, in days of 24 hours."""
    return next((at for at, days in enumerate(bounds) if time <= timedelta(days=days)), len(bounds))


def _row(
    key: str,
    cases: Iterable[Case],
    time: Callable[[Case], timedelta | None],
    bounds: Sequence[int],
    none_last: bool = False,
) -> Row:
    counts = [0] * (len(bounds) + 1 + none_last)
    for case in cases:
        found = time(case)
        counts[-1 if found is None else bucket(found, bounds)] += 1
    return Row(key, tuple(counts), sum(counts))


def stage_order(cases: Iterable[Case], stages: Sequence[str]) -> list[str]:
    """Today's stages, then those only older cases know."""
    return list(dict.fromkeys([*stages, *(stage for case in cases for stage in case.stages)]))


def _open_by_age(running: Sequence[Case], order: Sequence[str], now: datetime) -> Iterable[Row]:
    for stage in order:
        here = [case for case in running if case.stages and case.stages[-1] == stage]
        yield _row(stage, here, lambda case: now - case.opened, AGES)


def _dropped(cases: Sequence[Case], order: Sequence[str]) -> Iterable[DropOut]:
    for stage in order:
        entered = sum(stage in case.stages for case in cases)
        stopped = sum(dropped_out(case) and case.stages[-1:] == (stage,) for case in cases)
        yield DropOut(stage, entered, stopped, stopped / entered if entered else None)


def dropped_out(case: Case) -> bool:
    """Cancelled, or ended before the last stage."""
    return case.ended is not None and (case.cancelled or not case.finished)


def _sources(cases: Sequence[Case], now: datetime) -> Iterable[Source]:
    names = sorted({name for case in cases for name in case.timeline.asked})
    for name in names:
        asked = [case for case in cases if name in case.timeline.asked]
        took, waits = [], []
        for case in asked:
            answer = case.timeline.answered.get(name)
            if answer is not None:
                took.append(answer - case.timeline.asked[name])
            elif case.ended is None:
                waits.append(now - case.timeline.asked[name])
        middle, ninety = _times(took)
        yield Source(name, len(asked), len(took), len(waits), middle, ninety, max(waits, default=None))


def mapped(stage: str, replaced: Mapping[str, str]) -> str:
    """The stage's name today: followed through every ``replaces`` there is; a circle ends where it began."""
    seen = {stage}
    while (following := replaced.get(stage)) is not None and following not in seen:
        seen.add(following)
        stage = following
    return stage
