"""Foreign keys and checks on case work, consents, evidence and definitions; what breaks one is set aside first."""

import sqlalchemy as sa
from alembic import op

from engine.platform.clock import SystemClock
from engine.platform.db import Json, UTCDateTime
from engine.platform.quarantine import Rule, set_aside

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

#: table, condition by name. A row that is set aside for one may leave others that name it: these come first.
_CHECKS = (
    ("draft", "base_version", "base_version >= 0"),
    ("draft", "position", "position >= 0"),
    ("draft", "revision", "revision >= 1"),
    ("case_document", "size", "size >= 0"),
    ("case_link", "other", "other_id <> case_id"),
    ("complaint", "registered", "registered_at >= received_at"),
    ("consent_record", "basis", "basis IN ('consent', 'mandate')"),
    ("consent_record", "state", "state IN ('asked', 'given', 'refused', 'withdrawn', 'expired', 'replaced')"),
    ("consent_record", "life", "valid_to > decided_at"),
    ("draft_step", "position", "position >= 0"),
    ("draft_step", "revision", "revision >= 1"),
    ("harvest", "state", "state IN ('asked', 'answered', 'empty', 'partial', 'unavailable', 'refused', 'broken')"),
    ("harvest", "attempts", "attempts >= 0"),
    ("letter", "state", "state IN ('draft', 'sent')"),
    ("office_member", "away", "away_until >= away_from"),
    ("office_member", "leads", "leads IN (true, false)"),
    ("question", "pauses", "pauses IN (true, false)"),
    ("question", "state", "state IN ('open', 'answered', 'withdrawn')"),
    ("share", "state", "state IN ('active', 'stopped')"),
    ("share", "life", "valid_to > created_at"),
    ("signature", "answer", "answer IN ('signed', 'refused')"),
    ("snapshot", "life", "expires_at > built_at"),
    ("snapshot", "version", "version >= 1"),
    ("start_event", "kind", "kind IN ('message', 'signal')"),
    ("consent_grant", "state", "state IN ('pending', 'active', 'refused', 'revoked', 'expired')"),
    ("measure_outcome", "months", "months > 0"),
)
#: table, column, the table and the column it names, what a delete there does. Those that are named come first.
_KEYS = (
    ("case_document", "case_id", "case_file", "id", None),
    ("case_document", "person_id", "person", "id", None),
    ("case_draft", "case_id", "case_file", "id", None),
    ("case_draft", "owner_id", "person", "id", None),
    ("case_link", "case_id", "case_file", "id", None),
    ("case_message", "case_id", "case_file", "id", None),
    ("case_message", "person_id", "person", "id", None),
    ("case_party", "case_id", "case_file", "id", None),
    ("complaint", "case_id", "case_file", "id", None),
    ("complaint", "person_id", "person", "id", None),
    ("consent_record", "person_id", "person", "id", None),
    ("draft_step", "key", "draft", "key", "CASCADE"),
    ("harvest", "case_id", "case_file", "id", None),
    ("harvest", "person_id", "person", "id", None),
    ("letter", "case_id", "case_file", "id", None),
    ("letter", "person_id", "person", "id", None),
    ("measure", "case_id", "case_file", "id", None),
    ("measure", "person_id", "person", "id", None),
    ("note", "case_id", "case_file", "id", None),
    ("note", "person_id", "person", "id", None),
    ("notice", "case_id", "case_file", "id", None),
    ("notice", "person_id", "person", "id", None),
    ("office_member", "person_id", "person", "id", None),
    ("question", "case_id", "case_file", "id", None),
    ("question", "person_id", "person", "id", None),
    ("queue_view", "owner_id", "person", "id", None),
    ("share", "case_id", "case_file", "id", None),
    ("share", "person_id", "person", "id", None),
    ("signature", "case_id", "case_file", "id", None),
    ("signature", "person_id", "person", "id", None),
    ("snapshot", "case_id", "case_file", "id", None),
    ("snapshot", "person_id", "person", "id", None),
    ("start_event", "definition_id", "process_definition", "id", "CASCADE"),
    ("stored_search", "person_id", "person", "id", None),
    ("supplement", "case_id", "case_file", "id", None),
    ("supplement", "person_id", "person", "id", None),
    ("consent_grant", "record_id", "consent_record", "id", None),
    ("measure_outcome", "case_id", "case_file", "id", None),
    ("measure_outcome", "measure_id", "measure", "id", None),
    ("measure_outcome", "person_id", "person", "id", None),
    ("raw_answer", "case_id", "case_file", "id", None),
    ("raw_answer", "id", "harvest", "id", "CASCADE"),
    ("raw_answer", "person_id", "person", "id", None),
)
_TABLES = tuple(dict.fromkeys(row[0] for row in (*_CHECKS, *_KEYS)))
#: These live longer than their case.
_OUTLIVING = ("consent_record", "consent_grant")


def upgrade() -> None:
    op.create_table(
        "quarantined_row",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("table_name", sa.String(63), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("case_id", sa.String(36), nullable=True),
        sa.Column("content", Json(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_row")),
    )
    op.create_index(op.f("ix_quarantined_row_case_id"), "quarantined_row", ["case_id"])
    now = SystemClock().now()
    for table, name, condition in _CHECKS:
        rule = Rule(table, f"ck_{table}_{name}", f"NOT ({condition})")
        set_aside(op.get_bind(), [rule], now, with_case=table not in _OUTLIVING)
    for table, column, parent, key, _ in _KEYS:
        there = f"(SELECT 1 FROM {parent} p WHERE p.{key} = {table}.{column})"  # noqa: S608  names of ours alone
        rule = Rule(table, f"fk_{table}_{column}", f"{column} IS NOT NULL AND NOT EXISTS {there}")
        set_aside(op.get_bind(), [rule], now, with_case=table not in _OUTLIVING)
    for changed in _TABLES:
        with op.batch_alter_table(changed) as batch_op:
            for table, name, condition in _CHECKS:
                if table == changed:
                    batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)
            for table, column, parent, key, ondelete in _KEYS:
                if table == changed:
                    name = op.f(f"fk_{table}_{column}")
                    batch_op.create_foreign_key(name, parent, [column], [key], ondelete=ondelete)


def downgrade() -> None:
    for changed in reversed(_TABLES):
        with op.batch_alter_table(changed) as batch_op:
            for table, column, *_ in _KEYS:
                if table == changed:
                    batch_op.drop_constraint(op.f(f"fk_{table}_{column}"), type_="foreignkey")
            for table, name, _ in _CHECKS:
                if table == changed:
                    batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
    op.drop_table("quarantined_row")
