"""How the engine is: work, workers, reconciling and breakers. Counts, codes and times; nothing of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, func, select, update

from engine.platform.clock import SandboxClock
from engine.workflow.audit import chain
from engine.workflow.audit.kinds import OperationsEvent
from engine.workflow.authorization.actor import Actor
from engine.workflow.execution.models import process_instance
from engine.workflow.jobs import wakeup
from engine.workflow.jobs.breaker import side_of
from engine.workflow.jobs.job_types import JobType
from engine.workflow.jobs.models import QUEUES, breaker, due_work, sweep
from engine.workflow.jobs.wakeup import WorkerState
from engine.workflow.runtime import Runtime

#: A worker that has said nothing for this long is not counted on.
SILENT = timedelta(seconds=60)
#: A reconciliation that is older than this has stopped (``tidy`` runs every ten minutes).
SWEEP_LATE = {"invariants": timedelta(minutes=1), "tidy": timedelta(minutes=20)}
#: Any other reconciliation is late after this.
DAY = timedelta(days=1)
BATCH_SIZE = 500
#: How far ahead it is looked for what the clock does next.
AHEAD = timedelta(days=7)
CLOCKED = ("start", "timer", "deadline")
MAX_COMING = 30


@dataclass(frozen=True, slots=True)
class QueueState:
    """One queue. ``oldest``: since when the oldest piece of work that is due waits."""

    name: str
    due: int
    later: int
    leased: int
    stopped: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Coming:
    """What the clock does next at one step, and how often within ``AHEAD``. ``kind``: start | timer | deadline."""

    kind: str
    process: str
    element: str
    count: int
    next: datetime


def queues(connection: Connection, now: datetime) -> list[QueueState]:
    """Every queue, in the order they are served."""
    due = due_work.c.due_at <= now
    state = due_work.c.state
    counted = connection.execute(
        select(
            due_work.c.queue,
            func.sum(case((state == "due", case((due, 1), else_=0)), else_=0)),
            func.sum(case((state == "due", case((due, 0), else_=1)), else_=0)),
            func.sum(case((state == "leased", 1), else_=0)),
            func.sum(case((state == "incident", 1), else_=0)),
        )
        .where(state.in_(("due", "leased", "incident")))
        .group_by(due_work.c.queue)
    )
    found = {row[0]: tuple(int(count or 0) for count in row[1:]) for row in counted}
    oldest = dict(
        connection.execute(
            select(due_work.c.queue, func.min(due_work.c.due_at)).where(state == "due", due).group_by(due_work.c.queue)
        ).all()
    )
    states = []
    for name in QUEUES:
        waiting, later, leased, stopped = found.get(name, (0, 0, 0, 0))
        states.append(QueueState(name, waiting, later, leased, stopped, oldest.get(name)))
    return states


def coming(connection: Connection, now: datetime) -> list[Coming]:
    """What the clock does within ``AHEAD``, by step, soonest first."""
    process = func.coalesce(process_instance.c.key, due_work.c.name)
    rows = connection.execute(
        select(
            due_work.c.kind,
            process.label("process"),
            due_work.c.element_id,
            func.count().label("times"),
            func.min(due_work.c.due_at).label("next"),
        )
        .select_from(due_work.outerjoin(process_instance, process_instance.c.id == due_work.c.instance_id))
        .where(due_work.c.state == "due", due_work.c.queue == "timers", due_work.c.kind.in_(CLOCKED))
        .where(due_work.c.due_at > now, due_work.c.due_at <= now + AHEAD)
        .group_by(due_work.c.kind, process, due_work.c.element_id)
        .order_by(func.min(due_work.c.due_at))
        .limit(MAX_COMING)
    )
    return [Coming(row.kind, row.process, row.element_id, row.times, row.next) for row in rows]


def workers(runtime: Runtime) -> list[WorkerState] | None:
    """Every worker Redis knows. ``None`` when Redis does not answer."""
    return wakeup.workers(runtime.redis_url)


def sweeps(connection: Connection, now: datetime) -> list[tuple[str, datetime, bool]]:
    """Each reconciliation: its name, when it was last done, and whether that is too long ago."""
    rows = connection.execute(select(sweep.c.name, sweep.c.at).order_by(sweep.c.name))
    return [(row.name, row.at, now - row.at > SWEEP_LATE.get(row.name, DAY)) for row in rows]


@dataclass(frozen=True, slots=True)
class OpenBreaker:
    """A task type or its other side that is left alone for ``pause`` seconds; ``probes`` have answered since."""

    name: str
    open_until: datetime
    pause: int
    probes: int


def breakers(connection: Connection) -> list[OpenBreaker]:
    """What is left alone for a while, by name."""
    columns = (breaker.c.name, breaker.c.open_until, breaker.c.pause, breaker.c.probes)
    return [OpenBreaker(*row) for row in connection.execute(select(*columns).order_by(breaker.c.name))]


def reset_breaker(
    connection: Connection, job_types: Mapping[str, JobType], name: str, by: Actor, now: datetime
) -> bool:
    """Let everything try again at once. False when it was not open. It opens anew should the other side still fail."""
    row = connection.execute(select(breaker).where(breaker.c.name == name).with_for_update()).first()
    if row is None:
        return False
    connection.execute(delete(breaker).where(breaker.c.name == name))
    task_type = name.partition(":")[0]
    held = connection.execute(
        select(due_work.c.id, due_work.c.payload).where(
            due_work.c.state == "due",
            due_work.c.name == task_type,
            due_work.c.due_at > now,
            due_work.c.due_at <= row.open_until + timedelta(seconds=row.pause),
        )
    )
    job_type = job_types.get(task_type)
    ids = [work.id for work in held if side_of(job_type, task_type, work.payload) == name]
    for at in range(0, len(ids), BATCH_SIZE):
        connection.execute(update(due_work).where(due_work.c.id.in_(ids[at : at + BATCH_SIZE])).values(due_at=now))
    chain.append(connection, chain.SYSTEM_CHAIN, now, by, OperationsEvent.BREAKER_RESET, {"name": name})
    return True


def moved(runtime: Runtime) -> timedelta | None:
    """How far the sandbox's clock is moved; ``None`` where there is no such clock."""
    clock = runtime.clock
    return clock.moved if isinstance(clock, SandboxClock) else None
