"""Tokens that wait before a joining gateway, counted on their scope flow by flow.

A loop that brings a second token on one flow does not pass for the missing one.
Each waiting arrival keeps its scope alive like a child.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.workflow.bpmn.elements import Element, SequenceFlow
from engine.workflow.execution.tokens import Scope


def note(scope: Scope, element: Element, flow: SequenceFlow) -> dict[str, int]:
    """One more token on *flow*. Returns the counts of the gateway."""
    if scope.data is None:
        scope.data = {}
    arrivals = scope.data.setdefault("joins", {}).setdefault(element.id, {})
    arrivals[flow.id] = arrivals.get(flow.id, 0) + 1
    scope.children += 1
    scope.changed = True
    return arrivals


def arrived(scope: Scope, element: Element) -> dict[str, int]:
    """How many tokens wait on each flow."""
    return (scope.data or {}).get("joins", {}).get(element.id, {})


def spend(scope: Scope, element: Element, flows: Iterable[str]) -> None:
    """Take one token from each of *flows*."""
    assert scope.data is not None
    joins = scope.data["joins"]
    arrivals = joins[element.id]
    for flow in flows:
        arrivals[flow] -= 1
        scope.children -= 1
        if not arrivals[flow]:
            del arrivals[flow]
    if not arrivals:
        del joins[element.id]
    if not joins:
        del scope.data["joins"]
    scope.changed = True
