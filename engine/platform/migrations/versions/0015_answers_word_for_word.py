"""Beside the figures read of an answer lies the answer itself, sealed: a mapping mended later can be run again."""

import sqlalchemy as sa
from alembic import op

from engine.platform.db import Sealed, UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "raw_answer",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("data_set", sa.String(60), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=False),
        sa.Column("content", Sealed(), nullable=False),
    )
    op.create_index("ix_raw_answer_case_id", "raw_answer", ["case_id"])


def downgrade() -> None:
    op.drop_table("raw_answer")
