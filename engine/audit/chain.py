"""The chain: ``hash = SHA-256(previous hash ‖ canonical JSON of the event)``, one per case.

The head row is changed in the same transaction as the event, under the case's
lock, so two events never share a place. ``verify`` walks a chain and tells the
first place where it does not hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, LargeBinary, String, Table, insert, select, update

from engine.authorization.actor import Actor
from engine.db import Json, UTCDateTime, metadata

#: The chain of events that belong to no case: log-ins, deployments, operations.
SYSTEM_CHAIN = "system"

audit_event = Table(
    "audit_event",
    metadata,
    Column("case_id", String(36), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("actor_role", String(20), nullable=False),
    Column("actor_id", String(36), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("data", Json, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Index("ix_audit_event_actor_at", "actor_id", "at"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("case_id", String(36), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

_START = bytes(32)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a chain does not hold."""

    case_id: str
    seq: int
    reason: str


def append(
    connection: Connection, case_id: str, at: datetime, actor: Actor, kind: str, data: Mapping[str, Any]
) -> None:
    """Write one event at the end of the case's chain. *data* holds ids and codes only."""
    head = connection.execute(
        select(audit_head.c.seq, audit_head.c.hash).where(audit_head.c.case_id == case_id).with_for_update()
    ).first()
    seq, previous = (head.seq + 1, head.hash) if head else (1, _START)
    digest = _digest(previous, case_id, seq, at, actor.role.value, actor.person_id, kind, data)
    connection.execute(
        insert(audit_event).values(
            case_id=case_id,
            seq=seq,
            at=at,
            actor_role=actor.role.value,
            actor_id=actor.person_id,
            kind=kind,
            data=dict(data),
            hash=digest,
        )
    )
    if head:
        connection.execute(update(audit_head).where(audit_head.c.case_id == case_id).values(seq=seq, hash=digest))
    else:
        connection.execute(insert(audit_head).values(case_id=case_id, seq=seq, hash=digest))


def _digest(
    previous: bytes,
    case_id: str,
    seq: int,
    at: datetime,
    role: str,
    actor_id: str,
    kind: str,
    data: Mapping[str, Any],
) -> bytes:
    event = {
        "case": case_id,
        "seq": seq,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "role": role,
        "actor": actor_id,
        "kind": kind,
        "data": data,
    }
    text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous + text.encode()).digest()


def verify(connection: Connection, case_id: str) -> Broken | None:
    """The first fault of one chain, or ``None`` when it is whole."""
    previous, expected = _START, 1
    events = select(audit_event).where(audit_event.c.case_id == case_id).order_by(audit_event.c.seq)
    with connection.execute(events.execution_options(stream_results=True)) as rows:
        for row in rows:
            if row.seq != expected:
                return Broken(case_id, expected, "an event is missing")
            digest = _digest(previous, case_id, row.seq, row.at, row.actor_role, row.actor_id, row.kind, row.data)
            if digest != row.hash:
                return Broken(case_id, row.seq, "the event was changed")
            previous, expected = digest, expected + 1
    head = connection.execute(
        select(audit_head.c.seq, audit_head.c.hash).where(audit_head.c.case_id == case_id)
    ).first()
    if head is None or (head.seq, head.hash) != (expected - 1, previous):
        return Broken(case_id, expected, "the end of the chain was cut off")
    return None


def verify_all(connection: Connection) -> Iterator[tuple[str, Broken | None]]:
    """Every chain with its first fault, if any."""
    for case_id in connection.execute(select(audit_head.c.case_id)).scalars().all():
        yield case_id, verify(connection, case_id)
