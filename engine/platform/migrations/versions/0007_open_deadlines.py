"""The earliest deadline of a case's open tasks, found without looking at them all.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('ready', 'claimed') AND due_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_user_task_open_due",
        "user_task",
        ["case_id", "performer", "due_at"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_user_task_open_due", "user_task")
