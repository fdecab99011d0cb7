"""The database: one table catalogue, column types that keep their meaning, and two kinds of transaction.

SQLite (WAL) by default, PostgreSQL by ``DATABASE_URL``; the same code on both.
A write transaction on SQLite is ``BEGIN IMMEDIATE`` from the first statement: a
deferred one fails at once with "database is locked" when two upgrade together.
Nothing slow (HTTP, PDF) is ever done inside a write transaction.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.types import TypeDecorator

from engine.platform import stored_json

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigInt = BigInteger().with_variant(Integer(), "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite alone would hand it back naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime must not reach the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Kroner(TypeDecorator[Decimal]):
    """``Decimal`` NOK kept as whole øre, so that no float touches it on the way."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * 100).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


class Json(TypeDecorator[Any]):
    """A JSON value as text, see ``stored_json``: a ``Decimal`` comes back as one. The only type for JSON in a table."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else stored_json.encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:
        return None if value is None else stored_json.decode(value)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """The rule that *column* holds one of *values*, or nothing where it may."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def is_boolean(column: str) -> CheckConstraint:
    """The rule that *column* is true or false: SQLite keeps a number there."""
    return CheckConstraint(f"{column} IN (true, false)", name=column)


Sealed = LargeBinary
"""Bytes made by ``vault.seal``; unreadable without the person's key."""

_databases: weakref.WeakSet[Database] = weakref.WeakSet()


def _forget_pools_after_fork() -> None:
    for database in list(_databases):
        database.forget_parent()


os.register_at_fork(after_in_child=_forget_pools_after_fork)


#: SQLite's primary result codes: busy, locked, input-output error, full, cannot open.
_SQLITE_TROUBLE = {5: "database_busy", 6: "database_busy", 10: "disk_error", 13: "disk_full", 14: "database_away"}


def trouble(error: DBAPIError) -> str:
    """What is wrong with the database itself, when it is: away, full, busy. "" = the statement was wrong.

    Such an error says nothing of what was asked: the same may go well in a moment.
    """
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE_TROUBLE.get(code & 0xFF, "")
    state = getattr(error.orig, "sqlstate", None)
    if state in ("53100", "58030"):
        return "disk_full"
    if state is not None and (state.startswith(("08", "57P")) or state == "53300"):
        return "database_away"
    away = isinstance(error, OperationalError | InterfaceError) and state is None
    return "database_away" if error.connection_invalidated or away else ""


class BrokenKeyError(Exception):
    """Rows of these tables name rows that are not there."""

    def __init__(self, tables: Iterable[str]) -> None:
        super().__init__(f"foreign keys do not hold in: {', '.join(tables)}")


class Database:
    """Hands out transactions. ``read`` may run beside a writer, ``write`` takes the write lock.

    A PostgreSQL address with ``pgbouncer=true`` is that of a pooler in transaction mode.

    On SQLite the threads of a process write one after the other by a lock of their own: SQLite has one writer at a
    time, and those that wait for it look again after longer and longer pauses, in which the lock is nobody's.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite")
        if self.sqlite:
            self.engine = create_engine(url, connect_args={"timeout": 15, "check_same_thread": False})
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            found = make_url(url)
            options: dict[str, Any] = {}
            if found.query.get("pgbouncer") == "true":  # prepared statements belong to a server connection
                options["connect_args"] = {"prepare_threshold": None}
            found = found.difference_update_query(["pgbouncer"])
            self.engine = create_engine(found, pool_pre_ping=True, pool_size=10, max_overflow=10, **options)
        self._writer = self.engine.execution_options(tx="w")
        self._turn = self._new_turn()
        _databases.add(self)

    def _new_turn(self) -> AbstractContextManager[object]:
        return threading.RLock() if self.sqlite else nullcontext()

    def forget_parent(self) -> None:
        """In a process that was forked: connections, and who holds the turn to write, are the parent's."""
        self.engine.dispose(close=False)
        self._turn = self._new_turn()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self.engine.begin() as connection:
            yield connection

    def write(self) -> AbstractContextManager[Connection]:
        """One transaction that may write; commits at the end, rolls back on any error.

        Functions given to ``after_commit`` run once the commit stands, and never otherwise; those given to
        ``after_end`` run when it has ended either way.
        """
        return self._write(nullcontext)

    def restructure(self) -> AbstractContextManager[Connection]:
        """A write transaction in which tables may be made anew, which is how SQLite changes one.

        It would take the rows of a table that is dropped for deleted and follow their keys, so the keys rest until
        the end; then all are looked at. Raises ``BrokenKeyError`` when one does not hold, and nothing is changed.
        """
        return self._write(_keys_at_the_end if self.sqlite else nullcontext)

    @contextmanager
    def _write(self, around: Callable[[Connection], AbstractContextManager[object]]) -> Iterator[Connection]:
        committed: list[Callable[[], None]] = []
        ended: list[Callable[[], None]] = []
        try:
            with self._turn, self._writer.connect() as connection:
                connection.info["after_commit"] = committed
                connection.info["after_end"] = ended
                connection.info["audit_heads"] = {}  # what this transaction knows of the ends of audit chains
                try:
                    with around(connection), connection.begin():
                        yield connection
                        if around is _keys_at_the_end:
                            _require_keys(connection)
                finally:
                    for name in ("after_commit", "after_end", "audit_heads"):
                        connection.info.pop(name, None)
        finally:
            for callback in ended:
                callback()
        for callback in committed:
            callback()

    def ping(self) -> bool:
        """Whether the database answers."""
        with self.read() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)


def after_commit(connection: Connection, callback: Callable[[], None]) -> None:
    """Run *callback* when the write transaction of *connection* has committed."""
    connection.info["after_commit"].append(callback)


def after_end(connection: Connection, callback: Callable[[], None]) -> None:
    """Run *callback* when the write transaction of *connection* has committed or rolled back. It must not raise."""
    connection.info["after_end"].append(callback)


def _prepare_sqlite(dbapi_connection: sqlite3.Connection, _record: object) -> None:
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


@contextmanager
def _keys_at_the_end(connection: Connection) -> Iterator[None]:
    """SQLite obeys this setting between transactions alone."""
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _require_keys(connection: Connection) -> None:
    broken = sorted({str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")})
    if broken:
        raise BrokenKeyError(broken)


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("tx") == "w"
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
