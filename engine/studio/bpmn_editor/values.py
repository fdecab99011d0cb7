"""Values people write in settings, read as the engine keeps them: durations in words, numbers, times, expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.studio.bpmn_editor.document import EditRefused
from engine.workflow.bpmn.conditions import ConditionSyntaxError, read_json
from engine.workflow.bpmn.timing import TimerSyntaxError, parse_cycle, parse_date
from engine.workflow.definitions.durations import read_duration

MAX_TEXT = 4_000
#: Characters in the name of a step, a flow, an event, a message or a list.
MAX_NAME = 120


def within(text: str, limit: int, field: str) -> str:
    """*text* when it has at most *limit* characters; nothing is cut silently. Raises ``EditRefused``."""
    if len(text) > limit:
        raise EditRefused("edit.longer_than", field, limit=limit)
    return text


def as_text(text: str, name: str) -> str:
    if len(text) > MAX_TEXT:
        raise EditRefused("edit.too_long", name)
    return text


def duration(text: str, name: str) -> str:
    try:
        return read_duration(text)
    except TimerSyntaxError:
        raise EditRefused("edit.duration", name) from None


def expression(text: str, name: str) -> str:
    try:
        read_json(as_text(text, name))
    except ConditionSyntaxError:
        raise EditRefused("edit.expression", name) from None
    return text


def flag(text: str, _: str) -> str:
    return "true" if text in ("true", "1", "on") else ""


def number(text: str, name: str) -> str:
    try:
        if text and not 0 <= float(text) <= 1_000_000:
            raise ValueError
    except ValueError:
        raise EditRefused("edit.number", name) from None
    return text


READ: Mapping[str, Callable[[str, str], str]] = {
    "text": as_text,
    "choice": as_text,
    "duration": duration,
    "expression": expression,
    "flag": flag,
    "number": number,
}


def timer_value(kind: str, text: str, name: str) -> str:
    """What a timer waits for, as BPMN keeps it."""
    if text.startswith("["):
        return expression(text, name)
    try:
        if kind == "duration":
            return read_duration(text)
        parse_date(text) if kind == "date" else parse_cycle(text)
    except TimerSyntaxError:
        raise EditRefused("edit.duration" if kind == "duration" else f"edit.timer_{kind}", name) from None
    return text
