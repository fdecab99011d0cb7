"""What people do with user tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, update

from engine.platform.compiled_statements import Prepared
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization import candidates, pip
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotPossible, Reason
from engine.workflow.execution import advance, attachments, data
from engine.workflow.execution.commands import CompleteOnBehalf, CompleteTask, SaveTaskData
from engine.workflow.execution.context import Context
from engine.workflow.execution.lifecycle import USER_TASK
from engine.workflow.execution.models import user_task
from engine.workflow.execution.tokens import TASK

_END = Prepared(
    update(user_task)
    .where(user_task.c.id == bindparam("which"))
    .values(state=bindparam("new"), ended_at=bindparam("at"), ended_by=bindparam("by"))
)

#: The action of doing a step for a citizen who has said what they want by phone, at the office or on paper.
REGISTER = "register"
#: The action a task type asks for when the person names none (Altinn's table).
DEFAULT_ACTION = {
    "data": "write",
    "feedback": "write",
    "confirmation": "confirm",
    "signing": "sign",
    "payment": "pay",
}


def check_access(ctx: Context) -> None:
    """May this actor do this on this task, now? The policy of the journey decides; the diagram may narrow it down."""
    assert ctx.task is not None
    action = "write"
    if isinstance(ctx.command, CompleteTask):
        action = ctx.command.action or DEFAULT_ACTION.get(ctx.task.task_type, ctx.task.task_type)
    ctx.services.enforce(ctx, action, ctx.task.element_id)
    named = ctx.task.performer == "citizen" and ctx.actor.role is Role.CITIZEN
    if named and ctx.task.owner_id != ctx.actor.person_id and not _represents_owner(ctx):
        raise Forbidden(ctx.task.element_id)  # the role would do, but the task is another person's
    if not candidates.admits(ctx, ctx.task):
        raise Forbidden(ctx.task.element_id)


def _represents_owner(ctx: Context) -> bool:
    """Whether the task is of the case's owner, and the actor a guardian or another representative of theirs."""
    assert ctx.task is not None
    owner_id = ctx.live.owner_id
    return ctx.task.owner_id == owner_id and pip.represents(ctx.connection, ctx.actor, owner_id, ctx.case_id)


def check_registration(ctx: Context) -> None:
    """Only what the citizen was to do can be done for them, and only where the journey's policy says so."""
    assert isinstance(ctx.command, CompleteOnBehalf) and ctx.task is not None
    ctx.services.enforce(ctx, REGISTER, ctx.task.element_id)
    if ctx.task.performer != "citizen":
        raise Forbidden(ctx.task.element_id)


def require_available(ctx: Context) -> None:
    """Not in a pause, and nobody else's: one that a colleague has taken says who."""
    assert ctx.task is not None
    if ctx.task.paused_at is not None:
        raise NotPossible(Reason(ctx.task.element_id, "task-paused", "the task is paused; resume it first"))
    if ctx.task.assignee and ctx.task.assignee != ctx.actor.person_id and ctx.actor.role is not Role.SYSTEM:
        raise AlreadyDone(ctx.task.assignee, None, "claimed")


def require_seen_data(ctx: Context) -> None:
    """What another has stored since the form was opened is not written over unseen."""
    assert isinstance(ctx.command, SaveTaskData | CompleteTask)
    if ctx.command.seen is None:
        return
    for data_type, content in _submitted(ctx).items():
        there = data.stored(ctx.connection, ctx.services.vault, ctx.live.id, data_type)
        if there is not None and there.version != ctx.command.seen and there.content != content:
            raise Conflict(data_type, there)


def _submitted(ctx: Context) -> dict[str, Mapping[str, Any]]:
    """Data type → what was filled in."""
    if isinstance(ctx.command, SaveTaskData):
        return {ctx.command.data_type: ctx.command.data}
    assert isinstance(ctx.command, CompleteTask)
    return dict(ctx.command.data)


