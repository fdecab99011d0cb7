"""The rows of definitions: every version that was deployed, and what begins a case of the newest."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from engine.platform.db import Json, UTCDateTime, metadata, one_of

process_definition = Table(
    "process_definition",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("key", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("checksum", String(64), nullable=False),
    Column("bundle", LargeBinary, nullable=False),
    Column("deployed_at", UTCDateTime, nullable=False),
    Column("deployed_by", String(36), nullable=False),
    Column("version_tag", String(60)),  # a name people use for this version; the bundle says it
    Column("readers", Json),  # role codes that read besides the policy, "*" = all of the case; of old versions alone
    UniqueConstraint("key", "version"),
    UniqueConstraint("key", "version_tag"),
)

start_event = Table(
    "start_event",
    metadata,
    Column("definition_id", String(36), ForeignKey("process_definition.id", ondelete="CASCADE"), primary_key=True),
    Column("element_id", String(200), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("key", String(100), nullable=False, index=True),
    Index("ix_start_event_name", "name", "kind"),
    one_of("kind", ("message", "signal")),
)
"""What begins a case of the newest version of a process: a message or a signal."""
