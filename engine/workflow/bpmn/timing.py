"""ISO 8601 dates, durations and repeating intervals as BPMN timers write them; for cycles cron lines too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import isodate
from croniter import croniter

from engine.platform.calendar import add_days


class TimerSyntaxError(ValueError):
    """The text is not an ISO 8601 value of the wanted kind."""


def parse_duration(text: str) -> timedelta | isodate.Duration:
    """``P1DT2H`` and the like; months and years keep their calendar meaning."""
    try:
        return isodate.parse_duration(text)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise TimerSyntaxError(f"{text!r} is not an ISO 8601 duration") from error


def parse_date(text: str) -> datetime:
    """A moment; one without a zone is taken as UTC."""
    try:
        moment = isodate.parse_datetime(text) if "T" in text else datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise TimerSyntaxError(f"{text!r} is not an ISO 8601 date and time") from error


@dataclass(frozen=True, slots=True)
class Step:
    """A duration in its two parts: days and longer are counted on the calendar in Norway, hours and shorter as time.

    So a week over a change of the clock ends at the hour it began, and ``PT24H`` is not always ``P1D``.
    """

    months: int
    days: int
    time: timedelta

    def times(self, count: int) -> Step:
        return Step(self.months * count, self.days * count, self.time * count)

    def after(self, moment: datetime) -> datetime:
        """*moment* and this much later. Raises ``OverflowError`` or ``ValueError`` beyond what a calendar holds."""
        if self.months:
            local = moment.astimezone(_OSLO)
            moment = (local + isodate.Duration(months=self.months)).astimezone(UTC)
        return (add_days(moment, self.days) if self.days else moment) + self.time


def step(text: str) -> Step:
    """The parts of an ISO 8601 duration. Raises ``TimerSyntaxError``."""
    whole = parse_duration(text)
    written_days, mark, written_time = text.strip().partition("T")
    if not mark:
        return _step_of(whole, timedelta(0))
    try:
        time = isodate.parse_duration(f"PT{written_time}")
    except (ValueError, TypeError, ArithmeticError):  # the other way to write one: P0000-00-14T12:00:00
        clock = isodate.parse_time(written_time)
        time = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
    time = -time if written_days.startswith("-") else time
    return _step_of(whole - time, time)


def _step_of(calendar: timedelta | isodate.Duration, time: timedelta) -> Step:
    """*calendar* holds whole days, months and years; what is left of a part of a day is time."""
    if isinstance(calendar, timedelta):
        months, rest = 0, calendar
    else:
        months, rest = int(calendar.years * 12 + calendar.months), calendar.tdelta
    whole = timedelta(days=rest.days)
    return Step(months, rest.days, time + (rest - whole))


def add_duration(moment: datetime, text: str, *, back: bool = False) -> datetime:
    """*moment* plus (or minus) an ISO 8601 duration, in UTC: days on the calendar in Norway, hours as time.

    Raises ``TimerSyntaxError``, also beyond what a calendar holds.
    """
    found = step(text)
    try:
        return (found.times(-1) if back else found).after(moment)
    except (OverflowError, ValueError):
        raise TimerSyntaxError(f"{text!r} is farther away than a calendar reaches") from None


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repeating timer.

    times  how often it fires, ``None`` = for ever
    every  what is between, ``None`` for a cron line
    begin  the first firing, ``None`` = one interval from now
    until  no firing after this
    cron   five fields, in Europe/Oslo: people mean their own clock
    """

    times: int | None = None
    every: Step | None = None
    begin: datetime | None = None
    until: datetime | None = None
    cron: str = ""

    def due(self, now: datetime, fired: int) -> datetime | None:
        """The next firing after *fired* of them; ``None`` when it is used up.

        One that began long ago and has no number of times goes on with the next
        moment to come: what nobody was there for is not made up for.
        """
        if self.times is not None and fired >= self.times:
            return None
        if self.cron:
            following: datetime = croniter(self.cron, now.astimezone(_OSLO)).get_next(datetime)
            due = following.astimezone(UTC)
        else:
            assert self.every is not None
            due = self.every.after(now) if self.begin is None else self._at(self._next_number(now, fired))
        return None if self.until is not None and due > self.until else due

    def _at(self, number: int) -> datetime:
        """When firing *number* since ``begin`` is."""
        assert self.every is not None and self.begin is not None
        return self.every.times(number).after(self.begin)

    def _next_number(self, now: datetime, fired: int) -> int:
        """Which firing since ``begin`` comes next."""
        assert self.every is not None and self.begin is not None
        if self.times is not None or self.begin >= now:
            return fired
        # A month has 28 days at least and a day 23 hours: never too many firings, so few are left to count.
        lower = timedelta(days=self.every.months * 28) + timedelta(hours=self.every.days * 23) + self.every.time
        upper = timedelta(days=self.every.months * 31) + timedelta(hours=self.every.days * 25) + self.every.time
        number = max((now - self.begin) // upper - 1, 0) if upper > lower else (now - self.begin) // lower
        while self._at(number + 1) <= now:
            number += 1
        return number if self._at(number) == now and not fired else number + 1


_OSLO = ZoneInfo("Europe/Oslo")


def parse_cycle(text: str) -> Cycle:
    """``R3/PT10S``, ``R/2026-01-01T00:00:00Z/P1D``, ``R2/PT1H/2026-12-31T00:00Z`` or a cron line ``0 7 * * 1``."""
    text = text.strip()
    if not text.startswith("R"):
        if len(text.split()) == 5 and croniter.is_valid(text):
            return Cycle(cron=text)
        raise TimerSyntaxError(f"{text!r} is neither an ISO 8601 repeating interval nor a cron line")
    parts = text.split("/")
    count = parts[0][1:]
    if len(parts) not in (2, 3) or (count not in ("", "-1") and (not count.isdecimal() or len(count) > 9)):
        raise TimerSyntaxError(f"{text!r} is not an ISO 8601 repeating interval")
    times = None if count in ("", "-1") else int(count)
    if len(parts) == 2:
        return Cycle(times, _positive(parts[1]))
    if parts[1].startswith("P"):
        return Cycle(times, _positive(parts[1]), until=parse_date(parts[2]))
    return Cycle(times, _positive(parts[2]), begin=parse_date(parts[1]))


def _positive(text: str) -> Step:
    """A cycle that does not move on would fire for ever at once."""
    if add_duration(EPOCH, text) <= EPOCH:
        raise TimerSyntaxError(f"a cycle of {text} never moves on")
    return step(text)


EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def first_due(kind: str, text: str, now: datetime, fired: int = 0) -> datetime | None:
    """When a timer of *kind* (date, duration, cycle) fires next; ``None`` when a cycle is used up.

    A moment in the past is due at once.
    """
    try:
        if kind == "date":
            return parse_date(text)
        if kind == "duration":
            return add_duration(now, text)
        return parse_cycle(text).due(now, fired)
    except (OverflowError, ValueError) as error:
        if isinstance(error, TimerSyntaxError):
            raise
        raise TimerSyntaxError(f"{text!r} is farther away than a calendar reaches") from None
