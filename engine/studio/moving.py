"""Running cases and a new version: what would happen to each, tried for real and rolled back, and moving them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from engine.application import Application
from engine.authorization.actor import SYSTEM, Actor
from engine.definitions.bundle import Bundle
from engine.definitions.library import Deployed
from engine.execution.commands import MigrateInstance, Reason, Refusal
from engine.execution.execution import Fault
from engine.execution.models import process_instance
from engine.operations import batches
from engine.operations.models import batch
from engine.operations.selection import LIVE
from engine.task_types.operating import in_background

#: Cases tried in one dry run: the database is held while it lasts.
MOST_TRIED = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What a move would come to.

    total    cases that run on other versions;  ``tried`` how many of them were tried
    fit      how many of those tried would be moved
    reasons  (element, rule, technical sentence) → how many cases it keeps
    """

    total: int
    tried: int
    fit: int
    reasons: tuple[tuple[Reason, int], ...]


class _RolledBack(Exception):
    """Ends a dry run's transaction without a commit."""


def dry_run(application: Application, key: str, target: Deployed | Bundle, mapping: Mapping[str, str], by: str) -> Plan:
    """Move every running case to *target* for real and roll it back: the answer is that of the real thing.

    *target* may be a draft: it is deployed in the same transaction, and gone with it.
    """
    found: list[Plan] = []
    tried_as = ""
    try:
        with application.db.write() as connection:
            if isinstance(target, Bundle):
                target, _ = application.library.deploy(connection, target, by=by)
            tried_as = target.id
            found.append(_try(application, connection, key, target.id, mapping))
            raise _RolledBack
    except _RolledBack:
        pass
    with application.db.read() as connection:
        if tried_as not in {v.id for v in application.library.versions(connection, key)}:
            application.library.forget(tried_as)
    return found[0]


def _try(application: Application, connection: Connection, key: str, target: str, mapping: Mapping[str, str]) -> Plan:
    wanted = _running(key, target)
    total = connection.execute(select(func.count()).select_from(process_instance).where(*wanted)).scalar_one()
    some = select(process_instance.c.id).where(*wanted).order_by(process_instance.c.started_at).limit(MOST_TRIED)
    reasons: Counter[Reason] = Counter()
    fit = tried = 0
    for identity in connection.execute(some).scalars().all():
        tried += 1
        within = connection.begin_nested()
        try:
            command = MigrateInstance(identity, target, dict(mapping))
            application.dispatch.send(command, SYSTEM, connection=connection)
            fit += 1
        except (Refusal, Fault) as error:
            refused = batches.refusal(error)
            reasons.update(Reason(r.get("element", ""), r.get("rule", refused["code"]), r["message"])
                           for r in refused["reasons"])  # fmt: skip
        finally:
            within.rollback()
            batches.forget_heads(connection)
    return Plan(total, tried, fit, tuple(reasons.most_common()))


def _running(key: str, target: str) -> list[Any]:
    p = process_instance.c
    return [p.key == key, p.state.in_(LIVE), p.definition_id != target]


def move(
    application: Application, key: str, target: Deployed, mapping: Mapping[str, str], reason: str, by: Actor
) -> str:
    """A batch that moves every running case of the process to *target*; a worker carries it out. Returns its id."""
    with application.db.read() as connection:
        found = connection.execute(
            select(process_instance.c.id).where(*_running(key, target.id)).order_by(process_instance.c.started_at)
        ).scalars()
        targets = list(found)
    settings = {"to": target.id, "mapping": dict(mapping)}
    chosen = {"process": key}
    identity = batches.create(application, "migrate", targets, chosen=chosen, settings=settings, reason=reason, by=by)
    in_background(application, "run_batch", batch=identity)
    return identity


def put_back(application: Application, key: str, identity: str, by: Actor) -> str:
    """A batch that puts back what the batch *identity* moved and has not gone on since. Returns its id."""
    moved = batches.migrated_by(application, identity)
    undo = batches.create(
        application, "undo", moved, chosen={"process": key, "of": identity}, settings={"of": identity}, by=by
    )
    in_background(application, "run_batch", batch=undo)
    return undo


def work(application: Application, identity: str, seconds: float) -> batches.Progress:
    """Go on with a batch for a while, beside the worker that does, for whoever looks at its page."""
    return batches.run(application, identity, seconds=seconds)


def batches_of(application: Application, key: str) -> list[tuple[Any, batches.Progress]]:
    """The latest moves of a process, newest first: the row and how far it has come."""
    with application.db.read() as connection:
        rows = connection.execute(
            select(batch).where(batch.c.action.in_(("migrate", "undo"))).order_by(batch.c.created_at.desc()).limit(200)
        ).all()
    ours = [row for row in rows if row.chosen.get("process") == key][:20]
    return [(row, batches.progress_of(application, row.id)) for row in ours]
