"""An overview says what it was made of, so that nobody compiles again what is compiled already."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("snapshot", sa.Column("made_of", sa.String(64)))


def downgrade() -> None:
    op.drop_column("snapshot", "made_of")
