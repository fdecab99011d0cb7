"""Timelines kept beside the trail, so that a page need not read millions of events: read on where more has come."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from engine.casework.statistics.computation import Case, mapped
from engine.casework.statistics.models import case_course
from engine.casework.statistics.timeline import Entered, Event, Meaning, Milestones, Timeline, Versions, meaning, read
from engine.platform.db import Database
from engine.workflow.audit.chain import audit_event, audit_head
from engine.workflow.definitions.library import Deployed, Library
from engine.workflow.definitions.models import process_definition
from engine.workflow.instances.models import case_file

AT_ONCE = 200
_MOMENTS = ("opened", "overview", "decision", "advice", "note")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which cases: of one journey, open now or opened from and with ``since``, before ``until``; "" = every office."""

    journey: str
    since: datetime
    until: datetime
    office: str = ""


def refresh(database: Database, library: Library, milestones: Milestones, seconds: float) -> int:
    """Read what has happened since last time, for at most *seconds*. Returns how many cases are still behind."""
    until = time.monotonic() + seconds
    with database.read() as connection:
        versions = Versions(meanings(connection, library, milestones))
    while True:
        with database.read() as connection:
            late = connection.execute(_behind().limit(AT_ONCE)).all()
            if not late:
                return 0
            if time.monotonic() >= until:
                return int(connection.execute(select(func.count()).select_from(_behind().subquery())).scalar_one())
            timelines = _read(connection, late, versions, milestones)
        try:
            with database.write() as connection:
                connection.execute(delete(case_course).where(case_course.c.case_id.in_([row.case_id for row in late])))
                connection.execute(insert(case_course), timelines)
        except IntegrityError:
            continue  # somebody else has just read the same


def _behind() -> Select[tuple[str, int]]:
    """The cases whose trail has gone on since it was read, with the last event that is read of each."""
    return (
        select(audit_head.c.case_id, audit_head.c.seq)
        .join(case_file, case_file.c.id == audit_head.c.case_id)
        .outerjoin(case_course, case_course.c.case_id == audit_head.c.case_id)
        .where((case_course.c.seq.is_(None)) | (case_course.c.seq != audit_head.c.seq))
        .order_by(audit_head.c.case_id)
    )


def meanings(connection: Connection, library: Library, milestones: Milestones) -> list[Meaning]:
    """What every deployed version means."""
    return [meaning(one.id, one.key, one.version, one.bundle, milestones) for one in _deployed(connection, library)]


def _deployed(connection: Connection, library: Library) -> list[Deployed]:
    ids = connection.execute(select(process_definition.c.id)).scalars().all()
    return [library.get(connection, identity) for identity in ids]


def _read(
    connection: Connection, late: Sequence[Row[Any]], versions: Versions, milestones: Milestones
) -> list[dict[str, Any]]:
    events: dict[str, list[Event]] = defaultdict(list)
    last: dict[str, int] = {}
    wanted = select(audit_event.c.case_id, audit_event.c.seq, audit_event.c.at, audit_event.c.kind, audit_event.c.data)
    ids = [row.case_id for row in late]
    for row in connection.execute(
        wanted.where(audit_event.c.case_id.in_(ids)).order_by(audit_event.c.case_id, audit_event.c.seq)
    ):
        events[row.case_id].append(Event(row.at, row.kind, row.data))
        last[row.case_id] = row.seq
    timelines = {case_id: read(case_id, events[case_id], versions, milestones) for case_id in ids}
    return [
        {"case_id": case_id, "seq": last.get(case_id, 0), "content": _packed(timeline)}
        for case_id, timeline in timelines.items()
    ]


def _packed(timeline: Timeline) -> dict[str, Any]:
    found: dict[str, Any] = {name: at.isoformat() for name in _MOMENTS if (at := getattr(timeline, name)) is not None}
    found["stages"] = [[entered.stage, entered.at.isoformat(), entered.version] for entered in timeline.stages]
    for name in ("asked", "answered"):
        found[name] = {data_set: at.isoformat() for data_set, at in getattr(timeline, name).items()}
    return found


def _unpacked(content: Mapping[str, Any]) -> Timeline:
    moment = datetime.fromisoformat
    return Timeline(
        **{name: moment(content[name]) for name in _MOMENTS if name in content},
        stages=[Entered(stage, moment(at), version) for stage, at, version in content["stages"]],
        asked={name: moment(at) for name, at in content["asked"].items()},
        answered={name: moment(at) for name, at in content["answered"].items()},
    )


def replaced(stages: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Old stage id → the stage that stands for it now, as ``"replaces"`` of the newest version says."""
    return {old: stage["id"] for stage in stages for old in stage.get("replaces", ())}


def cases(connection: Connection, library: Library, chosen: Choice) -> list[Case]:
    """The cases chosen, each with its timeline as far as it is read."""
    names = replaced(library.newest(connection, chosen.journey).bundle.metadata.get("stages", ()))
    last = {found.id: tuple(stage.id for stage in found.bundle.stages[-1:]) for found in _deployed(connection, library)}
    opened = and_(case_file.c.opened_at >= chosen.since, case_file.c.opened_at < chosen.until)
    where = [case_file.c.key == chosen.journey, or_(case_file.c.state == "open", opened)]
    if chosen.office:
        where.append(case_file.c.office == chosen.office)
    query = (
        select(
            case_file.c.state, case_file.c.office, case_file.c.opened_at, case_file.c.closed_at, case_course.c.content
        )
        .join(case_course, case_course.c.case_id == case_file.c.id)
        .where(*where)
    )
    return [_case(row, names, last) for row in connection.execute(query)]


def _case(
    row: Row[str, str | None, datetime, datetime | None, dict[str, Any]],
    names: Mapping[str, str],
    last: Mapping[str, tuple[str, ...]],
) -> Case:
    timeline = _unpacked(row.content)
    return Case(
        timeline,
        opened=timeline.opened or row.opened_at,
        ended=row.closed_at,
        cancelled=row.state == "cancelled",
        stages=tuple(mapped(entered.stage, names) for entered in timeline.stages),
        finished=any((entered.stage,) == last.get(entered.version) for entered in timeline.stages),
        office=row.office or "",
    )


def offices(connection: Connection, journey: str) -> list[str]:
    """Organisation numbers of the offices that have or had cases of a journey."""
    found = select(case_file.c.office).where(case_file.c.key == journey, case_file.c.office.is_not(None)).distinct()
    return sorted(str(office) for office in connection.execute(found).scalars())


def stage_titles(connection: Connection, library: Library, journey: str, language: str) -> dict[str, str]:
    """Stage id → title: the newest version's, else that of the last version which declared it."""
    found: dict[str, str] = {}
    for deployed in library.versions(connection, journey):
        for stage in deployed.bundle.metadata.get("stages", ()):
            title = stage.get("title", {})
            found.setdefault(stage["id"], str(title.get(language) or title.get("nb") or stage["id"]))
    return found
