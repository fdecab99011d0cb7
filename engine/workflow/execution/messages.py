"""Messages and signals between cases: stored with the change that threw them, passed on by work of their own.

A message lies in its row until somebody takes it or its time is up; the queue
holds the row's id, never what is in it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.workflow.definitions.models import start_event
from engine.workflow.execution.execution import new_ids
from engine.workflow.execution.models import message, subscription
from engine.workflow.execution.tokens import Thrown
from engine.workflow.jobs.models import due_work

TIME_TO_LIVE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Message:
    """A message or signal as it lies there.

    kind      message | signal
    owner_id  the person whose cases may begin with it, "" for nobody
    source    who sent it; ``case:<id>`` for a case
    """

    id: str
    kind: str
    owner_id: str
    source: str
    name: str
    correlation_key: str
    variables: Mapping[str, Any] = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Listener:
    """An element that waits for a message or signal; ``token_id`` is the instance's own id where that listens."""

    case_id: str
    instance_id: str
    token_id: str
    element_id: str


@dataclass(frozen=True, slots=True)
class Start:
    """A start event of the newest version of a process; ``name`` is the message or signal that begins it."""

    key: str
    name: str
    definition_id: str
    element_id: str


_MESSAGE = select(*(message.c[column.name] for column in fields(Message)))
_LISTENER = select(*(subscription.c[column.name] for column in fields(Listener)))
_START = select(*(start_event.c[column.name] for column in fields(Start)))


def save(
    connection: Connection,
    *,
    kind: str,
    name: str,
    key: str,
    source: str,
    message_id: str,
    variables: Mapping[str, Any],
    owner_id: str,
    now: datetime,
    time_to_live: timedelta = TIME_TO_LIVE,
    identity: str = "",
) -> str:
    """Store a message or signal; returns the id of its row."""
    identity = identity or str(uuid.uuid4())
    connection.execute(
        insert(message).values(
            id=identity,
            kind=kind,
            owner_id=owner_id,
            source=source,
            message_id=message_id,
            name=name,
            correlation_key=key,
            variables=dict(variables),
            received_at=now,
            expires_at=now + max(time_to_live, timedelta(0)),
            taken_at=None,
        )
    )
    return identity


def seen(connection: Connection, source: str, message_id: str) -> bool:
    """Whether this message was accepted before."""
    found = select(message.c.id).where(message.c.source == source, message.c.message_id == message_id)
    return connection.execute(found).first() is not None


def take(connection: Connection, identity: str, now: datetime) -> None:
    connection.execute(update(message).where(message.c.id == identity).values(taken_at=now))


def post(connection: Connection, thrown: Iterable[Thrown], now: datetime) -> None:
    """Write what left the case, with the work that passes it on. A signal nobody listens to is gone at once.

    Ids grow within a command, so that what was thrown first comes first though it has the same moment.
    """
    new_id = new_ids()
    for item in thrown:
        case_id = item.source.instance.case_id
        if item.kind == "signal" and not _anybody_listens(connection, item.name, case_id):
            continue
        identity = save(
            connection,
            kind=item.kind,
            name=item.name,
            key=item.key,
            source=f"case:{case_id}",
            message_id=str(uuid.uuid4()),
            variables=item.variables,
            owner_id=item.source.instance.owner_id,
            now=now,
            identity=new_id(),
        )
        send(connection, "pass_on", identity, case_id, now)


def send(connection: Connection, name: str, identity: str, case_id: str, now: datetime) -> None:
    """Work that passes a stored message or signal on."""
    connection.execute(insert(due_work), [_work(name, identity, now, case_id=case_id)])


def _work(
    name: str,
    identity: str,
    now: datetime,
    *,
    case_id: str,
    instance_id: str = "",
    token_id: str = "",
    element_id: str = "",
) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "kind": name,
        "name": name,
        "case_id": case_id,
        "instance_id": instance_id,
        "token_id": token_id,
        "element_id": element_id,
        "payload": {"message": identity},
        "due_at": now,
        "state": "due",
        "fence": 0,
        "attempts": 0,
        "reclaims": 0,
        "idempotency_key": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{identity}/{token_id}/{element_id}")),
        "created_at": now,
    }


def _anybody_listens(connection: Connection, name: str, case_id: str) -> bool:
    elsewhere = select(subscription.c.id).where(
        subscription.c.message == name, subscription.c.kind == "signal", subscription.c.case_id != case_id
    )
    return connection.execute(elsewhere.limit(1)).first() is not None or bool(starts(connection, "signal", name))


def schedule_signals(connection: Connection, signal: Message, now: datetime) -> int:
    """Work for each listener of a signal in other cases. Returns how many there are."""
    listeners = connection.execute(
        _LISTENER.where(
            subscription.c.message == signal.name,
            subscription.c.kind == "signal",
            subscription.c.case_id != signal.source.removeprefix("case:"),
            subscription.c.created_at <= signal.received_at,
        )
    ).all()
    work = [
        _work(
            "signal",
            signal.id,
            now,
            case_id=wait.case_id,
            instance_id=wait.instance_id,
            token_id=wait.token_id,
            element_id=wait.element_id,
        )
        for wait in listeners
    ]
    if work:
        connection.execute(insert(due_work), work)
    return len(work)


def begin_later(connection: Connection, signal: Message, begins: Iterable[Start], now: datetime) -> None:
    """Work for each process a signal begins."""
    for start in begins:
        place = f"{start.definition_id}/{start.element_id}"[:200]
        work = _work("pass_on", signal.id, now, case_id="", element_id=place)
        work["payload"] = {"message": signal.id, "start": [start.definition_id, start.element_id]}
        connection.execute(insert(due_work), [work])


def starts(connection: Connection, kind: str, name: str) -> list[Start]:
    """The start events of newest versions that begin with it, by process key."""
    found = _START.where(start_event.c.kind == kind, start_event.c.name == name)
    return [Start(*row) for row in connection.execute(found.order_by(start_event.c.key))]


def waiting_for(connection: Connection, name: str, key: str) -> Listener | None:
    """Who has waited longest for a message, in any case."""
    row = connection.execute(
        _LISTENER.where(
            subscription.c.message == name, subscription.c.kind == "message", subscription.c.correlation_key == key
        )
        .order_by(subscription.c.created_at, subscription.c.id)
        .limit(1)
    ).first()
    return None if row is None else Listener(*row)


def stored(connection: Connection, identity: str) -> Message:
    return Message(*connection.execute(_MESSAGE.where(message.c.id == identity)).one())
