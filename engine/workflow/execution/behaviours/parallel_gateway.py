"""Parallel gateway: waits for one token on every incoming flow, then sends one on every outgoing flow."""

from __future__ import annotations

from engine.workflow.bpmn.elements import Element, SequenceFlow
from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.behaviours.joins import note, spend
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.tokens import Scope, Token


def arrive(execution: Execution, element: Element, scope: Scope, flow: SequenceFlow) -> bool:
    """Note an arrival; true when every incoming flow has one, which are then spent."""
    arrivals = note(scope, element, flow)
    if len(arrivals) < len(element.incoming):
        return False
    spend(scope, element, element.incoming)
    return True


def activate(execution: Execution, token: Token) -> None:
    flows = token.instance.process.flows
    execution.enqueue(advance.leave, token, tuple(flows[flow] for flow in token.element.outgoing))


PARALLEL_GATEWAY = Behaviour(activate=activate)
