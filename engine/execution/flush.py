"""Write what an execution changed, in bulk: rows for what is live, nothing for what came and went."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Connection, delete, insert, update

from engine.execution.execution import Execution
from engine.execution.models import (
    due_work,
    element_instance,
    incident,
    process_instance,
    subscription,
    user_task,
)
from engine.execution.tokens import Instance, Token


class LostRace(Exception):
    """Another writer changed the instance in the meantime; the command is tried again from the start."""


def flush(connection: Connection, x: Execution, now: datetime, ended_by: str) -> None:
    """Write every change of *x*. Raises ``LostRace`` when an instance is not the version that was read."""
    _instances(connection, x)
    _tokens(connection, x)
    _released(connection, x, now, ended_by)
    _waits(connection, x, now)


def _instances(connection: Connection, x: Execution) -> None:
    for instance in x.instances.values():
        if instance.new:
            connection.execute(
                insert(process_instance).values(
                    id=instance.id,
                    definition_id=instance.definition_id,
                    key=instance.key,
                    case_id=instance.case_id,
                    parent_token=instance.parent_token,
                    owner_id=instance.owner_id,
                    version=1,
                    started_at=instance.started_at,
                    **_state(instance),
                )
            )
        elif instance.changed:
            done = connection.execute(
                update(process_instance)
                .where(process_instance.c.id == instance.id, process_instance.c.version == instance.version)
                .values(version=instance.version + 1, **_state(instance))
            )
            if done.rowcount != 1:
                raise LostRace(instance.id)


def _state(instance: Instance) -> dict[str, object]:
    return {
        "state": instance.state,
        "children": instance.children,
        "variables": instance.variables,
        "data": instance.data or None,
        "ended_at": instance.ended_at,
        "end_event": instance.end_event,
    }


def _tokens(connection: Connection, x: Execution) -> None:
    fresh = [_row(token) for token in x.tokens.values() if token.new]
    if fresh:
        connection.execute(insert(element_instance), fresh)
    for token in x.tokens.values():
        if token.changed and not token.new:
            connection.execute(
                update(element_instance)
                .where(element_instance.c.id == token.id)
                .values(state=token.state, children=token.children, variables=token.variables, data=token.data)
            )
    for part in _parts(list(x.gone)):
        connection.execute(delete(element_instance).where(element_instance.c.id.in_(part)))


def _row(token: Token) -> dict[str, object]:
    return {
        "id": token.id,
        "instance_id": token.instance.id,
        "scope_id": token.scope_id,
        "element_id": token.element.id,
        "state": token.state,
        "role": token.role,
        "children": token.children,
        "variables": token.variables,
        "data": token.data,
        "entered_at": token.entered_at,
    }


def _released(connection: Connection, x: Execution, now: datetime, ended_by: str) -> None:
    """What ended waits for nothing any more, and neither do those who stopped listening."""
    for holder_id, element_id in x.disarmed:
        for table in (due_work, subscription):
            connection.execute(delete(table).where(table.c.token_id == holder_id, table.c.element_id == element_id))
    gone = list(x.gone)
    gone += [instance.id for instance in x.instances.values() if instance.ended and not instance.new]
    for part in _parts(gone):
        connection.execute(
            delete(due_work).where(due_work.c.token_id.in_(part), due_work.c.state.in_(("due", "leased")))
        )
        connection.execute(delete(subscription).where(subscription.c.token_id.in_(part)))
        connection.execute(
            update(user_task)
            .where(user_task.c.id.in_(part), user_task.c.state.in_(("ready", "claimed")))
            .values(state="cancelled", ended_at=now, ended_by=ended_by)
        )
        connection.execute(
            update(incident)
            .where(incident.c.token_id.in_(part), incident.c.state == "open")
            .values(state="cancelled", ended_at=now, ended_by=ended_by)
        )


def _waits(connection: Connection, x: Execution, now: datetime) -> None:
    """What is new and still lives waits for a person, a job, a time or a message."""
    tasks = [
        {
            "id": task.token.id,
            "instance_id": task.token.instance.id,
            "case_id": task.token.instance.case_id,
            "definition_id": task.token.instance.definition_id,
            "key": task.token.instance.key,
            "element_id": task.token.element.id,
            "task_type": task.token.element.extension.task_type or "data",
            "performer": task.token.element.extension.performer or "citizen",
            "owner_id": task.person or task.token.instance.owner_id,
            "state": "ready",
            "created_at": now,
            "due_at": task.due_at,
            "warn_at": task.warn_at,
        }
        for task in x.tasks
        if not task.token.ended
    ]
    if tasks:
        connection.execute(insert(user_task), tasks)
    work = [
        {
            "id": str(uuid.uuid4()),
            "kind": item.kind,
            "name": item.name,
            "case_id": item.holder.instance.case_id,
            "instance_id": item.holder.instance.id,
            "token_id": item.holder.id,
            "element_id": item.element_id,
            "payload": item.payload,
            "due_at": item.due_at,
            "state": "due",
            "fence": 0,
            "attempts": 0,
            "reclaims": 0,
            "idempotency_key": item.idempotency_key,
            "created_at": now,
        }
        for item in x.work
        if not item.gone and not item.holder.ended
    ]
    if work:
        connection.execute(insert(due_work), work)
    waits = [
        {
            "id": str(uuid.uuid4()),
            "instance_id": wait.holder.instance.id,
            "case_id": wait.holder.instance.case_id,
            "token_id": wait.holder.id,
            "element_id": wait.element_id,
            "kind": wait.kind,
            "message": wait.name,
            "correlation_key": wait.key,
            "created_at": now,
        }
        for known in x.waits.values()
        for wait in known
        if not wait.gone and not wait.holder.ended
    ]
    if waits:
        connection.execute(insert(subscription), waits)
    faults = [
        {
            "id": str(uuid.uuid4()),
            "case_id": item.token.instance.case_id,
            "instance_id": item.token.instance.id,
            "token_id": item.token.id,
            "element_id": item.token.element.id,
            "work_id": item.work_id,
            "code": item.code,
            "detail": item.detail[:1000],
            "state": "open",
            "raised_at": now,
        }
        for item in x.incidents
        if not item.token.ended
    ]
    if faults:
        connection.execute(insert(incident), faults)


def _parts(ids: list[str], size: int = 500) -> list[list[str]]:
    return [ids[at : at + size] for at in range(0, len(ids), size)]


__all__ = ["LostRace", "flush"]
