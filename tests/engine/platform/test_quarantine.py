"""Every rule of the database: what breaks it is set aside by the migration that brings it, and refused from then on."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Connection,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Table,
    insert,
    inspect,
    literal_column,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from engine.platform import quarantine, schema
from engine.platform.db import Database, Json, Kroner, UTCDateTime
from engine.platform.quarantine import SetAside, quarantined_row
from engine.studio.tables import metadata

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
#: What a sound row says where not anything goes.
SOUND = {
    "consent_record.basis": "consent",
    "consent_record.state": "given",
    "consent_grant.state": "active",
    "harvest.state": "answered",
    "share.state": "active",
    "letter.state": "sent",
    "question.state": "open",
    "signature.answer": "signed",
    "start_event.kind": "message",
}
#: Of each check, what a row says that breaks it.
BROKEN: Mapping[str, tuple[str, object]] = {
    **{f"ck_{place.replace('.', '_')}": (place.partition(".")[2], "strange") for place in SOUND},
    "ck_consent_record_life": ("valid_to", NOW - timedelta(days=1)),
    "ck_share_life": ("valid_to", NOW - timedelta(days=1)),
    "ck_snapshot_life": ("expires_at", NOW - timedelta(days=1)),
    "ck_office_member_away": ("away_until", NOW - timedelta(days=1)),
    "ck_complaint_registered": ("registered_at", NOW - timedelta(days=1)),
    "ck_office_member_leads": ("leads", literal_column("2")),
    "ck_question_pauses": ("pauses", literal_column("2")),
    "ck_harvest_attempts": ("attempts", -1),
    "ck_snapshot_version": ("version", 0),
    "ck_measure_outcome_months": ("months", 0),
    "ck_case_link_other": ("other_id", literal_column("case_id")),
    "ck_case_document_size": ("size", -1),
    "ck_draft_base_version": ("base_version", -1),
    "ck_draft_revision": ("revision", 0),
    "ck_draft_position": ("position", -1),
    "ck_draft_step_revision": ("revision", 0),
    "ck_draft_step_position": ("position", -1),
    "ck_snapshot_part_number": ("number", -1),
}
#: PostgreSQL has booleans of its own, and nothing else comes into such a column.
SQLITE_ALONE = {"ck_office_member_leads", "ck_question_pauses"}
#: Tables that came with their rules, after the migration that brought rules to those there were.
BORN_WITH_RULES = frozenset({"snapshot_part"})
LATER = {"valid_to", "expires_at", "away_until", "ended_at"}


def rules(dialect: str, without: Collection[str] = BORN_WITH_RULES) -> Iterator[tuple[Table, str, str, object]]:
    """Each rule with its table: name, column and what breaks it there. *without*: tables whose rules are left out."""
    for table in metadata.sorted_tables:
        if table.name in without:
            continue
        for constraint in table.constraints:
            if isinstance(constraint, ForeignKeyConstraint):
                (column,) = constraint.columns.keys()
                yield table, f"fk_{table.name}_{column}", column, "gone"
            elif isinstance(constraint, CheckConstraint):
                name = str(constraint.name)
                if dialect == "sqlite" or name not in SQLITE_ALONE:
                    yield table, name, *BROKEN[name]


def row(table: Table, number: int) -> dict[str, Any]:
    """A sound row whose key is *number*; it names the rows with number 1."""
    found: dict[str, Any] = {}
    for column in table.c:
        if column.foreign_keys and not (column.primary_key and len(table.primary_key) == 1):
            found[column.name] = "1"
        elif isinstance(column.type, UTCDateTime):
            found[column.name] = NOW + timedelta(days=1) if column.name in LATER else NOW
        elif isinstance(column.type, Boolean):
            found[column.name] = True
        elif isinstance(column.type, Json):
            found[column.name] = {}
        elif isinstance(column.type, LargeBinary):
            found[column.name] = str(number).encode()
        elif isinstance(column.type, Integer | Kroner):
            found[column.name] = number
        elif column.name == "other_id":
            found[column.name] = f"other {number}"
        else:
            found[column.name] = SOUND.get(f"{table.name}.{column.name}", str(number))
    return found


def ruled(without: Collection[str] = BORN_WITH_RULES) -> list[Table]:
    """The tables with a rule and those they name, the latter first."""
    mine = {table for table, *_ in rules("sqlite", without)}
    named = {key.column.table for table in mine for key in table.foreign_keys}
    return [table for table in metadata.sorted_tables if table in mine | named]


def add(connection: Connection, table: Table, number: int) -> None:
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    values = {name: value for name, value in row(table, number).items() if name in there}
    connection.execute(insert(table).values(**values))


def break_one(connection: Connection, table: Table, column: str, value: object, number: int) -> None:
    """A row more, which breaks one rule."""
    if table.name == "raw_answer" and column != "id":
        add(connection, metadata.tables["harvest"], number)
    add(connection, table, number)
    mine = [one == row(table, number)[one.name] for one in table.primary_key]
    connection.execute(update(table).where(*mine).values({column: value}))


@pytest.fixture
def old(empty_url: str) -> Iterator[Database]:
    """A database from before there were rules, with a sound row in each table and one that breaks each rule."""
    database = Database(empty_url)
    command.upgrade(schema.config(database), "0017")
    with database.write() as connection:
        for table in ruled():
            add(connection, table, 1)
        for number, (table, _, column, value) in enumerate(rules(connection.dialect.name), 2):
            break_one(connection, table, column, value, number)
    yield database
    database.engine.dispose()


def test_what_breaks_each_rule_is_known_here() -> None:
    checks = {name for _, name, *_ in rules("sqlite", ()) if name.startswith("ck_")}

    assert checks == BROKEN.keys() and len(list(rules("sqlite"))) > 60


def test_the_migration_sets_aside_each_row_that_breaks_a_rule_and_no_other(
    old: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "engine.platform.quarantine"):
        schema.upgrade(old)

    with old.read() as connection:
        found = quarantine.counts(connection)
        wanted = sorted(SetAside(table.name, name, 1) for table, name, *_ in rules(connection.dialect.name))
        assert sorted(found) == wanted
        for table in ruled():
            left = {str(one[0]) for one in connection.execute(select(*table.primary_key))}
            assert "1" in left and (len(left) == 1 or table.name == "harvest"), table.name
        for one in connection.execute(select(quarantined_row)):
            number = next(n for n, (_, name, *_) in enumerate(rules(connection.dialect.name), 2) if name == one.rule)
            assert str(number) in str(one.content) or one.content.get("version") == number, one.rule
            outlives = "outlives_case" in metadata.tables[one.table_name].info
            assert (one.case_id is None) == (outlives or "case_id" not in metadata.tables[one.table_name].c)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == len(wanted) and "1 rows of harvest set aside: they break ck_harvest_state" in told


def test_a_row_that_named_what_was_set_aside_is_set_aside_too(empty_url: str) -> None:
    database = Database(empty_url)
    command.upgrade(schema.config(database), "0017")
    with database.write() as connection:
        for table in ruled():
            add(connection, table, 1)
        measure = metadata.tables["measure"]
        connection.execute(update(measure).values(case_id="gone"))

    schema.upgrade(database)

    with database.read() as connection:
        found = quarantine.counts(connection)
    database.engine.dispose()
    assert found == [
        SetAside("measure", "fk_measure_case_id", 1),
        SetAside("measure_outcome", "fk_measure_outcome_measure_id", 1),
    ]


def test_a_database_without_orphans_keeps_every_row(empty_url: str) -> None:
    database = Database(empty_url)
    command.upgrade(schema.config(database), "0017")
    with database.write() as connection:
        for table in ruled():
            add(connection, table, 1)

    schema.upgrade(database)

    with database.read() as connection:
        assert quarantine.counts(connection) == []
        for table in ruled():
            assert len(connection.execute(select(table)).all()) == 1, table.name
    database.engine.dispose()


def test_what_breaks_a_rule_is_refused(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as connection:
        for table in ruled(()):
            add(connection, table, 1)

    for number, (table, name, column, value) in enumerate(rules(database.engine.dialect.name, ()), 2):
        with pytest.raises(IntegrityError) as refused, database.write() as connection:
            break_one(connection, table, column, value, number)
        if name.startswith("ck_") or not database.sqlite:
            assert name in str(refused.value.orig), name
    database.engine.dispose()
