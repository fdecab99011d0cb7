"""A user task's warning and deadline: each is one row of due work, so each happens once.

A deadline that passes is written down and, when the definition says so, thrown
as an escalation from the task: a boundary event then does what the journey wants.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from engine.platform.calendar import (
    add_days,
    add_working_days,
    end_of_day,
    next_working_day,
    norwegian_day,
    start_of_day,
)
from engine.workflow.bpmn.timing import TimerSyntaxError, add_duration, step
from engine.workflow.execution import error_propagation
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.tokens import NewWork, Token

KIND = "deadline"
WARNING, DEADLINE = "warning", "deadline"

#: Working days a deadline may be away: some four years.
MAX_WORKING_DAYS = 999


def due_at(now: datetime, text: str, *, working_days: bool = False) -> datetime:
    """The last moment of a deadline *text* from *now*, an ISO 8601 duration.

    One in days, weeks, months or years lasts until midnight in Norway, and is moved off a day nobody works. One with
    hours in it is a moment. *working_days*: its days are those somebody works. Raises ``TimerSyntaxError``.
    """
    found = step(text)
    if working_days:
        if found.months or found.time or not 0 < found.days <= MAX_WORKING_DAYS:
            raise TimerSyntaxError(f"{text!r} is not a number of days from 1 to {MAX_WORKING_DAYS}")
        return end_of_day(add_working_days(norwegian_day(now), found.days))
    due = add_duration(now, text)
    return due if found.time else last_moment(due)


def last_moment(at: datetime) -> datetime:
    """The end of the day of *at* in Norway, or of the next one somebody works."""
    return end_of_day(next_working_day(norwegian_day(at)))


def is_day(at: datetime) -> bool:
    """Whether a deadline is a day, and no moment of one."""
    return at == end_of_day(norwegian_day(at))


def warn_at(due: datetime, text: str) -> datetime:
    """When the warning window *text* before *due* begins: with the day, where both are days."""
    at = add_duration(due, text, back=True)
    return start_of_day(norwegian_day(at)) if is_day(due) and not step(text).time else at


def moved(at: datetime, since: datetime, until: datetime) -> datetime:
    """A deadline whose clock stood from *since* to *until*. One that is a day gets as many days, and stays a day."""
    if not is_day(at):
        return at + (until - since)
    return last_moment(add_days(at, (norwegian_day(until) - norwegian_day(since)).days))


def watch(execution: Execution, token: Token, due: datetime | None, warn: datetime | None) -> None:
    """Leave the work for a warning and a deadline. The id tells apart a deadline moved by a pause."""
    for name, at in ((WARNING, warn), (DEADLINE, due)):
        if at is not None:
            key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{token.id}/{name}/{at.isoformat()}"))
            execution.add_work(NewWork(KIND, name, token, token.element.id, {}, at, key))


def passed(execution: Execution, token: Token) -> bool:
    """The deadline is behind us. True when somebody caught the escalation."""
    code = token.element.extension.escalate
    return bool(code) and error_propagation.throw_escalation(execution, token, code)
