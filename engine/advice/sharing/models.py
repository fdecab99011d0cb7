"""Shares and the log of everyone who looked."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table

from engine.platform.db import UTCDateTime, metadata, one_of

share = Table(
    "share",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False, index=True),
    Column("office", String(9), nullable=False),
    Column("office_name", String(200), nullable=False),
    Column("state", String(10), nullable=False),  # active | stopped
    Column("created_at", UTCDateTime, nullable=False),
    Column("valid_to", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
    Column("opened_at", UTCDateTime),
    one_of("state", ("active", "stopped")),
    CheckConstraint("valid_to > created_at", name="life"),
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("case_id", String(36), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("actor_id", String(36), nullable=False),
    Column("role", String(20), nullable=False),
    Column("office_name", String(200), nullable=False),
    Column("what", String(60), nullable=False),
    Index("ix_access_log_person", "person_id", "at"),
    info={"outlives_case": "the citizen may see who looked at their data; ids only"},
)
