"""Rules without which a definition cannot be executed at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from engine.workflow.bpmn.elements import Condition, Element, Finding, Process
from engine.workflow.bpmn.rule import THROWING, Capabilities, Rule, at, starts_handler
from engine.workflow.bpmn.timing import TimerSyntaxError, parse_cycle, parse_date, parse_duration

#: A deadline in working days: days alone.
_WORKING_DAYS = re.compile(r"P[1-9][0-9]{0,2}D")


def can_be_executed(process: Process, can: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type not in can.elements:
            yield at(
                element,
                "element-not-executable",
                f"{element.type} cannot be executed",
                parameters={"type": element.type},
            )
            continue
        place = "eventSubProcessStart" if starts_handler(process, element) else element.type
        kinds = [event.kind for event in element.events]
        if len(kinds) > 1:
            kinds.append("multiple")
        elif not kinds and element.type.endswith("Event"):
            kinds.append("none")
        for kind in dict.fromkeys(kinds):
            if kind not in can.events.get(place, ()):
                where = "the start of an event subprocess" if place == "eventSubProcessStart" else element.type
                yield at(
                    element,
                    "event-not-executable",
                    f"{where} with a {kind} event cannot be executed",
                    parameters={"kind": kind},
                )


def has_a_start(process: Process, _: Capabilities) -> Iterator[Finding]:
    for scope, children in process.children.items():
        owner = process.elements.get(scope)
        triggers = process.triggers.get(scope) if owner is None or owner.triggered_by_event else None
        if owner is not None and owner.triggered_by_event:
            if len(triggers or ()) != 1:
                text = f"an event subprocess begins with one event that is waited for, not {len(triggers or ())}"
                yield at(owner, "handler-without-event", text)
        elif not process.starts.get(scope) and not triggers and (children or owner is None):
            line = owner.line if owner else process.line
            yield Finding(scope, "no-start-event", "nothing starts here", line)


def attached_rightly(process: Process, _: Capabilities) -> Iterator[Finding]:
    hosts = ("Task", "task", "subProcess", "SubProcess", "callActivity", "transaction")
    for element in process.elements.values():
        if element.type != "boundaryEvent":
            continue
        host = process.elements.get(element.attached_to)
        kinds = {event.kind for event in element.events}
        if host is None:
            yield at(
                element,
                "boundary-without-host",
                f"attached to {element.attached_to!r}, which is not there",
                parameters={"attached_to": element.attached_to},
            )
        elif not host.type.endswith(hosts):
            yield at(
                element,
                "boundary-on-wrong-host",
                f"a boundary event cannot sit on a {host.type}",
                parameters={"type": host.type},
            )
        elif host.scope != element.scope:
            yield at(element, "boundary-on-wrong-host", f"{host.id} is in another scope", parameters={"id": host.id})
        elif "cancel" in kinds and host.type != "transaction":
            yield at(element, "cancel-without-transaction", "a cancel boundary event sits on a transaction only")


def cancels_a_transaction(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type == "endEvent" and any(event.kind == "cancel" for event in element.events):
            scope = process.elements.get(element.scope)
            while scope is not None and scope.type != "transaction":
                scope = process.elements.get(scope.scope)
            if scope is None:
                yield at(element, "cancel-without-transaction", "a cancel ends a transaction, and it stands in none")


def gateways_wait(process: Process, _: Capabilities) -> Iterator[Finding]:
    """An event-based gateway only ever goes on by an event after it."""
    for element in process.elements.values():
        if element.type != "eventBasedGateway":
            continue
        targets = [process.elements[process.flows[flow].target] for flow in element.outgoing]
        not_waiting = [t.id for t in targets if t.type != "receiveTask" and not _waits(t)]
        if not_waiting or not targets:
            text = (
                f"after it comes {not_waiting[0]}, which waits for nothing"
                if not_waiting
                else "no event comes after it"
            )
            yield at(element, "gateway-without-events", text)


def _waits(element: Element) -> bool:
    kinds = {event.kind for event in element.events}
    return element.type == "intermediateCatchEvent" and bool(kinds & {"timer", "message", "signal", "conditional"})


def links_meet(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        for event in element.events:
            if event.kind == "link" and element.type == "intermediateCatchEvent":
                if process.links[element.scope, event.reference] != element.id:
                    yield at(
                        element,
                        "link-target-twice",
                        f"another link {event.reference!r} in this scope catches it",
                        parameters={"reference": event.reference},
                    )
            if event.kind == "link" and element.type == "intermediateThrowEvent":
                if (element.scope, event.reference) not in process.links:
                    yield at(
                        element,
                        "link-without-target",
                        f"no catching link {event.reference!r} in this scope",
                        parameters={"reference": event.reference},
                    )


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
                yield at(element, "timer-without-time", "the timer has no date, duration or cycle")
            elif isinstance(event.value, str):
                try:
                    readers[event.timer](event.value)
                except TimerSyntaxError as error:
                    yield at(element, "timer-unreadable", str(error))


def durations_readable(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        extension = element.extension
        if extension.working_days and not _WORKING_DAYS.fullmatch(extension.due_after):
            yield at(element, "deadline-unreadable", f"{extension.due_after!r} is not a number of working days: P5D")
        for text in (extension.due_after, extension.warn_before, extension.follow_up_after):
            if text:
                try:
                    parse_duration(text)
                except TimerSyntaxError as error:
                    yield at(element, "deadline-unreadable", str(error))


def references_are_set(process: Process, _: Capabilities) -> Iterator[Finding]:
    for element in process.elements.values():
        if element.type == "callActivity" and not element.called:
            yield at(element, "call-without-process", "the call activity names no process")
        if element.type == "receiveTask" and not element.message:
            yield at(element, "message-without-name", "the receive task waits for no message")
        for event in element.events:
            if event.kind in ("message", "signal") and not event.reference and not _named_elsewhere(process, element):
                yield at(
                    element,
                    f"{event.kind}-without-name",
                    f"the event waits for no {event.kind}",
                    parameters={"kind": event.kind},
                )
        loop = element.multi_instance
        if loop is not None and loop.collection is None and loop.cardinality is None:
            yield at(element, "multi-instance-without-items", "neither a collection nor a number of instances")
        if element.loop is not None and element.multi_instance is not None:
            yield at(element, "two-loops", "an activity is repeated by one kind of loop only")


def _named_elsewhere(process: Process, element: Element) -> bool:
    """A throw may say nothing; a boundary event may catch what the instances of its own activity throw."""
    host = process.elements.get(element.attached_to)
    loop = host.multi_instance if host is not None else None
    return element.type in THROWING or (loop is not None and loop.behavior in ("None", "One"))


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


EXECUTABLE: tuple[Rule, ...] = (
    can_be_executed,
    has_a_start,
    attached_rightly,
    cancels_a_transaction,
    gateways_wait,
    links_meet,
    timers_readable,
    durations_readable,
    references_are_set,
    conditions_readable,
)
