"""Embedded subprocess: a scope of its own, left when nothing lives in it any more."""

from __future__ import annotations

from engine.execution import advance
from engine.execution.behaviours.behaviour import Behaviour
from engine.execution.execution import Execution, Fault
from engine.execution.tokens import Token


def activate(x: Execution, token: Token) -> None:
    process = token.instance.process
    starts = process.starts.get(token.element.id, ())
    if not starts:
        raise Fault("no_start_event", token.element.id)
    advance.enter(x, process.elements[starts[0]], token)


SUB_PROCESS = Behaviour(activate=activate)
