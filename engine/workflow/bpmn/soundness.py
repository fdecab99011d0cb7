"""Rules that make a process sound, which is asked of what is deployed."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.bpmn.elements import Element, Finding, Process
from engine.workflow.bpmn.rule import THROWING, Capabilities, Rule, at


def begins_clearly(process: Process, _: Capabilities) -> Iterator[Finding]:
    """The standard lets a process begin without a start event; what is meant is then a guess."""
    for scope, children in process.children.items():
        owner = process.elements.get(scope)
        if owner is not None and (owner.ad_hoc is not None or owner.triggered_by_event):
            continue
        if not any(
            process.elements[child].type == "startEvent" or process.elements[child].instantiate for child in children
        ):
            line = owner.line if owner else process.line
            yield Finding(scope, "no-start-event", "no start event says where it begins", line)


def loops_end(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.loop is not None and element.loop.condition is None and element.loop.maximum is None:
            yield at(element, "loop-without-end", "the loop has neither a condition nor a maximum: it is done once")


def has_an_end(process: Process, _: Capabilities) -> Iterator[Finding]:
    for scope, children in process.children.items():
        if children and not any(not process.elements[child].outgoing for child in children):
            yield Finding(scope, "no-end", "nothing ends here", process.line)


def flows_fit(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type in ("startEvent", "boundaryEvent") and element.incoming:
            yield at(
                element,
                "flow-into-start",
                f"{element.type} must not have incoming flows",
                parameters={"type": element.type},
            )
        if element.type == "endEvent" and element.outgoing:
            yield at(element, "flow-out-of-end", "an end event must not have outgoing flows")
        if element.type in ("startEvent", "boundaryEvent") and not element.outgoing and not _compensates(element):
            yield at(element, "no-way-on", f"{element.type} leads nowhere", parameters={"type": element.type})
        if element.default and element.default not in element.outgoing:
            yield at(element, "default-not-outgoing", "the default flow does not leave this element")


def _compensates(element: Element) -> bool:
    return any(event.kind == "compensation" for event in element.events)


def gateways_decide(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type != "exclusiveGateway" or len(element.outgoing) < 2:
            continue
        bare = [f for f in element.outgoing if process.flows[f].condition is None and f != element.default]
        if bare:
            yield at(
                element,
                "flow-without-condition",
                f"flow {bare[0]} has no condition and is not the default",
                parameters={"bare": bare[0]},
            )


def errors_interrupt(process: Process, _: Capabilities) -> Iterator[Finding]:
    """It is executed as one that interrupts; the model should say so."""
    for element in process.elements.values():
        if element.type in ("boundaryEvent", "startEvent") and not element.interrupting:
            if any(event.kind == "error" for event in element.events):
                yield at(element, "error-must-interrupt", "what catches an error always interrupts")


def compensation_handled(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type == "boundaryEvent" and any(event.kind == "compensation" for event in element.events):
            host = process.elements.get(element.attached_to)
            if host is not None and not host.handler:
                text = "no association leads from it to an activity that is for compensation"
                yield at(element, "compensation-without-handler", text)
        for event in element.events:
            named = process.elements.get(event.reference)
            if event.kind == "compensation" and event.reference and element.type in THROWING:
                if named is None or not (named.handler or named.id in process.children):
                    text = f"it compensates {event.reference}, which has nothing that could undo it"
                    yield at(element, "compensation-of-nothing", text, parameters={"reference": event.reference})
        if element.for_compensation and (element.incoming or element.outgoing):
            yield at(element, "handler-in-flow", "a compensation handler has no sequence flows")


def reachable(process: Process, _: Capabilities) -> Iterator[Finding]:
    pending = [start for starts in (*process.starts.values(), *process.triggers.values()) for start in starts]
    pending += [element.id for element in process.elements.values() if element.for_compensation]
    seen = set(pending)
    while pending:
        element = process.elements[pending.pop()]
        following = [process.flows[flow].target for flow in element.outgoing] + list(element.boundary)
        for event in element.events:
            if event.kind == "link" and (element.scope, event.reference) in process.links:
                following.append(process.links[element.scope, event.reference])
        for target in following:
            if target not in seen:
                seen.add(target)
                pending.append(target)
    for element in process.elements.values():
        if element.id not in seen and not element.triggered_by_event:
            yield at(element, "unreachable", "no path leads here")


def joins_complete(process: Process, _: Capabilities) -> Iterator[Finding]:
    """Branches of which only one is taken that meet in a parallel join: it never completes.

    They come from one exclusive or event-based gateway, or from an activity and
    the events that interrupt it.
    """
    for element in process.elements.values():
        if element.type != "parallelGateway" or len(element.incoming) < 2:
            continue
        choices = [choice for flow in element.incoming if (choice := _choice_before(process, flow))]
        for choice in sorted({c for c in choices if choices.count(c) > 1}):
            yield Finding(
                element.id,
                "join-never-completes",
                f"it waits for several branches of {choice}, of which only one is taken",
                element.line,
                "warning",
                parameters={"choice": choice},
            )


def _choice_before(process: Process, flow_id: str) -> str:
    """The choice a flow comes straight from, through single steps only; else an empty text."""
    seen: set[str] = set()
    while flow_id not in seen:
        seen.add(flow_id)
        source = process.elements[process.flows[flow_id].source]
        if source.type == "boundaryEvent":
            return source.attached_to if source.interrupting else ""
        if len(source.outgoing) > 1:
            return source.id if source.type in ("exclusiveGateway", "eventBasedGateway") else ""
        if source.boundary:
            return source.id
        if len(source.incoming) != 1:
            return ""
        flow_id = source.incoming[0]
    return ""


SOUND: tuple[Rule, ...] = (
    begins_clearly,
    loops_end,
    has_an_end,
    flows_fit,
    gateways_decide,
    errors_interrupt,
    compensation_handled,
    reachable,
    joins_complete,
)
