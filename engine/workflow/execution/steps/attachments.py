"""Files put in a task's form and taken out again before it is sent."""

from __future__ import annotations

from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.errors import NotFound, NotPossible, Reason
from engine.workflow.execution import attachments
from engine.workflow.execution.commands import AttachFile, DetachFile
from engine.workflow.execution.context import Context

#: Of one component, whatever it says itself.
MOST = 20


def attach_file(c: Context) -> None:
    """Keep a file under a component of the task's form, as many and of the kinds its data type allows."""
    assert isinstance(c.command, AttachFile) and c.task is not None
    kind = c.deployed(c.task.definition_id).bundle.attachment_types.get(c.command.component)
    if kind is None or kind.task_id != c.task.element_id:
        raise NotFound(c.command.component)
    there = attachments.of_task(c.connection, c.services.vault, c.live.id, c.task.owner_id, (kind.id,))
    if len(there) >= (kind.max_count or MOST):
        raise NotPossible(Reason(kind.id, "files-max", "there are as many files as there may be"))
    if kind.types and c.command.content_type not in kind.types:
        raise NotPossible(Reason(kind.id, "files-type", "the file is of another kind than those allowed"))
    identity, digest = attachments.add(
        c.connection, c.services.vault, instance_id=c.live.id, case_id=c.case_id, owner_id=c.task.owner_id,
        by=c.actor.person_id, component=kind.id, name=c.command.name, content_type=c.command.content_type,
        content=c.command.content, now=c.now,
    )  # fmt: skip
    c.audit_kind = WorkflowEvent.FILE_ATTACHED
    c.audit_data = {"task": c.task.element_id, "process": c.task.key, "attachment": identity, "digest": digest}


def detach_file(c: Context) -> None:
    """Take it out, if it is of this task's form. One that is gone already is no error: the press was made twice."""
    assert isinstance(c.command, DetachFile) and c.task is not None
    ours = c.deployed(c.task.definition_id).bundle.attachments_of(c.task.element_id)
    if attachments.remove(c.connection, c.live.id, c.task.owner_id, ours, c.command.attachment_id):
        c.audit_kind = WorkflowEvent.FILE_DETACHED
        c.audit_data = {"task": c.task.element_id, "process": c.task.key, "attachment": c.command.attachment_id}
