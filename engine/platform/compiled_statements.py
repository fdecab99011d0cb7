"""Statements compiled once and sent together.

SQLAlchemy builds and types every statement of ours; a command that runs tens of
thousands of times a day need not do that each time. A ``Prepared`` statement keeps
its SQL and the converters of its types per dialect, and a ``Batch`` sends several of
them in one go: on PostgreSQL in one network round trip (psycopg's pipeline), on
SQLite straight to the driver. Everything happens in the connection's transaction,
and errors are SQLAlchemy's own, without parameters.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any] | None


class Prepared:
    """One statement with its parameters by name.

    columns  for an insert the columns it writes, by key
    """

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._for: dict[str, _Compiled] = {}

    def on(self, dialect: Dialect) -> _Compiled:
        found = self._for.get(dialect.name)
        if found is None:
            found = self._for[dialect.name] = _Compiled(self._statement, dialect, self._columns)
        return found


class _Compiled:
    """SQL text, and how values go in and come out."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, columns: Sequence[str] | None) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        self.positional: bool = compiled.positional
        names = compiled.positiontup if compiled.positional else compiled.bind_names.values()
        keys = {name: bind.key for bind, name in compiled.bind_names.items()}
        fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        self.parameters: list[tuple[str, str, Convert, Any]] = [
            (name, keys[name], _converter(compiled.binds[name].type, dialect), fixed.get(name)) for name in names
        ]
        self.row: Any = None
        self.converters: list[tuple[int, Callable[[Any], Any]]] = []
        if isinstance(statement, Select):
            selected = list(statement.selected_columns)
            self.row = _row_type([column.key or "" for column in selected])
            for index, column in enumerate(selected):
                convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
                if convert is not None:
                    self.converters.append((index, convert))

    def bind(self, values: Mapping[str, Any]) -> Any:
        """Parameters as the driver wants them: a tuple or a dictionary."""
        bound = []
        for _, key, convert, fixed in self.parameters:
            value = values.get(key, fixed)
            bound.append(value if convert is None else convert(value))
        if self.positional:
            return tuple(bound)
        return dict(zip([name for name, _, _, _ in self.parameters], bound, strict=True))

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        if not self.converters:
            return [self.row(*values) for values in found]
        rows = []
        for values in found:
            row = list(values)
            for index, convert in self.converters:
                row[index] = convert(row[index])
            rows.append(self.row(*row))
        return rows


def _row_type(names: list[str]) -> type[tuple[object, ...]]:
    return namedtuple("Row", names)  # noqa: PYI024  the names are the statement's


def _converter(kind: TypeEngine[Any], dialect: Dialect) -> Convert:
    found: Convert = kind.dialect_impl(dialect).bind_processor(dialect)
    return found


class Batch:
    """Statements in the order they were added, sent together by ``send``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[_Compiled, Sequence[Mapping[str, Any]]]] = []

    def add(self, statement: Prepared, *values: Mapping[str, Any]) -> None:
        """One statement; with several *values* once for each. The order of adding is the order of execution."""
        if values:
            self._waiting.append((statement.on(self._connection.dialect), values))

    def __len__(self) -> int:
        return len(self._waiting)

    def send(self) -> list[Any]:
        """Execute everything. For each statement its rows, or how many rows it touched.

        Raises ``sqlalchemy.exc.DBAPIError``; the transaction is then to be rolled back.
        """
        if not self._waiting:
            return []
        waiting, self._waiting = self._waiting, []
        dialect = self._connection.dialect
        raw = self._connection.connection
        driver: Any = raw.driver_connection
        together = driver.pipeline() if hasattr(driver, "pipeline") else nullcontext()
        sql = ""
        cursors = []
        try:
            with together:
                for compiled, values in waiting:
                    sql = compiled.sql
                    cursor = raw.cursor()
                    if len(values) == 1:
                        cursor.execute(sql, compiled.bind(values[0]))
                    else:
                        cursor.executemany(sql, [compiled.bind(one) for one in values])
                    cursors.append(cursor)
            results: list[Any] = []
            for (compiled, _), cursor in zip(waiting, cursors, strict=True):
                results.append(compiled.rows(cursor.fetchall()) if compiled.row is not None else cursor.rowcount)
                cursor.close()
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(
                sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
            ) from error
        return results
