"""What jobs and timers do to a case."""

from __future__ import annotations

from sqlalchemy import update

from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.execution import advance, error_propagation, triggers
from engine.workflow.execution.behaviours.timer import arm_again, firing
from engine.workflow.execution.commands import CancelCase, FinishJob, ThrowError
from engine.workflow.execution.context import Context
from engine.workflow.execution.execution import Fault
from engine.workflow.jobs.models import due_work


def write_effect(c: Context) -> None:
    """What the job found, in the same transaction as the step it allows."""
    assert isinstance(c.command, FinishJob | ThrowError)
    if c.command.effect is not None:
        c.command.effect(c.connection)


def finish_job(c: Context) -> None:
    assert isinstance(c.command, FinishJob) and c.token is not None and c.work is not None
    c.execution.later(advance.complete, c.token, c.command.variables)
    advance.run(c.execution)
    c.audit_kind = WorkflowEvent.JOB_FINISHED
    c.audit_data = {"element": c.work.element_id, "job": c.work.name}


def throw_error(c: Context) -> None:
    assert isinstance(c.command, ThrowError) and c.token is not None and c.work is not None
    if not error_propagation.throw_error(c.execution, c.token, c.command.code):
        told = f"{c.command.code}: {c.command.detail}" if c.command.detail else c.command.code
        c.execution.fail(c.token, Fault("uncaught_error", told), c.work.id)
        c.connection.execute(update(due_work).where(due_work.c.id == c.work.id).values(state="incident"))
    advance.run(c.execution)
    c.audit_kind = WorkflowEvent.ERROR_THROWN
    c.audit_data = {"element": c.work.element_id, "code": c.command.code}


def fire_timer(c: Context) -> None:
    """The element's own timer completes it; a boundary timer fires, and a cycle arms itself again."""
    assert c.holder is not None and c.work is not None
    element = c.holder.instance.process.elements[c.work.element_id]
    cause = c.work.payload.get("cause", "")
    arm_again(c.execution, c.holder, element, cause, *firing(c.work))
    triggers.trigger(c.execution, c.holder, element.id, None, cause)
    advance.run(c.execution)
    c.audit_kind = WorkflowEvent.TIMER_FIRED
    c.audit_data = {"element": element.id}


def cancel_case(c: Context) -> None:
    assert isinstance(c.command, CancelCase)
    c.services.enforce(c, "delete", "")
    advance.cancel(c.execution, c.live)
    c.audit_kind = WorkflowEvent.CASE_CANCELLED
    c.audit_data = {"reason": c.command.reason[:200]}