def save_data(ctx: Context) -> None:
    """Keep what was filled in, as it is."""
    assert ctx.task is not None
    for data_type, content in _submitted(ctx).items():
        try:
            data.write(
                ctx.connection,
                ctx.services.vault,
                instance_id=ctx.live.id,
                case_id=ctx.case_id,
                owner_id=ctx.live.owner_id,
                data_type=data_type,
                content=content,
                now=ctx.now,
                by=ctx.actor.person_id,
            )
        except data.DataLockedError:
            raise Conflict(data_type) from None
    if isinstance(ctx.command, SaveTaskData) and ctx.command.page:
        ctx.connection.execute(update(user_task).where(user_task.c.id == ctx.task.id).values(page=ctx.command.page))


def validate_task_data(ctx: Context) -> None:
    """Errors in the form stop here and nothing has changed. A rejection needs no valid form."""
    assert isinstance(ctx.command, CompleteTask) and ctx.task is not None
    if ctx.command.action == "reject":
        return
    issues = ctx.services.validate(ctx, ctx.command.data)
    if any(issue.severity == "error" for issue in issues):
        raise Invalid(issues)


def run_ending_hook(ctx: Context) -> None:
    """What this one task does when it ends: its task type's handler or its journey's, at most one."""
    assert ctx.task is not None
    hook = ctx.services.hooks(ctx.task.key, ctx.task.element_id, ctx.task.task_type)
    if hook is not None:
        hook(ctx)


def end_task(ctx: Context) -> None:
    """The task is done by this person, and what was filled in can no longer be changed."""
    assert isinstance(ctx.command, CompleteTask) and ctx.task is not None
    state = USER_TASK.after(ctx.task.state, "complete")
    ctx.batch.add(_END, {"which": ctx.task.id, "new": state, "at": ctx.now, "by": ctx.actor.person_id})
    if ctx.token is not None:
        ctx.token.waits &= ~TASK
    bundle = ctx.deployed(ctx.task.definition_id).bundle
    kind = bundle.data_type_of(ctx.task.element_id)
    if kind is not None:
        data.lock(ctx.connection, ctx.live.id, kind.stored_as(ctx.task.owner_id), locked=True)
    files = bundle.attachments_of(ctx.task.element_id)
    attachments.lock(ctx.connection, ctx.live.id, ctx.task.owner_id, files, locked=True)
    ctx.audit_kind = WorkflowEvent.TASK_COMPLETED
    ctx.audit_data = {"task": ctx.task.element_id, "process": ctx.task.key, "action": ctx.command.action}


def note_registration(ctx: Context) -> None:
    """The trail says for whom it was done and how they said it."""
    assert isinstance(ctx.command, CompleteOnBehalf) and ctx.task is not None
    ctx.audit_kind = WorkflowEvent.TASK_REGISTERED
    ctx.audit_data["for"] = ctx.task.owner_id
    if ctx.command.received is not None:
        ctx.audit_data["received"] = ctx.command.received.channel


def take_outgoing_flows(ctx: Context) -> None:
    """From the finished task onwards, until every token rests."""
    assert isinstance(ctx.command, CompleteTask) and ctx.token is not None
    variables = dict(ctx.command.variables)
    if ctx.command.action:
        variables["action"] = ctx.command.action
    ctx.execution.enqueue(advance.complete, ctx.token, variables)
    advance.run(ctx.execution)


def unlock_task_data(ctx: Context) -> None:
    """A task entered again may be filled in again."""
    for task in ctx.execution.tasks:
        bundle = ctx.deployed(task.token.instance.definition_id).bundle
        kind = bundle.data_type_of(task.token.element.id)
        if task.token.instance.new:
            continue
        owner = task.person or task.token.instance.owner_id
        if kind is not None:
            data.lock(ctx.connection, task.token.instance.id, kind.stored_as(owner), locked=False)
        files = bundle.attachments_of(task.token.element.id)
        attachments.lock(ctx.connection, task.token.instance.id, owner, files, locked=False)
