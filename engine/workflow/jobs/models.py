"""The rows of the queue: due work, how far reconciliation has come, and what is left alone for a while."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import Column, Index, Integer, String, Table, text

from engine.platform import trace
from engine.platform.db import BigInt, Json, UTCDateTime, metadata

#: Kinds of due work that are commands of their own: short, and done by the database alone.
COMMANDS = ("timer", "deadline", "pass_on", "signal", "start")
#: Who goes first: timers and what cases tell each other, then jobs people wait for, then what can wait.
QUEUES = ("timers", "work", "bulk")
_LEASED = text("state = 'leased'")


class _Inserting(Protocol):
    """What SQLAlchemy hands to a default that is computed from the other columns."""

    def get_current_parameters(self) -> dict[str, Any]: ...


def queue_of(kind: str, payload: Mapping[str, Any]) -> str:
    """The queue of a row: by its kind, or ``bulk`` where the diagram's settings say so."""
    if kind in COMMANDS:
        return "timers"
    return "bulk" if kind == "bulk" or payload.get("priority") == "bulk" else "work"


def _queue(context: _Inserting) -> str:
    row = context.get_current_parameters()
    return queue_of(row["kind"], row["payload"])


due_work = Table(
    "due_work",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("name", String(60), nullable=False),
    Column("case_id", String(36), nullable=False, index=True),
    Column("instance_id", String(36), nullable=False),
    Column("token_id", String(36), nullable=False, index=True),
    Column("element_id", String(200), nullable=False),
    Column("payload", Json, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("state", String(10), nullable=False),
    Column("lease_until", UTCDateTime),
    Column("fence", BigInt, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reclaims", Integer, nullable=False),
    Column("idempotency_key", String(36), nullable=False, unique=True),
    Column("last_error", String(100)),
    Column("created_at", UTCDateTime, nullable=False),
    Column("queue", String(8), nullable=False, default=_queue, server_default="work"),
    Column("failing_since", UTCDateTime),
    Column("waiting_since", UTCDateTime),
    Column("trace", String(55), default=trace.header),
    Index("ix_due_work_due", "state", "queue", "due_at", "id"),
    Index("ix_due_work_lease", "lease_until", sqlite_where=_LEASED, postgresql_where=_LEASED),
)

sweep = Table(
    "sweep",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("position", String(36), nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
"""How far reconciliation has come, shared by all workers."""

breaker = Table(
    "breaker",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("open_until", UTCDateTime, nullable=False),
    Column("pause", Integer, nullable=False),
    Column("probes", Integer, nullable=False),
    Column("left", Integer, nullable=False),
)
"""A task type whose other side fails: how long it is left alone (``pause`` seconds), and how many may try then."""
