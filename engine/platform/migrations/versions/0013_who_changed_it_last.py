"""Who changed a letter, a form or a draft last, and on which page: so that the next to write sees both texts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ADDED = (("letter", "changed_by"), ("letter", "page"), ("data_element", "changed_by"), ("case_draft", "page"))


def upgrade() -> None:
    for table, column in _ADDED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, sa.String(length=36), nullable=True))


def downgrade() -> None:
    for table, column in reversed(_ADDED):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
