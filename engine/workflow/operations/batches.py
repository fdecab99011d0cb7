"""One operation on many cases: stored with a result per case, so that it can be stopped, killed and gone on with.

Each case is one transaction, with its own line in its own audit trail. A case that
refuses keeps the others from nothing. Any number of runners may work on one batch.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from engine.platform.failpoints import FailPoints
from engine.workflow.audit import chain
from engine.workflow.audit.kinds import OperationsEvent
from engine.workflow.authorization.actor import SYSTEM, Actor
from engine.workflow.errors import Refusal
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.flush import LostRaceError
from engine.workflow.operations import dry_run
from engine.workflow.operations.batch_commands import actor_of, commands, crashed, forget_heads, refusal
from engine.workflow.operations.dry_run import patiently
from engine.workflow.operations.models import BATCH, BatchRow, batch, batch_item
from engine.workflow.runtime import Runtime

log = logging.getLogger(__name__)
ACTIONS = ("cancel", "suspend", "resume", "retry", "migrate", "try", "undo", "retry_incident", "skip_incident")


class UnknownBatchError(KeyError):
    """There is no such batch."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has come. ``state``: ready | running | stopped | done."""

    id: str
    action: str
    state: str
    total: int
    done: int
    refused: int
    pending: int


def create(
    runtime: Runtime,
    action: str,
    targets: Iterable[str],
    *,
    chosen: Mapping[str, Any],
    settings: Mapping[str, Any] | None = None,
    reason: str = "",
    by: Actor = SYSTEM,
) -> str:
    """Store a batch over *targets*; nothing is done yet. Returns its id.

    by  whoever asked for it: the events of incidents it resolves name them
    """
    now = runtime.clock.now()
    with runtime.db.write() as connection:
        return create_in(connection, action, targets, chosen=chosen, settings=settings, reason=reason, by=by, now=now)


