"""Multi-instance: one inner instance per item, side by side or one after another.

The body is a scope. It counts its inner instances instead of looking at them,
so a thousand cost a thousand times one.

With a behaviour other than ``All`` an inner instance that is done throws an event
(BPMN 2.0, table 10.30): every one, the first one, or when a condition holds. When
that interrupts the activity, the activity counts as done: its token goes on, beside
the boundary event's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from engine.workflow.bpmn.elements import Element, EventDefinition, MultiInstance
from engine.workflow.execution import advance, triggers
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.behaviours.thrown_event import throw
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.navigator import flows_from
from engine.workflow.execution.tokens import INNER, Token
from forms.values import Value

MAX_ITEMS = 100_000


def activate(execution: Execution, token: Token) -> None:
    characteristics = token.element.multi_instance
    assert characteristics is not None
    items = _items(execution, token, characteristics)
    token.data = {"total": len(items), "completed": 0}
    if characteristics.output:
        token.data["results"] = [None] * len(items)
    token.changed = True
    if not items:
        execution.enqueue(advance.leave, token)
    elif characteristics.sequential:
        token.data["items"] = items
        _inner(execution, token, characteristics, 0, items[0])
    else:
        for index, item in enumerate(items):
            _inner(execution, token, characteristics, index, item)


def _items(execution: Execution, token: Token, characteristics: MultiInstance) -> list[Value]:
    scope = execution.scope_of(token)
    items: Sequence[Value]
    if characteristics.collection is None:
        items = range(_count(execution.evaluate(characteristics.cardinality, scope), token))
    else:
        found = execution.evaluate(characteristics.collection, scope)
        if found is not None and not isinstance(found, list):
            raise ExecutionError("collection_not_a_list", token.element.id)
        items = found or ()
    if items[MAX_ITEMS:]:
        raise ExecutionError("too_many_items", f"more than {MAX_ITEMS} items")
    return list(items)


def _count(cardinality: Value, token: Token) -> int:
    try:
        if isinstance(cardinality, int | float | Decimal | str):
            return int(cardinality)
    except (ValueError, OverflowError):
        pass
    raise ExecutionError("cardinality_not_a_number", token.element.id)


def _inner(execution: Execution, body: Token, characteristics: MultiInstance, index: int, item: Value) -> None:
    variables = {characteristics.item: item, "loopCounter": index + 1}
    token = execution.new_token(body.element, body, INNER, data={"index": index}, variables=variables)
    execution.queue.append((advance.activate, (token,)))


def inner_left(execution: Execution, body: Token, token: Token) -> None:
    """One inner instance is done: collect, throw, evaluate the completion condition, go on or finish."""
    assert body.data is not None and token.data is not None
    characteristics = token.element.multi_instance
    assert characteristics is not None
    data = body.data
    data["completed"] += 1
    body.changed = True
    if characteristics.output:
        data["results"][token.data["index"]] = execution.evaluate(characteristics.output_item, token)
    if characteristics.behavior != "All" and _throw_behaviour(execution, body, characteristics):
        return
    if characteristics.completion is not None and _enough(execution, body, characteristics):
        body.children -= 1
        advance.terminate_scope(execution, body)
        _collect(execution, body, characteristics)
        execution.enqueue(advance.leave, body)
        return
    if characteristics.sequential and data["completed"] < data["total"]:
        index = data["completed"]
        _inner(execution, body, characteristics, index, data["items"][index])
    elif data["completed"] == data["total"]:
        _collect(execution, body, characteristics)
    advance.child_gone(execution, body)


def _counts(body: Token) -> dict[str, int]:
    """What the standard lets conditions of the activity see."""
    assert body.data is not None
    total, completed = body.data["total"], body.data["completed"]
    return {
        "numberOfInstances": total,
        "numberOfCompletedInstances": completed,
        "numberOfActiveInstances": body.children - 1,
        "numberOfTerminatedInstances": 0,
    }


def _enough(execution: Execution, body: Token, characteristics: MultiInstance) -> bool:
    assert characteristics.completion is not None
    if characteristics.completion.error:
        raise ExecutionError("condition_unreadable", body.element.id)
    seen = {**execution.variables(body), **_counts(body)}
    return execution.store.evaluate(characteristics.completion.expression, body, seen) is True


def _throw_behaviour(execution: Execution, body: Token, characteristics: MultiInstance) -> bool:
    """Throw what the behaviour says. True when that interrupted the activity, whose token has then gone on."""
    thrown = list(_events(execution, body, characteristics))
    if not thrown:
        return False
    scope = execution.scope_of(body)
    flows = flows_from(execution, body.element, scope)
    for event in thrown:
        boundary = _catcher(body, event)
        if boundary is None:
            throw(execution, body, event)
            continue
        triggers.fire_boundary(execution, body, boundary)
        if body.ended:
            for flow in flows:
                advance.enter(execution, body.instance.process.elements[flow.target], scope, flow)
            return True
    return False


def _events(execution: Execution, body: Token, characteristics: MultiInstance) -> Iterator[EventDefinition]:
    assert body.data is not None
    if characteristics.behavior == "One" and body.data["completed"] > 1:
        return
    seen = {**execution.variables(body), **_counts(body)}
    for condition, event in characteristics.events:
        if condition is None or execution.store.evaluate(condition.expression, body, seen) is True:
            yield event


def _catcher(body: Token, event: EventDefinition) -> Element | None:
    """The boundary event of the activity that catches what its own instances throw."""
    for boundary_id in body.element.boundary:
        boundary = body.instance.process.elements[boundary_id]
        if any(own.kind == event.kind and own.reference == event.reference for own in boundary.events):
            return boundary
    return None


def _collect(execution: Execution, body: Token, characteristics: MultiInstance) -> None:
    if characteristics.output and body.data is not None:
        execution.set_variables(execution.scope_of(body), {characteristics.output: body.data["results"]})


MULTI_INSTANCE = Behaviour(activate=activate)
