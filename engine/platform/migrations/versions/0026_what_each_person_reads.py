"""The language a person chose is theirs, whichever browser they come with."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_language",
        sa.Column("person_id", sa.String(36), primary_key=True),
        sa.Column("language", sa.String(2), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("person_language")
