"""Every step of a draft, so that many can be undone and done again; who asks for it to be published; settings."""

import sqlalchemy as sa
from alembic import op

from engine.platform.db import Json, UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft_step",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("bundle", sa.LargeBinary(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("key", "position", name=op.f("pk_draft_step")),
    )
    op.create_table(
        "studio_setting",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_studio_setting")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("proposed_by", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("proposed_at", UTCDateTime(), nullable=True))
    _first_steps()
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_column("previous")
        batch_op.alter_column("position", server_default=None)


def _first_steps() -> None:
    """What a draft is, and what it was before its last change, are its first steps."""
    draft = sa.table(
        "draft",
        *(sa.column(name) for name in ("key", "bundle", "previous", "revision", "position", "changed_by")),
        sa.column("changed_at", UTCDateTime),
    )
    step = sa.table(
        "draft_step",
        *(sa.column(name) for name in ("key", "position", "revision", "bundle", "by")),
        sa.column("at", UTCDateTime),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(draft)).all():
        known = [bundle for bundle in (row.previous, row.bundle) if bundle is not None]
        last = len(known) - 1
        for position, bundle in enumerate(known):
            values = {"revision": row.revision - last + position, "at": row.changed_at, "by": row.changed_by}
            connection.execute(sa.insert(step).values(key=row.key, position=position, bundle=bundle, **values))
        connection.execute(sa.update(draft).where(draft.c.key == row.key).values(position=last))


def downgrade() -> None:
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("previous", sa.LargeBinary(), nullable=True))
        batch_op.drop_column("proposed_at")
        batch_op.drop_column("proposed_by")
        batch_op.drop_column("position")
    op.drop_table("studio_setting")
    op.drop_table("draft_step")
