"""The rows of cases."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from engine.platform.db import Json, Sealed, UTCDateTime, metadata, one_of

_PLANNED = text("follow_up_at IS NOT NULL")
_CLOSED = text("closed_at IS NOT NULL")

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
    Column("waiting_for", String(20), nullable=False),  # citizen | caseworker | source | other | nobody
    Column("waiting_task", String(200)),
    Column("waiting_since", UTCDateTime, nullable=False),
    Column("deadline_at", UTCDateTime),
    Column("warn_at", UTCDateTime),
    Column("opened_at", UTCDateTime, nullable=False),
    Column("closed_at", UTCDateTime),
    Column("follow_up_at", UTCDateTime),  # when somebody means to look at it; the deadline stays what it is
    Column("paused_at", UTCDateTime),
    Column("pause_reason", String(20)),  # a code of ``acts.PAUSES``
    Index("ix_case_file_opened", "key", "opened_at"),
    Index("ix_case_file_queue", "office", "state", "deadline_at", "id"),
    Index("ix_case_file_responsible", "office", "state", "responsible", "deadline_at", "id"),
    Index("ix_case_file_waiting", "office", "state", "waiting_for", "deadline_at", "id"),
    Index("ix_case_file_stage", "office", "state", "stage", "deadline_at", "id"),
    Index("ix_case_file_key", "office", "state", "key", "deadline_at", "id"),
    Index("ix_case_file_number", "office", "state", "number"),
    Index(
        "ix_case_file_planned",
        "office",
        "state",
        "follow_up_at",
        "id",
        sqlite_where=_PLANNED,
        postgresql_where=_PLANNED,
    ),
    Index("ix_case_file_closed", "office", "closed_at", "id", sqlite_where=_CLOSED, postgresql_where=_CLOSED),
)

case_number = Table(
    "case_number",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

#: Who takes part in a case besides its owner, and as what. A row ends, it is never removed.
case_party = Table(
    "case_party",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), nullable=False),  # "" for one who is known by name alone
    Column("role", String(60), nullable=False),
    Column("acts_by", String(36), nullable=False),  # the person, or their guardian (verge); "" for nobody
    Column("reference", String(60), nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
    Column("name", Sealed),  # of one we have no number of, sealed as the owner's
    Column("reason", Sealed),  # why a caseworker ended it
    Index("ix_case_party_acts_by", "acts_by", "ended_at"),
)

signature = Table(
    "signature",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("task_id", String(36), nullable=False, unique=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("on_behalf_of", String(36), nullable=False),
    Column("answer", String(10), nullable=False),  # signed | refused
    Column("digest", String(64), nullable=False),  # SHA-256 of what was signed
    Column("level", String(20), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    one_of("answer", ("signed", "refused")),
)

#: A warning or notice given in a case: each key once.
notice = Table(
    "notice",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False, index=True),
    Column("key", String(100), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("content", Sealed, nullable=False),
    Column("given_at", UTCDateTime, nullable=False),
    Column("read_at", UTCDateTime),
    UniqueConstraint("case_id", "key"),
)

note = Table(
    "note",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("author", String(36), nullable=False),
    Column("content", Sealed, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("barred", String(20)),  # why the citizen may not read it: a code of ``writing.BARS``
)

case_message = Table(
    "case_message",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("author", String(36), nullable=False),
    Column("from_role", String(20), nullable=False),
    Column("content", Sealed, nullable=False),
    Column("sent_at", UTCDateTime, nullable=False),
    Column("read_at", UTCDateTime),
)
