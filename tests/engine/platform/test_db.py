"""How the database is reached."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from engine.application import Application
from engine.platform.db import Database, after_commit, after_end


def test_behind_a_pooler_no_statement_is_prepared(postgres_url: str) -> None:
    database = Database(f"{postgres_url}&pgbouncer=true")
    with database.read() as connection:
        for _ in range(10):  # psycopg prepares a statement it sees for the sixth time
            connection.execute(text("SELECT 1"))
        prepared = connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one()
    database.engine.dispose()

    assert prepared == 0


def test_without_a_pooler_they_are(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.read() as connection:
        for _ in range(10):
            connection.execute(text("SELECT 1"))
        prepared = connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one()
    database.engine.dispose()

    assert prepared > 0


def test_what_waits_for_the_end_of_a_transaction_can_write_in_one_of_its_own(application: Application) -> None:
    database, done = application.db, []

    def write() -> None:
        with database.write() as own:
            done.append(own.execute(text("SELECT 1")).scalar_one())

    with database.write() as connection:
        after_end(connection, write)
        assert done == []

    assert done == [1]


def test_after_a_rollback_only_what_waits_for_the_end_is_done_and_the_error_stays(application: Application) -> None:
    done: list[str] = []

    def fail(connection: Connection) -> None:
        after_commit(connection, lambda: done.append("committed"))
        after_end(connection, lambda: done.append("ended"))
        raise LookupError

    with pytest.raises(LookupError), application.db.write() as connection:
        fail(connection)

    assert done == ["ended"]
