"""Complex gateway: goes on when its activation condition holds, then takes in those that come late.

The condition sees ``activationCount``, the tokens that wait on all incoming flows.
When it holds the gateway fires and is no longer ``waitingForStart``: a token on
each of the other flows is taken in silently, until all have come or none can, and
then it is as new. A flow whose condition speaks of ``waitingForStart`` may be taken
at that second moment too (BPMN 2.0, section 13.4.5). Without a condition one token is enough.
"""

from __future__ import annotations

from typing import Any

from engine.workflow.bpmn.elements import Element, SequenceFlow
from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.behaviours.inclusive_gateway import can_come
from engine.workflow.execution.behaviours.joins import arrived, note, spend
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.navigator import inclusive
from engine.workflow.execution.tokens import Scope, Token


def arrive(execution: Execution, element: Element, scope: Scope, flow: SequenceFlow) -> bool:
    """Note an arrival; true when it makes the gateway fire."""
    note(scope, element, flow)
    if element.id in _fired(scope):
        execution.joins_to_reevaluate[scope.id] = scope
        return False
    return _fires(execution, scope, element)


def _fires(execution: Execution, scope: Scope, element: Element) -> bool:
    """With the tokens that wait now: one of each flow is taken, and those of the other flows are late."""
    arrivals = arrived(scope, element)
    if not _enough(execution, element, scope, sum(arrivals.values())):
        return False
    there = list(arrivals)
    spend(scope, element, there)
    if len(there) < len(element.incoming):
        assert scope.data is not None
        scope.data.setdefault("fired", {})[element.id] = there
        execution.joins_to_reevaluate[scope.id] = scope
    return True


def _fired(scope: Scope) -> dict[str, list[str]]:
    """Gateways that have fired and wait for the rest → the flows that took part."""
    return (scope.data or {}).get("fired", {})


def _enough(execution: Execution, element: Element, scope: Scope, count: int) -> bool:
    if element.activation is None:
        return True
    if element.activation.error:
        raise ExecutionError("condition_unreadable", element.id)
    seen = {**execution.variables(scope), "activationCount": count, "waitingForStart": True}
    return execution.store.evaluate(element.activation.expression, scope, seen) is True


def reevaluate(execution: Execution, scope: Scope, element: Element) -> bool:
    """After firing: all the others have come, or none can any more. Then the gateway is as new."""
    fired_flows = _fired(scope).get(element.id)
    if fired_flows is None:
        return False
    late = [flow for flow, count in arrived(scope, element).items() if count]
    missing = [flow for flow in element.incoming if flow not in fired_flows and flow not in late]
    if missing and can_come(execution, scope, element, [*fired_flows, *late]):
        return False
    del _fired(scope)[element.id]
    spend(scope, element, [flow for flow in late if flow not in fired_flows])
    again = tuple(_taken_again(execution, element, scope))
    for flow in again:
        advance.enter(execution, scope.instance.process.elements[flow.target], scope, flow)
    if arrived(scope, element) and _fires(execution, scope, element):  # a loop brought more than one on a flow
        execution.enqueue(advance.activate, execution.new_token(element, scope))
    if not scope.children:
        execution.enqueue(advance.scope_done, scope)
    return True


def _taken_again(execution: Execution, element: Element, scope: Scope) -> list[SequenceFlow]:
    flows = [scope.instance.process.flows[flow] for flow in element.outgoing]
    seen: dict[str, Any] = {**execution.variables(scope), "activationCount": 0, "waitingForStart": False}
    return [
        flow
        for flow in flows
        if flow.condition is not None
        and "waitingForStart" in flow.condition.text
        and execution.store.evaluate(flow.condition.expression, scope, seen) is True
    ]


def activate(execution: Execution, token: Token) -> None:
    token.variables = {**(token.variables or {}), "waitingForStart": True}
    execution.enqueue(advance.leave, token, inclusive(execution, token.element, token))


COMPLEX_GATEWAY = Behaviour(activate=activate, complete=activate)
