"""Tokens move until each one rests: on a person, a job, a timer, a message, a signal or a condition.

``enter`` puts a token on an element, the element's behaviour says what happens
there, ``leave`` takes the outgoing flows. A scope whose last child has left is
itself done. No recursion: what follows is queued, so a long line, a loop of ten
thousand turns and a deep nesting cost the same stack.

What happens from outside comes in by ``triggers.trigger``: a timer ran out, a message
or signal came, a condition holds. What goes wrong goes outwards in ``error_propagation.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.workflow.bpmn.elements import Element, Process, SequenceFlow
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.lifecycle import PROCESS_INSTANCE
from engine.workflow.execution.navigator import flows_from
from engine.workflow.execution.scope_state import Done
from engine.workflow.execution.tokens import BODY, COMPENSATING, INNER, Instance, Scope, Token


def run(execution: Execution) -> None:
    """Work the queue until every token rests.

    First what moves, then who throws to those that now listen, last the joins
    that may have waited for nothing. More than ``max_steps`` without rest is an
    endless loop and becomes an incident on the element that was to go on.
    """
    queue, deferred, joins = execution.queue, execution.deferred, execution.joins_to_reevaluate
    left = execution.max_steps
    while True:
        if queue:
            function, arguments = queue.popleft()
        elif deferred:
            function, arguments = deferred.popleft()
        elif joins:
            scope = joins.pop(next(iter(joins)))
            if not scope.ended:
                execution.behaviours.reevaluate_joins(execution, scope)
            continue
        else:
            return
        left -= 1
        if left < 0:
            _stop_endless(execution, arguments)
            return
        try:
            function(execution, *arguments)
        except ExecutionError as error:
            token = next((a for a in arguments if isinstance(a, Token)), None)
            if token is None or token.ended:
                raise
            execution.fail(token, error)


def _stop_endless(execution: Execution, arguments: tuple[Any, ...]) -> None:
    """The token that was to move stands still, and so does every other that was about to."""
    error = ExecutionError("endless_loop", f"more than {execution.max_steps} steps without rest")
    moving = [arguments, *(arguments for _, arguments in (*execution.queue, *execution.deferred))]
    execution.queue.clear()
    execution.deferred.clear()
    execution.joins_to_reevaluate.clear()
    stopped = False
    for token in {a.id: a for found in moving for a in found if isinstance(a, Token)}.values():
        if not token.ended and token.state in ("ready", "activated"):
            execution.fail(token, error)
            stopped = True
    if not stopped:
        raise error


def start(execution: Execution, instance: Instance) -> None:
    """Open the process and put a token where it begins: the none start event, else every node no flow leads to."""
    process = instance.process
    chosen = process.starts.get(process.id, ())
    if chosen and process.elements[chosen[0]].type == "startEvent":
        chosen = chosen[:1]
    if not chosen:
        raise ExecutionError("no_start_event", process.id)
    open_scope(execution, instance)
    for element_id in chosen:
        enter(execution, process.elements[element_id], instance)


def start_at(execution: Execution, instance: Instance, element_id: str) -> None:
    """Open the process where something happened: a start event, a receive task, or an event after a gateway."""
    process = instance.process
    element = process.elements[element_id]
    begins = element_id in process.triggers.get(process.id, ())
    gateway = next(
        (process.elements[g] for g in process.triggers.get(process.id, ()) if _leads(process, g, element_id)), None
    )
    open_scope(execution, instance)
    if begins or gateway is None:
        token = execution.new_token(element, instance)
        execution.move(token, "activate")
        execution.enqueue(leave, token)
        return
    token = execution.new_token(gateway, instance)
    execution.move(token, "activate")
    execution.enqueue(execution.behaviours.event_chosen, token, element)


def _leads(process: Process, gateway: str, element_id: str) -> bool:
    return any(flow.target == element_id for flow in process.outgoing_flows[gateway])


def open_scope(execution: Execution, scope: Scope) -> None:
    """The event subprocesses of a scope begin to listen."""
    process = scope.instance.process
    for handler in process.handlers.get(scope.scope_key, ()):
        for trigger_id in process.triggers.get(handler, ()):
            execution.behaviours.subscribe(execution, scope, process.elements[trigger_id])


def enter(execution: Execution, element: Element, scope: Scope, flow: SequenceFlow | None = None) -> None:
    """A token comes to *element*. A joining gateway may keep it until the others are there."""
    if flow is not None and len(element.incoming) > 1:
        join = execution.behaviours.join_by_type.get(element.type)
        if join is not None and not join(execution, element, scope, flow):
            return
    if element.start_quantity > 1 and not _enough(execution, element, scope):
        return
    token = execution.new_token(element, scope, BODY if element.repeats else "")
    execution.queue.append((activate, (token,)))


def _enough(execution: Execution, element: Element, scope: Scope) -> bool:
    """Whether as many tokens have come as the activity's start quantity asks for; those are then spent."""
    scope.data = scope.data or {}
    waiting = scope.data.setdefault("quantities", {})
    waiting[element.id] = waiting.get(element.id, 0) + 1
    scope.children += 1
    scope.changed = True
    if waiting[element.id] < element.start_quantity:
        return False
    scope.children -= waiting.pop(element.id)
    return True


