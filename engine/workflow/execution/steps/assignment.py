"""Whose task it is: taken, put back, given, lent out, paused, planned; every change with who, when and why."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from engine.platform.compiled_statements import Prepared
from engine.platform.lifecycle import TransitionError
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization import candidates, role_codes
from engine.workflow.authorization.actor import SYSTEM, Role
from engine.workflow.errors import AlreadyDone, Forbidden, NotPossible, Reason
from engine.workflow.execution import advance, deadlines
from engine.workflow.execution.commands import (
    AssignTask,
    DelegateTask,
    ExtendTask,
    GiveBackTask,
    PauseTask,
    PlanTask,
    ReleaseTask,
    ResumeTask,
)
from engine.workflow.execution.context import Context
from engine.workflow.execution.lifecycle import TASK_PAUSE, USER_TASK
from engine.workflow.execution.models import task_change, user_task
from engine.workflow.execution.steps.reasons import require_reason_within_limit
from engine.workflow.execution.tokens import NewTask
from engine.workflow.instances.models import case_file
from engine.workflow.jobs.models import due_work

_INSERT_CHANGE = Prepared(insert(task_change), [column.name for column in task_change.c])
#: As many tasks given in one command are named in the audit trail.
NAMED = 100
#: Characters of the reason a task is given away with.
MAX_TASK_REASON = 2000


def claim(ctx: Context) -> None:
    """Take a task nobody has."""
    _give(ctx, "claim", ctx.actor.person_id, WorkflowEvent.TASK_CLAIMED)


def assign_new_tasks(ctx: Context) -> None:
    """Whoever has the case has its tasks: a caseworker's task that this command made is theirs from the beginning.

    It stays for anybody to take where nobody has the case, where their part at the office has ended, or where the
    diagram keeps the task for others.
    """
    before = ctx.case_before
    if not before or not (responsible := before.get("responsible")):
        return
    made = [task for task in ctx.execution.tasks if not task.token.ended and _for_caseworkers(task)]
    office = before.get("office") or ""
    if not made or not ctx.services.works_at(ctx.connection, office, responsible):
        return
    theirs = {task.token.id for task in made if _admits(ctx, task, office)}
    ctx.execution.tasks[:] = [
        replace(task, assignee=responsible) if task.token.id in theirs else task for task in ctx.execution.tasks
    ]
    for task in made:
        if task.token.id in theirs:
            ctx.batch.add(_INSERT_CHANGE, _assigned_row(ctx, task.token.id, responsible))
    if theirs:
        elements = [task.token.element.id for task in made if task.token.id in theirs]
        ctx.audit_data["assigned"] = {"to": responsible, "tasks": elements[:NAMED]}


def _for_caseworkers(task: NewTask) -> bool:
    return task.token.element.extension.performer == "caseworker"


def _admits(ctx: Context, task: NewTask, office: str) -> bool:
    """Whether the diagram leaves the task to caseworkers of the case's office."""
    found = candidates.of_task(ctx.deployed(task.token.instance.definition_id).bundle, task.token.element.id)
    return found.admit(frozenset({role_codes.CASEWORKER}), office)


def _assigned_row(ctx: Context, task_id: str, to: str) -> dict[str, Any]:
    """The first line of the task's history. It is the engine that gives it, whoever's command made the task."""
    return {
        "id": str(uuid.uuid4()),
        "task_id": task_id,
        "case_id": ctx.case_id,
        "seq": 1,
        "kind": "assign",
        "at": ctx.now,
        "by": SYSTEM.person_id,
        "from_person": None,
        "to_person": to,
        "reason": None,
    }


def release(ctx: Context) -> None:
    """Put back what one has, for anybody else to take."""
    assert isinstance(ctx.command, ReleaseTask)
    _mine(ctx)
    _give(ctx, "release", None, WorkflowEvent.TASK_RELEASED, ctx.command.reason)


def assign(ctx: Context) -> None:
    """Give a task to somebody, also when another has it. A citizen's task is their own and cannot be given away."""
    assert isinstance(ctx.command, AssignTask) and ctx.task is not None
    if not ctx.command.assignee:
        raise NotPossible(Reason(ctx.task.element_id, "nobody-named", "say who is to have the task"))
    if ctx.task.performer == "citizen" and ctx.command.assignee != ctx.task.owner_id:
        text = "it is the citizen's own task and cannot be given to another"
        raise NotPossible(Reason(ctx.task.element_id, "own-task", text))
    _give(ctx, "assign", ctx.command.assignee, WorkflowEvent.TASK_ASSIGNED, ctx.command.reason)


