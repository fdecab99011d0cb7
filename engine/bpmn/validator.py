"""Is this process fit to be executed? Every fault at once, each with element, line, rule and what to do.

A rule is one small function; ``RULES`` lists them. ``Capabilities`` is what the
engine executes, handed over by ``execution.behaviours``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine.bpmn.elements import Definitions, Element, Finding, Process
from engine.bpmn.timing import TimerSyntaxError, parse_cycle, parse_date, parse_duration


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Element types that can be executed, the event kinds each of them honours, and the loops."""

    elements: frozenset[str]
    events: Mapping[str, frozenset[str]]
    loops: frozenset[str] = frozenset({"multiInstance"})


Rule = Callable[[Process, Capabilities], Iterator[Finding]]


def validate(definitions: Definitions, capabilities: Capabilities) -> tuple[Finding, ...]:
    """Every finding of every rule, in document order."""
    found = [
        finding
        for process in definitions.processes.values()
        for rule in RULES
        for finding in rule(process, capabilities)
    ]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.element, finding.rule)))


def _at(element: Element, rule: str, message: str, suggestion: str = "") -> Finding:
    return Finding(element.id, rule, message, element.line, "error", suggestion)


def can_be_executed(process: Process, can: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type not in can.elements:
            yield _at(element, "element-not-executable", f"{element.type} cannot be executed yet")
        elif element.triggered_by_event:
            yield _at(element, "element-not-executable", "event subprocesses cannot be executed yet")
        elif element.event is not None and element.event.kind not in can.events.get(element.type, ()):
            yield _at(
                element,
                "event-not-executable",
                f"{element.type} with a {element.event.kind} event cannot be executed",
            )
        if element.loop is not None and "standard" not in can.loops:
            yield _at(element, "loop-not-executable", "a standard loop cannot be executed yet")
        if element.multi_instance is not None and "multiInstance" not in can.loops:
            yield _at(element, "loop-not-executable", "multi-instance cannot be executed yet")


def has_a_start(process: Process, _: Capabilities) -> Iterator[Finding]:
    for scope in process.children:
        if not process.starts.get(scope):
            owner = process.elements.get(scope)
            yield Finding(
                scope,
                "no-start-event",
                "nothing starts here",
                owner.line if owner else process.line,
                suggestion="add a start event",
            )


def has_an_end(process: Process, _: Capabilities) -> Iterator[Finding]:
    for scope, children in process.children.items():
        if children and not any(not process.elements[child].outgoing for child in children):
            yield Finding(scope, "no-end", "nothing ends here", process.line, suggestion="add an end event")


def flows_fit(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type in ("startEvent", "boundaryEvent") and element.incoming:
            yield _at(element, "flow-into-start", f"{element.type} must not have incoming flows")
        if element.type == "endEvent" and element.outgoing:
            yield _at(element, "flow-out-of-end", "an end event must not have outgoing flows")
        if element.type in ("startEvent", "boundaryEvent") and not element.outgoing:
            yield _at(element, "no-way-on", f"{element.type} leads nowhere", "draw a sequence flow from it")
        if element.default and element.default not in element.outgoing:
            yield _at(element, "default-not-outgoing", "the default flow does not leave this element")


def gateways_decide(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type != "exclusiveGateway" or len(element.outgoing) < 2:
            continue
        bare = [f for f in element.outgoing if process.flows[f].condition is None and f != element.default]
        if bare:
            yield _at(
                element,
                "flow-without-condition",
                f"flow {bare[0]} has no condition and is not the default",
                "give it a condition or make it the default flow",
            )


def attached_rightly(process: Process, _: Capabilities) -> Iterator[Finding]:
    hosts = ("Task", "task", "subProcess", "callActivity", "transaction")
    for element in process.elements.values():
        if element.type != "boundaryEvent":
            continue
        host = process.elements.get(element.attached_to)
        if host is None:
            yield _at(element, "boundary-without-host", f"attached to {element.attached_to!r}, which is not there")
        elif not host.type.endswith(hosts):
            yield _at(element, "boundary-on-wrong-host", f"a boundary event cannot sit on a {host.type}")
        elif element.event is not None and element.event.kind == "error" and not element.interrupting:
            yield _at(element, "error-must-interrupt", "an error boundary event always interrupts its activity")


def reachable(process: Process, _: Capabilities) -> Iterator[Finding]:
    pending = [start for starts in process.starts.values() for start in starts]
    seen = set(pending)
    while pending:
        element = process.elements[pending.pop()]
        following = [process.flows[flow].target for flow in element.outgoing] + list(element.boundary)
        for target in following:
            if target not in seen:
                seen.add(target)
                pending.append(target)
    for element in process.elements.values():
        if element.id not in seen and not element.triggered_by_event:
            yield _at(element, "unreachable", "no path leads here", "connect it or remove it")


def timers_readable(process: Process, _: Capabilities) -> Iterator[Finding]:
    readers: Mapping[str, Callable[[str], object]] = {
        "date": parse_date,
        "duration": parse_duration,
        "cycle": parse_cycle,
    }
    for element in process.elements.values():
        event = element.event
        if event is None or event.kind != "timer":
            continue
        if not event.timer or event.value in (None, ""):
            yield _at(element, "timer-without-time", "the timer has no date, duration or cycle")
        elif isinstance(event.value, str):
            try:
                readers[event.timer](event.value)
            except TimerSyntaxError as error:
                yield _at(element, "timer-unreadable", str(error), "write ISO 8601, for example PT15M")


def durations_readable(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        for text in (element.extension.due_after, element.extension.warn_before):
            if text:
                try:
                    parse_duration(text)
                except TimerSyntaxError as error:
                    yield _at(element, "deadline-unreadable", str(error), "write ISO 8601, for example P7D")


def references_given(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type == "callActivity" and not element.called:
            yield _at(element, "call-without-process", "the call activity names no process")
        if element.type == "receiveTask" and not element.message:
            yield _at(element, "message-without-name", "the receive task waits for no message")
        if element.event is not None and element.event.kind == "message" and not element.event.reference:
            if element.type != "endEvent":
                yield _at(element, "message-without-name", "the event waits for no message")
        loop = element.multi_instance
        if loop is not None and loop.collection is None and loop.cardinality is None:
            yield _at(element, "multi-instance-without-items", "neither a collection nor a number of instances")


def conditions_readable(process: Process, _: Capabilities) -> Iterator[Finding]:
    """A condition is an expression or a truth value; a bare text would never be true."""
    for flow in process.flows.values():
        if flow.condition is not None and isinstance(flow.condition.expression, str):
            yield Finding(
                flow.id,
                "condition-unreadable",
                "the condition is not an expression",
                flow.condition.line or flow.line,
                suggestion='write an Altinn expression, for example ["equals", ["gatewayAction"], "reject"]',
            )


def joins_complete(process: Process, _: Capabilities) -> Iterator[Finding]:
    """Branches of one choice that meet in a parallel join: only one of them ever arrives."""
    for element in process.elements.values():
        if element.type != "parallelGateway" or len(element.incoming) < 2:
            continue
        choices = [choice for flow in element.incoming if (choice := _choice_before(process, flow))]
        for choice in sorted({c for c in choices if choices.count(c) > 1}):
            yield Finding(
                element.id,
                "join-never-completes",
                f"it waits for several branches of {choice}, which takes only one",
                element.line,
                "warning",
                "join with an exclusive gateway, or split with a parallel one",
            )


def _choice_before(process: Process, flow_id: str) -> str:
    """The exclusive gateway a flow comes straight from, through single steps only; else an empty text."""
    seen: set[str] = set()
    while flow_id not in seen:
        seen.add(flow_id)
        source = process.elements[process.flows[flow_id].source]
        if len(source.outgoing) > 1:
            return source.id if source.type == "exclusiveGateway" else ""
        if len(source.incoming) != 1 or source.boundary:
            return ""
        flow_id = source.incoming[0]
    return ""


RULES: tuple[Rule, ...] = (
    can_be_executed,
    has_a_start,
    has_an_end,
    flows_fit,
    gateways_decide,
    attached_rightly,
    reachable,
    timers_readable,
    durations_readable,
    references_given,
    conditions_readable,
    joins_complete,
)
