"""A move tried for real and rolled back, so that the answer is that of the real thing: some cases at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from engine.application import Application
from engine.authorization.actor import SYSTEM
from engine.definitions import drafts
from engine.definitions.bundle import Bundle
from engine.execution.commands import MigrateInstance, Reason, Refusal
from engine.execution.execution import Fault
from engine.operations.carrying import forget_heads, known_to, refusal

#: What a case comes to: why it does not fit, as data, or ``None`` when it does.
Outcomes = dict[str, dict[str, Any] | None]


class _RolledBack(Exception):
    """Ends a try-out's transaction without a commit."""


def try_some(application: Application, settings: Mapping[str, Any], targets: Iterable[str]) -> Outcomes:
    """What would become of each instance.

    settings  ``mapping``, and ``to`` (a definition) or ``draft`` and ``revision`` (of a process's draft)
    """
    target: str | Bundle = settings.get("to", "")
    if "draft" in settings:
        with application.db.read() as connection:
            found = drafts.seen_at(connection, settings["draft"], settings["revision"])
            now = drafts.find(connection, settings["draft"])
            if found is None and now is not None and now.revision == settings["revision"]:
                found = now.bundle
        if found is None:
            gone = Reason("", "draft-gone", "the draft is no longer there as it was")
            return {t: {"code": "not_possible", "reasons": [_as_data(gone)]} for t in targets}
        target = found
    return tried(application, target, settings["mapping"], targets)


def _as_data(reason: Reason) -> dict[str, str]:
    return {"element": reason.element, "rule": reason.rule, "message": reason.message}


def tried(
    application: Application, target: str | Bundle, mapping: Mapping[str, str], targets: Iterable[str], by: str = ""
) -> Outcomes:
    """The same for a definition, or for a bundle that is deployed in the same transaction, and gone with it."""
    outcomes: Outcomes = {}
    made = ""
    try:
        with application.db.write() as connection:
            if isinstance(target, Bundle):
                deployed, new = application.library.deploy(connection, target, by=by)
                target, made = deployed.id, deployed.id if new else ""
            for identity in targets:
                outcomes[identity] = _one(application, connection, identity, target, mapping)
            raise _RolledBack
    except _RolledBack:
        pass
    finally:
        if made:
            application.library.forget(made)
    return outcomes


def _one(
    application: Application, connection: Connection, identity: str, target: str, mapping: Mapping[str, str]
) -> dict[str, Any] | None:
    within = connection.begin_nested()
    try:
        command = MigrateInstance(identity, target, known_to(application, connection, identity, mapping))
        application.dispatch.send(command, SYSTEM, connection=connection)
        return None
    except (Refusal, Fault) as error:
        return refusal(error)
    finally:
        within.rollback()
        forget_heads(connection)
