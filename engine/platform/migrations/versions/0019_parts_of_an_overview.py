"""What pages show beside an overview is kept in parts, sealed, and goes with it."""

import sqlalchemy as sa
from alembic import op

from engine.platform.db import Sealed

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot_part",
        sa.Column("snapshot_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("content", Sealed(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_snapshot_part_number")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_snapshot_part_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_snapshot_part_person_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_snapshot_part_snapshot_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "number", name=op.f("pk_snapshot_part")),
    )
    op.create_index("ix_snapshot_part_case_id", "snapshot_part", ["case_id"])


def downgrade() -> None:
    op.drop_table("snapshot_part")
