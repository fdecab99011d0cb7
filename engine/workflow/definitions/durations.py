"""Durations as an administrator writes them, and as BPMN keeps them: "14 dager" is P14D, "4 timer" is PT4H."""

from __future__ import annotations

import re

from engine.workflow.bpmn.timing import TimerSyntaxError, parse_duration

#: Words of all three languages, singular and plural; a bare number is days.
_UNITS = {
    "": "D",
    "d": "D",
    "dag": "D",
    "dager": "D",
    "dagar": "D",
    "day": "D",
    "days": "D",
    "uke": "W",
    "uker": "W",
    "veke": "W",
    "veker": "W",
    "week": "W",
    "weeks": "W",
    "måned": "M",
    "måneder": "M",
    "månad": "M",
    "månader": "M",
    "month": "M",
    "months": "M",
    "time": "TH",
    "timer": "TH",
    "timar": "TH",
    "hour": "TH",
    "hours": "TH",
    "minutt": "TM",
    "minutter": "TM",
    "minute": "TM",
    "minutes": "TM",
}
_WRITTEN = re.compile(r"(\d{1,4})\s*([a-zæøå]*)")
_ISO = re.compile(r"P(?:(\d+)([DWM])|T(\d+)([HM]))")


def read_duration(text: str) -> str:
    """The ISO 8601 duration of what somebody wrote; "" for nothing. Raises ``TimerSyntaxError``."""
    text = text.strip()
    if not text:
        return ""
    written = _WRITTEN.fullmatch(text.lower())
    if written and written[2] in _UNITS:
        unit = _UNITS[written[2]]
        return f"PT{written[1]}{unit[1]}" if unit[0] == "T" else f"P{written[1]}{unit}"
    parse_duration(text.upper())
    return text.upper()


def parts(duration: str) -> tuple[int, str] | None:
    """(14, "days") for P14D: a number and the key of its unit; ``None`` when it is more than one unit."""
    found = _ISO.fullmatch(duration)
    if found is None:
        return None
    if found[1]:
        return int(found[1]), {"D": "days", "W": "weeks", "M": "months"}[found[2]]
    return int(found[3]), {"H": "hours", "M": "minutes"}[found[4]]


__all__ = ["TimerSyntaxError", "parts", "read_duration"]
