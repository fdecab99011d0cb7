"""The rows of the caseworkers' workplace: who works where, views and searches, drafts, letters, questions, measures."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from engine.platform.db import Json, Sealed, UTCDateTime, is_boolean, metadata, one_of

#: Who has worked at an office, known from log-ins with Ansattporten. A row ends, it is never removed.
office_member = Table(
    "office_member",
    metadata,
    Column("office", String(9), primary_key=True),
    Column("person_id", String(36), ForeignKey("person.id"), primary_key=True),
    Column("leads", Boolean, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
    Column("away_from", UTCDateTime),
    Column("away_until", UTCDateTime),
    Column("substitute", String(36)),  # who has the cases beside their own meanwhile
    Column("ended_at", UTCDateTime),
    Index("ix_office_member_substitute", "substitute"),
    CheckConstraint("away_until >= away_from", name="away"),
    is_boolean("leads"),
)

#: A saved view of the queue: a person's own, or the office's when it has no owner.
queue_view = Table(
    "queue_view",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("office", String(9), nullable=False),
    Column("owner_id", String(36), ForeignKey("person.id")),
    Column("name", String(60), nullable=False),
    Column("query", Json, nullable=False),
    Column("made_by", String(36), nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Index("ix_queue_view_office", "office", "owner_id"),
)

#: What somebody searched for, kept an hour so that no name stands in an address.
stored_search = Table(
    "stored_search",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("content", Sealed, nullable=False),
    Column("made_at", UTCDateTime, nullable=False, index=True),
)

#: What a caseworker is writing and has not finished. One of a kind for each case and writer.
case_draft = Table(
    "case_draft",
    metadata,
    Column("case_id", String(36), ForeignKey("case_file.id"), primary_key=True),
    Column("author", String(36), primary_key=True),
    Column("kind", String(60), primary_key=True),
    Column("owner_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("content", Sealed, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
    Column("page", String(36)),  # the page it was written on, as it was shown
)

letter = Table(
    "letter",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False, index=True),
    Column("author", String(36), nullable=False),
    Column("template", String(60), nullable=False),
    Column("state", String(10), nullable=False),  # draft | sent
    Column("content", Sealed, nullable=False),  # {"title", "body"}
    Column("document", Sealed),  # the PDF as it was sent, base64
    Column("digest", String(64)),  # SHA-256 of the PDF
    Column("made_at", UTCDateTime, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
    Column("changed_by", String(36)),
    Column("page", String(36)),  # the page it was changed on last, as it was shown
    Column("sent_at", UTCDateTime),  # digital: it was made available then
    Column("read_at", UTCDateTime),
    Column("channel", String(10)),  # a code of ``complaint_time.Channel``; none before it was sent
    Column("posted_at", UTCDateTime),
    Column("arrived_at", UTCDateTime),  # by post: in the letter box; handed: over the counter
    Column("notified_at", UTCDateTime),  # a notice went to the address in the contact register
    Column("second_notified_at", UTCDateTime),
    Column("notice_refused", String(40)),  # why none could be sent: a code of ``letter_notices``
    Column("approved_by", String(36)),  # who else has approved the decision as it stands
    Column("approved_at", UTCDateTime),
    one_of("state", ("draft", "sent")),
)

#: Something the citizen is asked for, with a day; the answer lies beside it.
question = Table(
    "question",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("author", String(36), nullable=False),
    Column("state", String(10), nullable=False),  # open | answered | withdrawn
    Column("asked", Sealed, nullable=False),
    Column("answer", Sealed),
    Column("pauses", Boolean, nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
    Column("registered_by", String(36)),  # who wrote down an answer that came by phone, at the office or on paper
    Column("channel", String(12)),  # how it came, a code of ``registration.CHANNELS``
    Index("ix_question_person_state", "person_id", "state"),
    one_of("state", ("open", "answered", "withdrawn")),
    is_boolean("pauses"),
)

measure = Table(
    "measure",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("office", String(9), nullable=False),
    Column("author", String(36), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("content", Sealed, nullable=False),  # {"what", "monthly": NOK a month as text}
    Column("begun_on", UTCDateTime, nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
)

#: How a measure went 3, 9 and 15 months after it began: due on a day, filled in once.
measure_outcome = Table(
    "measure_outcome",
    metadata,
    Column("measure_id", String(36), ForeignKey("measure.id"), primary_key=True),
    Column("months", Integer, primary_key=True, autoincrement=False),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("office", String(9), nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("result", String(20)),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("content", Sealed),  # {"monthly", "text"}
    Column("by", String(36)),
    Column("at", UTCDateTime),
    Index("ix_measure_outcome_due", "office", "at", "due_at"),
    CheckConstraint("months > 0", name="months"),
)

case_link = Table(
    "case_link",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("other_id", String(36), nullable=False, index=True),
    Column("why", String(20), nullable=False),
    Column("by", String(36), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    UniqueConstraint("case_id", "other_id"),
    CheckConstraint("other_id <> case_id", name="other"),
)

#: A file in a case. One that the citizen may read says since when; another says why not.
case_document = Table(
    "case_document",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("author", String(36), nullable=False),
    Column("kind", String(20), nullable=False),  # a code of ``documents.KINDS``
    Column("content", Sealed, nullable=False),  # {"title", "name", "type", "why"}
    Column("body", Sealed, nullable=False),  # the file, base64
    Column("size", Integer, nullable=False),  # bytes
    Column("digest", String(64), nullable=False),  # SHA-256 of the file
    Column("barred", String(20)),  # why the citizen may not read it: a code of ``writing.BARS``
    Column("added_at", UTCDateTime, nullable=False),
    Column("shared_at", UTCDateTime),
    Column("read_at", UTCDateTime),  # first opened by another than who put it there
    CheckConstraint("size >= 0", name="size"),
)

#: A complaint about the case's decision: when it came and how, how its lateness was assessed, what became of it here
#: and at the appeal body.
complaint = Table(
    "complaint",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case_id", String(36), ForeignKey("case_file.id"), nullable=False, index=True),
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("author", String(36), nullable=False),
    Column("content", Sealed, nullable=False),  # {"text"}
    Column("received_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime),  # the last moment as it stood when the complaint was written down
    Column("registered_at", UTCDateTime, nullable=False),
    Column("outcome", String(20)),  # a code of ``complaints.OUTCOMES``
    Column("answer", Sealed),
    Column("decided_by", String(36)),
    Column("decided_at", UTCDateTime),
    Column("letter_id", String(36)),  # the decision it is about; none where none was sent
    Column("way", String(10)),  # how it came: a code of ``complaints.WAYS``
    Column("document_id", String(36)),  # what came with it
    Column("treat_by", UTCDateTime),
    Column("timeliness", String(10)),  # a code of ``complaints.TIMELINESS``, where a person has assessed it
    Column("timeliness_reason", Sealed),
    Column("timeliness_by", String(36)),
    Column("timeliness_at", UTCDateTime),
    Column("appeal_outcome", String(20)),  # a code of ``complaints.APPEAL_OUTCOMES``
    Column("appeal_answer", Sealed),
    Column("appeal_by", String(36)),
    Column("appeal_at", UTCDateTime),
    CheckConstraint("registered_at >= received_at", name="registered"),
)
