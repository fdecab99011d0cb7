"""What hangs on an element instance, and the open tasks of a case by an index of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('ready', 'claimed')")


def upgrade() -> None:
    with op.batch_alter_table("element_instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("waits", sa.Integer(), nullable=False, server_default="15"))
    op.create_index(
        "ix_user_task_open",
        "user_task",
        ["case_id", "performer", "created_at", "due_at"],
        unique=False,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_user_task_open", table_name="user_task")
    with op.batch_alter_table("element_instance", schema=None) as batch_op:
        batch_op.drop_column("waits")
