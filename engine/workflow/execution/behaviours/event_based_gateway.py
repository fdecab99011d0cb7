"""Event-based gateway: waits for all the events after it and goes the way of the one that happens first.

At the start of a process the event has happened already. A parallel one waits for
all the others too, each on its own way; the standard has it at the start only, in
the middle it is read the same.
"""

from __future__ import annotations

from engine.workflow.bpmn.elements import Element
from engine.workflow.execution import advance
from engine.workflow.execution.behaviours import event_subscription
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.tokens import Token


def activate(execution: Execution, token: Token) -> None:
    process = token.instance.process
    for flow_id in token.element.outgoing:
        if not token.ended:
            event_subscription.subscribe(execution, token, process.elements[process.flows[flow_id].target])


def event_chosen(execution: Execution, token: Token, element: Element) -> None:
    """*element* happened: the gateway is left towards it, and the event is done at once."""
    process = token.instance.process
    scope = execution.scope_of(token)
    for flow_id in token.element.outgoing:
        target = process.elements[process.flows[flow_id].target]
        if target is element:
            chosen = execution.new_token(target, scope)
            execution.move(chosen, "activate")
            execution.enqueue(advance.complete, chosen)
        elif token.element.event_gateway_type == "Parallel":
            advance.enter(execution, target, scope)
    advance.leave(execution, token, ())


EVENT_BASED_GATEWAY = Behaviour(activate=activate)
