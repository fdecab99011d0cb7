"""Multi-instance: one inner instance per item, side by side or one after another.

The body is a scope. It counts its inner instances instead of looking at them,
so a thousand cost a thousand times one.
"""

from __future__ import annotations

from typing import Any

from engine.bpmn.elements import MultiInstance
from engine.execution import advance
from engine.execution.behaviours.behaviour import Behaviour
from engine.execution.execution import Execution, Fault
from engine.execution.tokens import Scope, Token

MAX_ITEMS = 100_000


def activate(x: Execution, token: Token) -> None:
    characteristics = token.element.multi_instance
    assert characteristics is not None
    items = _items(x, token, characteristics)
    token.data = {"body": True, "total": len(items), "done": 0}
    if characteristics.output:
        token.data["results"] = [None] * len(items)
    token.changed = True
    if not items:
        x.later(advance.leave, token)
    elif characteristics.sequential:
        token.data["items"] = items
        _inner(x, token, characteristics, 0, items[0])
    else:
        for index, item in enumerate(items):
            _inner(x, token, characteristics, index, item)


def _items(x: Execution, token: Token, characteristics: MultiInstance) -> list[Any]:
    scope = x.scope_of(token)
    if characteristics.collection is not None:
        items = x.evaluate(characteristics.collection, scope)
        if items is None:
            items = []
        if not isinstance(items, list):
            raise Fault("collection_not_a_list", token.element.id)
    else:
        count = x.evaluate(characteristics.cardinality, scope)
        try:
            items = list(range(int(count)))
        except (TypeError, ValueError) as error:
            raise Fault("cardinality_not_a_number", token.element.id) from error
    if len(items) > MAX_ITEMS:
        raise Fault("too_many_items", f"{len(items)} items, at most {MAX_ITEMS}")
    return items


def _inner(x: Execution, body: Token, characteristics: MultiInstance, index: int, item: Any) -> None:
    variables = {characteristics.item: item, "loopCounter": index + 1}
    token = x.new_token(body.element, body, data={"inner": index}, variables=variables)
    x.later(advance.activate, token)


def inner_left(x: Execution, body: Scope, token: Token) -> None:
    """One inner instance is done: collect, judge the completion condition, go on or finish."""
    assert isinstance(body, Token) and body.data is not None and token.data is not None
    characteristics = token.element.multi_instance
    assert characteristics is not None
    body.data["done"] += 1
    body.changed = True
    if characteristics.output:
        body.data["results"][token.data["inner"]] = x.evaluate(characteristics.output_item, token)
    enough = False
    if characteristics.completion is not None:
        enough = x.evaluate(characteristics.completion.expression, body) is True
    if enough:
        body.children -= 1
        advance.terminate_scope(x, body)
        _collect(x, body, characteristics)
        x.later(advance.leave, body)
        return
    if characteristics.sequential and body.data["done"] < body.data["total"]:
        index = body.data["done"]
        _inner(x, body, characteristics, index, body.data["items"][index])
    elif body.data["done"] == body.data["total"]:
        _collect(x, body, characteristics)
    advance.child_gone(x, body)


def _collect(x: Execution, body: Token, characteristics: MultiInstance) -> None:
    if characteristics.output and body.data is not None:
        x.set_variables(x.scope_of(body), {characteristics.output: body.data["results"]})


MULTI_INSTANCE = Behaviour(activate=activate)
