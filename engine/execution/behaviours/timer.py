"""Timers are rows of due work: a date, a duration from now, or a cycle that arms itself again."""

from __future__ import annotations

import uuid

from engine.bpmn.elements import Element
from engine.bpmn.timing import TimerSyntaxError, first_due
from engine.execution.execution import Execution, Fault
from engine.execution.tokens import NewWork, Token


def schedule(x: Execution, token: Token, element: Element, fired: int = 0) -> None:
    """Write the next firing of *element*'s timer, unless its cycle is used up.

    fired  how many times a cycle has fired already
    """
    event = element.event
    assert event is not None
    value = x.evaluate(event.value, token)
    try:
        due = first_due(event.timer, str(value), x.now, fired)
    except TimerSyntaxError as error:
        raise Fault("timer_unreadable", str(error)) from error
    if due is None:
        return
    x.work.append(
        NewWork(
            "timer",
            event.timer,
            token,
            element.id,
            {"fired": fired},
            due,
            str(uuid.uuid5(uuid.NAMESPACE_URL, f"{token.id}/{element.id}/{fired}")),
        )
    )
