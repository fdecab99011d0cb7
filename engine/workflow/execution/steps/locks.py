"""One writer per case. The lock is on the case's outermost instance, so that a call
activity and its caller never race; different cases never wait for each other."""

from __future__ import annotations

from sqlalchemy import select, update

from engine.workflow.audit import chain
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import AlreadyDone, Forbidden, NotFound, Suspended
from engine.workflow.execution import task_query
from engine.workflow.execution.commands import (
    CancelCase,
    MigrateInstance,
    ModifyInstance,
    RaiseIncident,
    RaisePolicyIncident,
    RaiseStuck,
    ResolveIncident,
    ResumeCase,
    SuspendCase,
    TaskCommand,
    UndoMigration,
    WorkCommand,
)
from engine.workflow.execution.context import Context
from engine.workflow.execution.models import incident, process_instance
from engine.workflow.execution.store import holder_of
from engine.workflow.execution.tokens import Token
from engine.workflow.instances import case_projection
from engine.workflow.jobs.models import due_work

#: Kinds of due work that hang on an element instance or a scope.
HANGING = ("job", "timer", "deadline", "signal")
#: Due work of a suspended case: no worker takes it until the case is resumed.
HELD = "held"


def _lock(c: Context, case_id: str) -> None:
    c.connection.execute(select(process_instance.c.id).where(process_instance.c.id == case_id).with_for_update())
    c.case_id = case_id


def is_suspended(c: Context, case_id: str) -> bool:
    """Lock a case and tell whether it stands still."""
    state = c.connection.execute(
        select(process_instance.c.state).where(process_instance.c.id == case_id).with_for_update()
    ).scalar()
    return state == "suspended"


def lock_task(c: Context) -> None:
    """Lock the task's case, then read task, instance and case together: what is checked is what is changed."""
    assert isinstance(c.command, TaskCommand)
    task_id = c.command.task_id
    task, c.open_tasks = task_query.lock_and_read(c.connection, task_id)
    if task is None:
        raise NotFound(task_id)
    c.task = task
    c.case_id = task.case_id
    c.case_before = {name: getattr(task, f"case_{name}") for name in case_projection.READ}
    c.instance = c.store.hold(c.execution, task)
    chain.know_head(c.connection, c.case_id, task.head_seq, task.head_hash)


def task_is_open(c: Context) -> None:
    """A task that somebody has done already says who and when."""
    assert c.task is not None
    if c.task.state not in ("ready", "claimed"):
        raise AlreadyDone(c.task.ended_by or "", c.task.ended_at, c.task.state)
    c.token = c.execution.token(c.task.id)
    if c.token is None:
        raise AlreadyDone(state="ended")


def case_moves(c: Context) -> None:
    """In a suspended case nothing is done."""
    if c.instance is not None and c.instance.state == "suspended":
        raise Suspended(c.case_id)


def lock_work(c: Context) -> None:
    """Lock the case of a row of due work. Work whose element is gone has nothing left to do.

    Work that reaches a suspended case is put aside with the command's own transaction, until the case is resumed.
    """
    assert isinstance(c.command, WorkCommand)
    work_id = c.command.work_id
    row = c.connection.execute(select(due_work).where(due_work.c.id == work_id)).first()
    if row is None:
        raise AlreadyDone(state="gone")
    _lock(c, row.case_id)
    c.work = row
    c.holder = holder_of(c.execution, row)
    if c.holder is None:
        raise AlreadyDone(state="ended")
    c.token = c.holder if isinstance(c.holder, Token) else None
    c.instance = c.holder.instance
    if c.instance.state == "suspended":
        c.connection.execute(
            update(due_work).where(due_work.c.id == work_id).values(state=HELD, lease_until=None, fence=row.fence + 1)
        )
        raise AlreadyDone(state=HELD)


def lock_failed_work(c: Context) -> None:
    """Lock the case of work that failed, if it has one. Where its element is gone there is nothing to tell."""
    assert isinstance(c.command, RaiseIncident)
    row = c.connection.execute(select(due_work).where(due_work.c.id == c.command.work_id)).first()
    if row is None:
        raise AlreadyDone(state="gone")
    if row.case_id:
        _lock(c, row.case_id)
    c.work = row
    if row.kind in HANGING:
        c.holder = holder_of(c.execution, row)
        if c.holder is None:
            raise AlreadyDone(state="ended")
        c.token = c.holder if isinstance(c.holder, Token) else None
        c.instance = c.holder.instance


def lock_case(c: Context) -> None:
    """Lock a case that has not ended."""
    assert isinstance(c.command, CancelCase | SuspendCase | ResumeCase)
    _lock_instance(c, c.command.case_id, c.command.case_id)


def lock_instance(c: Context) -> None:
    """Lock the case of a process instance that has not ended: a case, or what one has called."""
    assert isinstance(c.command, ModifyInstance | MigrateInstance | UndoMigration | RaiseStuck | RaisePolicyIncident)
    wanted = process_instance.c.id == c.command.instance_id
    case_id = c.connection.execute(select(process_instance.c.case_id).where(wanted)).scalar()
    if case_id is None:
        raise NotFound(c.command.instance_id)
    _lock_instance(c, c.command.instance_id, case_id)


def _lock_instance(c: Context, instance_id: str, case_id: str) -> None:
    _lock(c, case_id)
    row = c.connection.execute(
        select(process_instance.c.state, process_instance.c.case_id, process_instance.c.ended_at).where(
            process_instance.c.id == instance_id
        )
    ).first()
    if row is None or row.case_id != case_id:
        raise NotFound(instance_id)
    if row.state not in ("active", "suspended"):
        raise AlreadyDone(at=row.ended_at, state=row.state)
    c.instance = c.execution.instance(instance_id)


def lock_incident(c: Context) -> None:
    """Find what the incident is about: an element that failed, or work of another kind that did."""
    assert isinstance(c.command, ResolveIncident)
    if c.actor.role not in (Role.ADMINISTRATOR, Role.SYSTEM):
        raise Forbidden(c.command.incident_id)
    wanted = incident.c.id == c.command.incident_id
    case_id = c.connection.execute(select(incident.c.case_id).where(wanted)).scalar()
    if case_id is None:
        raise NotFound(c.command.incident_id)
    if case_id:
        _lock(c, case_id)
    row = c.connection.execute(select(incident).where(wanted).with_for_update()).one()
    if row.state != "open":
        raise AlreadyDone(row.ended_by or "", row.ended_at, row.state)
    c.incident = row
    if row.work_id is not None:
        c.work = c.connection.execute(select(due_work).where(due_work.c.id == row.work_id)).first()
    if row.instance_id:
        c.holder = holder_of(c.execution, row)
        c.token = c.holder if isinstance(c.holder, Token) else None
        if c.holder is None and (c.work is None or c.work.kind in HANGING):
            raise AlreadyDone(state="ended")
        c.instance = c.holder.instance if c.holder is not None else None
