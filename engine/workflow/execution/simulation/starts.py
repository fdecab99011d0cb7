"""Processes of a file that begin when something happens: who listens, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.workflow.bpmn.elements import Definitions, Element, EventDefinition, Process
from engine.workflow.bpmn.timing import first_due
from engine.workflow.execution.expressions import evaluate
from engine.workflow.execution.tokens import NewWork


@dataclass(eq=False)
class Trigger:
    """A process that begins when *element* happens. ``shared``: its instance waits for the other events too."""

    process: Process
    element: Element
    variables: dict[str, Any]
    received: dict[str, Any] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    true: bool = False
    shared: bool = False

    @property
    def all_events(self) -> bool:
        return self.element.all_events

    @property
    def events(self) -> tuple[EventDefinition, ...]:
        if self.element.type == "receiveTask":
            return (EventDefinition("message", self.element.message),)
        return self.element.events


def _starting(process: Process, element: Element) -> Iterator[Element]:
    """A start event or receive task itself, or the events after a gateway that starts the process."""
    if element.type == "eventBasedGateway":
        yield from (process.elements[flow.target] for flow in process.outgoing_flows[element.id])
    else:
        yield element


class Starts:
    """Everything in the file that waits to begin an instance.

    begin  makes an instance of a process at a start event
    timer  asks for a timer
    """

    def __init__(
        self,
        begin: Callable[[Process, dict[str, Any], str], object],
        timer: Callable[[NewWork], None],
    ) -> None:
        self.subscribed: list[Trigger] = []
        self._new = begin
        self._timer = timer

    def listen(self, definitions: Definitions, now: datetime) -> None:
        """Every process of the file may be begun by an event."""
        for process in definitions.processes.values():
            for element_id in process.triggers.get(process.id, ()) if process.executable else ():
                begins = process.elements[element_id]
                for wanted in _starting(process, begins):
                    trigger = Trigger(process, wanted, {}, shared=begins.type == "eventBasedGateway")
                    self.subscribed.append(trigger)
                    for event in wanted.events:
                        if event.kind == "timer":
                            self._schedule(trigger, event, 0, now)

    def _schedule(self, trigger: Trigger, event: EventDefinition, fired: int, now: datetime) -> None:
        due = first_due(event.timer, str(event.value), now, fired)
        if due is not None:
            payload = {"fired": fired, "event": event}
            work = NewWork("timer", event.timer, trigger, trigger.element.id, payload, due, "")  # type: ignore[arg-type]
            self._timer(work)

    def fire(self, work: NewWork, now: datetime) -> None:
        """The timer of a start event is due; a cycle is set again."""
        trigger: Trigger = work.holder  # type: ignore[assignment]
        event: EventDefinition = work.payload["event"]
        if trigger in self.subscribed:
            self._trigger(trigger, event.cause)
            if event.timer == "cycle":
                self._schedule(trigger, event, work.payload["fired"] + 1, now)

    def begin(self, kind: str, name: str, variables: Mapping[str, Any], heard: Collection[str] = ()) -> bool:
        """Begin every process a message or signal starts; a message only the first.

        What an instance has *heard* that waits at an event-based gateway already
        begins no second one there: a parallel gateway waits for all its events.
        """
        begun = False
        for trigger in list(self.subscribed):
            if trigger.shared and trigger.element.id in heard:
                continue
            for event in trigger.events:
                if event.kind == kind and event.reference == name:
                    trigger.received.update(variables)
                    self._trigger(trigger, event.cause)
                    begun = True
                    break
            if begun and kind == "message":
                break
        return begun

    def set_variables(self, variables: Mapping[str, Any], process: Process | None = None) -> None:
        """What instances begun by an event will know; conditions of start events are evaluated on it."""
        for trigger in list(self.subscribed):
            if process is not None and trigger.process is not process:
                continue
            trigger.variables.update(variables)
            for event in trigger.events:
                if event.kind == "conditional" and event.condition is not None and not event.condition.error:
                    models = {"variables": trigger.variables}
                    true = evaluate(event.condition.expression, models, "variables") is True
                    was, trigger.true = trigger.true, true
                    if true and not was:
                        self._trigger(trigger, event.cause)

    def _trigger(self, trigger: Trigger, cause: str) -> None:
        trigger.seen.add(cause)
        if trigger.all_events and any(event.cause not in trigger.seen for event in trigger.events):
            return
        trigger.seen.clear()
        variables = {**trigger.variables, **trigger.received}
        trigger.received.clear()
        self._new(trigger.process, variables, trigger.element.id)