def activate(execution: Execution, token: Token) -> None:
    """The element begins: boundary events are subscribed, then its behaviour acts."""
    if token.ended:
        return
    element = token.element
    execution.move(token, "activate")
    if not element.plain:
        _prepare(execution, token)
    execution.behaviours.of(token).activate(execution, token)


def _prepare(execution: Execution, token: Token) -> None:
    element, extension = token.element, token.element.extension
    if token.role in ("", BODY):
        if extension.stage:
            execution.stages.append(extension.stage)
        for boundary in element.boundary:
            execution.behaviours.subscribe(execution, token, token.instance.process.elements[boundary])
    if token.role in (BODY, COMPENSATING):  # what is compensated keeps the variables it ended with
        return
    local: dict[str, Any] = dict.fromkeys(element.properties)
    outer = token if token.role == INNER else execution.scope_of(token)  # an inner instance sees its own item
    if element.type != "callActivity":
        local.update((name, execution.evaluate(expression, outer)) for name, expression in extension.inputs)
    for copied in element.inputs:
        value = execution.evaluate(copied.source, outer)
        if value is not None:
            local[copied.target] = value
    if local:
        token.variables = {**(token.variables or {}), **local}


def complete(execution: Execution, token: Token, variables: Mapping[str, Any] | None = None) -> None:
    """Something outside finished what the element waited for."""
    if token.ended:
        return
    if variables:
        execution.set_variables(execution.scope_of(token) if token.variables is None else token, variables)
    execution.behaviours.of(token).complete(execution, token)


def leave(execution: Execution, token: Token, flows: Iterable[SequenceFlow] | None = None) -> None:
    """The element is done: take *flows*, or every outgoing flow that may be taken."""
    if token.ended:
        return
    element, role = token.element, token.role
    scope = token.scope or execution.scope_of(token)
    taken: tuple[SequenceFlow, ...] = ()
    if role == "" or role == BODY:
        taken = tuple(flows) if flows is not None else flows_from(execution, element, scope)
    values = {} if element.plain or role == BODY else _results(execution, token)
    execution.move(token, "complete")
    execution.forget(token)
    if values:
        execution.set_variables(scope, values)
    if token.instance.process.compensates and role != COMPENSATING:
        record_compensation(scope, token)
    if role == INNER:
        assert isinstance(scope, Token)
        execution.behaviours.inner_left(execution, scope, token)
        return
    if element.triggered_by_event and scope.data and scope.data.get("handling"):
        scope.data["handling"] -= 1
    elements = token.instance.process.elements
    for flow in taken:
        for _ in range(element.completion_quantity):
            enter(execution, elements[flow.target], scope, flow)
    child_gone(execution, scope)


def _results(execution: Execution, token: Token) -> dict[str, Any]:
    """What output mappings and data associations carry out of the element. A source without a value carries nothing."""
    element = token.element
    values: dict[str, Any] = {}
    if element.type != "callActivity":
        values.update((name, execution.evaluate(expression, token)) for name, expression in element.extension.outputs)
    for copied in element.outputs:
        value = execution.evaluate(copied.source, token)
        if value is not None:
            values[copied.target] = value
    return values


