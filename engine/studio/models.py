"""The rows of drafts: a bundle on its way to its next version, and every step on the way."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, LargeBinary, String, Table

from engine.platform.db import Json, UTCDateTime, metadata

draft = Table(
    "draft",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("bundle", LargeBinary, nullable=False),
    Column("base_version", Integer, nullable=False),  # the version it began as; 0 = none
    Column("revision", Integer, nullable=False),  # counts changes: two who edit never lose each other's work
    Column("position", Integer, nullable=False),  # which step of its history it stands at
    Column("changed_at", UTCDateTime, nullable=False),
    Column("changed_by", String(36), nullable=False),
    Column("proposed_by", String(36)),  # who asks a colleague to publish it as it is, where two must agree
    Column("proposed_at", UTCDateTime),
    CheckConstraint("base_version >= 0", name="base_version"),
    CheckConstraint("revision >= 1", name="revision"),
    CheckConstraint("position >= 0", name="position"),
)

draft_step = Table(
    "draft_step",
    metadata,
    Column("key", String(100), ForeignKey("draft.key", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("revision", Integer, nullable=False),  # the revision it was first seen as
    Column("bundle", LargeBinary, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("by", String(36), nullable=False),
    CheckConstraint("revision >= 1", name="revision"),
    CheckConstraint("position >= 0", name="position"),
)

studio_setting = Table(
    "studio_setting",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Json, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
    Column("changed_by", String(36), nullable=False),
)
