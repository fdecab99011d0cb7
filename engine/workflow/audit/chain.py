"""The chain: ``hash = SHA-256(previous hash ‖ canonical JSON of the event)``, one per case.

The head row is changed in the same transaction as the event, under the case's
lock, so two events never share a place. ``verify`` walks a chain and tells the
first place where it does not hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from engine.platform import stored_json
from engine.platform.compiled_statements import Batch, Prepared
from engine.platform.db import Json, UTCDateTime, metadata
from engine.workflow.audit.kinds import EventKind
from engine.workflow.authorization.actor import Actor

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
    info={"outlives_case": "the trail has a time of its own"},
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("case_id", String(36), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    info={"outlives_case": "the trail has a time of its own"},
)

_START = bytes(32)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a chain does not hold."""

    case_id: str
    seq: int
    reason: str


_EVENT = Prepared(insert(audit_event), [column.name for column in audit_event.c])
_HEAD = Prepared(
    update(audit_head)
    .where(audit_head.c.case_id == bindparam("case"), audit_head.c.seq == bindparam("was"))
    .values(seq=bindparam("seq"), hash=bindparam("digest"))
)
_NEW_HEAD = Prepared(insert(audit_head), ["case_id", "seq", "hash"])
_FIND_HEAD = select(audit_head.c.seq, audit_head.c.hash).with_for_update()


def know_head(connection: Connection, case_id: str, seq: int | None, digest: bytes | None) -> None:
    """The end of a chain as this write transaction read it, under the case's lock."""
    heads = connection.info.get("audit_heads")
    if heads is not None:
        heads[case_id] = (seq or 0, digest or _START)


def append(
    connection: Connection,
    case_id: str,
    at: datetime,
    actor: Actor,
    kind: EventKind,
    data: Mapping[str, Any],
    batch: Batch | None = None,
) -> None:
    """Write one event at the end of the case's chain. *data* holds ids and codes only.

    With *batch* it is written when that is sent. Two transactions that saw the same
    end cannot both write: the second meets the first's key and is tried again.
    """
    heads = connection.info.get("audit_heads")
    known = heads.get(case_id) if heads is not None else None
    if known is None:
        found = connection.execute(_FIND_HEAD.where(audit_head.c.case_id == case_id)).first()
        known = (found.seq, found.hash) if found else (0, _START)
    before, previous = known
    seq = before + 1
    digest = _digest(previous, case_id, seq, at, actor.role.value, actor.person_id, str(kind), data)
    writes = batch if batch is not None else Batch(connection)
    writes.add(
        _EVENT,
        {
            "case_id": case_id,
            "seq": seq,
            "at": at,
            "actor_role": actor.role.value,
            "actor_id": actor.person_id,
            "kind": str(kind),
            "data": dict(data),
            "hash": digest,
        },
    )
    if before:
        writes.add(_HEAD, {"case": case_id, "was": before, "seq": seq, "digest": digest})
    else:
        writes.add(_NEW_HEAD, {"case_id": case_id, "seq": seq, "hash": digest})
    if heads is not None:
        heads[case_id] = (seq, digest)
    if batch is None:
        writes.send()


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
    text = stored_json.encode(event, sort_keys=True)
    return hashlib.sha256(previous + text.encode()).digest()


def verify(connection: Connection, case_id: str) -> Broken | None:
    """The first violation of one chain, or ``None`` when it is whole."""
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
    """Every chain with its first violation, if any."""
    for case_id in connection.execute(select(audit_head.c.case_id)).scalars().all():
        yield case_id, verify(connection, case_id)
