"""What jobs and timers do to a case."""

from __future__ import annotations

from sqlalchemy import update

from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.execution import advance, error_propagation, triggers
from engine.workflow.execution.behaviours.timer import firing, schedule_next
from engine.workflow.execution.commands import CancelCase, FinishJob, ThrowError
from engine.workflow.execution.context import Context
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.steps.reasons import require_reason_within_limit
from engine.workflow.jobs.models import due_work


def write_effect(ctx: Context) -> None:
    """What the job found, in the same transaction as the step it allows."""
    assert isinstance(ctx.command, FinishJob | ThrowError)
    if ctx.command.effect is not None:
        ctx.command.effect(ctx.connection)


def finish_job(ctx: Context) -> None:
    assert isinstance(ctx.command, FinishJob) and ctx.token is not None and ctx.work is not None
    ctx.execution.enqueue(advance.complete, ctx.token, ctx.command.variables)
    advance.run(ctx.execution)
    ctx.audit_kind = WorkflowEvent.JOB_FINISHED
    ctx.audit_data = {"element": ctx.work.element_id, "job": ctx.work.name}


def throw_error(ctx: Context) -> None:
    assert isinstance(ctx.command, ThrowError) and ctx.token is not None and ctx.work is not None
    if not error_propagation.throw_error(ctx.execution, ctx.token, ctx.command.code):
        detail = f"{ctx.command.code}: {ctx.command.detail}" if ctx.command.detail else ctx.command.code
        ctx.execution.fail(ctx.token, ExecutionError("uncaught_error", detail), ctx.work.id)
        ctx.connection.execute(update(due_work).where(due_work.c.id == ctx.work.id).values(state="incident"))
    advance.run(ctx.execution)
    ctx.audit_kind = WorkflowEvent.ERROR_THROWN
    ctx.audit_data = {"element": ctx.work.element_id, "code": ctx.command.code}


def fire_timer(ctx: Context) -> None:
    """The element's own timer completes it; a boundary timer fires, and a cycle schedules its next firing."""
    assert ctx.holder is not None and ctx.work is not None
    element = ctx.holder.instance.process.elements[ctx.work.element_id]
    cause = ctx.work.payload.get("cause", "")
    schedule_next(ctx.execution, ctx.holder, element, cause, *firing(ctx.work))
    triggers.trigger(ctx.execution, ctx.holder, element.id, None, cause)
    advance.run(ctx.execution)
    ctx.audit_kind = WorkflowEvent.TIMER_FIRED
    ctx.audit_data = {"element": element.id}


def cancel_case(ctx: Context) -> None:
    assert isinstance(ctx.command, CancelCase)
    ctx.services.enforce(ctx, "delete", "")
    advance.cancel(ctx.execution, ctx.live)
    ctx.audit_kind = WorkflowEvent.CASE_CANCELLED
    ctx.audit_data = {"reason": require_reason_within_limit(ctx.command.reason)}
