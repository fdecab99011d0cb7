"""Running cases and a new version: what would happen to each, tried for real and rolled back, and moving them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from engine.application import Application
from engine.workflow.authorization.actor import Actor
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Deployed
from engine.workflow.errors import Reason
from engine.workflow.execution.models import process_instance
from engine.workflow.instances.models import case_file
from engine.workflow.operations import batches
from engine.workflow.operations.dry_run import tried
from engine.workflow.operations.jobs import RunBatch, enqueue_once
from engine.workflow.operations.models import BATCH, BatchRow, batch, batch_item
from engine.workflow.operations.selection import LIVE

#: Cases tried while somebody waits; where there are more, a worker tries them all, and the page shows how far it is.
MAX_TRIED = 500
#: Case numbers shown for each reason.
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Held:
    """*cases* cases that *reason* keeps where they are; numbers of some of them."""

    reason: Reason
    cases: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a move would come to.

    total    cases that run on other versions
    fit      how many of them would be moved
    held     what keeps the others, the commonest first
    """

    total: int
    fit: int
    held: tuple[Held, ...]


def dry_run(application: Application, key: str, target: Deployed | Bundle, mapping: Mapping[str, str], by: str) -> Plan:
    """Move every running case to *target* for real and roll it back: the answer is that of the real thing.

    *target* may be a draft: it is deployed in the same transaction, and gone with it. Some at a time, so that what
    others write waits for a handful of moves and not for all.
    """
    with application.db.read() as connection:
        targets = _targets(connection, key, "" if isinstance(target, Bundle) else target.id)
    outcomes = tried(application, target if isinstance(target, Bundle) else target.id, mapping, targets, by)
    refused = [(why, 1, [identity]) for identity, why in outcomes if why is not None]
    with application.db.read() as connection:
        return Plan(len(targets), len(targets) - len(refused), _held(connection, refused))


def how_many(application: Application, key: str, target: str = "") -> int:
    """Running cases that a move would be about."""
    with application.db.read() as connection:
        return running(connection, key, target)


def running(connection: Connection, key: str, target: str = "") -> int:
    """The same, within a transaction."""
    found = select(func.count()).select_from(process_instance).where(*_running(key, target))
    return connection.execute(found).scalar_one()


def try_all(
    connection: Connection, key: str, target: str | int, mapping: Mapping[str, str], by: Actor, now: datetime
) -> str:
    """A batch that tries every running case, carried out by a worker. *target*: a version's id, or a draft's revision.

    Returns its id.
    """
    to = "" if isinstance(target, int) else target
    aim = {"to": to} if to else {"draft": key, "revision": target}
    settings = {**aim, "mapping": dict(mapping)}
    return _begin(connection, "try", _targets(connection, key, to), {"process": key}, settings, "", by, now)


def plan_of(application: Application, identity: str) -> Plan:
    """What a batch has come to; of a try-out, the plan of the move."""
    progress = batches.progress_of(application, identity)
    with application.db.read() as connection:
        return Plan(progress.total, progress.done, _held(connection, _refusals(connection, identity)))


#: What refused cases, as data, how many cases, and some of them.
Refusals = Iterable[tuple[Mapping[str, Any], int, list[str]]]


def _refusals(connection: Connection, identity: str) -> Refusals:
    """The refusals of a batch, those that are alike counted by the database."""
    i = batch_item.c
    refused = (
        select(
            i.target,
            i.result,
            func.count().over(partition_by=i.result).label("cases"),
            func.row_number().over(partition_by=i.result, order_by=i.position).label("place"),
            func.min(i.position).over(partition_by=i.result).label("first"),
        )
        .where(i.batch_id == identity, i.state == "refused")
        .subquery()
    )
    c = refused.c
    rows = connection.execute(select(refused).where(c.place <= EXAMPLES).order_by(c.first, c.place))
    for _, alike in groupby(rows, lambda row: row.first):
        some = list(alike)
        yield some[0].result, some[0].cases, [row.target for row in some]


