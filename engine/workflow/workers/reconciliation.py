"""Reconciliation: notifies of what is due, checks what must always hold, and tidies. Any number may run at once.

What they share is a row each in ``sweep``: who locks it does the next part, the
others go on with something else. So ten workers reconcile no more than one, ten times as surely.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.errors import AlreadyDone, NotFound
from engine.workflow.execution.commands import RaiseStuck
from engine.workflow.execution.models import incident, process_instance
from engine.workflow.execution.steps.incidents import POLICY, waits_for_something
from engine.workflow.jobs import outbox
from engine.workflow.jobs.models import due_work, sweep
from engine.workflow.runtime import Runtime

log = logging.getLogger(__name__)

TIDY_EVERY = timedelta(minutes=10)
#: One look at a part of the open cases: a million are seen in a quarter of an hour.
CHECK_EVERY = timedelta(seconds=1)
BATCH_SIZE = 1000


def notify_workers(runtime: Runtime, notify: Callable[[str], bool]) -> tuple[timedelta, bool]:
    """Notify every queue that has something due. Returns how long nothing will be due, and whether it was heard."""
    now = runtime.clock.now()
    with runtime.db.read() as connection:
        moments = outbox.next_due(connection)
    reached = all([notify(queue) for queue, moment in moments.items() if moment <= now])
    ahead = [moment - now for moment in moments.values() if moment > now]
    waiting = len(ahead) < len(moments)
    return timedelta(seconds=0.3) if waiting else min(ahead, default=timedelta(seconds=1)), reached


def check(runtime: Runtime) -> list[str]:
    """Look at the next part of the open instances. Returns the ids of those that wait for nothing: each is a bug.

    A live instance must have a task, work, a listener, a condition, an incident or a
    called process. Each that has none is checked again under its case's lock.
    """
    with runtime.db.write() as connection:
        now = runtime.clock.now()
        row = _mine(connection, "invariants", now, CHECK_EVERY)
        if row is None:
            return []
        seen = (
            select(process_instance.c.id)
            .where(process_instance.c.state == "active", process_instance.c.id > row)
            .order_by(process_instance.c.id)
            .limit(BATCH_SIZE)
        )
        ids = connection.execute(seen).scalars().all()
        _reached(connection, "invariants", ids[-1] if len(ids) == BATCH_SIZE else "", now)
        suspects: list[str] = []
        if ids:
            wanted = select(process_instance.c.id, process_instance.c.data).where(
                process_instance.c.state == "active",
                process_instance.c.id >= ids[0],
                process_instance.c.id <= ids[-1],
                ~waits_for_something(),
            )
            suspects = [r.id for r in connection.execute(wanted) if not (r.data or {}).get("conditions")]
    found = []
    for instance_id in suspects:
        try:
            runtime.dispatch.send(RaiseStuck(instance_id), SYSTEM)
        except (AlreadyDone, NotFound):
            continue
        log.error("instance %s waits for nothing: an incident was raised", instance_id)
        found.append(instance_id)
    return found


def tidy(runtime: Runtime) -> dict[str, int]:
    """Delete what has had its time, and close what is over: work whose incident is closed, policy incidents of
    instances that have ended. Empty when another did it lately."""
    with runtime.db.write() as connection:
        now = runtime.clock.now()
        if _mine(connection, "tidy", now, TIDY_EVERY) is None:
            return {}
        _reached(connection, "tidy", "", now)
    with runtime.db.write() as connection:
        done: dict[str, int] = {}
        for tidied in runtime.housekeeping:
            done |= tidied(connection, now)
        has_open_incident = exists().where(incident.c.work_id == due_work.c.id, incident.c.state == "open")
        left = update(due_work).where(due_work.c.state == "incident", ~has_open_incident).values(state="done")
        done["incident work"] = connection.execute(left).rowcount
        over = exists().where(process_instance.c.id == incident.c.instance_id, process_instance.c.ended_at.is_not(None))
        connection.execute(
            update(incident)
            .where(incident.c.code == POLICY, incident.c.state == "open", over)
            .values(state="cancelled", ended_at=now, ended_by=SYSTEM.person_id)
        )
    return done


def _mine(connection: Connection, name: str, now: datetime, every: timedelta) -> str | None:
    """Where the reconciliation *name* goes on, when it is its time and nobody else has it; else ``None``."""
    row = connection.execute(select(sweep).where(sweep.c.name == name).with_for_update(skip_locked=True)).first()
    if row is None:
        if connection.execute(select(sweep.c.name).where(sweep.c.name == name)).first() is not None:
            return None
        try:
            with connection.begin_nested():
                connection.execute(insert(sweep).values(name=name, position="", at=now))
        except IntegrityError:
            return None
        return ""
    if timedelta(0) <= now - row.at < every:
        return None
    position: str = row.position
    return position


def _reached(connection: Connection, name: str, position: str, now: datetime) -> None:
    connection.execute(update(sweep).where(sweep.c.name == name).values(position=position, at=now))
