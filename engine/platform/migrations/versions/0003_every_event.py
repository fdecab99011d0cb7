"""Roles of element instances, signals beside messages, and what begins a process."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("element_instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(length=12), nullable=False, server_default=""))

    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.add_column(sa.Column("case_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("kind", sa.String(length=10), nullable=False, server_default="message"))
    instance = sa.table("process_instance", sa.column("id"), sa.column("case_id"))
    waits = sa.table("subscription", sa.column("instance_id"), sa.column("case_id"))
    found = sa.select(instance.c.case_id).where(instance.c.id == waits.c.instance_id).scalar_subquery()
    op.execute(sa.update(waits).values(case_id=found))
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.alter_column("case_id", existing_type=sa.String(length=36), nullable=False)

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=10), nullable=False, server_default="message"))
        batch_op.add_column(sa.Column("owner_id", sa.String(length=36), nullable=False, server_default=""))

    op.create_table(
        "start_event",
        sa.Column("definition_id", sa.String(length=36), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("definition_id", "element_id", "kind", "name", name=op.f("pk_start_event")),
    )
    with op.batch_alter_table("start_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_start_event_key"), ["key"], unique=False)
        batch_op.create_index("ix_start_event_name", ["name", "kind"], unique=False)


def downgrade() -> None:
    op.drop_table("start_event")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("owner_id")
        batch_op.drop_column("kind")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_column("kind")
        batch_op.drop_column("case_id")
    with op.batch_alter_table("element_instance", schema=None) as batch_op:
        batch_op.drop_column("role")
