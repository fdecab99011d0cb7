"""What people do with user tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, update

from engine.platform.compiled_statements import Prepared
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization import candidates
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotPossible, Reason
from engine.workflow.execution import advance, attachments, data
from engine.workflow.execution.commands import CompleteTask, SaveTaskData
from engine.workflow.execution.context import Context
from engine.workflow.execution.lifecycle import USER_TASK
from engine.workflow.execution.models import user_task
from engine.workflow.execution.tokens import TASK

_END = Prepared(
    update(user_task)
    .where(user_task.c.id == bindparam("which"))
    .values(state=bindparam("new"), ended_at=bindparam("at"), ended_by=bindparam("by"))
)

#: The action a task type asks for when the person names none (Altinn's table).
DEFAULT_ACTION = {
    "data": "write",
    "feedback": "write",
    "confirmation": "confirm",
    "signing": "sign",
    "payment": "pay",
}


def check_access(c: Context) -> None:
    """May this actor do this on this task, now? The policy of the journey decides; the diagram may narrow it down."""
    assert c.task is not None
    action = "write"
    if isinstance(c.command, CompleteTask):
        action = c.command.action or DEFAULT_ACTION.get(c.task.task_type, c.task.task_type)
    c.services.enforce(c, action, c.task.element_id)
    named = c.task.performer == "citizen" and c.actor.role is Role.CITIZEN
    if named and c.task.owner_id != c.actor.person_id:
        raise Forbidden(c.task.element_id)  # the role would do, but the task is another person's
    if not candidates.admits(c, c.task):
        raise Forbidden(c.task.element_id)


def task_is_free(c: Context) -> None:
    """Not in a pause, and nobody else's: one that a colleague has taken says who."""
    assert c.task is not None
    if c.task.paused_at is not None:
        raise NotPossible(Reason(c.task.element_id, "task-paused", "the task is paused; resume it first"))
    if c.task.assignee and c.task.assignee != c.actor.person_id and c.actor.role is not Role.SYSTEM:
        raise AlreadyDone(c.task.assignee, None, "claimed")


def require_seen_data(c: Context) -> None:
    """What another has stored since the form was opened is not written over unseen."""
    assert isinstance(c.command, SaveTaskData | CompleteTask)
    if c.command.seen is None:
        return
    for data_type, content in _submitted(c).items():
        there = data.stored(c.connection, c.services.vault, c.live.id, data_type)
        if there is not None and there.version != c.command.seen and there.content != content:
            raise Conflict(data_type, there)


def _submitted(c: Context) -> dict[str, Mapping[str, Any]]:
    """Data type → what was filled in."""
    if isinstance(c.command, SaveTaskData):
        return {c.command.data_type: c.command.data}
    assert isinstance(c.command, CompleteTask)
    return dict(c.command.data)


def save_data(c: Context) -> None:
    """Keep what was filled in, as it is."""
    assert c.task is not None
    for data_type, content in _submitted(c).items():
        try:
            data.write(
                c.connection,
                c.services.vault,
                instance_id=c.live.id,
                case_id=c.case_id,
                owner_id=c.live.owner_id,
                data_type=data_type,
                content=content,
                now=c.now,
                by=c.actor.person_id,
            )
        except data.Locked:
            raise Conflict(data_type) from None
    if isinstance(c.command, SaveTaskData) and c.command.page:
        c.connection.execute(update(user_task).where(user_task.c.id == c.task.id).values(page=c.command.page))


def validate_task_data(c: Context) -> None:
    """Errors in the form stop here and nothing has changed. A rejection needs no valid form."""
    assert isinstance(c.command, CompleteTask) and c.task is not None
    if c.command.action == "reject":
        return
    issues = c.services.validate(c, c.command.data)
    if any(issue.severity == "error" for issue in issues):
        raise Invalid(issues)


def run_ending_hook(c: Context) -> None:
    """What this one task does when it ends: its task type's handler or its journey's, at most one."""
    assert c.task is not None
    hook = c.services.hooks(c.task.key, c.task.element_id, c.task.task_type)
    if hook is not None:
        hook(c)


def end_task(c: Context) -> None:
    """The task is done by this person, and what was filled in can no longer be changed."""
    assert isinstance(c.command, CompleteTask) and c.task is not None
    state = USER_TASK.after(c.task.state, "complete")
    c.batch.add(_END, {"which": c.task.id, "new": state, "at": c.now, "by": c.actor.person_id})
    if c.token is not None:
        c.token.waits &= ~TASK
    bundle = c.deployed(c.task.definition_id).bundle
    kind = bundle.data_type_of(c.task.element_id)
    if kind is not None:
        data.lock(c.connection, c.live.id, kind.stored_as(c.task.owner_id), locked=True)
    files = bundle.attachments_of(c.task.element_id)
    attachments.lock(c.connection, c.live.id, c.task.owner_id, files, locked=True)
    c.audit_kind = WorkflowEvent.TASK_COMPLETED
    c.audit_data = {"task": c.task.element_id, "process": c.task.key, "action": c.command.action}


def take_outgoing_flows(c: Context) -> None:
    """From the finished task onwards, until every token rests."""
    assert isinstance(c.command, CompleteTask) and c.token is not None
    variables = dict(c.command.variables)
    if c.command.action:
        variables["action"] = c.command.action
    c.execution.later(advance.complete, c.token, variables)
    advance.run(c.execution)


def unlock_task_data(c: Context) -> None:
    """A task entered again may be filled in again."""
    for task in c.execution.tasks:
        bundle = c.deployed(task.token.instance.definition_id).bundle
        kind = bundle.data_type_of(task.token.element.id)
        if task.token.instance.new:
            continue
        owner = task.person or task.token.instance.owner_id
        if kind is not None:
            data.lock(c.connection, task.token.instance.id, kind.stored_as(owner), locked=False)
        files = bundle.attachments_of(task.token.element.id)
        attachments.lock(c.connection, task.token.instance.id, owner, files, locked=False)
