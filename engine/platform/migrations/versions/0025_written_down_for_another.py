"""What citizens say by phone, at the office or on paper: who wrote it down, and how it came."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

#: Table → its new columns and their lengths.
COLUMNS = {
    "consent_record": {
        "registered_by": 36,
        "channel": 12,
        "document_id": 36,
        "end_registered_by": 36,
        "end_channel": 12,
    },
    "question": {"registered_by": 36, "channel": 12},
    "supplement": {"registered_by": 36},
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, length in columns.items():
            op.add_column(table, sa.Column(name, sa.String(length)))


def downgrade() -> None:
    for table, columns in COLUMNS.items():
        for name in reversed(columns):
            op.drop_column(table, name)
