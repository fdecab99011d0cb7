"""When a channel said that a withdrawn grant has ended there too; those withdrawn before are taken as told."""

import sqlalchemy as sa
from alembic import op

from engine.platform.db import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consent_grant", sa.Column("ended_at", UTCDateTime()))
    op.execute(
        "UPDATE consent_grant SET ended_at = "
        "(SELECT r.ended_at FROM consent_record r WHERE r.id = consent_grant.record_id) WHERE state = 'revoked'"
    )


def downgrade() -> None:
    op.drop_column("consent_grant", "ended_at")
