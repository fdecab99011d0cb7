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
from engine.workflow.jobs import outbox
from engine.workflow.jobs.models import due_work

#: Kinds of due work that hang on an element instance or a scope.
HANGING = ("job", "timer", "deadline", "signal")
#: Due work of a suspended case: no worker takes it until the case is resumed.
HELD = "held"


def _lock(ctx: Context, case_id: str) -> None:
    ctx.connection.execute(select(process_instance.c.id).where(process_instance.c.id == case_id).with_for_update())
    ctx.case_id = case_id


def is_suspended(ctx: Context, case_id: str) -> bool:
    """Lock a case and tell whether it stands still."""
    state = ctx.connection.execute(
        select(process_instance.c.state).where(process_instance.c.id == case_id).with_for_update()
    ).scalar()
    return state == "suspended"


def lock_task(ctx: Context) -> None:
    """Lock the task's case, then read task, instance and case together: what is checked is what is changed."""
    assert isinstance(ctx.command, TaskCommand)
    task_id = ctx.command.task_id
    locked = task_query.lock_and_read(ctx.connection, task_id)
    if locked is None:
        raise NotFound(task_id)
    ctx.task, ctx.open_tasks = locked.task, locked.open_tasks
    ctx.case_id, ctx.case_before = locked.task.case_id, locked.case()
    ctx.instance = ctx.store.hold(ctx.execution, locked.row)
    chain.know_head(ctx.connection, ctx.case_id, locked.row.head_seq, locked.row.head_hash)


def require_open(ctx: Context) -> None:
    """A task that somebody has done already says who and when."""
    assert ctx.task is not None
    if ctx.task.state not in ("ready", "claimed"):
        raise AlreadyDone(ctx.task.ended_by or "", ctx.task.ended_at, ctx.task.state)
    ctx.token = ctx.execution.token(ctx.task.id)
    if ctx.token is None:
        raise AlreadyDone(state="ended")


def require_not_suspended(ctx: Context) -> None:
    """In a suspended case nothing is done."""
    if ctx.instance is not None and ctx.instance.state == "suspended":
        raise Suspended(ctx.case_id)


def lock_work(ctx: Context) -> None:
    """Lock the case of a row of due work. Work whose element is gone has nothing left to do.

    Work that reaches a suspended case is put aside with the command's own transaction, until the case is resumed.
    """
    assert isinstance(ctx.command, WorkCommand)
    work_id = ctx.command.work_id
    work = outbox.find(ctx.connection, work_id)
    if work is None:
        raise AlreadyDone(state="gone")
    _lock(ctx, work.case_id)
    ctx.work = work
    ctx.holder = holder_of(ctx.execution, work)
    if ctx.holder is None:
        raise AlreadyDone(state="ended")
    ctx.token = ctx.holder if isinstance(ctx.holder, Token) else None
    ctx.instance = ctx.holder.instance
    if ctx.instance.state == "suspended":
        ctx.connection.execute(
            update(due_work).where(due_work.c.id == work_id).values(state=HELD, lease_until=None, fence=work.fence + 1)
        )
        raise AlreadyDone(state=HELD)


def lock_failed_work(ctx: Context) -> None:
    """Lock the case of work that failed, if it has one. Where its element is gone there is nothing to tell."""
    assert isinstance(ctx.command, RaiseIncident)
    work = outbox.find(ctx.connection, ctx.command.work_id)
    if work is None:
        raise AlreadyDone(state="gone")
    if work.case_id:
        _lock(ctx, work.case_id)
    ctx.work = work
    if work.kind in HANGING:
        ctx.holder = holder_of(ctx.execution, work)
        if ctx.holder is None:
            raise AlreadyDone(state="ended")
        ctx.token = ctx.holder if isinstance(ctx.holder, Token) else None
        ctx.instance = ctx.holder.instance


def lock_case(ctx: Context) -> None:
    """Lock a case that has not ended."""
    assert isinstance(ctx.command, CancelCase | SuspendCase | ResumeCase)
    _lock_instance(ctx, ctx.command.case_id, ctx.command.case_id)


def lock_instance(ctx: Context) -> None:
    """Lock the case of a process instance that has not ended: a case, or what one has called."""
    assert isinstance(ctx.command, ModifyInstance | MigrateInstance | UndoMigration | RaiseStuck | RaisePolicyIncident)
    wanted = process_instance.c.id == ctx.command.instance_id
    case_id = ctx.connection.execute(select(process_instance.c.case_id).where(wanted)).scalar()
    if case_id is None:
        raise NotFound(ctx.command.instance_id)
    _lock_instance(ctx, ctx.command.instance_id, case_id)


def _lock_instance(ctx: Context, instance_id: str, case_id: str) -> None:
    _lock(ctx, case_id)
    row = ctx.connection.execute(
        select(process_instance.c.state, process_instance.c.case_id, process_instance.c.ended_at).where(
            process_instance.c.id == instance_id
        )
    ).first()
    if row is None or row.case_id != case_id:
        raise NotFound(instance_id)
    if row.state not in ("active", "suspended"):
        raise AlreadyDone(at=row.ended_at, state=row.state)
    ctx.instance = ctx.execution.instance(instance_id)


def lock_incident(ctx: Context) -> None:
    """Find what the incident is about: an element that failed, or work of another kind that did."""
    assert isinstance(ctx.command, ResolveIncident)
    if ctx.actor.role not in (Role.ADMINISTRATOR, Role.SYSTEM):
        raise Forbidden(ctx.command.incident_id)
    wanted = incident.c.id == ctx.command.incident_id
    case_id = ctx.connection.execute(select(incident.c.case_id).where(wanted)).scalar()
    if case_id is None:
        raise NotFound(ctx.command.incident_id)
    if case_id:
        _lock(ctx, case_id)
    row = ctx.connection.execute(select(incident).where(wanted).with_for_update()).one()
    if row.state != "open":
        raise AlreadyDone(row.ended_by or "", row.ended_at, row.state)
    ctx.incident = row
    if row.work_id is not None:
        ctx.work = outbox.find(ctx.connection, row.work_id)
    if row.instance_id:
        ctx.holder = holder_of(ctx.execution, row)
        ctx.token = ctx.holder if isinstance(ctx.holder, Token) else None
        if ctx.holder is None and (ctx.work is None or ctx.work.kind in HANGING):
            raise AlreadyDone(state="ended")
        ctx.instance = ctx.holder.instance if ctx.holder is not None else None
