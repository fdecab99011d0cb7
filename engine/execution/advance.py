"""Tokens move until each one rests: on a person, a job, a timer or a message.

``enter`` puts a token on an element, the element's behaviour says what happens
there, ``leave`` takes the outgoing flows. A scope whose last child has left is
itself left. No recursion: what follows is queued, so a long line, a loop of ten
thousand turns and a deep nesting cost the same stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.bpmn.elements import Element, SequenceFlow
from engine.execution.execution import MAX_STEPS, Execution, Fault
from engine.execution.lifecycle import PROCESS_INSTANCE
from engine.execution.navigator import flows_from
from engine.execution.tokens import Instance, Scope, Token


def run(x: Execution) -> None:
    """Work the queue until every token rests."""
    steps = 0
    queue = x.queue
    while queue:
        function, arguments = queue.popleft()
        steps += 1
        if steps > MAX_STEPS:
            _stop_endless(x, arguments)
            return
        try:
            function(x, *arguments)
        except Fault as fault:
            token = next((a for a in arguments if isinstance(a, Token)), None)
            if token is None or token.id in x.ended:
                raise
            x.fail(token, fault)


def _stop_endless(x: Execution, arguments: tuple[Any, ...]) -> None:
    x.queue.clear()
    for token in list(x.tokens.values()):
        if token in arguments and token.state == "activated":
            x.fail(token, Fault("endless_loop", f"more than {MAX_STEPS} steps without rest"))
            return
    raise Fault("endless_loop", f"more than {MAX_STEPS} steps without rest")


def start(x: Execution, instance: Instance, start_event: str | None = None) -> None:
    """Put a token on the start event."""
    process = instance.process
    starts = process.starts.get(process.id, ())
    chosen = start_event or next(iter(starts), None)
    if chosen is None:
        raise Fault("no_start_event", process.id)
    enter(x, process.elements[chosen], instance)


def enter(x: Execution, element: Element, scope: Scope, flow: SequenceFlow | None = None) -> None:
    """A token comes to *element*. A joining gateway may keep it until the others are there."""
    if flow is not None and element.type in x.palette.joining and len(element.incoming) > 1:
        if not x.palette.joining[element.type](x, element, scope, flow):
            return
    data = {"body": True} if element.multi_instance is not None else None
    token = x.new_token(element, scope, data=data)
    x.later(activate, token)


def activate(x: Execution, token: Token) -> None:
    """The element begins: boundary events are armed, then its behaviour acts."""
    if token.id in x.ended:
        return
    element = token.element
    x.move(token, "activate")
    extension = element.extension
    if not token.is_inner:
        if extension.stage:
            x.stages.append(extension.stage)
        for boundary in element.boundary:
            x.palette.arm(x, token, token.instance.process.elements[boundary])
    if not token.is_body and extension.inputs and element.type != "callActivity":
        outer = x.scope_of(token)
        local = {name: x.evaluate(expression, outer) for name, expression in extension.inputs}
        token.variables = {**(token.variables or {}), **local}
    x.palette.of(token).activate(x, token)


def complete(x: Execution, token: Token, variables: Mapping[str, Any] | None = None) -> None:
    """Something outside finished what the element waited for."""
    if token.id in x.ended:
        return
    if variables:
        x.set_variables(x.scope_of(token) if token.variables is None else token, variables)
    x.palette.of(token).complete(x, token)


def leave(x: Execution, token: Token, flows: Iterable[SequenceFlow] | None = None) -> None:
    """The element is done: take *flows*, or every outgoing flow that may be taken."""
    if token.id in x.ended:
        return
    scope = x.scope_of(token)
    taken: tuple[SequenceFlow, ...] = ()
    if not token.is_inner:
        taken = tuple(flows) if flows is not None else flows_from(x, token.element, scope)
    outputs = token.element.extension.outputs
    values = (
        {name: x.evaluate(expression, token) for name, expression in outputs}
        if outputs and not token.is_body and token.element.type != "callActivity"
        else {}
    )
    x.move(token, "complete")
    x.forget(token)
    if values:
        x.set_variables(scope, values)
    if token.is_inner:
        x.palette.inner_left(x, scope, token)
        return
    elements = token.instance.process.elements
    for flow in taken:
        enter(x, elements[flow.target], scope, flow)
    child_gone(x, scope)


def child_gone(x: Execution, scope: Scope) -> None:
    """One child fewer; an empty scope is done."""
    scope.children -= 1
    scope.changed = True
    if scope.children == 0:
        x.later(scope_done, scope)


def scope_done(x: Execution, scope: Scope) -> None:
    """Nothing lives in the scope any more."""
    if scope.children or scope.id in x.ended:
        return
    if isinstance(scope, Token):
        leave(x, scope)
        return
    if scope.state != "active":
        return
    _end_instance(x, scope, "complete")
    if scope.parent_token is not None:
        caller = x.token(scope.parent_token)
        if caller is not None:
            x.palette.called_ended(x, caller, scope)


def _end_instance(x: Execution, instance: Instance, trigger: str) -> None:
    instance.state = PROCESS_INSTANCE.after(instance.state, trigger)
    instance.ended_at = x.now
    instance.changed = True


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
        if current.element.type == "callActivity" and not current.is_body:
            child = x.called_by(current)
            if child is not None and child.state == "active":
                called.append(child)
                pending.extend(x.tokens_in(child))
    for current in reversed(order):
        x.move(current, "terminate")
        x.forget(current)
    for child in called:
        child.children = 0
        _end_instance(x, child, "terminate")


def terminate_scope(x: Execution, scope: Scope, *, spare: Token | None = None) -> None:
    """End everything that lives in *scope*, but for *spare*."""
    for token in x.tokens_in(scope):
        if token is not spare and token.id not in x.ended:
            terminate(x, token)
    scope.children = 1 if spare is not None else 0
    if scope.data:
        scope.data = {k: v for k, v in scope.data.items() if k != "joins"}
    scope.changed = True


def cancel(x: Execution, instance: Instance) -> None:
    """End a whole instance from outside."""
    terminate_scope(x, instance)
    _end_instance(x, instance, "terminate")


def trigger(x: Execution, token: Token, element_id: str, variables: Mapping[str, Any] | None = None) -> None:
    """A timer ran out or a message came: for the element itself, or for a boundary event on it."""
    if element_id == token.element.id:
        complete(x, token, variables)
        return
    boundary = token.instance.process.elements[element_id]
    if variables:
        x.set_variables(x.scope_of(token), variables)
    fire_boundary(x, token, boundary)


def fire_boundary(x: Execution, host: Token, boundary: Element) -> None:
    """Take the way out of a boundary event; an interrupting one ends its host."""
    scope = x.scope_of(host)
    if boundary.interrupting:
        terminate(x, host)
        scope.children -= 1
    token = x.new_token(boundary, scope)
    x.move(token, "activate")
    x.later(leave, token)


def throw_error(x: Execution, token: Token, code: str) -> bool:
    """Find the nearest boundary event that catches *code*, outwards through callers. False = nobody does."""
    current = token
    while True:
        if current.is_inner:
            scope = x.scope_of(current)
            assert isinstance(scope, Token)
            current = scope
        elements = current.instance.process.elements
        for boundary_id in current.element.boundary:
            event = elements[boundary_id].event
            if event is not None and event.kind == "error" and event.reference in ("", code):
                fire_boundary(x, current, elements[boundary_id])
                return True
        scope = x.scope_of(current)
        if isinstance(scope, Token):
            current = scope
            continue
        caller = x.token(scope.parent_token) if scope.parent_token else None
        if caller is None:
            return False
        current = caller
