"""The rows of drafts: a bundle on its way to its next version."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from engine.db import UTCDateTime, metadata

draft = Table(
    "draft",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("bundle", LargeBinary, nullable=False),
    Column("previous", LargeBinary),  # before the last change: one undo
    Column("base_version", Integer, nullable=False),  # the version it began as; 0 = none
    Column("revision", Integer, nullable=False),  # counts changes: two who edit never lose each other's work
    Column("changed_at", UTCDateTime, nullable=False),
    Column("changed_by", String(36), nullable=False),
)
