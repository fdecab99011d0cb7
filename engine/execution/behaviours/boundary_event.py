"""Boundary event: armed when its host begins, let go when the host ends."""

from __future__ import annotations

from engine.bpmn.elements import Element
from engine.execution.behaviours import receive_task, timer
from engine.execution.behaviours.behaviour import Behaviour, pass_through
from engine.execution.execution import Execution
from engine.execution.tokens import Token


def arm(x: Execution, host: Token, boundary: Element) -> None:
    """Begin to listen. Errors need no listening: they look for their catcher when thrown."""
    kind = boundary.event.kind if boundary.event else "none"
    if kind == "timer":
        timer.schedule(x, host, boundary)
    elif kind == "message":
        receive_task.subscribe(x, host, boundary)


BOUNDARY_EVENT = Behaviour(activate=pass_through)
