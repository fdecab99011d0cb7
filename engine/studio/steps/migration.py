"""Moves of running cases: begun, stopped, gone on with and reverted. Workers carry them out, a case at a time."""

from __future__ import annotations

from engine.studio import case_migration
from engine.studio.commands import BatchCommand, MoveCases, TryMove
from engine.workflow.definitions.library import UnknownDefinitionError
from engine.workflow.errors import NotFound, NotPossible, Reason
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context
from engine.workflow.operations.models import BatchRow


def lock_batch(ctx: Context) -> None:
    """The move, which is one of this process; ``ctx.locked`` holds it."""
    assert isinstance(ctx.command, BatchCommand)
    ctx.locked = case_migration.batch_in(ctx.connection, ctx.command.key, ctx.command.batch_id, lock=True)
    if ctx.locked is None:
        raise NotFound(ctx.command.batch_id)


def require_version(ctx: Context) -> None:
    """Cases move to a version of their own process."""
    assert isinstance(ctx.command, MoveCases | TryMove)
    if not ctx.command.to and isinstance(ctx.command, TryMove):
        return
    try:
        key = ctx.services.library.get(ctx.connection, ctx.command.to).key
    except UnknownDefinitionError:
        raise NotFound(ctx.command.to) from None
    if key != ctx.command.key:
        raise NotFound(ctx.command.to)


def move_cases(ctx: Context) -> None:
    """A batch over every case that runs on another version."""
    command = ctx.command
    assert isinstance(command, MoveCases)
    _begun(
        ctx,
        case_migration.move(
            ctx.connection, command.key, command.to, command.mapping, command.reason, ctx.actor, ctx.now
        ),
    )


def try_move(ctx: Context) -> None:
    """The same, tried and rolled back."""
    command = ctx.command
    assert isinstance(command, TryMove)
    target = command.to or command.revision
    _begun(ctx, case_migration.try_all(ctx.connection, command.key, target, command.mapping, ctx.actor, ctx.now))


def revert_move(ctx: Context) -> None:
    """Another batch puts back what this one has moved."""
    move = ctx.found(BatchRow)
    if move.action != "migrate":
        raise NotPossible(Reason("", "not-a-move", "only a move can be put back"))
    _begun(ctx, case_migration.revert(ctx.connection, move.chosen["process"], move.id, ctx.actor, ctx.now))


def _begun(ctx: Context, batch: str) -> None:
    ctx.outcome = Outcome(made=batch)
    ctx.wakes_workers = True
