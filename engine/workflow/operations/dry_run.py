"""A move tried for real and rolled back, so that the answer is that of the real thing: some cases at a time."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import Reason, Refusal
from engine.workflow.execution.commands import MigrateInstance
from engine.workflow.execution.dispatch import TRIES, passing
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.flush import LostRaceError
from engine.workflow.operations.batch_commands import crashed, forget_heads, known_to, refusal
from engine.workflow.runtime import Runtime

T = TypeVar("T")
log = logging.getLogger(__name__)

#: Cases tried in one transaction, which is rolled back: the database is held while it lasts.
HANDFUL = 20

#: What a case comes to: why it does not fit, as data, or ``None`` when it does.
Outcomes = dict[str, dict[str, Any] | None]


class _RolledBackError(Exception):
    """Ends a try-out's transaction without a commit."""


def patiently(work: Callable[[], T]) -> T:
    """Do it; a lost race or a database that was away for a moment is tried again."""
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except (LostRaceError, DBAPIError) as error:
            if attempt == TRIES or not passing(error):
                raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
    raise AssertionError("unreachable")


def try_some(runtime: Runtime, settings: Mapping[str, Any], targets: Iterable[str]) -> Outcomes:
    """What would become of each instance.

    settings  ``mapping``, and ``to`` (a definition) or ``draft`` and ``revision`` (of a process's draft)
    """
    target: str | Bundle = settings.get("to", "")
    if "draft" in settings:
        with runtime.db.read() as connection:
            found = runtime.draft_at(connection, settings["draft"], settings["revision"])
        if found is None:
            gone = Reason("", "draft-gone", "the draft is no longer there as it was")
            return {t: {"code": "not_possible", "reasons": [_as_data(gone)]} for t in targets}
        target = found
    return _tried(runtime, target, settings["mapping"], targets)


def _as_data(reason: Reason) -> dict[str, str]:
    return {"element": reason.element, "rule": reason.rule, "message": reason.message}


def tried(
    runtime: Runtime, target: str | Bundle, mapping: Mapping[str, str], targets: Sequence[str], by: str = ""
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """The same for a definition, or for a bundle that is deployed for as long as it takes: a handful at a time."""
    for at in range(0, len(targets), HANDFUL):
        some = targets[at : at + HANDFUL]
        yield from patiently(partial(_tried, runtime, target, mapping, some, by)).items()


def _tried(
    runtime: Runtime, target: str | Bundle, mapping: Mapping[str, str], targets: Iterable[str], by: str = ""
) -> Outcomes:
    """All of them in one transaction; a bundle is deployed in it, and gone with it."""
    outcomes: Outcomes = {}
    made = ""
    try:
        with runtime.db.write() as connection:
            if isinstance(target, Bundle):
                deployed, new = runtime.library.deploy(connection, target, by=by)
                target, made = deployed.id, deployed.id if new else ""
            for identity in targets:
                outcomes[identity] = _one(runtime, connection, identity, target, mapping)
            raise _RolledBackError
    except _RolledBackError:
        pass
    finally:
        if made:
            runtime.library.forget(made)
    return outcomes


def _one(
    runtime: Runtime, connection: Connection, identity: str, target: str, mapping: Mapping[str, str]
) -> dict[str, Any] | None:
    within = connection.begin_nested()
    try:
        command = MigrateInstance(identity, target, known_to(runtime, connection, identity, mapping))
        runtime.dispatch.send(command, SYSTEM, connection=connection)
        return None
    except (Refusal, ExecutionError) as error:
        return refusal(error)
    except (LostRaceError, DBAPIError):
        raise
    except Exception as error:
        log.exception("a move to %s could not be tried on %s", target, identity, exc_info=False)
        return crashed(error)
    finally:
        within.rollback()
        forget_heads(connection)
