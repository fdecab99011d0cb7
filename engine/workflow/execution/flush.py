"""Write what an execution changed, in one batch: rows for what is live, nothing for what came and went.

An element instance's ``waits`` says what hangs on it (work, subscriptions, a user
task, incidents), so that ending it cleans up what there is and asks for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, literal_column, update

from engine.platform import trace
from engine.platform.compiled_statements import Batch, Prepared
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.models import (
    element_instance,
    incident,
    process_instance,
    subscription,
    user_task,
)
from engine.workflow.execution.tokens import INCIDENT, SUBSCRIPTION, TASK, WORK, Instance, Token
from engine.workflow.jobs.models import due_work, queue_of

_STATE = ("state", "children", "variables", "data", "ended_at", "end_event")
_NEW_INSTANCE = Prepared(
    insert(process_instance),
    ["id", "definition_id", "key", "case_id", "parent_token", "owner_id", "version", "started_at", *_STATE],
)
_INSTANCE = Prepared(
    update(process_instance)
    .where(process_instance.c.id == bindparam("which"), process_instance.c.version == bindparam("was"))
    .values(version=process_instance.c.version + 1, **{name: bindparam(name) for name in _STATE})
)
_NEW_TOKEN = Prepared(insert(element_instance), [column.name for column in element_instance.c])
_TOKEN = Prepared(
    update(element_instance)
    .where(element_instance.c.id == bindparam("which"))
    .values({name: bindparam(name) for name in ("state", "children", "variables", "data", "waits")})
)
_END_TOKEN = Prepared(delete(element_instance).where(element_instance.c.id == bindparam("which")))
_END_WORK = Prepared(
    delete(due_work).where(
        due_work.c.token_id == bindparam("which"), literal_column("due_work.state IN ('due', 'leased', 'incident')")
    )
)
_END_SUBSCRIPTION = Prepared(delete(subscription).where(subscription.c.token_id == bindparam("which")))
_DROP_WORK = Prepared(
    delete(due_work).where(
        due_work.c.token_id == bindparam("which"),
        due_work.c.element_id == bindparam("element"),
        literal_column("due_work.state IN ('due', 'leased')"),
    )
)
_UNSUBSCRIBE = Prepared(
    delete(subscription).where(
        subscription.c.token_id == bindparam("which"), subscription.c.element_id == bindparam("element")
    )
)
_ended = {"state": "cancelled", "ended_at": bindparam("at"), "ended_by": bindparam("by")}
_END_TASK = Prepared(
    update(user_task)
    .where(user_task.c.id == bindparam("which"), literal_column("user_task.state IN ('ready', 'claimed')"))
    .values(_ended)
)
_END_INCIDENT = Prepared(
    update(incident)
    .where(incident.c.token_id == bindparam("which"), literal_column("incident.state = 'open'"))
    .values(_ended)
)
_NEW_TASK = Prepared(
    insert(user_task),
    [
        "id",
        "instance_id",
        "case_id",
        "definition_id",
        "key",
        "element_id",
        "task_type",
        "performer",
        "owner_id",
        "state",
        "assignee",
        "created_at",
        "due_at",
        "warn_at",
        "follow_up_at",
    ],
)
_NEW_WORK = Prepared(
    insert(due_work),
    [
        "id",
        "kind",
        "name",
        "case_id",
        "instance_id",
        "token_id",
        "element_id",
        "payload",
        "due_at",
        "state",
        "fence",
        "attempts",
        "reclaims",
        "idempotency_key",
        "created_at",
        "queue",
        "trace",
    ],
)
_NEW_SUBSCRIPTION = Prepared(
    insert(subscription),
    ["id", "instance_id", "case_id", "token_id", "element_id", "kind", "message", "correlation_key", "created_at"],
)
_NEW_INCIDENT = Prepared(
    insert(incident),
    ["id", "case_id", "instance_id", "token_id", "element_id", "work_id", "code", "detail", "state", "raised_at"],
)


class LostRaceError(Exception):
    """Another writer changed the instance in the meantime; the command is tried again from the start."""


def flush(
    connection: Connection, execution: Execution, now: datetime, ended_by: str, batch: Batch | None = None
) -> None:
    """Write every change of *execution*, with what waits in *batch* already.

    Raises ``LostRaceError`` when an instance is not the version that was read.
    """
    batch = batch or Batch(connection)
    checked = _instances(batch, execution)
    _released(batch, execution, now, ended_by)
    _tokens(batch, execution)
    _waits(batch, execution, now)
    results = batch.send()
    for place in checked:
        if results[place] != 1:
            raise LostRaceError


def _instances(batch: Batch, execution: Execution) -> list[int]:
    """The places in the batch whose statement must have found its row."""
    checked = []
    for instance in execution.instances.values():
        if instance.new:
            batch.add(
                _NEW_INSTANCE,
                {
                    "id": instance.id,
                    "definition_id": instance.definition_id,
                    "key": instance.key,
                    "case_id": instance.case_id,
                    "parent_token": instance.parent_token,
                    "owner_id": instance.owner_id,
                    "version": 1,
                    "started_at": instance.started_at,
                    **_state(instance),
                },
            )
        elif instance.changed:
            checked.append(len(batch))
            batch.add(_INSTANCE, {"which": instance.id, "was": instance.version, **_state(instance)})
    return checked


def _state(instance: Instance) -> dict[str, object]:
    return {
        "state": instance.state,
        "children": instance.children,
        "variables": instance.variables,
        "data": instance.data or None,
        "ended_at": instance.ended_at,
        "end_event": instance.end_event,
    }


def _tokens(batch: Batch, execution: Execution) -> None:
    batch.add(_NEW_TOKEN, *(_row(token) for token in execution.tokens.values() if token.new))
    batch.add(
        _TOKEN,
        *(
            {
                "which": token.id,
                "state": token.state,
                "children": token.children,
                "variables": token.variables,
                "data": token.data,
                "waits": token.waits,
            }
            for token in execution.tokens.values()
            if token.changed and not token.new
        ),
    )
    batch.add(_END_TOKEN, *({"which": token_id} for token_id in execution.gone))


def _row(token: Token) -> dict[str, object]:
    return {
        "id": token.id,
        "instance_id": token.instance.id,
        "scope_id": token.scope_id,
        "element_id": token.element.id,
        "state": token.state,
        "role": token.role,
        "children": token.children,
        "waits": token.waits,
        "variables": token.variables,
        "data": token.data,
        "entered_at": token.entered_at,
    }


def _released(batch: Batch, execution: Execution, now: datetime, ended_by: str) -> None:
    """What ended waits for nothing any more, and neither do those who stopped listening."""
    unsubscribed = [{"which": holder_id, "element": element_id} for holder_id, element_id in execution.unsubscribed]
    batch.add(_DROP_WORK, *unsubscribed)
    batch.add(_UNSUBSCRIBE, *unsubscribed)
    instances = [i.id for i in execution.instances.values() if i.ended and not i.new]

    def those(flag: int) -> Iterable[dict[str, object]]:
        return (
            {"which": token.id, "at": now, "by": ended_by} for token in execution.gone.values() if token.waits & flag
        )

    batch.add(_END_WORK, *those(WORK), *({"which": instance_id} for instance_id in instances))
    batch.add(_END_SUBSCRIPTION, *those(SUBSCRIPTION), *({"which": instance_id} for instance_id in instances))
    batch.add(_END_TASK, *those(TASK))
    batch.add(_END_INCIDENT, *those(INCIDENT))


def _waits(batch: Batch, execution: Execution, now: datetime) -> None:
    """What is new and still lives waits for a person, a job, a time or a message."""
    batch.add(
        _NEW_TASK,
        *(
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
                "state": "claimed" if task.assignee else "ready",
                "assignee": task.assignee or None,
                "created_at": now,
                "due_at": task.due_at,
                "warn_at": task.warn_at,
                "follow_up_at": task.follow_up_at,
            }
            for task in execution.tasks
            if not task.token.ended
        ),
    )
    traced = trace.header()
    batch.add(
        _NEW_WORK,
        *(
            {
                "id": execution.new_id(),
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
                "queue": queue_of(item.kind, item.payload),
                "trace": traced,
            }
            for item in execution.work
            if not item.gone and not item.holder.ended
        ),
    )
    batch.add(
        _NEW_SUBSCRIPTION,
        *(
            {
                "id": execution.new_id(),
                "instance_id": wait.holder.instance.id,
                "case_id": wait.holder.instance.case_id,
                "token_id": wait.holder.id,
                "element_id": wait.element_id,
                "kind": wait.kind,
                "message": wait.name,
                "correlation_key": wait.key,
                "created_at": now,
            }
            for known in execution.waits.values()
            for wait in known
            if not wait.gone and not wait.holder.ended
        ),
    )
    batch.add(
        _NEW_INCIDENT,
        *(
            {
                "id": execution.new_id(),
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
            for item in execution.incidents
            if not item.token.ended
        ),
    )


__all__ = ["LostRaceError", "flush"]
