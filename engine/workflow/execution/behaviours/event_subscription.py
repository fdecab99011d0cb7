"""Begin to listen for the events of one element: timers, messages, signals, conditions.

The holder is what gets triggered: the catch event itself, the host of a boundary
event, the scope of an event subprocess, or the gateway before the event. Errors,
escalations, cancels and compensations need no listening: they look for their catcher.
"""

from __future__ import annotations

from engine.workflow.bpmn.elements import Element
from engine.workflow.execution import conditions, correlation
from engine.workflow.execution.behaviours import timer
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import Scope

PASSIVE = frozenset({"error", "escalation", "cancel", "compensation", "link", "none", "terminate"})


def subscribe(execution: Execution, holder: Scope, element: Element) -> None:
    if element.type == "receiveTask":
        correlation.wait_for_message(execution, holder, element.id, element.message, element.correlation_key)
        return
    conditional = False
    for event in element.events:
        if event.kind == "timer":
            timer.schedule(execution, holder, element, event)
        elif event.kind == "message":
            key = event.key if event.key is not None else element.correlation_key
            correlation.wait_for_message(execution, holder, element.id, event.reference, key)
        elif event.kind == "signal":
            correlation.wait_for_signal(execution, holder, element.id, event.reference)
        elif event.kind == "conditional":
            conditional = True
        elif event.kind not in PASSIVE:
            raise ExecutionError("not_executable", f"an event of kind {event.kind}")
    if conditional:
        conditions.listen(execution, holder, element)
