"""ISO 8601 dates, durations and repeating intervals as BPMN timers write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import isodate


class TimerSyntaxError(ValueError):
    """The text is not an ISO 8601 value of the wanted kind."""


def parse_duration(text: str) -> timedelta | isodate.Duration:
    """``P1DT2H`` and the like; months and years keep their calendar meaning."""
    try:
        return isodate.parse_duration(text)
    except (ValueError, TypeError) as error:
        raise TimerSyntaxError(f"{text!r} is not an ISO 8601 duration") from error


def parse_date(text: str) -> datetime:
    """A moment; one without a zone is taken as UTC."""
    try:
        moment = isodate.parse_datetime(text) if "T" in text else datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise TimerSyntaxError(f"{text!r} is not an ISO 8601 date and time") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def add_duration(moment: datetime, text: str, *, back: bool = False) -> datetime:
    """*moment* plus (or minus) an ISO 8601 duration."""
    duration = parse_duration(text)
    return moment - duration if back else moment + duration


def parse_cycle(text: str) -> tuple[int | None, timedelta | isodate.Duration]:
    """``R3/PT10S`` → (3, ten seconds); ``R/PT1H`` → (None, an hour), for ever."""
    parts = text.split("/")
    if len(parts) < 2 or not parts[0].startswith("R"):
        raise TimerSyntaxError(f"{text!r} is not an ISO 8601 repeating interval")
    count = parts[0][1:]
    if count and not count.lstrip("-").isdigit():
        raise TimerSyntaxError(f"{text!r} is not an ISO 8601 repeating interval")
    times = None if count in ("", "-1") else int(count)
    return times, parse_duration(parts[-1])


def first_due(kind: str, text: str, now: datetime, fired: int = 0) -> datetime | None:
    """When a timer of *kind* (date, duration, cycle) fires next; ``None`` when a cycle is used up."""
    if kind == "date":
        return parse_date(text)
    if kind == "duration":
        return now + parse_duration(text)
    times, every = parse_cycle(text)
    if times is not None and fired >= times:
        return None
    return now + every
