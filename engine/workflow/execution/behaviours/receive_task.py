"""Receive task: rests until the message with the right key comes."""

from __future__ import annotations

from engine.workflow.execution.behaviours import event_subscription
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.tokens import Token


def activate(execution: Execution, token: Token) -> None:
    event_subscription.subscribe(execution, token, token.element)


RECEIVE_TASK = Behaviour(activate=activate)
