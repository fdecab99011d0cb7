"""The caseworkers' workplace: plans and pauses on a case, views, names, drafts, letters, questions, measures."""

import sqlalchemy as sa
from alembic import op

from engine.platform.db import Json, UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _id(name: str, *, null: bool = False, key: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.String(length=36), nullable=null, primary_key=key)


def _at(name: str, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, UTCDateTime(), nullable=null)


def _word(name: str, length: int, *, null: bool = False, key: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.String(length=length), nullable=null, primary_key=key)


def _sealed(name: str, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.LargeBinary(), nullable=null)


def _case_file() -> None:
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        batch_op.add_column(_at("follow_up_at", null=True))
        batch_op.add_column(_at("paused_at", null=True))
        batch_op.add_column(_word("pause_reason", 20, null=True))
        batch_op.drop_index("ix_case_file_queue")
    op.create_index("ix_case_file_queue", "case_file", ["office", "state", "deadline_at", "id"])
    op.create_index("ix_case_file_responsible", "case_file", ["office", "state", "responsible", "deadline_at", "id"])
    op.create_index("ix_case_file_waiting", "case_file", ["office", "state", "waiting_for", "deadline_at", "id"])
    op.create_index("ix_case_file_stage", "case_file", ["office", "state", "stage", "deadline_at", "id"])
    op.create_index("ix_case_file_key", "case_file", ["office", "state", "key", "deadline_at", "id"])
    op.create_index("ix_case_file_number", "case_file", ["office", "state", "number"])
    some = sa.text("follow_up_at IS NOT NULL")
    op.create_index(
        "ix_case_file_planned",
        "case_file",
        ["office", "state", "follow_up_at", "id"],
        sqlite_where=some,
        postgresql_where=some,
    )
    some = sa.text("closed_at IS NOT NULL")
    op.create_index(
        "ix_case_file_closed", "case_file", ["office", "closed_at", "id"], sqlite_where=some, postgresql_where=some
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.add_column(_word("barred", 20, null=True))


def upgrade() -> None:
    _case_file()
    op.create_table(
        "office_member",
        _word("office", 9, key=True),
        _id("person_id", key=True),
        sa.Column("leads", sa.Boolean(), nullable=False),
        _at("seen_at"),
        _at("away_from", null=True),
        _at("away_until", null=True),
        _id("substitute", null=True),
        _at("ended_at", null=True),
    )
    op.create_index("ix_office_member_substitute", "office_member", ["substitute"])
    op.create_table(
        "queue_view",
        _id("id", key=True),
        _word("office", 9),
        _id("owner_id", null=True),
        _word("name", 60),
        sa.Column("query", Json(), nullable=False),
        _id("made_by"),
        _at("made_at"),
    )
    op.create_index("ix_queue_view_office", "queue_view", ["office", "owner_id"])
    op.create_table("stored_search", _id("id", key=True), _id("person_id"), _sealed("content"), _at("made_at"))
    op.create_index("ix_stored_search_made_at", "stored_search", ["made_at"])
    op.create_table(
        "person_name",
        sa.Column("word", sa.LargeBinary(length=16), nullable=False, primary_key=True),
        _id("person_id", key=True),
    )
    op.create_index("ix_person_name_person_id", "person_name", ["person_id"])
    op.create_table(
        "case_draft",
        _id("case_id", key=True),
        _id("author", key=True),
        _word("kind", 60, key=True),
        _id("owner_id"),
        _sealed("content"),
        _at("changed_at"),
    )
    op.create_table(
        "letter",
        _id("id", key=True),
        _id("case_id"),
        _id("person_id"),
        _id("author"),
        _word("template", 60),
        _word("state", 10),
        _sealed("content"),
        _sealed("document", null=True),
        _word("digest", 64, null=True),
        _at("made_at"),
        _at("changed_at"),
        _at("sent_at", null=True),
        _at("read_at", null=True),
    )
    op.create_index("ix_letter_case_id", "letter", ["case_id"])
    op.create_index("ix_letter_person_id", "letter", ["person_id"])
    op.create_table(
        "question",
        _id("id", key=True),
        _id("case_id"),
        _id("person_id"),
        _id("author"),
        _word("state", 10),
        _sealed("asked"),
        _sealed("answer", null=True),
        sa.Column("pauses", sa.Boolean(), nullable=False),
        _at("asked_at"),
        _at("due_at"),
        _at("ended_at", null=True),
    )
    op.create_index("ix_question_case_id", "question", ["case_id"])
    op.create_index("ix_question_person_state", "question", ["person_id", "state"])
    op.create_table(
        "measure",
        _id("id", key=True),
        _id("case_id"),
        _id("person_id"),
        _word("office", 9),
        _id("author"),
        _word("kind", 30),
        _sealed("content"),
        _at("begun_on"),
        _at("made_at"),
    )
    op.create_index("ix_measure_case_id", "measure", ["case_id"])
    op.create_table(
        "measure_outcome",
        _id("measure_id", key=True),
        sa.Column("months", sa.Integer(), nullable=False, primary_key=True, autoincrement=False),
        _id("case_id"),
        _word("office", 9),
        _at("due_at"),
        _word("result", 20, null=True),
        _id("person_id"),
        _sealed("content", null=True),
        _id("by", null=True),
        _at("at", null=True),
    )
    op.create_index("ix_measure_outcome_case_id", "measure_outcome", ["case_id"])
    op.create_index("ix_measure_outcome_due", "measure_outcome", ["office", "at", "due_at"])
    op.create_table(
        "case_link",
        _id("id", key=True),
        _id("case_id"),
        _id("other_id"),
        _word("why", 20),
        _id("by"),
        _at("at"),
        sa.UniqueConstraint("case_id", "other_id", name=op.f("uq_case_link_case_id_other_id")),
    )
    op.create_index("ix_case_link_case_id", "case_link", ["case_id"])
    op.create_index("ix_case_link_other_id", "case_link", ["other_id"])


def downgrade() -> None:
    for table in (
        "case_link",
        "measure_outcome",
        "measure",
        "question",
        "letter",
        "case_draft",
        "person_name",
        "stored_search",
        "queue_view",
        "office_member",
    ):
        op.drop_table(table)
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.drop_column("barred")
    with op.batch_alter_table("case_file", schema=None) as batch_op:
        for name in ("closed", "planned", "number", "key", "stage", "waiting", "responsible", "queue"):
            batch_op.drop_index(f"ix_case_file_{name}")
        for name in ("pause_reason", "paused_at", "follow_up_at"):
            batch_op.drop_column(name)
    op.create_index("ix_case_file_queue", "case_file", ["state", "office", "deadline_at", "id"])
