"""What happened with a letter on its way, and with a complaint: no answer is made up for those that were before.

A letter that was sent until now was made available on our pages and no notice of it left them: digital, never notified.
"""

import sqlalchemy as sa
from alembic import op

from engine.platform.db import Sealed, UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def _letter() -> list[sa.Column[object]]:
    return [
        sa.Column("channel", sa.String(10)),
        sa.Column("posted_at", UTCDateTime()),
        sa.Column("arrived_at", UTCDateTime()),
        sa.Column("notified_at", UTCDateTime()),
        sa.Column("second_notified_at", UTCDateTime()),
        sa.Column("notice_refused", sa.String(40)),
        sa.Column("approved_by", sa.String(36)),
        sa.Column("approved_at", UTCDateTime()),
    ]


def _complaint() -> list[sa.Column[object]]:
    return [
        sa.Column("letter_id", sa.String(36)),
        sa.Column("way", sa.String(10)),
        sa.Column("document_id", sa.String(36)),
        sa.Column("treat_by", UTCDateTime()),
        sa.Column("timeliness", sa.String(10)),
        sa.Column("timeliness_reason", Sealed()),
        sa.Column("timeliness_by", sa.String(36)),
        sa.Column("timeliness_at", UTCDateTime()),
        sa.Column("appeal_outcome", sa.String(20)),
        sa.Column("appeal_answer", Sealed()),
        sa.Column("appeal_by", sa.String(36)),
        sa.Column("appeal_at", UTCDateTime()),
    ]


def upgrade() -> None:
    for column in _letter():
        op.add_column("letter", column)
    for column in _complaint():
        op.add_column("complaint", column)
    op.execute("UPDATE letter SET channel = 'digital' WHERE state = 'sent'")


def downgrade() -> None:
    for column in reversed(_complaint()):
        op.drop_column("complaint", column.name)
    for column in reversed(_letter()):
        op.drop_column("letter", column.name)
