"""Timers are rows of due work: a date, a duration from now, or a cycle that schedules its next firing."""

from __future__ import annotations

import uuid
from datetime import datetime

from engine.workflow.bpmn.elements import Element, EventDefinition
from engine.workflow.bpmn.timing import TimerSyntaxError, first_due
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import NewWork, Scope
from engine.workflow.jobs.outbox import Work


def schedule(
    execution: Execution,
    holder: Scope,
    element: Element,
    event: EventDefinition,
    fired: int = 0,
    since: datetime | None = None,
) -> None:
    """Write the next firing of a timer, unless its cycle is used up.

    fired  how many times a cycle has fired already
    since  when it should have fired last; the next is counted from there, whenever it really did, so that
           a late worker or a clock that jumps neither loses a firing nor gives one twice
    """
    value = execution.evaluate(event.value, holder)
    try:
        due = first_due(event.timer, str(value), since or execution.now, fired)
    except TimerSyntaxError as error:
        raise ExecutionError("timer_unreadable", str(error)) from error
    if due is None:
        return
    execution.add_work(
        NewWork(
            "timer",
            event.timer,
            holder,
            element.id,
            {"fired": fired, "cause": event.cause, "due": due.isoformat()},
            due,
            str(uuid.uuid5(uuid.NAMESPACE_URL, f"{holder.id}/{element.id}/{event.cause}/{fired}")),
        )
    )


def firing(work: Work) -> tuple[int, datetime]:
    """Of due work: how many times its timer fired before, and when this firing was planned."""
    planned = work.payload.get("due")
    return work.payload.get("fired", 0), work.due_at if planned is None else datetime.fromisoformat(planned)


def schedule_next(
    execution: Execution, holder: Scope, element: Element, cause: str, fired: int, since: datetime | None = None
) -> None:
    """A cycle of something that does not interrupt goes on after it has fired."""
    if element.interrupting or holder.ended:
        return
    for event in element.events:
        if event.kind == "timer" and event.timer == "cycle" and event.cause == cause:
            schedule(execution, holder, element, event, fired + 1, since)
