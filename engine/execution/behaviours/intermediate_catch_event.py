"""Intermediate catch event: waits for a time or a message."""

from __future__ import annotations

from engine.execution.behaviours import receive_task, timer
from engine.execution.behaviours.behaviour import Behaviour
from engine.execution.execution import Execution, Fault
from engine.execution.tokens import Token


def activate(x: Execution, token: Token) -> None:
    event = token.element.event
    kind = event.kind if event else "none"
    if kind == "timer":
        timer.schedule(x, token, token.element)
    elif kind == "message":
        receive_task.subscribe(x, token, token.element)
    else:
        raise Fault("not_executable", f"catch event of kind {kind}")


INTERMEDIATE_CATCH_EVENT = Behaviour(activate=activate)
