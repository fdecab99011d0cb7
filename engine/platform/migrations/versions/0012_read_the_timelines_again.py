"""Timelines of cases are read again: they had waited for a job of another name, so no overview stood in any of them."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM case_course")


def downgrade() -> None:
    """What was read is read again."""
