"""Parallel gateway: waits for one token on every incoming flow, then sends one on every outgoing flow.

Tokens that came early are counted on the scope, flow by flow, so a loop that
brings a second token on one flow does not pass for the missing one.
"""

from __future__ import annotations

from engine.bpmn.elements import Element, SequenceFlow
from engine.execution import advance
from engine.execution.behaviours.behaviour import Behaviour
from engine.execution.execution import Execution
from engine.execution.tokens import Instance, Scope, Token


def arrive(x: Execution, element: Element, scope: Scope, flow: SequenceFlow) -> bool:
    """Note an arrival; true when every incoming flow has one, which are then spent."""
    if scope.data is None:
        scope.data = {}
    joins = scope.data.setdefault("joins", {})
    arrivals = joins.setdefault(element.id, {})
    arrivals[flow.id] = arrivals.get(flow.id, 0) + 1
    scope.children += 1
    scope.changed = True
    if any(arrivals.get(incoming, 0) == 0 for incoming in element.incoming):
        return False
    for incoming in element.incoming:
        arrivals[incoming] -= 1
        if not arrivals[incoming]:
            del arrivals[incoming]
    if not arrivals:
        del joins[element.id]
    scope.children -= len(element.incoming)
    return True


def activate(x: Execution, token: Token) -> None:
    instance = token.instance
    assert isinstance(instance, Instance)
    x.later(advance.leave, token, tuple(instance.process.flows[f] for f in token.element.outgoing))


PARALLEL_GATEWAY = Behaviour(activate=activate)
