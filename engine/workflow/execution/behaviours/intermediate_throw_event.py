"""Intermediate throw event: throws what it names, and goes on when that is done."""

from __future__ import annotations

from engine.workflow.execution import advance
from engine.workflow.execution.behaviours import compensation
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.behaviours.thrown_event import needs_rest, throw
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.tokens import Token


def activate(execution: Execution, token: Token) -> None:
    if needs_rest(token.element.events):
        execution.enqueue_when_idle(_throw, token)
    else:
        _throw(execution, token)


def _throw(execution: Execution, token: Token) -> None:
    for event in token.element.events:
        if not token.ended:  # what was thrown first may have interrupted it
            throw(execution, token, event)
    if not token.ended and not token.children:
        execution.enqueue(advance.leave, token)


INTERMEDIATE_THROW_EVENT = Behaviour(activate=activate, emptied=compensation.go_on)
