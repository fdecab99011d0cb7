"""The rows of consents and mandates. Two kinds of record, each revocable by itself.

A consent lets us process; a mandate (fullmakt) lets us collect from a source on the
citizen's behalf. A grant is what a record opened at one channel.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, String, Table

from engine.advice.consent.lifecycle import GRANT, RECORD
from engine.platform.db import Json, Sealed, UTCDateTime, metadata, one_of

consent_record = Table(
    "consent_record",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("basis", String(10), nullable=False),  # consent | mandate
    Column("purpose", String(60), nullable=False),
    Column("state", String(12), nullable=False),
    Column("data_sets", Json, nullable=False),
    Column("wording_hash", LargeBinary(32), nullable=False),
    Column("content", Sealed, nullable=False),
    Column("decided_at", UTCDateTime, nullable=False),
    Column("valid_to", UTCDateTime),
    Column("ended_at", UTCDateTime),
    Column("registered_by", String(36)),  # who wrote it down for somebody who did not log in
    Column("channel", String(12)),  # how it came to them, a code of ``registration.CHANNELS``
    Column("document_id", String(36)),  # the paper, where it was put in the case
    Column("end_registered_by", String(36)),  # the same of a withdrawal
    Column("end_channel", String(12)),
    Index("ix_consent_record_person", "person_id", "decided_at"),
    one_of("basis", ("consent", "mandate")),
    one_of("state", RECORD.states),
    CheckConstraint("valid_to > decided_at", name="life"),
    info={"outlives_case": "shows what was lawful when; expires and is erased with the person"},
)

grant = Table(
    "consent_grant",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("record_id", String(36), ForeignKey("consent_record.id"), nullable=False, index=True),
    Column("case_id", String(36), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("data_sets", Json, nullable=False),
    Column("reference", String(100), nullable=False),
    Column("redirect", String(500), nullable=False),
    Column("state", String(10), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),  # when the channel said that it has ended there, after a withdrawal here
    one_of("state", GRANT.states),
    info={"outlives_case": "belongs to its consent"},
)
