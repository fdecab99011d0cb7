"""How the database is reached."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.pool import QueuePool

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


def test_threads_that_write_on_sqlite_wait_for_their_turn_before_they_ask_the_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/turns.db")
    pool = database.engine.pool
    assert isinstance(pool, QueuePool)
    begun, done = threading.Semaphore(0), threading.Semaphore(0)

    def write() -> None:
        begun.release()
        with database.write() as connection:
            connection.execute(text("INSERT INTO told VALUES (1)"))
        done.release()

    with database.write() as connection:
        connection.execute(text("CREATE TABLE told (n INTEGER)"))
        threads = [threading.Thread(target=write) for _ in range(30)]  # more than the pool has connections
        for thread in threads:
            thread.start()
        for _ in threads:
            assert begun.acquire(timeout=60)
        assert not done.acquire(timeout=0.2) and pool.checkedout() == 1
    for thread in threads:
        thread.join(60)

    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM told")).scalar_one() == 30
    database.engine.dispose()


def test_a_process_that_is_forked_while_its_parent_writes_can_write(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/forked.db")
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with database._turn:
            held.set()
            let_go.wait(60)

    parent = threading.Thread(target=hold)
    parent.start()
    assert held.wait(60)

    database.forget_parent()  # what the child does first

    with database.write() as connection:
        connection.execute(text("CREATE TABLE told (n INTEGER)"))
    let_go.set()
    parent.join(60)
    database.engine.dispose()
