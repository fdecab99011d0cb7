"""Whose task it is: taken, put back, given, lent out, paused, planned; every change with who, when and why."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from engine.platform.compiled_statements import Prepared
from engine.platform.lifecycle import NotAllowed
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
from engine.workflow.execution.tokens import NewTask
from engine.workflow.instances.models import case_file
from engine.workflow.jobs.models import due_work

_GIVEN = Prepared(insert(task_change), [column.name for column in task_change.c])
#: As many tasks given in one command are named in the audit trail.
NAMED = 100


def claim(c: Context) -> None:
    """Take a task nobody has."""
    _give(c, "claim", c.actor.person_id, WorkflowEvent.TASK_CLAIMED)


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
            ctx.batch.add(_GIVEN, _given(ctx, task.token.id, responsible))
    if theirs:
        elements = [task.token.element.id for task in made if task.token.id in theirs]
        ctx.audit_data["assigned"] = {"to": responsible, "tasks": elements[:NAMED]}


def _for_caseworkers(task: NewTask) -> bool:
    return task.token.element.extension.performer == "caseworker"


def _admits(ctx: Context, task: NewTask, office: str) -> bool:
    """Whether the diagram leaves the task to caseworkers of the case's office."""
    found = candidates.of_task(ctx.deployed(task.token.instance.definition_id).bundle, task.token.element.id)
    return found.admit(frozenset({role_codes.CASEWORKER}), office)


def _given(ctx: Context, task_id: str, to: str) -> dict[str, Any]:
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


def release(c: Context) -> None:
    """Put back what one has, for anybody else to take."""
    assert isinstance(c.command, ReleaseTask)
    _mine(c)
    _give(c, "release", None, WorkflowEvent.TASK_RELEASED, c.command.reason)


def assign(c: Context) -> None:
    """Give a task to somebody, also when another has it. A citizen's task is their own and cannot be given away."""
    assert isinstance(c.command, AssignTask) and c.task is not None
    if not c.command.assignee:
        raise NotPossible(Reason(c.task.element_id, "nobody-named", "say who is to have the task"))
    if c.task.performer == "citizen" and c.command.assignee != c.task.owner_id:
        text = "it is the citizen's own task and cannot be given to another"
        raise NotPossible(Reason(c.task.element_id, "own-task", text))
    _give(c, "assign", c.command.assignee, WorkflowEvent.TASK_ASSIGNED, c.command.reason)


def delegate(c: Context) -> None:
    """Lend a task one has to another, who does it or gives it back."""
    assert isinstance(c.command, DelegateTask) and c.task is not None
    _mine(c)
    if c.command.to in ("", c.task.assignee):
        raise NotPossible(Reason(c.task.element_id, "nobody-named", "name another person than who has the task"))
    _give(c, "delegate", c.command.to, WorkflowEvent.TASK_DELEGATED, c.command.reason, delegated_by=c.task.assignee)


def give_back(c: Context) -> None:
    assert isinstance(c.command, GiveBackTask) and c.task is not None
    _mine(c)
    if c.task.delegated_by is None:
        raise NotPossible(Reason(c.task.element_id, "not-delegated", "the task was not delegated"))
    _give(c, "give_back", c.task.delegated_by, WorkflowEvent.TASK_GIVEN_BACK, c.command.reason)


def _mine(c: Context) -> None:
    """Only who has the task may hand it on; an administrator may for someone who cannot."""
    assert c.task is not None
    if c.actor.role in (Role.ADMINISTRATOR, Role.SYSTEM) or c.task.assignee == c.actor.person_id:
        return
    if c.task.assignee:
        raise AlreadyDone(c.task.assignee, None, "claimed")
    raise Forbidden(c.task.element_id)


def _give(
    c: Context, trigger: str, to: str | None, kind: WorkflowEvent, reason: str = "", delegated_by: str | None = None
) -> None:
    """Move the task's life cycle and say whose it is now; once no longer lent, it has no lender."""
    assert c.task is not None
    try:
        state = USER_TASK.after(c.task.state, trigger)
    except NotAllowed:
        raise AlreadyDone(c.task.assignee or "", None, c.task.state) from None
    _set(c, state=state, assignee=to, delegated_by=delegated_by)
    note(c, trigger, kind, c.task.assignee, to, reason)


def pause(c: Context) -> None:
    """Nobody can do it for now. Where the definition lets the clock stand, warning and deadline wait too."""
    assert isinstance(c.command, PauseTask) and c.task is not None and c.token is not None
    _move_pause(c, "pause")
    _set(c, paused_at=c.now)
    c.open_tasks = None  # the case file is to see the pause
    if c.token.element.extension.pause_stops_clock:
        _unwatch(c)
    note(c, "pause", WorkflowEvent.TASK_PAUSED, reason=c.command.reason)


def resume(c: Context) -> None:
    """On again. A clock that stood goes on from where it was stopped."""
    assert isinstance(c.command, ResumeTask) and c.task is not None and c.token is not None
    _move_pause(c, "resume")
    values: dict[str, Any] = {"paused_at": None}
    if c.token.element.extension.pause_stops_clock:
        stood = c.now - c.task.paused_at
        moved = {name: at + stood for name in ("due_at", "warn_at") if (at := getattr(c.task, name)) is not None}
        values.update(moved)
        due, warn = moved.get("due_at"), moved.get("warn_at")
        passed = c.task.escalated_at is not None
        deadlines.watch(c.execution, c.token, None if passed else due, None if _warned(c) else warn)
    _set(c, **values)
    c.open_tasks = None  # their dates are not those read under the lock any more
    note(c, "resume", WorkflowEvent.TASK_RESUMED, reason=c.command.reason)


