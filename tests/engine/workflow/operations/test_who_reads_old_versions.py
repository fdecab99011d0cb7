"""The migration by which versions published before reading was asked about keep their readers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from engine.platform import schema
from engine.platform.clock import FixedClock
from engine.platform.db import Database
from engine.workflow.authorization.pep import Reader, Subject
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Library
from tests.factories.policies import with_rules

CALLBACK = Bundle.read(Path(__file__).resolve().parents[4] / "processes" / "callback")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


VERSIONS = {
    "silent": (with_rules(CALLBACK, ("priv", "Ask", ["write"]), ("radgiver", "Call", ["write"])), ["*"]),
    "blind": (with_rules(CALLBACK, ("priv", "Ask", ["read", "write"]), ("radgiver", "Call", ["write"])), ["radgiver"]),
    "whole": (CALLBACK, None),
}


@pytest.fixture
def old(empty_url: str) -> Iterator[Database]:
    """A database as it was before, with three versions published."""
    database = Database(empty_url)
    command.upgrade(schema.config(database), "0013")
    with database.write() as connection:
        for number, (name, (bundle, _)) in enumerate(VERSIONS.items(), 1):
            connection.execute(
                text(
                    "INSERT INTO process_definition (id, key, version, checksum, bundle, deployed_at, deployed_by) "
                    "VALUES (:id, 'callback', :version, :sum, :bundle, :at, 'ada')"
                ),
                {"id": name, "version": number, "sum": bundle.checksum, "bundle": bundle.pack(), "at": NOW},
            )
    yield database
    database.engine.dispose()


def reader(role: str) -> Reader:
    return Reader("", Subject(frozenset({role} - {""}), "high", False), owns=False)


def readers(database: Database) -> dict[str, list[str] | None]:
    with database.read() as connection:
        library = Library(FixedClock(NOW))
        return {name: sorted(library.get(connection, name).readers) or None for name in VERSIONS}


def test_a_version_that_says_nothing_of_reading_keeps_the_readers_it_had_and_one_that_does_gets_none(
    old: Database,
) -> None:
    schema.upgrade(old)

    assert readers(old) == {name: wanted for name, (_, wanted) in VERSIONS.items()}


def test_a_migration_that_stopped_half_way_is_run_again(old: Database) -> None:
    with old.write() as connection:
        connection.execute(text("ALTER TABLE process_definition ADD COLUMN readers TEXT"))

    schema.upgrade(old)

    assert readers(old) == {name: wanted for name, (_, wanted) in VERSIONS.items()}


def test_the_readers_of_an_old_version_read_and_nobody_without_a_role_does(old: Database) -> None:
    schema.upgrade(old)
    with old.read() as connection:
        library = Library(FixedClock(NOW))
        found = {
            name: [
                role
                for role in ("priv", "radgiver", "")
                if Reader("", Subject(frozenset({role} - {""}), "high", False), owns=False).may_read(
                    library.get(connection, name)
                )
            ]
            for name in VERSIONS
        }
    assert found == {"silent": ["priv", "radgiver"], "blind": ["priv", "radgiver"], "whole": ["priv", "radgiver"]}


def test_a_version_published_now_is_read_by_whom_its_policy_says_alone(old: Database) -> None:
    schema.upgrade(old)
    library = Library(FixedClock(NOW))
    with old.write() as connection:
        version, new = library.deploy(connection, with_rules(CALLBACK, ("priv", "Ask", ["read", "write"])), by="ada")
    assert new and not version.readers
    assert not reader("radgiver").may_read(version)
