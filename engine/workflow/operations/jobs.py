"""Outbox jobs of operations: what an operator asked for on a page and a worker does, a slice at a time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from engine.platform.db import after_commit
from engine.workflow.jobs import outbox
from engine.workflow.jobs.job_types import Deferred, Done, GiveUp, Result
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import Work
from engine.workflow.operations import batches, checks
from engine.workflow.runtime import Runtime

#: How long a worker works at it before it looks at what else is due.
MAX_SECONDS = 5.0
AT_ONCE = timedelta(0)


class RunBatch:
    """Outbox job ``run_batch``: carry out a batch until it is done or somebody stops it."""

    name = "run_batch"

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def perform(self, work: Work, now: datetime) -> Result:
        identity = str(work.payload.get("batch"))
        try:
            if batches.progress_of(self._runtime, identity).state not in ("ready", "running"):
                return Done()
            progress = batches.run(self._runtime, identity, seconds=MAX_SECONDS)
        except batches.UnknownBatchError:
            return GiveUp("unknown_batch")
        return Deferred(AT_ONCE, "more") if progress.state == "running" else Done()


class VerifyAudit:
    """Outbox job ``verify_audit``: verify the chains that are left of a check."""

    name = "verify_audit"

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def perform(self, work: Work, now: datetime) -> Result:
        done = checks.go_on(self._runtime, str(work.payload.get("check")), MAX_SECONDS)
        return Done() if done else Deferred(AT_ONCE, "more")


def in_background(runtime: Runtime, name: str, **payload: str) -> None:
    """Have a worker do it as work that can wait. What is waiting to be done already is not asked for twice."""
    with runtime.db.write() as connection:
        if enqueue_once(connection, name, runtime.clock.now(), **payload):
            after_commit(connection, runtime.wakeup)


def enqueue_once(connection: Connection, name: str, now: datetime, **payload: str) -> bool:
    """The same, within a transaction that notifies the workers afterwards. Whether it was not waiting already."""
    wanted = {**payload, "priority": "bulk"}
    waiting = select(due_work.c.payload).where(due_work.c.name == name, due_work.c.state.in_(("due", "leased")))
    if any(found == wanted for found in connection.execute(waiting).scalars()):
        return False
    outbox.enqueue(connection, name=name, case_id="", payload=wanted, key=str(uuid.uuid4()), now=now)
    return True
