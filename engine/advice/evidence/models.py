"""What was asked and answered, and the overviews built of it. All of it sealed, all of it with an end."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from engine.platform.db import Sealed, UTCDateTime, metadata, one_of

#: How far a question to a source has come, and how it ended.
STATES = ("asked", "answered", "empty", "partial", "unavailable", "refused", "broken")

harvest = Table(
    "harvest",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("data_set", String(60), nullable=False),
    Column("state", String(12), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("answered_at", UTCDateTime),
    Column("attempts", Integer, nullable=False),
    Column("error", String(60)),
    Column("content", Sealed),
    UniqueConstraint("case_id", "data_set"),
    one_of("state", STATES),
    CheckConstraint("attempts >= 0", name="attempts"),
)

#: What the source answered word for word, beside the row of ``harvest`` with the same id and for as long as it.
raw_answer = Table(
    "raw_answer",
    metadata,
    Column("id", String(36), ForeignKey("harvest.id", ondelete="CASCADE"), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("data_set", String(60), nullable=False),
    Column("answered_at", UTCDateTime, nullable=False),
    Column("content", Sealed, nullable=False),
)

supplement = Table(
    "supplement",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("content", Sealed, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("registered_by", String(36)),  # who entered it for somebody who does not log in
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("built_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("content", Sealed, nullable=False),
    Column("made_of", String(64)),  # snapshots.Basis.mark; none of those before there was a mark
    UniqueConstraint("case_id", "version"),
    Index("ix_snapshot_expires_at", "expires_at"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("expires_at > built_at", name="life"),
)

#: What pages show beside the newest overview of a case, in parts (``snapshot_parts``): it goes with the overview.
snapshot_part = Table(
    "snapshot_part",
    metadata,
    Column("snapshot_id", String(36), ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("content", Sealed, nullable=False),
    CheckConstraint("number >= 0", name="number"),
)
