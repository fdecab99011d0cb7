"""What happens from outside: an event reaches who listens, and boundary events and event subprocesses go their ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.workflow.bpmn.elements import Element
from engine.workflow.execution import advance
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.tokens import INNER, Instance, Scope, Token


def trigger(
    execution: Execution, holder: Scope, element_id: str, variables: Mapping[str, Any] | None = None, cause: str = ""
) -> None:
    """Something happened that *holder* listened for on behalf of *element_id*.

    That is the holder itself, a boundary event on it, the start of an event
    subprocess in it, or an event after an event-based gateway. *cause* tells
    apart the events of one element that waits for all of several.
    """
    if holder.ended:
        return
    element = holder.instance.process.elements[element_id]
    own = isinstance(holder, Token) and holder.element.id == element_id
    if element.all_events and len(element.events) > 1 and not _all_happened(holder, element, cause):
        if variables:
            execution.set_variables(holder, variables)
        return
    if own:
        assert isinstance(holder, Token)
        advance.complete(execution, holder, variables)
        return
    if variables:
        execution.set_variables(holder if isinstance(holder, Instance) else execution.scope_of(holder), variables)
    if element.type == "boundaryEvent":
        assert isinstance(holder, Token)
        fire_boundary(execution, holder, element)
    elif element.type == "startEvent":
        fire_handler(execution, holder, element)
    else:
        assert isinstance(holder, Token)
        execution.behaviours.event_chosen(execution, holder, element)


def _all_happened(holder: Scope, element: Element, cause: str) -> bool:
    """Note one of the events of a parallel multiple event; true when none is missing, which then count anew."""
    holder.data = holder.data or {}
    seen = holder.data.setdefault("seen", {}).setdefault(element.id, [])
    if cause not in seen:
        seen.append(cause)
    holder.changed = True
    if any(event.cause not in seen for event in element.events):
        return False
    del holder.data["seen"][element.id]
    return True


def fire_boundary(execution: Execution, host: Token, boundary: Element) -> None:
    """Take the way out of a boundary event; an interrupting one ends its host, however often that is repeated."""
    scope = execution.scope_of(host)
    if host.role == INNER:
        assert isinstance(scope, Token)
        host, scope = scope, execution.scope_of(scope)
    if interrupts(boundary):
        advance.terminate(execution, host)
        scope.children -= 1
        if scope.data and "joins" in scope.data:
            execution.joins_to_reevaluate[scope.id] = scope
    token = execution.new_token(boundary, scope)
    execution.move(token, "activate")
    execution.enqueue(advance.leave, token)


def interrupts(event: Element) -> bool:
    """Whether what happens ends what it hangs on. An error or a cancel always does, whatever the model says."""
    return event.interrupting or any(definition.kind in ("error", "cancel") for definition in event.events)


def may_handle(scope: Scope) -> bool:
    """Whether an event subprocess of *scope* may still begin.

    Not after an interrupting one has (BPMN 2.0, section 13.5.4), nor when the
    event subprocesses are all that is left: the scope is then completing. Where
    nothing lives any more it is being compensated, or ends.
    """
    data = scope.data or {}
    return not data.get("interrupted") and (scope.children > data.get("handling", 0) or not scope.children)


def stop_handling(execution: Execution, scope: Scope) -> None:
    """The event subprocesses of a living scope listen no more."""
    instance = scope.instance
    process = instance.process
    for handler in process.handlers.get(scope.scope_key, ()):
        for trigger_id in process.triggers.get(handler, ()):
            execution.unsubscribe(scope, trigger_id)
            if instance.data and instance.data.get("conditions"):
                instance.data["conditions"] = [
                    entry for entry in instance.data["conditions"] if entry[:2] != [scope.id, trigger_id]
                ]
                instance.changed = True


def fire_handler(execution: Execution, scope: Scope, begin: Element) -> None:
    """Run an event subprocess of *scope*; an interrupting one ends everything else in it, and is the last."""
    if not may_handle(scope):
        return
    process = scope.instance.process
    handler = process.elements[begin.scope]
    scope.data = scope.data or {}
    if interrupts(begin):
        advance.terminate_scope(execution, scope)
        scope.data["interrupted"] = True
        stop_handling(execution, scope)
    scope.data["handling"] = scope.data.get("handling", 0) + 1
    token = execution.new_token(handler, scope)
    execution.move(token, "activate")
    advance.open_scope(execution, token)
    advance.enter(execution, begin, token)