def _held(connection: Connection, refusals: Refusals) -> tuple[Held, ...]:
    """Refusals by reason, the commonest first."""
    counts: dict[Reason, int] = {}
    examples: dict[Reason, list[str]] = {}
    for why, cases, some in refusals:
        code = why.get("code", "")
        for reason in {Reason(r.get("element", ""), r.get("rule", code), r["message"]): None for r in why["reasons"]}:
            counts[reason] = counts.get(reason, 0) + cases
            examples[reason] = [*examples.get(reason, ()), *some][:EXAMPLES]
    numbers = _numbers(connection, {identity for some in examples.values() for identity in some})
    held = [
        Held(reason, cases, tuple(sorted({numbers[i] for i in examples[reason] if i in numbers})))
        for reason, cases in counts.items()
    ]
    return tuple(sorted(held, key=lambda h: -h.cases))


def _numbers(connection: Connection, instances: Iterable[str]) -> dict[str, str]:
    """Instance → the number of its case."""
    rows = connection.execute(
        select(process_instance.c.id, case_file.c.number)
        .join(case_file, case_file.c.id == process_instance.c.case_id)
        .where(process_instance.c.id.in_(list(instances)))
    )
    return {row[0]: str(row[1]) for row in rows}


def _running(key: str, target: str) -> list[ColumnElement[bool]]:
    p = process_instance.c
    return [p.key == key, p.state.in_(LIVE), p.definition_id != target]


def _targets(connection: Connection, key: str, target: str) -> list[str]:
    found = select(process_instance.c.id).where(*_running(key, target)).order_by(process_instance.c.started_at)
    return list(connection.execute(found).scalars())


def move(
    connection: Connection, key: str, to: str, mapping: Mapping[str, str], reason: str, by: Actor, now: datetime
) -> str:
    """A batch that moves every running case to the version *to*; a worker carries it out. Returns the batch's id."""
    settings = {"to": to, "mapping": dict(mapping)}
    return _begin(connection, "migrate", _targets(connection, key, to), {"process": key}, settings, reason, by, now)


def revert(connection: Connection, key: str, identity: str, by: Actor, now: datetime) -> str:
    """A batch that puts back what the batch *identity* moved and has not gone on since. Returns its id."""
    moved = batches.migrated_in(connection, identity)
    return _begin(connection, "undo", moved, {"process": key, "of": identity}, {"of": identity}, "", by, now)


def _begin(
    connection: Connection,
    action: str,
    targets: list[str],
    chosen: dict[str, Any],
    settings: dict[str, Any],
    reason: str,
    by: Actor,
    now: datetime,
) -> str:
    identity = batches.create_in(
        connection, action, targets, chosen=chosen, settings=settings, reason=reason, by=by, now=now
    )
    enqueue_once(connection, RunBatch.name, now, batch=identity)
    return identity


def work(application: Application, identity: str, seconds: float) -> batches.Progress:
    """Go on with a batch for a while, beside the worker that does, for whoever looks at its page.

    One that was stopped stays so.
    """
    return batches.run(application, identity, seconds=seconds)


_MOVES = batch.c.action.in_(("migrate", "undo", "try"))


def batch_of(application: Application, key: str, identity: str) -> BatchRow | None:
    """A move or a try-out of the process; ``None`` when it has no such."""
    with application.db.read() as connection:
        return batch_in(connection, key, identity)


def batch_in(connection: Connection, key: str, identity: str, *, lock: bool = False) -> BatchRow | None:
    """The same, within a transaction; with *lock* others who mean to change it wait."""
    wanted = BATCH.where(batch.c.id == identity, _MOVES)
    row = connection.execute(wanted.with_for_update() if lock else wanted).first()
    return BatchRow(*row) if row is not None and row.chosen.get("process") == key else None


def batches_of(application: Application, key: str) -> list[tuple[BatchRow, batches.Progress]]:
    """The latest moves of a process and what was tried of them, newest first, and how far each has come."""
    with application.db.read() as connection:
        rows = connection.execute(BATCH.where(_MOVES).order_by(batch.c.created_at.desc()).limit(200)).all()
    ours = [BatchRow(*row) for row in rows if row.chosen.get("process") == key][:20]
    return [(row, batches.progress_of(application, row.id)) for row in ours]
