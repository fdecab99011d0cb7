"""Timers that begin cases: one row of due work for the next firing of each, of the newest version only.

The rows hang on an id made of the process' key, not on a version: what a new version
has in common with the one before goes on where it was, a timer that is gone is gone,
and what has fired does not fire again because of a deployment.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from engine.workflow.bpmn.elements import EventDefinition
from engine.workflow.bpmn.timing import TimerSyntaxError, first_due
from engine.workflow.jobs import outbox
from engine.workflow.jobs.models import due_work

SYSTEM_OWNER = "system"
Timers = Mapping[tuple[str, str], EventDefinition]


def owner(metadata: Mapping[str, Any]) -> str:
    """Whose cases a timer begins: ``timerOwner`` of metadata.json, else the application itself."""
    return str(metadata.get("timerOwner") or SYSTEM_OWNER)


def hook_of(key: str) -> str:
    """What the rows of a process hang on, whichever its version."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"start/{key}"))


def move(connection: Connection, key: str, timers: Timers, known: Collection[tuple[str, str]], now: datetime) -> None:
    """From now on *timers* begin cases of a process, whose version before had those *known*."""
    mine = due_work.c.token_id == hook_of(key)
    for row in connection.execute(select(due_work).where(mine, due_work.c.state == "due").with_for_update()).all():
        if (row.payload["element"], row.payload["cause"]) not in timers:
            connection.execute(delete(due_work).where(due_work.c.id == row.id))
    for (element_id, cause), event in timers.items():
        if (element_id, cause) not in known:
            payload = {"key": key, "element": element_id, "cause": cause, "timer": event.timer, "value": event.value}
            _write(connection, {**payload, "fired": 0}, now, now)


def schedule_next(connection: Connection, work: outbox.Work, now: datetime) -> None:
    """The next firing of a cycle, counted from when this one was planned. Once, however often it is asked for."""
    if work.payload["timer"] == "cycle":
        payload = {**work.payload, "fired": work.payload["fired"] + 1}
        _write(connection, payload, datetime.fromisoformat(work.payload["due"]), now)


def _write(connection: Connection, payload: dict[str, Any], since: datetime, now: datetime) -> None:
    value = payload["value"]
    if not isinstance(value, str):
        raise TimerSyntaxError("the timer of a start event must be written out, since there are no data yet")
    due = first_due(payload["timer"], value, since, payload["fired"])
    if due is None:
        return
    hook = hook_of(payload["key"])
    named = f"{hook}/{payload['element']}/{payload['cause']}/{payload['fired']}/{due.isoformat()}"
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, named))
    if connection.execute(select(due_work.c.id).where(due_work.c.idempotency_key == identity)).first() is not None:
        return
    outbox.enqueue(
        connection,
        kind="start",
        name=payload["key"][:60],
        case_id="",
        token_id=hook,
        element_id=payload["element"],
        payload={**payload, "due": due.isoformat()},
        key=identity,
        due_at=due,
        now=now,
    )
