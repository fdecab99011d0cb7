"""Queues of due work, since when it fails or waits, its trace; reconciling shared by all workers; breakers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("due_work", schema=None) as batch_op:
        batch_op.add_column(sa.Column("queue", sa.String(length=8), nullable=False, server_default="work"))
        batch_op.add_column(sa.Column("failing_since", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("waiting_since", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("trace", sa.String(length=55), nullable=True))
        batch_op.drop_index("ix_due_work_due")
    leased = sa.text("state = 'leased'")
    op.create_index("ix_due_work_due", "due_work", ["state", "queue", "due_at", "id"])
    op.create_index("ix_due_work_lease", "due_work", ["lease_until"], sqlite_where=leased, postgresql_where=leased)
    work = sa.table("due_work", sa.column("kind"), sa.column("queue"))
    commands = work.c.kind.in_(("timer", "pass_on", "signal", "start"))
    op.execute(sa.update(work).where(commands).values(queue="timers"))
    op.create_index("ix_subscription_case_id", "subscription", ["case_id"])
    op.create_index("ix_process_instance_state_id", "process_instance", ["state", "id"])
    op.create_table(
        "sweep",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("position", sa.String(length=36), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sweep")),
    )
    op.create_table(
        "breaker",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("open_until", MOMENT, nullable=False),
        sa.Column("pause", sa.Integer(), nullable=False),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_breaker")),
    )


def downgrade() -> None:
    op.drop_table("breaker")
    op.drop_table("sweep")
    op.drop_index("ix_process_instance_state_id", "process_instance")
    op.drop_index("ix_subscription_case_id", "subscription")
    op.drop_index("ix_due_work_lease", "due_work")
    op.drop_index("ix_due_work_due", "due_work")
    with op.batch_alter_table("due_work", schema=None) as batch_op:
        batch_op.drop_column("trace")
        batch_op.drop_column("waiting_since")
        batch_op.drop_column("failing_since")
        batch_op.drop_column("queue")
    op.create_index("ix_due_work_due", "due_work", ["state", "due_at"])
