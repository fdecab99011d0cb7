"""Intermediate catch event: waits for a time, a message, a signal or a condition; one of several, or all of them.

A catching link is only the other end of a throwing one.
"""

from __future__ import annotations

from engine.workflow.execution import advance
from engine.workflow.execution.behaviours import event_subscription
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.tokens import Token


def activate(execution: Execution, token: Token) -> None:
    events = token.element.events
    if not events or events[0].kind == "link":
        execution.enqueue(advance.leave, token)
        return
    event_subscription.subscribe(execution, token, token.element)


INTERMEDIATE_CATCH_EVENT = Behaviour(activate=activate)
