"""What one item of a batch is carried out as: the commands, who they are done by, and a refusal as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from engine.workflow.authorization.actor import SYSTEM, Actor, Role
from engine.workflow.definitions.library import UnknownDefinitionError
from engine.workflow.errors import AlreadyDone, NotPossible, Refusal
from engine.workflow.execution.commands import (
    CancelCase,
    Command,
    MigrateInstance,
    ResolveIncident,
    ResumeCase,
    SuspendCase,
    UndoMigration,
)
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.migration import STAGE
from engine.workflow.execution.models import incident, process_instance
from engine.workflow.operations.models import BatchRow, batch_item
from engine.workflow.runtime import Runtime

#: Actions whose targets are incidents, and what each does to one.
_INCIDENTS = {"retry_incident": "retry", "skip_incident": "skip"}


def actor_of(row: BatchRow) -> Actor:
    """Incidents are resolved by whoever asked; what a policy decides on is done by the system itself, as always."""
    if row.action in _INCIDENTS and row.created_by != SYSTEM.person_id:
        return Actor(Role.ADMINISTRATOR, row.created_by, "")
    return SYSTEM


def forget_heads(connection: Connection) -> None:
    """What was rolled back is not the end of a chain, whatever this transaction remembers."""
    connection.info.get("audit_heads", {}).clear()


def refusal(error: Refusal | ExecutionError) -> dict[str, Any]:
    """Why an item was refused, as data: a code and every reason."""
    if isinstance(error, NotPossible):
        return {"code": error.code, "reasons": [asdict(reason) for reason in error.reasons]}
    if isinstance(error, AlreadyDone):
        return {"code": error.code, "reasons": [{"message": f"it is {error.state} already"}]}
    return {"code": error.code, "reasons": [{"message": type(error).__name__}]}


def crashed(error: Exception) -> dict[str, Any]:
    """The same for what nobody foresaw. Only its class: a message may carry what a person wrote."""
    return {"code": "crashed", "reasons": [{"message": type(error).__name__}]}


def reasons(item: Mapping[str, Any]) -> str:
    """Why something was refused, in one line."""
    found = [
        f"{reason['element']}: {reason['message']}" if reason.get("element") else str(reason["message"])
        for reason in item.get("reasons", ())
    ]
    return "; ".join(found) or str(item.get("code", ""))


def commands(runtime: Runtime, connection: Connection, row: BatchRow, target: str) -> Iterator[Command]:
    settings = row.settings
    if row.action == "cancel":
        yield CancelCase(target, row.reason)
    elif row.action == "suspend":
        yield SuspendCase(target, row.reason)
    elif row.action == "resume":
        yield ResumeCase(target, row.reason)
    elif row.action == "migrate":
        mapping = known_to(runtime, connection, target, settings["mapping"])
        yield MigrateInstance(target, settings["to"], mapping, row.id)
    elif row.action in _INCIDENTS:
        yield ResolveIncident(target, _INCIDENTS[row.action], row.reason)
    elif row.action == "undo":
        before = connection.execute(
            select(batch_item.c.before).where(batch_item.c.batch_id == settings["of"], batch_item.c.target == target)
        ).scalar_one()
        yield UndoMigration(target, before, row.id)
    else:
        found = select(incident.c.id).where(incident.c.case_id == target, incident.c.state == "open")
        for identity in connection.execute(found.order_by(incident.c.raised_at)).scalars().all():
            yield ResolveIncident(identity, "retry", row.reason)


def known_to(runtime: Runtime, connection: Connection, instance: str, mapping: Mapping[str, str]) -> dict[str, str]:
    """What of a mapping speaks of the version the instance runs on: a plan may cover several older ones."""
    found = select(process_instance.c.definition_id).where(process_instance.c.id == instance)
    definition = connection.execute(found).scalar()
    if definition is None:
        return dict(mapping)  # it was purged meanwhile; the command says so
    try:
        bundle = runtime.library.get(connection, definition).bundle
    except UnknownDefinitionError:
        return dict(mapping)
    known = {*bundle.process.elements, *bundle.process.flows, *(STAGE + stage.id for stage in bundle.stages)}
    return {old: new for old, new in mapping.items() if old in known}
