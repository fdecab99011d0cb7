"""Exclusive gateway: one way out, chosen by conditions in document order."""

from __future__ import annotations

from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.navigator import exclusive
from engine.workflow.execution.tokens import Token


def activate(execution: Execution, token: Token) -> None:
    """An end of the process when it has no way out; that is legal, if odd."""
    if not token.element.outgoing:
        execution.enqueue(advance.leave, token)
        return
    execution.enqueue(advance.leave, token, (exclusive(execution, token.element, execution.scope_of(token)),))


EXCLUSIVE_GATEWAY = Behaviour(activate=activate, complete=activate)
