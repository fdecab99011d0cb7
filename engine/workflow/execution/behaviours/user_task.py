"""User and manual task: rests until a person completes it. Its warning and deadline are due work."""

from __future__ import annotations

from datetime import datetime

from engine.workflow.bpmn.timing import TimerSyntaxError, add_duration
from engine.workflow.execution import deadlines
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import NewTask, Token


def activate(execution: Execution, token: Token) -> None:
    extension = token.element.extension
    due, warn, follow_up = _dates(execution, token)
    person = None
    if extension.party is not None:
        party = execution.evaluate(extension.party, token)
        if not isinstance(party, str) or not party:
            raise ExecutionError("no_such_party", token.element.id)
        person = party
    execution.add_task(NewTask(token, person, due, warn, follow_up))
    deadlines.watch(execution, token, due, warn)


def _dates(execution: Execution, token: Token) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Deadline, warning and planned date; no plan goes beyond the deadline."""
    extension = token.element.extension
    try:
        due = None
        if extension.due_after:
            due = deadlines.due_at(execution.now, extension.due_after, working_days=extension.working_days)
        warn = deadlines.warn_at(due, extension.warn_before) if due and extension.warn_before else None
        follow_up = add_duration(execution.now, extension.follow_up_after) if extension.follow_up_after else None
    except TimerSyntaxError as error:
        raise ExecutionError("deadline_unreadable", str(error)) from None
    return due, warn, min(follow_up, due) if due and follow_up else follow_up


USER_TASK = Behaviour(activate=activate)
