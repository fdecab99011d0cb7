"""What a rule of the validator is, and what it knows of the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine.workflow.bpmn.elements import Element, Finding, Process

#: Elements that throw what their event says.
THROWING = ("endEvent", "intermediateThrowEvent")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Element types that can be executed, and the event kinds each of them honours.

    ``eventSubProcessStart`` stands for the start event of an event subprocess.
    """

    elements: frozenset[str]
    events: Mapping[str, frozenset[str]]


Rule = Callable[[Process, Capabilities], Iterator[Finding]]


def at(element: Element, rule: str, message: str, parameters: Mapping[str, object] | None = None) -> Finding:
    return Finding(element.id, rule, message, element.line, parameters=parameters or {})


def starts_handler(process: Process, element: Element) -> bool:
    scope = process.elements.get(element.scope)
    return element.type == "startEvent" and scope is not None and scope.triggered_by_event
