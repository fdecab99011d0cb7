"""The steps of the commands of operations. ``sequence.py`` says in which order."""

from __future__ import annotations

from engine.workflow.authorization.actor import Role
from engine.workflow.errors import Forbidden, NotFound, NotPossible, Reason
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context, Step
from engine.workflow.execution.steps.reasons import require_reason_within_limit
from engine.workflow.operations import batches, checks, health
from engine.workflow.operations.commands import (
    ContinueBatch,
    ResetBreaker,
    ResolveIncidents,
    StartAuditCheck,
    StopBatch,
)
from engine.workflow.operations.jobs import RunBatch, VerifyAudit, enqueue_once
from engine.workflow.runtime import Runtime


def check_operator(ctx: Context) -> None:
    """Those who run the installation, and nobody else."""
    if ctx.actor.role is not Role.ADMINISTRATOR:
        raise Forbidden(type(ctx.command).__name__)


def start_batch(ctx: Context) -> None:
    """A skip without a reason is no skip; one that is too long is refused before any incident is touched."""
    command = ctx.command
    assert isinstance(command, ResolveIncidents)
    if command.how not in ("retry", "skip"):
        raise NotFound(command.how)
    if command.how == "skip" and not command.reason.strip():
        raise NotPossible(Reason("", "no-reason", "a skip says why"))
    require_reason_within_limit(command.reason.strip())
    batch = batches.create_in(
        ctx.connection,
        f"{command.how}_incident",
        command.targets,
        chosen=command.chosen,
        reason=command.reason,
        by=ctx.actor,
        now=ctx.now,
    )
    _run_in_background(ctx, batch)
    ctx.outcome = Outcome(made=batch)


def stop_batch(ctx: Context) -> None:
    assert isinstance(ctx.command, StopBatch)
    try:
        batches.stop_in(ctx.connection, ctx.command.batch_id)
    except batches.UnknownBatchError:
        raise NotFound(ctx.command.batch_id) from None


def continue_batch(ctx: Context) -> None:
    assert isinstance(ctx.command, ContinueBatch)
    try:
        batches.let_run_in(ctx.connection, ctx.command.batch_id)
    except batches.UnknownBatchError:
        raise NotFound(ctx.command.batch_id) from None
    _run_in_background(ctx, ctx.command.batch_id)


def _run_in_background(ctx: Context, batch: str) -> None:
    ctx.wakes_workers |= enqueue_once(ctx.connection, RunBatch.name, ctx.now, batch=batch)


def reset_breaker(runtime: Runtime) -> Step:
    """The step for an installation: which work a breaker holds is known by its job types."""

    def reset(ctx: Context) -> None:
        assert isinstance(ctx.command, ResetBreaker)
        if health.reset_breaker(ctx.connection, runtime.job_types, ctx.command.name, ctx.actor, ctx.now):
            ctx.outcome = Outcome(made=ctx.command.name)
            ctx.wakes_workers = True

    reset.__name__ = "reset_breaker"
    return reset


def start_audit_check(ctx: Context) -> None:
    assert isinstance(ctx.command, StartAuditCheck)
    check = checks.begin(ctx.connection, ctx.actor, ctx.now)
    ctx.wakes_workers |= enqueue_once(ctx.connection, VerifyAudit.name, ctx.now, check=check)
    ctx.outcome = Outcome(made=check)
