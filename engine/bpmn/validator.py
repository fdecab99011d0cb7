"""Is this process fit to be executed? Every fault at once, each with element, line, rule and what to do.

A rule is one small function. ``EXECUTABLE`` are those without which a definition
cannot be executed at all; ``RULES`` add those that make it sound, which is asked
of what is deployed. ``Capabilities`` is what the engine executes, handed over by
``execution.behaviours``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.bpmn.elements import Condition, Definitions, Element, Finding, Process
from engine.bpmn.timing import TimerSyntaxError, parse_cycle, parse_date, parse_duration


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Element types that can be executed, and the event kinds each of them honours.

    ``eventSubProcessStart`` stands for the start event of an event subprocess.
    """

    elements: frozenset[str]
    events: Mapping[str, frozenset[str]]


Rule = Callable[[Process, Capabilities], Iterator[Finding]]

#: Every rule, and what to do when it is broken.
SUGGESTIONS: Mapping[str, str] = {
    "boundary-on-wrong-host": "attach it to a task, subprocess or call activity of the same scope",
    "boundary-without-host": "attach it to an activity",
    "call-without-process": "name the process or global task to call in calledElement",
    "cancel-without-transaction": "use an error event, or make the subprocess a transaction",
    "compensation-of-nothing": "name an activity that has a compensation event or is a subprocess",
    "compensation-without-handler": "draw an association to the handler",
    "condition-unreadable": 'write an Altinn expression, for example ["equals", ["gatewayAction"], "reject"]',
    "deadline-unreadable": "write ISO 8601, for example P7D",
    "default-not-outgoing": "name one of its own outgoing flows as default",
    "element-not-executable": "use an element from the table in docs/engine.md",
    "error-must-interrupt": "let it interrupt, or throw an escalation instead of an error",
    "event-not-executable": "use an event from the table in docs/engine.md",
    "flow-into-start": "let the flow end at the element after it",
    "flow-out-of-end": "use an intermediate throw event",
    "flow-without-condition": "give it a condition or make it the default flow",
    "gateway-without-events": "let each flow lead to a catch event or a receive task",
    "handler-in-flow": "remove its sequence flows; only the association leads to it",
    "handler-without-event": "give it one start event with a definition",
    "join-never-completes": "join with an exclusive gateway, or split with a parallel one",
    "link-target-twice": "keep one catching link of the name in each scope",
    "link-without-target": "add a catching link event of the same name in the same scope",
    "loop-without-end": "give it a loop condition or a loopMaximum",
    "message-without-name": "refer to a message of the file",
    "multi-instance-without-items": "give it a loopCardinality or a collection",
    "no-end": "add an end event",
    "no-start-event": "add a start event",
    "no-way-on": "draw a sequence flow from it",
    "signal-without-name": "refer to a signal of the file",
    "timer-unreadable": "write ISO 8601, for example PT15M",
    "timer-without-time": "add a timeDate, timeDuration or timeCycle",
    "two-loops": "keep either the standard loop or the multi-instance",
    "unreachable": "connect it or remove it",
}


def validate(
    definitions: Definitions, capabilities: Capabilities, rules: Sequence[Rule] | None = None
) -> tuple[Finding, ...]:
    """Every finding of *rules* (all of ``RULES`` when not given), in document order."""
    found = [
        finding
        for process in definitions.processes.values()
        for rule in (RULES if rules is None else rules)
        for finding in rule(process, capabilities)
    ]
    found = [replace(finding, suggestion=SUGGESTIONS[finding.rule]) for finding in found]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.element, finding.rule)))


def _at(element: Element, rule: str, message: str) -> Finding:
    return Finding(element.id, rule, message, element.line)


