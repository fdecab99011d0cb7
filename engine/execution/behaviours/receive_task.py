"""Receive task: rests until the message with the right key comes."""

from __future__ import annotations

from engine.execution.behaviours import listening
from engine.execution.behaviours.behaviour import Behaviour
from engine.execution.execution import Execution
from engine.execution.tokens import Token


def activate(x: Execution, token: Token) -> None:
    listening.arm(x, token, token.element)


RECEIVE_TASK = Behaviour(activate=activate)