def delegate(ctx: Context) -> None:
    """Lend a task one has to another, who does it or gives it back."""
    assert isinstance(ctx.command, DelegateTask) and ctx.task is not None
    _mine(ctx)
    if ctx.command.to in ("", ctx.task.assignee):
        raise NotPossible(Reason(ctx.task.element_id, "nobody-named", "name another person than who has the task"))
    _give(
        ctx,
        "delegate",
        ctx.command.to,
        WorkflowEvent.TASK_DELEGATED,
        ctx.command.reason,
        delegated_by=ctx.task.assignee,
    )


def give_back(ctx: Context) -> None:
    assert isinstance(ctx.command, GiveBackTask) and ctx.task is not None
    _mine(ctx)
    if ctx.task.delegated_by is None:
        raise NotPossible(Reason(ctx.task.element_id, "not-delegated", "the task was not delegated"))
    _give(ctx, "give_back", ctx.task.delegated_by, WorkflowEvent.TASK_GIVEN_BACK, ctx.command.reason)


def _mine(ctx: Context) -> None:
    """Only who has the task may hand it on; an administrator may for someone who cannot."""
    assert ctx.task is not None
    if ctx.actor.role in (Role.ADMINISTRATOR, Role.SYSTEM) or ctx.task.assignee == ctx.actor.person_id:
        return
    if ctx.task.assignee:
        raise AlreadyDone(ctx.task.assignee, None, "claimed")
    raise Forbidden(ctx.task.element_id)


def _give(
    ctx: Context, trigger: str, to: str | None, kind: WorkflowEvent, reason: str = "", delegated_by: str | None = None
) -> None:
    """Move the task's life cycle and say whose it is now; once no longer lent, it has no lender."""
    assert ctx.task is not None
    try:
        state = USER_TASK.after(ctx.task.state, trigger)
    except TransitionError:
        raise AlreadyDone(ctx.task.assignee or "", None, ctx.task.state) from None
    _set(ctx, state=state, assignee=to, delegated_by=delegated_by)
    note(ctx, trigger, kind, ctx.task.assignee, to, reason)


def pause(ctx: Context) -> None:
    """Nobody can do it for now. Where the definition lets the clock stand, warning and deadline wait too."""
    assert isinstance(ctx.command, PauseTask) and ctx.task is not None and ctx.token is not None
    _move_pause(ctx, "pause")
    _set(ctx, paused_at=ctx.now)
    ctx.open_tasks = None  # the case file is to see the pause
    if ctx.token.element.extension.pause_stops_clock:
        _unwatch(ctx)
    note(ctx, "pause", WorkflowEvent.TASK_PAUSED, reason=ctx.command.reason)


def resume(ctx: Context) -> None:
    """On again. A clock that stood goes on from where it was stopped."""
    assert isinstance(ctx.command, ResumeTask) and ctx.task is not None and ctx.token is not None
    _move_pause(ctx, "resume")
    values: dict[str, Any] = {"paused_at": None}
    if ctx.token.element.extension.pause_stops_clock:
        assert ctx.task.paused_at is not None
        moved = _moved(ctx.task.due_at, ctx.task.warn_at, ctx.task.paused_at, ctx.now)
        values.update(moved)
        due, warn = moved.get("due_at"), moved.get("warn_at")
        passed = ctx.task.escalated_at is not None
        deadlines.watch(ctx.execution, ctx.token, None if passed else due, None if _warned(ctx) else warn)
    _set(ctx, **values)
    ctx.open_tasks = None  # their dates are not those read under the lock any more
    note(ctx, "resume", WorkflowEvent.TASK_RESUMED, reason=ctx.command.reason)


def _moved(due: datetime | None, warn: datetime | None, since: datetime, until: datetime) -> dict[str, datetime]:
    """Deadline and warning after a clock stood from *since* to *until*; the warning keeps its distance."""
    if due is None:
        return {}
    after = deadlines.moved(due, since, until)
    return {"due_at": after} if warn is None else {"due_at": after, "warn_at": warn + (after - due)}


def _move_pause(ctx: Context, trigger: str) -> None:
    assert ctx.task is not None
    try:
        TASK_PAUSE.after("running" if ctx.task.paused_at is None else "paused", trigger)
    except TransitionError:
        state = "not paused" if ctx.task.paused_at is None else "paused"
        raise NotPossible(Reason(ctx.task.element_id, "task-paused", f"the task is {state} already")) from None


