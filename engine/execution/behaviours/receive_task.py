"""Receive task and message catch event: rest until the message with the right key comes."""

from __future__ import annotations

from engine.bpmn.elements import Element
from engine.execution import advance
from engine.execution.behaviours.behaviour import Behaviour
from engine.execution.execution import Execution, Fault
from engine.execution.tokens import NewSubscription, Token


def subscribe(x: Execution, token: Token, element: Element) -> None:
    """Wait for the message of *element*; one that came early is taken from the buffer at once."""
    name = element.event.reference if element.event else element.message
    if not name:
        raise Fault("message_without_name", element.id)
    expression = element.event.key if element.event and element.event.key is not None else element.correlation_key
    key = token.instance.case_id if expression is None else str(x.evaluate(expression, token))
    early = x.store.buffered(name, key)
    if early is not None:
        x.later(advance.trigger, token, element.id, early)
        return
    x.subscriptions.append(NewSubscription(token, element.id, name, key))


def activate(x: Execution, token: Token) -> None:
    subscribe(x, token, token.element)


RECEIVE_TASK = Behaviour(activate=activate)
