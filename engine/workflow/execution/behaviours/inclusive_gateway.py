"""Inclusive gateway: every way whose condition holds; at a join it waits for all that can still come.

Whether a token can still come is the standard's question (BPMN 2.0, section
13.4.3): is there a path from where it stands to an incoming flow without a token,
not through this gateway, and none to one that has a token? It is asked when every
other token of the scope rests, so that nothing is decided too early.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.workflow.bpmn.elements import Element, Process, SequenceFlow
from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.behaviours.joins import arrived, note, spend
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.navigator import inclusive
from engine.workflow.execution.tokens import BODY, Scope, Token


def arrive(execution: Execution, element: Element, scope: Scope, flow: SequenceFlow) -> bool:
    """Note an arrival; with all flows there the gateway goes on at once, else when the others rest."""
    note(scope, element, flow)
    if all(arrived(scope, element).get(incoming) for incoming in element.incoming):
        spend(scope, element, element.incoming)
        return True
    execution.joins_to_reevaluate[scope.id] = scope
    return False


def reevaluate(execution: Execution, scope: Scope, element: Element) -> bool:
    """Go on with those that have come, if nothing else can."""
    filled = [flow for flow, count in arrived(scope, element).items() if count]
    if not filled or can_come(execution, scope, element, filled):
        return False
    spend(scope, element, filled)
    token = execution.new_token(element, scope, BODY if element.repeats else "")
    execution.enqueue(advance.activate, token)
    return True


def can_come(execution: Execution, scope: Scope, element: Element, filled: Collection[str]) -> bool:
    """Whether a token of the scope may still reach an incoming flow that has none."""
    process = scope.instance.process
    reach = _reach(process, element)
    empty = set().union(*(reach[flow] for flow in element.incoming if flow not in filled))
    covered = set().union(*(reach[flow] for flow in filled))
    return any(place in empty and place not in covered for place in _places(execution, scope, element))


def _places(execution: Execution, scope: Scope, element: Element) -> Iterator[str]:
    """Where the other tokens of the scope stand: on elements, and before joins."""
    for token in execution.tokens_in(scope):
        yield token.element.id
    for join, flows in (scope.data or {}).get("joins", {}).items():
        if join != element.id and any(flows.values()):
            yield join
    yield from (scope.data or {}).get("quantities", {})


def _reach(process: Process, gateway: Element) -> dict[str, frozenset[str]]:
    """For each incoming flow the elements from which a token can get there without passing the gateway."""
    known: dict[str, frozenset[str]] | None = process.cache.get(("reach", gateway.id))
    if known is None:
        known = {flow: frozenset(_backwards(process, flow, gateway.id)) for flow in gateway.incoming}
        process.cache["reach", gateway.id] = known
    return known


def _backwards(process: Process, flow_id: str, gateway: str) -> set[str]:
    seen: set[str] = set()
    pending = [process.flows[flow_id].source]
    while pending:
        current = pending.pop()
        if current in seen or current == gateway:
            continue
        seen.add(current)
        element = process.elements[current]
        pending.extend(process.flows[incoming].source for incoming in element.incoming)
        if element.attached_to:
            pending.append(element.attached_to)
        for event in element.events:
            if event.kind == "link" and element.type == "intermediateCatchEvent":
                pending.extend(_throwers(process, element.scope, event.reference))
    return seen


def _throwers(process: Process, scope: str, link: str) -> Iterator[str]:
    for element in process.elements.values():
        if element.type == "intermediateThrowEvent" and element.scope == scope:
            if any(event.kind == "link" and event.reference == link for event in element.events):
                yield element.id


def activate(execution: Execution, token: Token) -> None:
    execution.enqueue(advance.leave, token, inclusive(execution, token.element, execution.scope_of(token)))


INCLUSIVE_GATEWAY = Behaviour(activate=activate, complete=activate)