def plan(ctx: Context) -> None:
    """Set the planned date, or none. No plan goes beyond the deadline, except where a pause is moving it."""
    assert isinstance(ctx.command, PlanTask) and ctx.task is not None
    at = ctx.command.follow_up_at
    if at is not None and ctx.task.due_at is not None and at > ctx.task.due_at and ctx.task.paused_at is None:
        text = f"the planned date is after the deadline {ctx.task.due_at.isoformat()}"
        raise NotPossible(Reason(ctx.task.element_id, "after-deadline", text))
    _set(ctx, follow_up_at=at)
    if ctx.case_before is not None and ctx.case_before["waiting_task"] == ctx.task.element_id:
        ctx.connection.execute(update(case_file).where(case_file.c.id == ctx.case_id).values(follow_up_at=at))
        ctx.case_before["follow_up_at"] = at
    note(ctx, "plan", WorkflowEvent.TASK_PLANNED, data={"follow_up": None if at is None else at.isoformat()})


def extend(ctx: Context) -> None:
    """Move the deadline. One that had passed is watched anew, and may pass again; a plan stays what it is."""
    assert isinstance(ctx.command, ExtendTask) and ctx.task is not None and ctx.token is not None
    due, was = ctx.command.due_at, ctx.task.due_at
    if was is None or due <= ctx.now:
        text = "the task has no deadline" if was is None else "the new deadline is in the past"
        raise NotPossible(Reason(ctx.task.element_id, "no-deadline" if was is None else "in-the-past", text))
    if ctx.task.paused_at is not None:
        raise NotPossible(Reason(ctx.task.element_id, "task-paused", "the task is paused; resume it first"))
    warn = ctx.task.warn_at + (due - was) if ctx.task.warn_at is not None else None
    _unwatch(ctx)
    deadlines.watch(ctx.execution, ctx.token, due, warn)
    _set(ctx, due_at=due, warn_at=warn, escalated_at=None)
    ctx.open_tasks = None  # their dates are not those read under the lock any more
    note(
        ctx,
        "extend",
        WorkflowEvent.TASK_EXTENDED,
        reason=ctx.command.reason,
        data={"was": was.isoformat(), "due": due.isoformat()},
    )


def pass_deadline(ctx: Context) -> None:
    """A warning window begins or a deadline has passed: written down once, and thrown when the definition says so."""
    assert ctx.token is not None and ctx.work is not None
    ctx.task = ctx.connection.execute(select(user_task).where(user_task.c.id == ctx.token.id)).one()
    if ctx.work.name == deadlines.WARNING:
        note(ctx, "warn", WorkflowEvent.DEADLINE_NEAR)
        return
    _set(ctx, escalated_at=ctx.now)
    caught = deadlines.passed(ctx.execution, ctx.token)
    advance.run(ctx.execution)
    note(ctx, "escalate", WorkflowEvent.DEADLINE_PASSED, data={"caught": caught})


def _set(ctx: Context, **values: object) -> None:
    assert ctx.task is not None
    ctx.connection.execute(update(user_task).where(user_task.c.id == ctx.task.id).values(**values))


def _unwatch(ctx: Context) -> None:
    assert ctx.task is not None
    ctx.connection.execute(
        delete(due_work).where(due_work.c.token_id == ctx.task.id, due_work.c.kind == deadlines.KIND)
    )


def _warned(ctx: Context) -> bool:
    assert ctx.task is not None
    wanted = (task_change.c.task_id == ctx.task.id, task_change.c.kind == "warn")
    return ctx.connection.execute(select(task_change.c.id).where(*wanted)).first() is not None


def note(
    ctx: Context,
    kind: str,
    audit_kind: WorkflowEvent,
    from_person: str | None = None,
    to_person: str | None = None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """One line of the task's history, and what the audit trail says of it: ids and codes, never the reason's words."""
    assert ctx.task is not None
    identity = str(uuid.uuid4())
    seq = ctx.connection.execute(
        select(func.coalesce(func.max(task_change.c.seq), 0) + 1).where(task_change.c.task_id == ctx.task.id)
    ).scalar_one()
    ctx.connection.execute(
        insert(task_change).values(
            id=identity,
            task_id=ctx.task.id,
            case_id=ctx.task.case_id,
            seq=seq,
            kind=kind,
            at=ctx.now,
            by=ctx.actor.person_id,
            from_person=from_person,
            to_person=to_person,
            reason=_sealed(ctx, identity, reason),
        )
    )
    ctx.audit_kind = audit_kind
    ctx.audit_data = {"task": ctx.task.element_id, **(data or {})}
    if from_person != to_person:
        ctx.audit_data |= {"from": from_person, "to": to_person}
    if reason:
        ctx.audit_data["said_why"] = True


def _sealed(ctx: Context, identity: str, reason: str) -> bytes | None:
    if not reason:
        return None
    return ctx.services.vault.seal(
        ctx.connection,
        ctx.live.owner_id,
        f"task_change.reason:{identity}",
        require_reason_within_limit(reason, MAX_TASK_REASON),
    )