def create_in(
    connection: Connection,
    action: str,
    targets: Iterable[str],
    *,
    chosen: Mapping[str, Any],
    settings: Mapping[str, Any] | None = None,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> str:
    """The same, within a transaction."""
    assert action in ACTIONS, action
    identity = str(uuid.uuid4())
    total, rest = 0, iter(targets)
    while chunk := list(islice(rest, 1000)):
        connection.execute(
            insert(batch_item),
            [
                {"batch_id": identity, "position": total + at, "target": target, "state": "pending"}
                for at, target in enumerate(chunk)
            ],
        )
        total += len(chunk)
    connection.execute(
        insert(batch).values(
            id=identity,
            action=action,
            state="ready",
            chosen=dict(chosen),
            settings=dict(settings or {}),
            reason=reason,
            total=total,
            created_at=now,
            created_by=by.person_id,
        )
    )
    data = {"batch": identity, "action": action, "total": total, "chosen": dict(chosen), "reason": reason[:200]}
    chain.append(connection, chain.SYSTEM_CHAIN, now, by, OperationsEvent.BATCH_CREATED, data)
    return identity


def run(
    runtime: Runtime,
    identity: str,
    report: Callable[[Progress], None] | None = None,
    seconds: float | None = None,
) -> Progress:
    """Work until nothing is pending or somebody stops it. Raises ``UnknownBatchError``. May be run again at any time.

    One that was stopped stays so until ``let_run``.

    seconds  leave off after about so long; whoever asked runs it again
    """
    until = None if seconds is None else time.monotonic() + seconds
    with runtime.db.write() as connection:
        _row(connection, identity)
        connection.execute(
            update(batch).where(batch.c.id == identity, batch.c.state == "ready").values(state="running")
        )
    progress = progress_of(runtime, identity)
    some_done = _some_tried if progress.action == "try" else _one_done
    while until is None or time.monotonic() < until:
        outcomes = patiently(partial(some_done, runtime, identity))
        if not outcomes:
            break
        for outcome in outcomes:
            progress = _count(progress, outcome)
        if report is not None:
            report(progress)
    return progress_of(runtime, identity)


def _count(progress: Progress, outcome: str) -> Progress:
    if outcome == "again":
        return progress
    done, refused = progress.done + (outcome != "refused"), progress.refused + (outcome == "refused")
    return Progress(
        progress.id, progress.action, progress.state, progress.total, done, refused, max(0, progress.pending - 1)
    )


def _some_tried(runtime: Runtime, identity: str) -> list[str]:
    """A handful of items of a try-out: carried out together and rolled back, then written down what came of each."""
    with runtime.db.read() as connection:
        row = _row(connection, identity)
        wanted = (batch_item.c.batch_id == identity, batch_item.c.state == "pending")
        found = connection.execute(
            select(batch_item.c.position, batch_item.c.target)
            .where(*wanted)
            .order_by(batch_item.c.position)
            .limit(dry_run.HANDFUL)
        ).all()
    if row.state != "running":
        return []
    outcomes = dry_run.try_some(runtime, row.settings, [item.target for item in found]) if found else {}
    states: list[str] = []
    with runtime.db.write() as connection:
        if not found:
            _finish(runtime, connection, identity)
        for item in found:
            why = outcomes[item.target]
            state = "done" if why is None else "refused"
            done = connection.execute(
                update(batch_item)
                .where(*wanted, batch_item.c.position == item.position)
                .values(state=state, result=why or {}, at=runtime.clock.now())
            )
            states += [state] * done.rowcount  # another runner may have been at the same ones
    return states or ["again"] * bool(found)


def _one_done(runtime: Runtime, identity: str) -> list[str]:
    """Take the next pending item and do it in one transaction. Empty: there is none, or the batch was stopped."""
    with runtime.db.write() as connection:
        row = _row(connection, identity)
        if row.state != "running":
            return []
        item = connection.execute(
            select(batch_item)
            .where(batch_item.c.batch_id == identity, batch_item.c.state == "pending")
            .order_by(batch_item.c.position)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if item is None:
            _finish(runtime, connection, identity)
            return []
        state, result, before = _do(runtime, connection, row, item.target)
        connection.execute(
            update(batch_item)
            .where(batch_item.c.batch_id == identity, batch_item.c.position == item.position)
            .values(state=state, result=result, before=before, at=runtime.clock.now())
        )
        FailPoints(runtime.settings.fail_point).reach(f"batch_item_{item.position}")
        return [state]


def _finish(runtime: Runtime, connection: Connection, identity: str) -> None:
    """Done once nobody has an item in hand any more."""
    left = connection.execute(
        select(func.count()).where(batch_item.c.batch_id == identity, batch_item.c.state == "pending")
    ).scalar_one()
    if not left:
        connection.execute(
            update(batch)
            .where(batch.c.id == identity, batch.c.state == "running")
            .values(state="done", ended_at=runtime.clock.now())
        )


def _do(runtime: Runtime, connection: Connection, row: BatchRow, target: str) -> tuple[str, dict[str, Any], Any]:
    try:
        with connection.begin_nested():
            before: Any = None
            for command in commands(runtime, connection, row, target):
                outcome = runtime.dispatch.send(command, actor_of(row), connection=connection)
                before = outcome.detail
            if row.action == "undo":
                _mark_undone(connection, row, target)
        return "done", {}, before
    except (Refusal, ExecutionError) as error:
        forget_heads(connection)
        return "refused", refusal(error), None
    except (LostRaceError, DBAPIError):
        raise
    except Exception as error:
        log.exception("batch %s failed on %s", row.id, target, exc_info=False)
        forget_heads(connection)
        return "refused", crashed(error), None


def _mark_undone(connection: Connection, row: BatchRow, target: str) -> None:
    connection.execute(
        update(batch_item)
        .where(batch_item.c.batch_id == row.settings["of"], batch_item.c.target == target)
        .values(state="undone", before=None)
    )


def stop(runtime: Runtime, identity: str) -> Progress:
    """Let the runners end after the case they have in hand. ``let_run`` takes it back. Raises ``UnknownBatchError``."""
    with runtime.db.write() as connection:
        stop_in(connection, identity)
    return progress_of(runtime, identity)


def stop_in(connection: Connection, identity: str) -> None:
    """The same, within a transaction."""
    _row(connection, identity)
    connection.execute(
        update(batch).where(batch.c.id == identity, batch.c.state.in_(("ready", "running"))).values(state="stopped")
    )


def let_run(runtime: Runtime, identity: str) -> None:
    """Take back a stop: whoever runs it next goes on. Raises ``UnknownBatchError``."""
    with runtime.db.write() as connection:
        let_run_in(connection, identity)


def let_run_in(connection: Connection, identity: str) -> None:
    """The same, within a transaction."""
    _row(connection, identity)
    connection.execute(update(batch).where(batch.c.id == identity, batch.c.state == "stopped").values(state="ready"))


def progress_of(runtime: Runtime, identity: str) -> Progress:
    """Raises ``UnknownBatchError``."""
    with runtime.db.read() as connection:
        return _progress(connection, _row(connection, identity))


def _progress(connection: Connection, row: BatchRow) -> Progress:
    counted = connection.execute(
        select(batch_item.c.state, func.count()).where(batch_item.c.batch_id == row.id).group_by(batch_item.c.state)
    )
    counts: dict[str, int] = {row[0]: row[1] for row in counted}
    pending, refused = counts.get("pending", 0), counts.get("refused", 0)
    return Progress(row.id, row.action, row.state, row.total, row.total - pending - refused, refused, pending)


def latest(runtime: Runtime, limit: int = 50) -> list[Progress]:
    """The newest batches, newest first."""
    with runtime.db.read() as connection:
        found = connection.execute(BATCH.order_by(batch.c.created_at.desc(), batch.c.id).limit(limit)).all()
        return [_progress(connection, BatchRow(*row)) for row in found]


def results(runtime: Runtime, identity: str, state: str = "", after: int = -1) -> list[dict[str, Any]]:
    """Up to 500 items of a batch in order, after a position; with *state* those alone. Raises ``UnknownBatchError``."""
    with runtime.db.read() as connection:
        _row(connection, identity)
        wanted = [batch_item.c.batch_id == identity, batch_item.c.position > after]
        if state:
            wanted.append(batch_item.c.state == state)
        found = connection.execute(select(batch_item).where(*wanted).order_by(batch_item.c.position).limit(500)).all()
    return [{"position": row.position, "target": row.target, "state": row.state, **(row.result or {})} for row in found]


def migrated_by(runtime: Runtime, identity: str) -> list[str]:
    """What a migration batch has moved and nobody has put back. Raises ``UnknownBatchError``."""
    with runtime.db.read() as connection:
        return migrated_in(connection, identity)


def migrated_in(connection: Connection, identity: str) -> list[str]:
    """The same, within a transaction."""
    row = _row(connection, identity)
    if row.action != "migrate":
        raise UnknownBatchError(f"{identity} is not a migration")
    wanted = (batch_item.c.batch_id == identity, batch_item.c.state == "done")
    return list(
        connection.execute(select(batch_item.c.target).where(*wanted).order_by(batch_item.c.position)).scalars()
    )


def _row(connection: Connection, identity: str) -> BatchRow:
    row = connection.execute(BATCH.where(batch.c.id == identity)).first()
    if row is None:
        raise UnknownBatchError(f"there is no batch {identity}")
    return BatchRow(*row)
