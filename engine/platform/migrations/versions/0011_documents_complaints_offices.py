"""Documents and complaints of a case, names and ends of parts in it, and the offices a session may choose between."""

import sqlalchemy as sa
from alembic import op

from engine.platform.db import Json, UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _id(name: str, *, null: bool = False, key: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.String(length=36), nullable=null, primary_key=key)


def _at(name: str, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, UTCDateTime(), nullable=null)


def _word(name: str, length: int, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.String(length=length), nullable=null)


def _sealed(name: str, *, null: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.LargeBinary(), nullable=null)


def upgrade() -> None:
    op.create_table(
        "case_document",
        _id("id", key=True),
        _id("case_id"),
        _id("person_id"),
        _id("author"),
        _word("kind", 20),
        _sealed("content"),
        _sealed("body"),
        sa.Column("size", sa.Integer(), nullable=False),
        _word("digest", 64),
        _word("barred", 20, null=True),
        _at("added_at"),
        _at("shared_at", null=True),
        _at("read_at", null=True),
    )
    op.create_index("ix_case_document_case_id", "case_document", ["case_id"])
    op.create_table(
        "complaint",
        _id("id", key=True),
        _id("case_id"),
        _id("person_id"),
        _id("author"),
        _sealed("content"),
        _at("received_at"),
        _at("due_at", null=True),
        _at("registered_at"),
        _word("outcome", 20, null=True),
        _sealed("answer", null=True),
        _id("decided_by", null=True),
        _at("decided_at", null=True),
    )
    op.create_index("ix_complaint_case_id", "complaint", ["case_id"])
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.add_column(_sealed("name", null=True))
        batch_op.add_column(_sealed("reason", null=True))
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offices", Json(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("offices")
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.drop_column("reason")
        batch_op.drop_column("name")
    op.drop_table("complaint")
    op.drop_table("case_document")
