"""People's work with tasks, version tags, batches of operations, and what retention leaves behind."""

import uuid

import sqlalchemy as sa
from alembic import op

from engine.platform.db import Json, UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TASK_COLUMNS = (
    ("follow_up_at", UTCDateTime()),
    ("paused_at", UTCDateTime()),
    ("delegated_by", sa.String(length=36)),
    ("escalated_at", UTCDateTime()),
)


def _watch_deadlines() -> None:
    """Open tasks from before get the due work new ones are born with; what has passed is noted at once."""
    task = sa.table(
        "user_task",
        *(sa.column(name) for name in ("id", "case_id", "instance_id", "element_id", "state")),
        sa.column("due_at", UTCDateTime),
        sa.column("warn_at", UTCDateTime),
        sa.column("created_at", UTCDateTime),
    )
    work = sa.table(
        "due_work",
        *(sa.column(name) for name in ("id", "kind", "name", "case_id", "instance_id", "token_id", "element_id")),
        *(sa.column(name) for name in ("payload", "state", "fence", "attempts", "reclaims", "idempotency_key")),
        sa.column("due_at", UTCDateTime),
        sa.column("created_at", UTCDateTime),
    )
    connection = op.get_bind()
    open_tasks = sa.select(task).where(task.c.state.in_(("ready", "claimed")), task.c.due_at.is_not(None))
    for row in connection.execute(open_tasks).all():
        for name, at in (("warning", row.warn_at), ("deadline", row.due_at)):
            if at is None:
                continue
            key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{row.id}/{name}/{at.isoformat()}"))
            connection.execute(
                sa.insert(work).values(
                    id=str(uuid.uuid4()),
                    kind="deadline",
                    name=name,
                    case_id=row.case_id,
                    instance_id=row.instance_id,
                    token_id=row.id,
                    element_id=row.element_id,
                    payload="{}",
                    due_at=at,
                    state="due",
                    fence=0,
                    attempts=0,
                    reclaims=0,
                    idempotency_key=key,
                    created_at=row.created_at,
                )
            )


def upgrade() -> None:
    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version_tag", sa.String(length=60), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_process_definition_key_version_tag"), ["key", "version_tag"])
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.create_index("ix_process_instance_definition", ["definition_id", "state"], unique=False)
        batch_op.create_index("ix_process_instance_ended", ["ended_at", "id"], unique=False)
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        for name, kind in _TASK_COLUMNS:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
    _watch_deadlines()

    op.create_table(
        "task_change",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("from_person", sa.String(length=36), nullable=True),
        sa.Column("to_person", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_change")),
        sa.UniqueConstraint("task_id", "seq", name=op.f("uq_task_change_task_id_seq")),
    )
    with op.batch_alter_table("task_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_change_task_id"), ["task_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_change_case_id"), ["case_id"], unique=False)

    op.create_table(
        "batch",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("chosen", Json(), nullable=False),
        sa.Column("settings", Json(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_created_at"), ["created_at"], unique=False)
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("result", Json(), nullable=True),
        sa.Column("before", Json(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_batch_item")),
        sa.UniqueConstraint("batch_id", "target", name=op.f("uq_batch_item_batch_id_target")),
    )
    with op.batch_alter_table("batch_item", schema=None) as batch_op:
        batch_op.create_index("ix_batch_item_next", ["batch_id", "state", "position"], unique=False)

    op.create_table(
        "purged_case",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("purged_at", UTCDateTime(), nullable=False),
        sa.Column("audit_until", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_purged_case")),
    )
    with op.batch_alter_table("purged_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purged_case_audit_until"), ["audit_until"], unique=False)


def downgrade() -> None:
    work = sa.table("due_work", sa.column("kind"))
    op.execute(sa.delete(work).where(work.c.kind == "deadline"))
    for table in ("purged_case", "batch_item", "batch", "task_change"):
        op.drop_table(table)
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        for name, _ in reversed(_TASK_COLUMNS):
            batch_op.drop_column(name)
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_index("ix_process_instance_ended")
        batch_op.drop_index("ix_process_instance_definition")
    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_process_definition_key_version_tag"), type_="unique")
        batch_op.drop_column("version_tag")
