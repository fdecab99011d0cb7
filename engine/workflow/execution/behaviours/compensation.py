"""Compensation: what was done is undone by its handlers, the last done first.

A scope remembers the activities in it that are done and can be compensated
(``advance.record_compensation``). A throw takes them from there and works them off one by
one: it is the scope of the handler that runs. A subprocess without a handler of
its own is entered once more with the variables it ended with, and what was done
inside it is undone; an event subprocess for compensation decides itself. A repeated
activity is undone once for each of its inner instances that are done, the last first
(BPMN 2.0, section 13.5.5).
"""

from __future__ import annotations

from engine.workflow.bpmn.elements import Element, EventDefinition
from engine.workflow.execution import advance, triggers
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.scope_state import Done
from engine.workflow.execution.tokens import COMPENSATING, Scope, Token


def throw(execution: Execution, token: Token, event: EventDefinition) -> None:
    """Compensate the activity the event names, or everything that is done where it stands.

    Where nothing is left to undo one by one, the event subprocess for
    compensation of the scope itself is asked: nobody else could for a process
    that nobody calls.
    """
    scope = _compensated_scope(execution, token)
    done = list((scope.data or {}).get("done", ()))
    chosen = [entry for entry in done if event.reference in ("", entry["element"])]
    if not chosen:
        begin = None if event.reference or scope is not execution.scope_of(token) else _handler_of(scope)
        if begin is not None:
            triggers.fire_handler(execution, token, begin)
        return
    assert scope.data is not None
    scope.data["done"] = [entry for entry in done if entry not in chosen]
    scope.changed = True
    if event.waits:
        work_off(execution, token, chosen)
        return
    for entry in reversed(chosen):
        _undo(execution, scope, entry)


def _compensated_scope(execution: Execution, token: Token) -> Scope:
    """Inside an event subprocess that is the scope it handles."""
    scope = execution.scope_of(token)
    while isinstance(scope, Token) and scope.element.triggered_by_event:
        scope = execution.scope_of(scope)
    return scope


def work_off(execution: Execution, holder: Token, entries: list[Done]) -> None:
    """Undo *entries* in *holder*, one after another."""
    holder.data = {**(holder.data or {}), "todo": list(entries)}
    holder.changed = True
    next_one(execution, holder)


def next_one(execution: Execution, holder: Token) -> bool:
    """Undo the last of what is left to do. False when nothing is."""
    todo = (holder.data or {}).get("todo")
    if not todo:
        return False
    holder.changed = True
    _undo(execution, holder, todo.pop())
    return True


def go_on(execution: Execution, token: Token) -> None:
    """One handler is done: the next, or the throwing event goes on."""
    if not next_one(execution, token):
        execution.enqueue(advance.leave, token)


def _undo(execution: Execution, scope: Scope, entry: Done) -> None:
    process = scope.instance.process
    element = process.elements[entry["element"]]
    if "each" in entry:
        execution.enqueue(
            advance.activate,
            execution.new_token(element, scope, COMPENSATING, data={"done": entry["each"], "each": True}),
        )
        return
    if element.handler:
        advance.enter(execution, process.elements[element.handler], scope)
        return
    token = execution.new_token(
        element, scope, COMPENSATING, data={"done": entry["done"]}, variables=entry.get("variables")
    )
    execution.enqueue(advance.activate, token)


def activate(execution: Execution, token: Token) -> None:
    """A subprocess is compensated: by its event subprocess for that, else by undoing what was done in it."""
    begin = None if (token.data or {}).get("each") else _handler_of(token)
    if begin is not None:
        triggers.fire_handler(execution, token, begin)
        return
    done = (token.data or {}).get("done", [])
    token.data = {**(token.data or {}), "done": []}
    work_off(execution, token, done)
    if not token.children:
        execution.enqueue(advance.leave, token)


def _handler_of(scope: Scope) -> Element | None:
    """How the event subprocess for compensation of a scope begins."""
    process = scope.instance.process
    for handler in process.handlers.get(scope.scope_key, ()):
        for trigger_id in process.triggers.get(handler, ()):
            if any(event.kind == "compensation" for event in process.elements[trigger_id].events):
                return process.elements[trigger_id]
    return None


COMPENSATED = Behaviour(activate=activate, emptied=go_on)