def can_be_executed(process: Process, can: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type not in can.elements:
            yield _at(element, "element-not-executable", f"{element.type} cannot be executed")
            continue
        place = "eventSubProcessStart" if _starts_handler(process, element) else element.type
        kinds = [event.kind for event in element.events]
        if len(kinds) > 1:
            kinds.append("multiple")
        elif not kinds and element.type.endswith("Event"):
            kinds.append("none")
        for kind in dict.fromkeys(kinds):
            if kind not in can.events.get(place, ()):
                where = "the start of an event subprocess" if place == "eventSubProcessStart" else element.type
                yield _at(element, "event-not-executable", f"{where} with a {kind} event cannot be executed")


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
            yield _at(element, "loop-without-end", "the loop has neither a condition nor a maximum: it is done once")


def _starts_handler(process: Process, element: Element) -> bool:
    scope = process.elements.get(element.scope)
    return element.type == "startEvent" and scope is not None and scope.triggered_by_event


def has_a_start(process: Process, _: Capabilities) -> Iterator[Finding]:
    for scope, children in process.children.items():
        owner = process.elements.get(scope)
        triggers = process.triggers.get(scope) if owner is None or owner.triggered_by_event else None
        if owner is not None and owner.triggered_by_event:
            if len(triggers or ()) != 1:
                text = f"an event subprocess begins with one event that is waited for, not {len(triggers or ())}"
                yield _at(owner, "handler-without-event", text)
        elif not process.starts.get(scope) and not triggers and (children or owner is None):
            line = owner.line if owner else process.line
            yield Finding(scope, "no-start-event", "nothing starts here", line)


def has_an_end(process: Process, _: Capabilities) -> Iterator[Finding]:
    for scope, children in process.children.items():
        if children and not any(not process.elements[child].outgoing for child in children):
            yield Finding(scope, "no-end", "nothing ends here", process.line)


def flows_fit(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type in ("startEvent", "boundaryEvent") and element.incoming:
            yield _at(element, "flow-into-start", f"{element.type} must not have incoming flows")
        if element.type == "endEvent" and element.outgoing:
            yield _at(element, "flow-out-of-end", "an end event must not have outgoing flows")
        if element.type in ("startEvent", "boundaryEvent") and not element.outgoing and not _compensates(element):
            yield _at(element, "no-way-on", f"{element.type} leads nowhere")
        if element.default and element.default not in element.outgoing:
            yield _at(element, "default-not-outgoing", "the default flow does not leave this element")


def _compensates(element: Element) -> bool:
    return any(event.kind == "compensation" for event in element.events)


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
            )


def attached_rightly(process: Process, _: Capabilities) -> Iterator[Finding]:
    hosts = ("Task", "task", "subProcess", "SubProcess", "callActivity", "transaction")
    for element in process.elements.values():
        if element.type != "boundaryEvent":
            continue
        host = process.elements.get(element.attached_to)
        kinds = {event.kind for event in element.events}
        if host is None:
            yield _at(element, "boundary-without-host", f"attached to {element.attached_to!r}, which is not there")
        elif not host.type.endswith(hosts):
            yield _at(element, "boundary-on-wrong-host", f"a boundary event cannot sit on a {host.type}")
        elif host.scope != element.scope:
            yield _at(element, "boundary-on-wrong-host", f"{host.id} is in another scope")
        elif "cancel" in kinds and host.type != "transaction":
            yield _at(element, "cancel-without-transaction", "a cancel boundary event sits on a transaction only")


def errors_interrupt(process: Process, _: Capabilities) -> Iterator[Finding]:
    """It is executed as one that interrupts; the model should say so."""
    for element in process.elements.values():
        if element.type in ("boundaryEvent", "startEvent") and not element.interrupting:
            if any(event.kind == "error" for event in element.events):
                yield _at(element, "error-must-interrupt", "what catches an error always interrupts")


def cancels_a_transaction(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type == "endEvent" and any(event.kind == "cancel" for event in element.events):
            scope = process.elements.get(element.scope)
            while scope is not None and scope.type != "transaction":
                scope = process.elements.get(scope.scope)
            if scope is None:
                yield _at(element, "cancel-without-transaction", "a cancel ends a transaction, and it stands in none")


def gateways_wait(process: Process, _: Capabilities) -> Iterator[Finding]:
    """An event-based gateway only ever goes on by an event after it."""
    for element in process.elements.values():
        if element.type != "eventBasedGateway":
            continue
        targets = [process.elements[process.flows[flow].target] for flow in element.outgoing]
        wrong = [t.id for t in targets if t.type != "receiveTask" and not _waits(t)]
        if wrong or not targets:
            text = f"after it comes {wrong[0]}, which waits for nothing" if wrong else "no event comes after it"
            yield _at(element, "gateway-without-events", text)


def _waits(element: Element) -> bool:
    kinds = {event.kind for event in element.events}
    return element.type == "intermediateCatchEvent" and bool(kinds & {"timer", "message", "signal", "conditional"})


def compensation_handled(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type == "boundaryEvent" and any(event.kind == "compensation" for event in element.events):
            host = process.elements.get(element.attached_to)
            if host is not None and not host.handler:
                text = "no association leads from it to an activity that is for compensation"
                yield _at(element, "compensation-without-handler", text)
        for event in element.events:
            named = process.elements.get(event.reference)
            if event.kind == "compensation" and event.reference and element.type in _THROWING:
                if named is None or not (named.handler or named.id in process.children):
                    text = f"it compensates {event.reference}, which has nothing that could undo it"
                    yield _at(element, "compensation-of-nothing", text)
        if element.for_compensation and (element.incoming or element.outgoing):
            yield _at(element, "handler-in-flow", "a compensation handler has no sequence flows")


def links_meet(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        for event in element.events:
            if event.kind == "link" and element.type == "intermediateCatchEvent":
                if process.links[element.scope, event.reference] != element.id:
                    yield _at(
                        element, "link-target-twice", f"another link {event.reference!r} in this scope catches it"
                    )
            if event.kind == "link" and element.type == "intermediateThrowEvent":
                if (element.scope, event.reference) not in process.links:
                    yield _at(element, "link-without-target", f"no catching link {event.reference!r} in this scope")


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
            yield _at(element, "unreachable", "no path leads here")


def timers_readable(process: Process, _: Capabilities) -> Iterator[Finding]:
    readers: Mapping[str, Callable[[str], object]] = {
        "date": parse_date,
        "duration": parse_duration,
        "cycle": parse_cycle,
    }
    for element in process.elements.values():
        for event in element.events:
            if event.kind != "timer":
                continue
            if not event.timer or event.value in (None, ""):
                yield _at(element, "timer-without-time", "the timer has no date, duration or cycle")
            elif isinstance(event.value, str):
                try:
                    readers[event.timer](event.value)
                except TimerSyntaxError as error:
                    yield _at(element, "timer-unreadable", str(error))


def durations_readable(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        extension = element.extension
        for text in (extension.due_after, extension.warn_before, extension.follow_up_after):
            if text:
                try:
                    parse_duration(text)
                except TimerSyntaxError as error:
                    yield _at(element, "deadline-unreadable", str(error))


def references_given(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type == "callActivity" and not element.called:
            yield _at(element, "call-without-process", "the call activity names no process")
        if element.type == "receiveTask" and not element.message:
            yield _at(element, "message-without-name", "the receive task waits for no message")
        for event in element.events:
            if event.kind in ("message", "signal") and not event.reference and not _named_elsewhere(process, element):
                yield _at(element, f"{event.kind}-without-name", f"the event waits for no {event.kind}")
        loop = element.multi_instance
        if loop is not None and loop.collection is None and loop.cardinality is None:
            yield _at(element, "multi-instance-without-items", "neither a collection nor a number of instances")
        if element.loop is not None and element.multi_instance is not None:
            yield _at(element, "two-loops", "an activity is repeated by one kind of loop only")


_THROWING = ("endEvent", "intermediateThrowEvent")


def _named_elsewhere(process: Process, element: Element) -> bool:
    """A throw may say nothing; a boundary event may catch what the instances of its own activity throw."""
    host = process.elements.get(element.attached_to)
    loop = host.multi_instance if host is not None else None
    return element.type in _THROWING or (loop is not None and loop.behavior in ("None", "One"))


def conditions_readable(process: Process, _: Capabilities) -> Iterator[Finding]:
    """A condition is an expression or a truth value; a bare text would never be true."""
    for owner, line, condition in _conditions(process):
        if condition.error or isinstance(condition.expression, str):
            yield Finding(
                owner,
                "condition-unreadable",
                f"the condition cannot be read: {condition.error}"
                if condition.error
                else "the condition is not an expression",
                condition.line or line,
            )


def _conditions(process: Process) -> Iterator[tuple[str, int, Condition]]:
    """Every condition of the process, with what it belongs to."""
    for flow in process.flows.values():
        if flow.condition is not None:
            yield flow.id, flow.line, flow.condition
    for element in process.elements.values():
        found = [event.condition for event in element.events]
        found.append(element.activation)
        found.append(element.loop.condition if element.loop else None)
        found.append(element.ad_hoc.completion if element.ad_hoc else None)
        if element.multi_instance is not None:
            found.append(element.multi_instance.completion)
            found.extend(condition for condition, _ in element.multi_instance.events)
        for condition in found:
            if condition is not None:
                yield element.id, element.line, condition


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


EXECUTABLE: tuple[Rule, ...] = (
    can_be_executed,
    has_a_start,
    attached_rightly,
    cancels_a_transaction,
    gateways_wait,
    links_meet,
    timers_readable,
    durations_readable,
    references_given,
    conditions_readable,
)

RULES: tuple[Rule, ...] = (
    *EXECUTABLE,
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
