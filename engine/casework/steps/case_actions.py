"""Taking, returning, assigning, planning, pausing and extending a case, with its tasks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from engine.casework import case_actions, members, notices
from engine.casework.commands import (
    AddNote,
    AssignCase,
    ExtendDeadline,
    PauseCase,
    PlanCase,
    ReturnCase,
    TakeCase,
    UnpauseCase,
)
from engine.casework.event_kinds import CaseworkEvent
from engine.platform.calendar import add_days
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.errors import AlreadyDone, Forbidden, NotPossible, Reason
from engine.workflow.execution.commands import (
    AssignTask,
    ClaimTask,
    Command,
    ExtendTask,
    PauseTask,
    PlanTask,
    ReleaseTask,
    ResumeTask,
)
from engine.workflow.execution.context import Context
from engine.workflow.instances.models import case_file

#: Characters.
MAX_REASON = 1000

#: Days a pause lasts when nobody says until when.
PAUSE_DAYS = 14


def require_open_case(ctx: Context) -> None:
    """Nothing is done with a case that is closed."""
    if ctx.opened.state != "open":
        raise NotPossible(Reason("", "case-closed", "the case is closed"))


def limit_reason(ctx: Context) -> None:
    """A reason is a line or two; one that is longer is refused, never cut."""
    if len(getattr(ctx.command, "reason", "")) > MAX_REASON:
        raise NotPossible(Reason("", "reason-long", f"the reason has more than {MAX_REASON} characters"))


def require_reason(ctx: Context) -> None:
    """Some acts are never done without a word why."""
    if not getattr(ctx.command, "reason", "").strip():
        raise NotPossible(Reason("", "no-reason", "say why"))
    limit_reason(ctx)


def note_return(ctx: Context) -> None:
    """Why a case was put back stands in its journal, for the office."""
    assert isinstance(ctx.command, ReturnCase)
    ctx.send(AddNote(ctx.case_id, ctx.command.reason, "internal"))


def take_case(ctx: Context) -> None:
    """Become responsible, with the tasks nobody has. Leaves no event for who has it already."""
    assert isinstance(ctx.command, TakeCase)
    case, me = ctx.opened, ctx.actor.person_id
    if case.responsible == me:
        return
    if case.responsible is not None:
        raise AlreadyDone(case.responsible, None, "taken")
    _set_responsible(ctx, me)
    for task in case_actions.tasks(ctx.connection, case.id):
        if task.assignee is None:
            _send_if_allowed(ctx, ClaimTask(task.id))
    ctx.audit_kind, ctx.audit_data = CaseworkEvent.CASE_TAKEN, {"from": None, "to": me}


def return_case(ctx: Context) -> None:
    """By who has the case, or who leads the office; the tasks the actor has go back with it."""
    assert isinstance(ctx.command, ReturnCase)
    case, me = ctx.opened, ctx.actor.person_id
    if case.responsible is None:
        raise NotPossible(Reason("", "nobody-has", "nobody has the case"))
    if case.responsible != me and not members.leads(ctx.connection, _office(ctx), me):
        raise AlreadyDone(case.responsible, None, "taken")
    _set_responsible(ctx, None)
    for task in case_actions.tasks(ctx.connection, case.id):
        if task.assignee == me:
            ctx.send(ReleaseTask(task.id, ctx.command.reason))
    ctx.audit_kind = CaseworkEvent.CASE_RETURNED
    ctx.audit_data = {"from": case.responsible, "to": None, "said_why": True}


def assign_case(ctx: Context) -> None:
    """Give the case and its tasks to a colleague, also when another has it."""
    assert isinstance(ctx.command, AssignCase)
    case, to, reason = ctx.opened, ctx.command.to, ctx.command.reason
    if not members.works_here(ctx.connection, _office(ctx), to):
        raise NotPossible(Reason("", "not-colleague", "the person does not work at this office"))
    tasks = [task for task in case_actions.tasks(ctx.connection, case.id) if task.assignee != to]
    if case.responsible == to and not tasks:
        raise NotPossible(Reason("", "has-it", "the person has the case already"))
    _set_responsible(ctx, to)
    for task in tasks:
        _send_if_allowed(ctx, AssignTask(task.id, to, reason))
    ctx.audit_kind = CaseworkEvent.CASE_ASSIGNED
    ctx.audit_data = {"from": case.responsible, "to": to, **({"said_why": True} if reason else {})}


def notify_assignee(ctx: Context) -> None:
    """The colleague is told; nobody is told of what they did themselves."""
    assert isinstance(ctx.command, AssignCase)
    if ctx.command.to != ctx.actor.person_id:
        content = {"by": ctx.actor.person_id, "reason": ctx.command.reason}
        notices.give_to_colleague(
            ctx.connection,
            ctx.services.vault,
            case=ctx.opened,
            person_id=ctx.command.to,
            kind="assigned",
            content=content,
            now=ctx.now,
        )


def plan_case(ctx: Context) -> None:
    """When somebody means to look at it. Never in the past or beyond a deadline, except one that a pause is moving."""
    assert isinstance(ctx.command, PlanCase)
    case, at = ctx.opened, ctx.command.at
    if at is not None and at < ctx.now:
        raise NotPossible(Reason("", "in-the-past", "the planned date is in the past"))
    if at is not None and case.deadline_at is not None and at > case.deadline_at and case.paused_at is None:
        raise NotPossible(Reason("", "after-deadline", "the planned date is after the deadline"))
    for task in case_actions.tasks(ctx.connection, case.id):
        _send_if_allowed(ctx, PlanTask(task.id, at))
    _set(ctx, follow_up_at=at)
    ctx.audit_kind = CaseworkEvent.CASE_PLANNED
    ctx.audit_data = {"from": _iso(case.follow_up_at), "to": _iso(at)}


def pause_case(ctx: Context) -> None:
    """Every running task rests, and the case waits for whom the code says.

    No pause is without an end: the case is planned for that day, and is among what is planned when it comes.
    """
    assert isinstance(ctx.command, PauseCase)
    code = ctx.command.code
    until = ctx.command.until or add_days(ctx.now, PAUSE_DAYS)
    if until < ctx.now:
        raise NotPossible(Reason("", "in-the-past", "the pause ends in the past"))
    running = [task for task in case_actions.tasks(ctx.connection, ctx.case_id) if task.paused_at is None]
    if code not in case_actions.PAUSES or not running or ctx.opened.paused_at is not None:
        raise NotPossible(Reason("", "nothing-to-pause", "there is no running task to pause"))
    for task in running:
        ctx.send(PauseTask(task.id, ctx.command.reason))
        _send_if_allowed(ctx, PlanTask(task.id, until))
    _set(
        ctx,
        follow_up_at=until,
        paused_at=ctx.now,
        pause_reason=code,
        waiting_for=case_actions.PAUSES[code],
        waiting_since=ctx.now,
    )
    ctx.audit_kind, ctx.audit_data = CaseworkEvent.CASE_PAUSED, {"from": None, "to": code}


def unpause_case(ctx: Context) -> None:
    """Where the definition let the clock stand, the deadlines have moved by as long as it stood."""
    assert isinstance(ctx.command, UnpauseCase)
    held = [task for task in case_actions.tasks(ctx.connection, ctx.case_id) if task.paused_at is not None]
    if ctx.opened.paused_at is None and not held:
        raise NotPossible(Reason("", "not-paused", "the case is not in a pause"))
    for task in held:
        _send_if_allowed(ctx, PlanTask(task.id, None))
    _set(ctx, paused_at=None, pause_reason=None, follow_up_at=None)
    for task in held:
        ctx.send(ResumeTask(task.id, ctx.command.reason))
    ctx.audit_kind, ctx.audit_data = WorkflowEvent.CASE_RESUMED, {"from": ctx.opened.pause_reason, "to": None}


def extend_deadlines(ctx: Context) -> None:
    """Each task with a deadline leaves an event of its own."""
    assert isinstance(ctx.command, ExtendDeadline)
    dated = [task for task in case_actions.tasks(ctx.connection, ctx.case_id) if task.due_at is not None]
    if not dated:
        raise NotPossible(Reason("", "no-deadline", "no open task has a deadline"))
    for task in dated:
        ctx.send(ExtendTask(task.id, ctx.command.due_at, ctx.command.reason))


def _office(ctx: Context) -> str:
    return ctx.actor.office.orgno if ctx.actor.office else ""


def _set_responsible(ctx: Context, to: str | None) -> None:
    """Change who is responsible, if it still is who the lock showed."""
    was = ctx.opened.responsible
    still = case_file.c.responsible == was if was else case_file.c.responsible.is_(None)
    done = ctx.connection.execute(
        update(case_file)
        .where(case_file.c.id == ctx.case_id, case_file.c.state == "open", still)
        .values(responsible=to)
    )
    if done.rowcount != 1:
        holder = ctx.connection.execute(select(case_file.c.responsible).where(case_file.c.id == ctx.case_id)).scalar()
        raise AlreadyDone(holder or "", None, "taken")


def _send_if_allowed(ctx: Context, command: Command) -> None:
    """A task the diagram keeps for others stays theirs; the case is still whoever's it became."""
    try:
        ctx.send(command)
    except Forbidden:
        return


def _set(ctx: Context, **values: object) -> None:
    ctx.connection.execute(update(case_file).where(case_file.c.id == ctx.case_id).values(**values))


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
