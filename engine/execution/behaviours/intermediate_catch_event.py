"""Intermediate catch event: waits for a time, a message, a signal or a condition; one of several, or all of them.

A catching link is only the other end of a throwing one.
"""

from __future__ import annotations

from engine.execution import advance
from engine.execution.behaviours import listening
from engine.execution.behaviours.behaviour import Behaviour
from engine.execution.execution import Execution
from engine.execution.tokens import Token


def activate(x: Execution, token: Token) -> None:
    events = token.element.events
    if not events or events[0].kind == "link":
        x.later(advance.leave, token)
        return
    listening.arm(x, token, token.element)


INTERMEDIATE_CATCH_EVENT = Behaviour(activate=activate)
