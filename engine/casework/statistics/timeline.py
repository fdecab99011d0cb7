"""One case as its events tell it: when it was opened, seen, decided, advised, noted, and which stages it entered.

What an event means is asked of the version that was in force in the case when it happened, so a later
version that calls its steps something else changes nothing that has been.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.audit.kinds import EventKind, WorkflowEvent
from engine.workflow.definitions.bundle import Bundle

MIGRATED = (WorkflowEvent.INSTANCE_MIGRATED, WorkflowEvent.INSTANCE_MIGRATION_UNDONE)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a trail. ``data`` holds ids and codes only."""

    at: datetime
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Milestones:
    """What a service's milestones are in trails and bundles. The room that writes them hands this over.

    overview_job  name of the job that leaves an overview: its task type's
    asked         kind of event that names, under ``dataSets``, the sources that are asked
    answered      kind of event that names, under ``dataSet``, the source whose whole answer came
    decision      data type whose step writes the decision (vedtak)
    advice        data type whose step gives the advice that may only follow the decision
    """

    overview_job: str
    asked: EventKind
    answered: EventKind
    decision: str
    advice: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one version's steps are for. Made of its bundle, and as unchangeable.

    stages    ids in the order declared
    decision  steps that write the decision
    advice    steps that give advice
    """

    id: str
    journey: str
    version: int
    stages: tuple[str, ...] = ()
    decision: frozenset[str] = frozenset()
    advice: frozenset[str] = frozenset()


def meaning(identity: str, journey: str, version: int, bundle: Bundle, milestones: Milestones) -> Meaning:
    """Read the purpose of the steps out of a bundle: the step that fills a data type is for it."""

    def steps(data_type: str) -> frozenset[str]:
        found = bundle.data_types.get(data_type)
        return frozenset({found.task_id} if found and found.task_id else ())

    stages = tuple(stage.id for stage in bundle.stages)
    return Meaning(identity, journey, version, stages, steps(milestones.decision), steps(milestones.advice))


@dataclass(frozen=True, slots=True)
class Entered:
    """A stage entered, by the version in force then."""

    stage: str
    at: datetime
    version: str


@dataclass(slots=True)
class Timeline:
    """What the trail of one case says. Moments are aware; ``None`` = it has not happened.

    overview  the first overview stood
    decision  the first decision was written
    advice    advice began for the first time: its step became active
    note      the last journal note
    asked     data set → when it was first asked
    answered  data set → when its first answer came
    """

    opened: datetime | None = None
    overview: datetime | None = None
    decision: datetime | None = None
    advice: datetime | None = None
    note: datetime | None = None
    stages: list[Entered] = field(default_factory=list)
    asked: dict[str, datetime] = field(default_factory=dict)
    answered: dict[str, datetime] = field(default_factory=dict)


class Versions:
    """Finds what a version means, by its id, or by journey and number as the first event of a case names it."""

    def __init__(self, meanings: Iterable[Meaning]) -> None:
        self._by_id = {found.id: found for found in meanings}
        self._by_number = {(found.journey, found.version): found for found in self._by_id.values()}

    def by_id(self, identity: str) -> Meaning | None:
        return self._by_id.get(identity)

    def by_number(self, journey: str, version: int) -> Meaning | None:
        return self._by_number.get((journey, version))


def read(case_id: str, events: Iterable[Event], versions: Versions, milestones: Milestones) -> Timeline:
    """The timeline of one case. *events* in the order of the trail."""
    timeline = Timeline()
    here: Meaning | None = None
    for event in events:
        data = event.data
        if event.kind == WorkflowEvent.CASE_STARTED:
            timeline.opened = timeline.opened or event.at
            here = versions.by_number(str(data.get("process", "")), int(data.get("version", 0)))
        elif event.kind in MIGRATED and data.get("instance") == case_id:
            here = versions.by_id(str(data.get("to"))) or here
        elif event.kind == CaseworkEvent.NOTE_WRITTEN:
            timeline.note = event.at
        elif event.kind == milestones.asked:
            for data_set in data.get("dataSets", ()):
                timeline.asked.setdefault(data_set, event.at)
        elif event.kind == milestones.answered:
            timeline.answered.setdefault(str(data.get("dataSet")), event.at)
        elif event.kind == WorkflowEvent.JOB_FINISHED and data.get("job") == milestones.overview_job:
            timeline.overview = timeline.overview or event.at
        if here is not None:
            _steps(timeline, event, here)
    return timeline


def _steps(timeline: Timeline, event: Event, here: Meaning) -> None:
    data = event.data
    if (
        event.kind in (WorkflowEvent.TASK_COMPLETED, WorkflowEvent.TASK_REGISTERED)
        and data.get("process") == here.journey
        and data.get("task") in here.decision
    ):
        timeline.decision = timeline.decision or event.at
    if timeline.advice is None:
        begun = {f"{step}:activated" for step in here.advice}
        if begun.intersection(data.get("moved", ())):
            timeline.advice = event.at
    timeline.stages += [Entered(stage, event.at, here.id) for stage in data.get("stages", ())]
