"""The timelines leaders' figures are computed from, and checks of the audit trail that run in the background."""

import sqlalchemy as sa
from alembic import op

from engine.platform.db import Json, UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_course",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_course")),
    )
    op.create_table(
        "audit_check",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("position", sa.String(length=36), nullable=False),
        sa.Column("chains", sa.Integer(), nullable=False),
        sa.Column("broken", Json(), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )
    op.create_index("ix_audit_check_asked_at", "audit_check", ["asked_at"])
    op.create_index("ix_case_file_opened", "case_file", ["key", "opened_at"])
    op.create_index("ix_incident_open", "incident", ["state", "code"])


def downgrade() -> None:
    op.drop_index("ix_incident_open", "incident")
    op.drop_index("ix_case_file_opened", "case_file")
    op.drop_table("audit_check")
    op.drop_table("case_course")