def record_compensation(scope: Scope, token: Token) -> None:
    """Keep what compensation needs of an activity that is done: its handler, and what was done inside it.

    A repeated activity keeps that of each of its inner instances, in ``each``.
    """
    element = token.element
    inner = (token.data or {}).get("done")
    if token.role == BODY:
        if inner:
            scope.data = scope.data or {}
            scope.data.setdefault("done", []).append({"element": element.id, "each": inner})
            scope.changed = True
        return
    undone = any(
        event.kind == "compensation"
        for handler in token.instance.process.handlers.get(element.id, ())
        for trigger_id in token.instance.process.triggers.get(handler, ())
        for event in token.instance.process.elements[trigger_id].events
    )
    if not (element.handler or inner or undone):
        return
    scope.data = scope.data or {}
    entry: Done = {"element": element.id}
    if not element.handler:
        entry["variables"] = token.variables
        entry["done"] = inner or []
    scope.data.setdefault("done", []).append(entry)
    scope.changed = True


def child_gone(execution: Execution, scope: Scope) -> None:
    """One child fewer; an empty scope is done, and a join may have waited for this one."""
    scope.children -= 1
    scope.changed = True
    if scope.children == 0:
        execution.queue.append((scope_done, (scope,)))
    elif scope.data and ("joins" in scope.data or "fired" in scope.data):
        execution.joins_to_reevaluate[scope.id] = scope
    if scope.__class__ is Token and scope.element.ad_hoc is not None:
        execution.enqueue(execution.behaviours.child_done, scope)


def scope_done(execution: Execution, scope: Scope) -> None:
    """Nothing lives in the scope any more."""
    if scope.children or scope.ended:
        return
    if isinstance(scope, Token):
        execution.behaviours.of(scope).emptied(execution, scope)
        return
    if scope.state != "active":
        return
    end_instance(execution, scope, "complete")
    if scope.parent_token is not None:
        caller = execution.token(scope.parent_token)
        if caller is not None:
            execution.behaviours.called_ended(execution, caller, scope)


def end_instance(execution: Execution, instance: Instance, trigger: str) -> None:
    instance.state = PROCESS_INSTANCE.after(instance.state, trigger)
    instance.ended_at = execution.now
    instance.changed = True
    execution.release(instance.id)


def open_inside(execution: Execution, element: Element, scope: Scope) -> Token:
    """A subprocess that is there and listens, but in which nothing has begun: somebody puts a token into it."""
    token = execution.new_token(element, scope)
    execution.move(token, "activate")
    if not element.plain:
        _prepare(execution, token)
    open_scope(execution, token)
    return token


def end_by_hand(execution: Execution, token: Token) -> Scope:
    """End an element instance without taking a flow. Returns the scope it stood in, which may now be empty."""
    scope = execution.scope_of(token)
    terminate(execution, token)
    scope.children -= 1
    scope.changed = True
    if token.element.triggered_by_event and scope.data and scope.data.get("handling"):
        scope.data["handling"] -= 1
    if scope.data and ("joins" in scope.data or "fired" in scope.data):
        execution.joins_to_reevaluate[scope.id] = scope
    return scope


def terminate(execution: Execution, token: Token) -> None:
    """End an element instance and everything in it, innermost first, without taking any flow."""
    order: list[Token] = []
    pending = [token]
    called: list[Instance] = []
    while pending:
        current = pending.pop()
        order.append(current)
        if current.children:
            pending.extend(execution.tokens_in(current))
        if current.element.type == "callActivity" and current.role != BODY:
            child = execution.called_by(current)
            if child is not None and not child.ended:
                called.append(child)
                pending.extend(execution.tokens_in(child))
    for current in reversed(order):
        execution.move(current, "terminate")
        execution.forget(current)
    for child in called:
        child.children = 0
        end_instance(execution, child, "terminate")


def terminate_scope(execution: Execution, scope: Scope, *, spare: Token | None = None) -> None:
    """End everything that lives in *scope*, but for *spare*."""
    for token in execution.tokens_in(scope):
        if token is not spare and not token.ended:
            terminate(execution, token)
    scope.children = 1 if spare is not None else 0
    if scope.data:
        remembered = scope.data.copy()
        remembered.pop("joins", None)
        remembered.pop("fired", None)
        remembered.pop("quantities", None)
        remembered.pop("handling", None)
        scope.data = remembered
    scope.changed = True


def cancel(execution: Execution, instance: Instance) -> None:
    """End a whole instance from outside."""
    terminate_scope(execution, instance)
    end_instance(execution, instance, "terminate")
