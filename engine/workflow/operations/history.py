"""What has happened: finished instances by process, time and outcome, and when each element began and ended.

Instances are rows; elements leave the live tables when they end, so their history is
read from the audit trail, which names every change of state in the order it was made.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from engine.workflow.audit.chain import audit_event
from engine.workflow.definitions.models import process_definition
from engine.workflow.execution.models import process_instance

PAGE = 50
ENDED = ("completed", "terminated")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which finished instances; "" and ``None`` are no condition.

    outcome  completed | terminated, or the id of the end event it ended at
    since    ended at or after
    until    ended before
    """

    process: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FinishedInstance:
    """A process instance that has ended.

    version    of its process definition, counted from 1
    state      completed | terminated
    end_event  id of the end event it ended at
    """

    id: str
    case_id: str
    key: str
    version: int
    state: str
    end_event: str | None
    started_at: datetime
    ended_at: datetime


@dataclass(slots=True)
class ElementHistory:
    """One element instance: when it began and ended, and who caused that. Ids of persons only.

    outcome  completed | terminated | failed (it stands still); "" while it runs
    """

    element: str
    began: datetime
    began_by: str
    ended: datetime | None = None
    ended_by: str = ""
    outcome: str = ""


def finished(
    connection: Connection, wanted: Filter, after: tuple[datetime, str] | None = None, limit: int = PAGE
) -> tuple[list[FinishedInstance], bool]:
    """One page of finished instances, the one that ended last first; the second value: whether there are more."""
    where: list[ColumnElement[bool]] = [process_instance.c.ended_at.is_not(None)]
    if wanted.process:
        where.append(process_instance.c.key == wanted.process)
    if wanted.outcome in ENDED:
        where.append(process_instance.c.state == wanted.outcome)
    elif wanted.outcome:
        where.append(process_instance.c.end_event == wanted.outcome)
    if wanted.since is not None:
        where.append(process_instance.c.ended_at >= wanted.since)
    if wanted.until is not None:
        where.append(process_instance.c.ended_at < wanted.until)
    if after is not None:
        ended, identity = process_instance.c.ended_at, process_instance.c.id
        where.append(or_(ended < after[0], and_(ended == after[0], identity < after[1])))
    rows = connection.execute(
        select(
            process_instance.c.id,
            process_instance.c.case_id,
            process_instance.c.key,
            process_definition.c.version,
            process_instance.c.state,
            process_instance.c.end_event,
            process_instance.c.started_at,
            process_instance.c.ended_at,
        )
        .join(process_definition, process_definition.c.id == process_instance.c.definition_id)
        .where(*where)
        .order_by(process_instance.c.ended_at.desc(), process_instance.c.id.desc())
        .limit(limit + 1)
    ).all()
    return [FinishedInstance(*row) for row in rows[:limit]], len(rows) > limit


def elements(connection: Connection, case_id: str) -> list[ElementHistory]:
    """Every element instance of a case, in the order they began.

    The trail names elements, not their instances: of several of the same element at the
    same time the one that began first is taken to have ended first.
    """
    found: list[ElementHistory] = []
    running: dict[str, deque[ElementHistory]] = defaultdict(deque)
    events = connection.execute(
        select(audit_event.c.at, audit_event.c.actor_id, audit_event.c.data)
        .where(audit_event.c.case_id == case_id)
        .order_by(audit_event.c.seq)
    )
    for event in events:
        for moved in event.data.get("moved", ()):
            element, _, state = moved.rpartition(":")
            _note(found, running[element], element, state, event.at, event.actor_id)
    return found


def _note(
    found: list[ElementHistory], running: deque[ElementHistory], element: str, state: str, at: datetime, by: str
) -> None:
    failed = next((entry for entry in running if entry.outcome == "failed"), None)
    if state == "activated" and failed is None:
        entry = ElementHistory(element, at, by)
        running.append(entry)
        found.append(entry)
    elif state == "activated" and failed is not None:
        failed.outcome = ""  # an incident was resolved: the same instance goes on
    elif state == "failed" and running:
        running[0].outcome = "failed"
    elif running:
        entry = running.popleft()
        entry.ended, entry.ended_by, entry.outcome = at, by, state


def versions(connection: Connection, key: str = "") -> list[dict[str, Any]]:
    """Every deployed version, newest first within its process, with how many instances run and have run on it."""
    counted = select(process_instance.c.definition_id, process_instance.c.state, func.count().label("many")).group_by(
        process_instance.c.definition_id, process_instance.c.state
    )
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(counted):
        counts[row.definition_id][row.state] = row.many
    wanted = select(
        process_definition.c.id,
        process_definition.c.key,
        process_definition.c.version,
        process_definition.c.version_tag,
        process_definition.c.checksum,
        process_definition.c.deployed_at,
        process_definition.c.deployed_by,
    )
    if key:
        wanted = wanted.where(process_definition.c.key == key)
    found = connection.execute(wanted.order_by(process_definition.c.key, process_definition.c.version.desc()))
    return [
        {
            "key": row.key,
            "version": row.version,
            "tag": row.version_tag or "",
            "checksum": row.checksum,
            "deployedAt": row.deployed_at.isoformat(),
            "deployedBy": row.deployed_by,
            "active": counts[row.id].get("active", 0),
            "suspended": counts[row.id].get("suspended", 0),
            "ended": counts[row.id].get("completed", 0) + counts[row.id].get("terminated", 0),
        }
        for row in found.all()
    ]
