"""Tokens move until each one rests: on a person, a job, a timer, a message, a signal or a condition.

``enter`` puts a token on an element, the element's behaviour says what happens
there, ``leave`` takes the outgoing flows. A scope whose last child has left is
itself done. No recursion: what follows is queued, so a long line, a loop of ten
thousand turns and a deep nesting cost the same stack.

What happens from outside comes in by ``happening.trigger``: a timer ran out, a message
or signal came, a condition holds. What goes wrong goes outwards in ``catching.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.workflow.bpmn.elements import Element, Process, SequenceFlow
from engine.workflow.execution.execution import Execution, Fault
from engine.workflow.execution.lifecycle import PROCESS_INSTANCE
from engine.workflow.execution.navigator import flows_from
from engine.workflow.execution.tokens import BODY, COMPENSATING, INNER, Instance, Scope, Token


def run(x: Execution) -> None:
    """Work the queue until every token rests.

    First what moves, then who throws to those that now listen, last the joins
    that may have waited for nothing. More than ``max_steps`` without rest is an
    endless loop and becomes an incident on the element that was to go on.
    """
    queue, deferred, settling = x.queue, x.deferred, x.settling
    left = x.max_steps
    while True:
        if queue:
            function, arguments = queue.popleft()
        elif deferred:
            function, arguments = deferred.popleft()
        elif settling:
            scope = settling.pop(next(iter(settling)))
            if not scope.ended:
                x.palette.settle(x, scope)
            continue
        else:
            return
        left -= 1
        if left < 0:
            _stop_endless(x, arguments)
            return
        try:
            function(x, *arguments)
        except Fault as fault:
            token = next((a for a in arguments if isinstance(a, Token)), None)
            if token is None or token.ended:
                raise
            x.fail(token, fault)


def _stop_endless(x: Execution, arguments: tuple[Any, ...]) -> None:
    """The token that was to move stands still, and so does every other that was about to."""
    fault = Fault("endless_loop", f"more than {x.max_steps} steps without rest")
    moving = [arguments, *(arguments for _, arguments in (*x.queue, *x.deferred))]
    x.queue.clear()
    x.deferred.clear()
    x.settling.clear()
    stopped = False
    for token in {a.id: a for found in moving for a in found if isinstance(a, Token)}.values():
        if not token.ended and token.state in ("ready", "activated"):
            x.fail(token, fault)
            stopped = True
    if not stopped:
        raise fault


def start(x: Execution, instance: Instance) -> None:
    """Open the process and put a token where it begins: the none start event, else every node no flow leads to."""
    process = instance.process
    chosen = process.starts.get(process.id, ())
    if chosen and process.elements[chosen[0]].type == "startEvent":
        chosen = chosen[:1]
    if not chosen:
        raise Fault("no_start_event", process.id)
    open_scope(x, instance)
    for element_id in chosen:
        enter(x, process.elements[element_id], instance)


def start_at(x: Execution, instance: Instance, element_id: str) -> None:
    """Open the process where something happened: a start event, a receive task, or an event after a gateway."""
    process = instance.process
    element = process.elements[element_id]
    begins = element_id in process.triggers.get(process.id, ())
    gateway = next(
        (process.elements[g] for g in process.triggers.get(process.id, ()) if _leads(process, g, element_id)), None
    )
    open_scope(x, instance)
    if begins or gateway is None:
        token = x.new_token(element, instance)
        x.move(token, "activate")
        x.later(leave, token)
        return
    token = x.new_token(gateway, instance)
    x.move(token, "activate")
    x.later(x.palette.event_chosen, token, element)


def _leads(process: Process, gateway: str, element_id: str) -> bool:
    return any(flow.target == element_id for flow in process.ways[gateway])


def open_scope(x: Execution, scope: Scope) -> None:
    """The event subprocesses of a scope begin to listen."""
    process = scope.instance.process
    for handler in process.handlers.get(scope.scope_key, ()):
        for trigger_id in process.triggers.get(handler, ()):
            x.palette.arm(x, scope, process.elements[trigger_id])


def enter(x: Execution, element: Element, scope: Scope, flow: SequenceFlow | None = None) -> None:
    """A token comes to *element*. A joining gateway may keep it until the others are there."""
    if flow is not None and len(element.incoming) > 1:
        join = x.palette.joining.get(element.type)
        if join is not None and not join(x, element, scope, flow):
            return
    if element.start_quantity > 1 and not _enough(x, element, scope):
        return
    token = x.new_token(element, scope, BODY if element.repeats else "")
    x.queue.append((activate, (token,)))


def _enough(x: Execution, element: Element, scope: Scope) -> bool:
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


def activate(x: Execution, token: Token) -> None:
    """The element begins: boundary events are armed, then its behaviour acts."""
    if token.ended:
        return
    element = token.element
    x.move(token, "activate")
    if not element.plain:
        _prepare(x, token)
    x.palette.of(token).activate(x, token)


def _prepare(x: Execution, token: Token) -> None:
    element, extension = token.element, token.element.extension
    if token.role in ("", BODY):
        if extension.stage:
            x.stages.append(extension.stage)
        for boundary in element.boundary:
            x.palette.arm(x, token, token.instance.process.elements[boundary])
    if token.role in (BODY, COMPENSATING):  # what is compensated keeps the variables it ended with
        return
    local: dict[str, Any] = dict.fromkeys(element.properties)
    outer = token if token.role == INNER else x.scope_of(token)  # an inner instance sees its own item
    if element.type != "callActivity":
        local.update((name, x.evaluate(expression, outer)) for name, expression in extension.inputs)
    for copied in element.inputs:
        value = x.evaluate(copied.source, outer)
        if value is not None:
            local[copied.target] = value
    if local:
        token.variables = {**(token.variables or {}), **local}


def complete(x: Execution, token: Token, variables: Mapping[str, Any] | None = None) -> None:
    """Something outside finished what the element waited for."""
    if token.ended:
        return
    if variables:
        x.set_variables(x.scope_of(token) if token.variables is None else token, variables)
    x.palette.of(token).complete(x, token)


def leave(x: Execution, token: Token, flows: Iterable[SequenceFlow] | None = None) -> None:
    """The element is done: take *flows*, or every outgoing flow that may be taken."""
    if token.ended:
        return
    element, role = token.element, token.role
    scope = token.scope or x.scope_of(token)
    taken: tuple[SequenceFlow, ...] = ()
    if role == "" or role == BODY:
        taken = tuple(flows) if flows is not None else flows_from(x, element, scope)
    values = {} if element.plain or role == BODY else _results(x, token)
    x.move(token, "complete")
    x.forget(token)
    if values:
        x.set_variables(scope, values)
    if token.instance.process.compensates and role != COMPENSATING:
        remember(scope, token)
    if role == INNER:
        assert isinstance(scope, Token)
        x.palette.inner_left(x, scope, token)
        return
    if element.triggered_by_event and scope.data and scope.data.get("handling"):
        scope.data["handling"] -= 1
    elements = token.instance.process.elements
    for flow in taken:
        for _ in range(element.completion_quantity):
            enter(x, elements[flow.target], scope, flow)
    child_gone(x, scope)


def _results(x: Execution, token: Token) -> dict[str, Any]:
    """What output mappings and data associations carry out of the element. A source without a value carries nothing."""
    element = token.element
    values: dict[str, Any] = {}
    if element.type != "callActivity":
        values.update((name, x.evaluate(expression, token)) for name, expression in element.extension.outputs)
    for copied in element.outputs:
        value = x.evaluate(copied.source, token)
        if value is not None:
            values[copied.target] = value
    return values


def remember(scope: Scope, token: Token) -> None:
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
    entry: dict[str, Any] = {"element": element.id}
    if not element.handler:
        entry["variables"] = token.variables
        entry["done"] = inner or []
    scope.data.setdefault("done", []).append(entry)
    scope.changed = True


def child_gone(x: Execution, scope: Scope) -> None:
    """One child fewer; an empty scope is done, and a join may have waited for this one."""
    scope.children -= 1
    scope.changed = True
    if scope.children == 0:
        x.queue.append((scope_done, (scope,)))
    elif scope.data and ("joins" in scope.data or "fired" in scope.data):
        x.settling[scope.id] = scope
    if scope.__class__ is Token and scope.element.ad_hoc is not None:
        x.later(x.palette.child_done, scope)


def scope_done(x: Execution, scope: Scope) -> None:
    """Nothing lives in the scope any more."""
    if scope.children or scope.ended:
        return
    if isinstance(scope, Token):
        x.palette.of(scope).emptied(x, scope)
        return
    if scope.state != "active":
        return
    end_instance(x, scope, "complete")
    if scope.parent_token is not None:
        caller = x.token(scope.parent_token)
        if caller is not None:
            x.palette.called_ended(x, caller, scope)


def end_instance(x: Execution, instance: Instance, trigger: str) -> None:
    instance.state = PROCESS_INSTANCE.after(instance.state, trigger)
    instance.ended_at = x.now
    instance.changed = True
    x.release(instance.id)


def open_inside(x: Execution, element: Element, scope: Scope) -> Token:
    """A subprocess that is there and listens, but in which nothing has begun: somebody puts a token into it."""
    token = x.new_token(element, scope)
    x.move(token, "activate")
    if not element.plain:
        _prepare(x, token)
    open_scope(x, token)
    return token


def end_by_hand(x: Execution, token: Token) -> Scope:
    """End an element instance without taking a flow. Returns the scope it stood in, which may now be empty."""
    scope = x.scope_of(token)
    terminate(x, token)
    scope.children -= 1
    scope.changed = True
    if token.element.triggered_by_event and scope.data and scope.data.get("handling"):
        scope.data["handling"] -= 1
    if scope.data and ("joins" in scope.data or "fired" in scope.data):
        x.settling[scope.id] = scope
    return scope


def terminate(x: Execution, token: Token) -> None:
    """End an element instance and everything in it, innermost first, without taking any flow."""
    order: list[Token] = []
    pending = [token]
    called: list[Instance] = []
    while pending:
        current = pending.pop()
        order.append(current)
        if current.children:
            pending.extend(x.tokens_in(current))
        if current.element.type == "callActivity" and current.role != BODY:
            child = x.called_by(current)
            if child is not None and not child.ended:
                called.append(child)
                pending.extend(x.tokens_in(child))
    for current in reversed(order):
        x.move(current, "terminate")
        x.forget(current)
    for child in called:
        child.children = 0
        end_instance(x, child, "terminate")


def terminate_scope(x: Execution, scope: Scope, *, spare: Token | None = None) -> None:
    """End everything that lives in *scope*, but for *spare*."""
    for token in x.tokens_in(scope):
        if token is not spare and not token.ended:
            terminate(x, token)
    scope.children = 1 if spare is not None else 0
    if scope.data:
        scope.data = {k: v for k, v in scope.data.items() if k not in ("joins", "fired", "quantities", "handling")}
    scope.changed = True


def cancel(x: Execution, instance: Instance) -> None:
    """End a whole instance from outside."""
    terminate_scope(x, instance)
    end_instance(x, instance, "terminate")
