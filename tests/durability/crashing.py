"""Crashes on purpose: at a chosen statement, step or commit the process stops, as if its machine had gone.

``Crasher`` counts the points that are passed. In the quick form it raises what
nothing catches, so that every transaction rolls back and every connection is
dropped; in the slow form the process, a child of the test, is killed for real.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPICursor

from engine.platform.compiled_statements import Batch
from engine.platform.db import Database
from engine.platform.failpoints import FailPoints
from engine.workflow.execution.context import Context
from engine.workflow.execution.dispatch import Dispatch
from engine.workflow.execution.sequence import COMMIT, Step, relay_outbox


class Crash(BaseException):
    """The process is gone. Not an ``Exception``: nothing may carry on after it."""


class Crasher(FailPoints):
    """Stops at the n-th point passed after ``arm``. ``kill``: really, by SIGKILL."""

    def __init__(self) -> None:
        super().__init__("")
        self._left = 0
        self._gone = False
        self.kill = False
        self.crashed: list[str] = []

    def arm(self, points: int) -> None:
        self._left = points

    def disarm(self) -> None:
        """A new process takes over."""
        self._left = 0
        self._gone = False

    def reach(self, place: str) -> None:
        if self._gone:
            raise Crash(place)  # whatever would tidy up now does not exist any more
        if not self._left:
            return
        self._left -= 1
        if self._left:
            return
        if self.kill:
            os.kill(os.getpid(), signal.SIGKILL)
        self.crashed.append(place)
        self._gone = True
        raise Crash(place)


class CrashingDatabase(Database):
    """The database, with a point before and after each statement and after each commit."""

    def __init__(self, url: str, crasher: Crasher) -> None:
        super().__init__(url)
        self._crasher = crasher
        if self.sqlite:
            event.listen(self.engine, "connect", _quick)
        event.listen(self.engine, "before_cursor_execute", self._before)
        event.listen(self.engine, "after_cursor_execute", self._after)

    def _before(self, _c: object, cursor: DBAPICursor, statement: str, *_rest: object) -> None:
        self._pass(cursor, f"before {statement[:60]}")

    def _after(self, _c: object, cursor: DBAPICursor, statement: str, *_rest: object) -> None:
        self._pass(cursor, f"after {statement[:60]}")

    def _pass(self, cursor: DBAPICursor, place: str) -> None:
        try:
            self._crasher.reach(place)
        except Crash:
            cursor.connection.rollback()  # as the database does for a process that is gone
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as connection:
            yield connection
            self._crasher.reach("before commit")
        self._crasher.reach("after commit")


def _quick(dbapi_connection: sqlite3.Connection, _record: object) -> None:
    """A killed process loses no page the kernel has; only a lost machine would, and no test pulls the plug."""
    dbapi_connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def between_steps(crasher: Crasher, dispatch: Dispatch) -> Iterator[None]:
    """A point before and after every step of every command, and between the statements of a batch."""
    before, whole = dispatch.sequences, Batch.send

    def send(batch: Batch) -> list[Any]:
        waiting, results = batch._waiting, []
        for statement in waiting:
            batch._waiting = [statement]
            crasher.reach("before a statement of a batch")
            results += whole(batch)
        crasher.reach("after a batch")
        return results

    Batch.send = send  # type: ignore[method-assign]
    dispatch.sequences = {
        command: tuple(step if step in (COMMIT, relay_outbox) else _watched(step, crasher) for step in steps)
        for command, steps in before.items()
    }
    try:
        yield
    finally:
        dispatch.sequences = before
        Batch.send = whole  # type: ignore[method-assign]


def _watched(step: Step, crasher: Crasher) -> Step:
    def watched(context: Context) -> None:
        crasher.reach(f"before {step.__name__}")
        step(context)
        crasher.reach(f"after {step.__name__}")

    return watched
