"""Files put in a task's form and taken out again before it is sent."""

from __future__ import annotations

from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.errors import NotFound, NotPossible, Reason
from engine.workflow.execution import attachments
from engine.workflow.execution.commands import AttachFile, DetachFile
from engine.workflow.execution.context import Context

#: Of one component, whatever it says itself.
MAX_FILES = 20


def attach_file(ctx: Context) -> None:
    """Keep a file under a component of the task's form, as many and of the kinds its data type allows."""
    assert isinstance(ctx.command, AttachFile) and ctx.task is not None
    kind = ctx.deployed(ctx.task.definition_id).bundle.attachment_types.get(ctx.command.component)
    if kind is None or kind.task_id != ctx.task.element_id:
        raise NotFound(ctx.command.component)
    there = attachments.of_task(ctx.connection, ctx.services.vault, ctx.live.id, ctx.task.owner_id, (kind.id,))
    if len(there) >= (kind.max_count or MAX_FILES):
        raise NotPossible(Reason(kind.id, "files-max", "there are as many files as there may be"))
    if kind.types and ctx.command.content_type not in kind.types:
        raise NotPossible(Reason(kind.id, "files-type", "the file is of another kind than those allowed"))
    identity, digest = attachments.add(
        ctx.connection,
        ctx.services.vault,
        instance_id=ctx.live.id,
        case_id=ctx.case_id,
        owner_id=ctx.task.owner_id,
        by=ctx.actor.person_id,
        component=kind.id,
        name=ctx.command.name,
        content_type=ctx.command.content_type,
        content=ctx.command.content,
        now=ctx.now,
    )
    ctx.audit_kind = WorkflowEvent.FILE_ATTACHED
    ctx.audit_data = {"task": ctx.task.element_id, "process": ctx.task.key, "attachment": identity, "digest": digest}


def detach_file(ctx: Context) -> None:
    """Take it out, if it is of this task's form. One that is gone already is no error: the press was made twice."""
    assert isinstance(ctx.command, DetachFile) and ctx.task is not None
    ours = ctx.deployed(ctx.task.definition_id).bundle.attachments_of(ctx.task.element_id)
    if attachments.remove(ctx.connection, ctx.live.id, ctx.task.owner_id, ours, ctx.command.attachment_id):
        ctx.audit_kind = WorkflowEvent.FILE_DETACHED
        ctx.audit_data = {"task": ctx.task.element_id, "process": ctx.task.key, "attachment": ctx.command.attachment_id}
