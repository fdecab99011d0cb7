"""Drafts from before there was a history get one, and the schema change can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command

from engine.platform import schema
from engine.platform.db import Database, UTCDateTime
from engine.studio import drafts
from engine.studio.blank import blank
from engine.studio.bpmn_editor import set_text

NOW = datetime(2027, 1, 1, tzinfo=UTC)
ADA = "ada"


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    found = Database(empty_url)
    yield found
    found.engine.dispose()


def test_a_draft_from_before_can_be_undone_and_redone(database: Database) -> None:
    settings = schema.config(database)
    command.upgrade(settings, "0006")
    old = blank("vergemal", "Vergemål", {"orgno": "312345672", "name": "Nav"})
    new = set_text(old.files, "task.Apply", "nb", "Søk")
    table = sa.table(
        "draft",
        *(sa.column(n) for n in ("key", "bundle", "previous", "base_version", "revision", "changed_by")),
        sa.column("changed_at", UTCDateTime),
    )
    with database.write() as connection:
        connection.execute(
            sa.insert(table).values(
                key="vergemal",
                bundle=type(old)("vergemal", new).pack(),
                previous=old.pack(),
                base_version=0,
                revision=7,
                changed_at=NOW,
                changed_by="ada",
            )
        )
    command.upgrade(settings, "0008")

    with database.write() as connection:
        drafts.undo(connection, drafts.locked(connection, "vergemal"), ADA, NOW)
        found = drafts.find(connection, "vergemal")
        assert found is not None and found.bundle.checksum == old.checksum
        assert (found.can_undo, found.can_redo) == (False, True)
        drafts.undo(connection, drafts.locked(connection, "vergemal"), ADA, NOW, 1)
        found = drafts.find(connection, "vergemal")
        assert found is not None and found.bundle.text("task.Apply", "nb") == "Søk"

    command.downgrade(settings, "0006")
    with database.read() as connection:
        assert connection.execute(sa.select(table.c.revision)).scalar() == 9


def test_a_hundred_steps_are_kept_and_a_change_forgets_what_was_undone(database: Database) -> None:
    schema.upgrade(database)
    bundle = blank("vergemal", "Vergemål", {"orgno": "312345672", "name": "Nav"})
    with database.write() as connection:
        drafts.begin(connection, bundle, 0, ADA, NOW)
        revision = 1
        for number in range(drafts.MAX_STEPS + 20):
            files = set_text(bundle.files, "task.Apply", "nb", f"Navn {number}")
            revision = drafts.save(connection, drafts.locked(connection, "vergemal"), files, revision, ADA, NOW)
        steps = 0
        while (found := drafts.find(connection, "vergemal")) and found.can_undo:
            revision = drafts.undo(connection, drafts.locked(connection, "vergemal"), ADA, NOW)
            steps += 1
        assert steps == drafts.MAX_STEPS - 1
        revision = drafts.save(connection, drafts.locked(connection, "vergemal"), bundle.files, revision, ADA, NOW)
        found = drafts.find(connection, "vergemal")
        assert found is not None and found.can_undo and not found.can_redo
