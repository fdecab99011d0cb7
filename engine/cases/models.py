"""The rows of cases."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from engine.db import Json, Sealed, UTCDateTime, metadata

case_file = Table(
    "case_file",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number", String(12), nullable=False, unique=True),
    Column("key", String(100), nullable=False),
    Column("definition_id", String(36), nullable=False),
    Column("owner_id", String(36), nullable=False, index=True),
    Column("office", String(9)),
    Column("responsible", String(36)),
    Column("state", String(12), nullable=False),  # open | closed | cancelled
    Column("stage", String(60)),
    Column("stages", Json, nullable=False),  # [{"id", "at"}] in the order entered
    Column("waiting_for", String(20), nullable=False),  # citizen | caseworker | source | nobody
    Column("waiting_task", String(200)),
    Column("waiting_since", UTCDateTime, nullable=False),
    Column("deadline_at", UTCDateTime),
    Column("warn_at", UTCDateTime),
    Column("opened_at", UTCDateTime, nullable=False),
    Column("closed_at", UTCDateTime),
    Index("ix_case_file_queue", "state", "office", "deadline_at", "id"),
)

case_number = Table(
    "case_number",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

note = Table(
    "note",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False, index=True),
    Column("person_id", String(36), nullable=False),
    Column("author", String(36), nullable=False),
    Column("content", Sealed, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
)

case_message = Table(
    "case_message",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False, index=True),
    Column("person_id", String(36), nullable=False),
    Column("author", String(36), nullable=False),
    Column("from_role", String(20), nullable=False),
    Column("content", Sealed, nullable=False),
    Column("sent_at", UTCDateTime, nullable=False),
    Column("read_at", UTCDateTime),
)
