"""A form that was sent when the session was over is stored until its writer is back."""

import sqlalchemy as sa
from alembic import op

from engine.platform.db import UTCDateTime

revision = "0023"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsent_form",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UTCDateTime, nullable=False),
    )
    op.create_index("ix_unsent_form_person_id", "unsent_form", ["person_id"])
    op.create_index("ix_unsent_form_created_at", "unsent_form", ["created_at"])


def downgrade() -> None:
    op.drop_table("unsent_form")
