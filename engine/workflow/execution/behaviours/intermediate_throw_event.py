"""Intermediate throw event: throws what it names, and goes on when that is done."""

from __future__ import annotations

from engine.workflow.execution import advance
from engine.workflow.execution.behaviours import compensation
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.behaviours.thrown_event import needs_rest, throw
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.tokens import Token


def activate(x: Execution, token: Token) -> None:
    if needs_rest(token.element.events):
        x.at_rest(_throw, token)
    else:
        _throw(x, token)


def _throw(x: Execution, token: Token) -> None:
    for event in token.element.events:
        if not token.ended:  # what was thrown first may have interrupted it
            throw(x, token, event)
    if not token.ended and not token.children:
        x.later(advance.leave, token)


INTERMEDIATE_THROW_EVENT = Behaviour(activate=activate, emptied=compensation.go_on)