def _move_pause(c: Context, trigger: str) -> None:
    assert c.task is not None
    try:
        TASK_PAUSE.after("running" if c.task.paused_at is None else "paused", trigger)
    except NotAllowed:
        state = "not paused" if c.task.paused_at is None else "paused"
        raise NotPossible(Reason(c.task.element_id, "task-paused", f"the task is {state} already")) from None


def plan(c: Context) -> None:
    """Set the planned date, or none. The deadline is hard: no plan goes beyond it."""
    assert isinstance(c.command, PlanTask) and c.task is not None
    at = c.command.follow_up_at
    if at is not None and c.task.due_at is not None and at > c.task.due_at:
        text = f"the planned date is after the deadline {c.task.due_at.isoformat()}"
        raise NotPossible(Reason(c.task.element_id, "after-deadline", text))
    _set(c, follow_up_at=at)
    if c.case_before is not None and c.case_before["waiting_task"] == c.task.element_id:
        c.connection.execute(update(case_file).where(case_file.c.id == c.case_id).values(follow_up_at=at))
        c.case_before["follow_up_at"] = at
    note(c, "plan", WorkflowEvent.TASK_PLANNED, data={"follow_up": None if at is None else at.isoformat()})


def extend(c: Context) -> None:
    """Move the deadline. One that had passed is watched anew, and may pass again; a plan stays what it is."""
    assert isinstance(c.command, ExtendTask) and c.task is not None and c.token is not None
    due, was = c.command.due_at, c.task.due_at
    if was is None or due <= c.now:
        text = "the task has no deadline" if was is None else "the new deadline is in the past"
        raise NotPossible(Reason(c.task.element_id, "no-deadline" if was is None else "in-the-past", text))
    if c.task.paused_at is not None:
        raise NotPossible(Reason(c.task.element_id, "task-paused", "the task is paused; resume it first"))
    warn = c.task.warn_at + (due - was) if c.task.warn_at is not None else None
    _unwatch(c)
    deadlines.watch(c.execution, c.token, due, warn)
    _set(c, due_at=due, warn_at=warn, escalated_at=None)
    c.open_tasks = None  # their dates are not those read under the lock any more
    note(
        c,
        "extend",
        WorkflowEvent.TASK_EXTENDED,
        reason=c.command.reason,
        data={"was": was.isoformat(), "due": due.isoformat()},
    )


def pass_deadline(c: Context) -> None:
    """A warning window begins or a deadline has passed: written down once, and thrown when the definition says so."""
    assert c.token is not None and c.work is not None
    c.task = c.connection.execute(select(user_task).where(user_task.c.id == c.token.id)).one()
    if c.work.name == deadlines.WARNING:
        note(c, "warn", WorkflowEvent.DEADLINE_NEAR)
        return
    _set(c, escalated_at=c.now)
    caught = deadlines.passed(c.execution, c.token)
    advance.run(c.execution)
    note(c, "escalate", WorkflowEvent.DEADLINE_PASSED, data={"caught": caught})


def _set(c: Context, **values: object) -> None:
    assert c.task is not None
    c.connection.execute(update(user_task).where(user_task.c.id == c.task.id).values(**values))


def _unwatch(c: Context) -> None:
    assert c.task is not None
    c.connection.execute(delete(due_work).where(due_work.c.token_id == c.task.id, due_work.c.kind == deadlines.KIND))


def _warned(c: Context) -> bool:
    assert c.task is not None
    wanted = (task_change.c.task_id == c.task.id, task_change.c.kind == "warn")
    return c.connection.execute(select(task_change.c.id).where(*wanted)).first() is not None


def note(
    c: Context,
    kind: str,
    audit_kind: WorkflowEvent,
    from_person: str | None = None,
    to_person: str | None = None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """One line of the task's history, and what the audit trail says of it: ids and codes, never the reason's words."""
    assert c.task is not None
    identity = str(uuid.uuid4())
    seq = c.connection.execute(
        select(func.coalesce(func.max(task_change.c.seq), 0) + 1).where(task_change.c.task_id == c.task.id)
    ).scalar_one()
    c.connection.execute(
        insert(task_change).values(
            id=identity,
            task_id=c.task.id,
            case_id=c.task.case_id,
            seq=seq,
            kind=kind,
            at=c.now,
            by=c.actor.person_id,
            from_person=from_person,
            to_person=to_person,
            reason=_sealed(c, identity, reason),
        )
    )
    c.audit_kind = audit_kind
    c.audit_data = {"task": c.task.element_id, **(data or {})}
    if from_person != to_person:
        c.audit_data |= {"from": from_person, "to": to_person}
    if reason:
        c.audit_data["said_why"] = True


def _sealed(c: Context, identity: str, reason: str) -> bytes | None:
    if not reason:
        return None
    return c.services.vault.seal(c.connection, c.live.owner_id, f"task_change.reason:{identity}", reason[:2000])
