"""The one source of time. Everything that compares with *now* is handed a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SandboxClock:
    """The machine's clock, moved by what a file says: the sandbox's, shared by every process. Never in production.

    The file holds a number of seconds; no file is no move.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def moved(self) -> timedelta:
        """How far the clock stands ahead of the machine's."""
        try:
            return timedelta(seconds=float(self._file.read_text()))
        except (OSError, ValueError):
            return timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def move(self, by: timedelta) -> datetime:
        """Set the clock forward and return the new time. Raises ``ValueError`` for a move back: time never does."""
        if by < timedelta(0):
            raise ValueError("the clock only goes forward")
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self.moved + by
        part = self._file.with_suffix(".part")
        part.write_text(str(new.total_seconds()))
        part.replace(self._file)
        return self.now()


class FixedClock:
    """A clock that stands until it is moved: tests, the sandbox and ``ibalanse run``."""

    def __init__(self, at: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._now = at

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward by *by* and return the new time."""
        self._now += by
        return self._now

    def set(self, at: datetime) -> None:
        """Move to *at*, which must be aware."""
        self._now = at.astimezone(UTC)
