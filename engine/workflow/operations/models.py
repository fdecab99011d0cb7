"""The rows of operations: batches with a result per case, and what retention left of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint, select

from engine.platform.db import Json, UTCDateTime, metadata

batch = Table(
    "batch",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("action", String(20), nullable=False),  # one of batches.ACTIONS
    Column("state", String(10), nullable=False),  # ready | running | stopped | done
    Column("chosen", Json, nullable=False),  # the query its cases were found by
    Column("settings", Json, nullable=False),  # what the action needs: versions and mapping of a migration
    Column("reason", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("created_at", UTCDateTime, nullable=False, index=True),
    Column("created_by", String(36), nullable=False),
    Column("ended_at", UTCDateTime),
)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch as it stands; its columns say what each is."""

    id: str
    action: str
    state: str
    chosen: Mapping[str, Any]
    settings: Mapping[str, Any]
    reason: str
    total: int
    created_at: datetime
    created_by: str
    ended_at: datetime | None


#: Reads what makes a ``BatchRow``, in its order.
BATCH = select(*(batch.c[field.name] for field in fields(BatchRow)))

batch_item = Table(
    "batch_item",
    metadata,
    Column("batch_id", String(36), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("target", String(36), nullable=False),  # a case, an incident, or a process instance to migrate
    Column("state", String(10), nullable=False),  # pending | done | refused | undone
    Column("result", Json),  # why it was refused, or what was done
    Column("before", Json),  # what an undo puts back: ids and names only
    Column("at", UTCDateTime),
    UniqueConstraint("batch_id", "target"),
    Index("ix_batch_item_next", "batch_id", "state", "position"),
)

purged_case = Table(
    "purged_case",
    metadata,
    Column("case_id", String(36), primary_key=True),
    Column("key", String(100), nullable=False),
    Column("purged_at", UTCDateTime, nullable=False),
    Column("audit_until", UTCDateTime, index=True),
    info={"outlives_case": "says that and when the case was deleted"},
)

audit_check = Table(
    "audit_check",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("state", String(10), nullable=False),  # running | done
    Column("position", String(36), nullable=False),  # the last chain that is verified
    Column("chains", Integer, nullable=False),
    Column("broken", Json, nullable=False),  # [{"case", "seq", "reason"}]
    Column("asked_by", String(36), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False, index=True),
    Column("ended_at", UTCDateTime),
)
"""Verifications of every audit chain: how far, and what was found."""


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """One verification as it stands; its columns say what each is."""

    id: str
    state: str
    position: str
    chains: int
    broken: Sequence[Mapping[str, Any]]
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None


#: Reads what makes an ``AuditCheck``, in its order.
AUDIT_CHECK = select(*(audit_check.c[field.name] for field in fields(AuditCheck)))
