"""How the database is reached."""

from __future__ import annotations

from sqlalchemy import text

from engine.platform.db import Database


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
