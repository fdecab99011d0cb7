"""Standard loop: the activity again while its condition holds, evaluated before or after each turn."""

from __future__ import annotations

from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution, Fault
from engine.workflow.execution.tokens import INNER, Token


def activate(x: Execution, token: Token) -> None:
    loop = token.element.loop
    assert loop is not None
    token.data = {**(token.data or {}), "turns": 0}
    if loop.test_before and not _again(x, token):
        x.later(advance.leave, token)
    else:
        _turn(x, token)


def _turn(x: Execution, body: Token) -> None:
    assert body.data is not None
    body.data["turns"] += 1
    body.changed = True
    token = x.new_token(body.element, body, INNER, variables={"loopCounter": body.data["turns"]})
    x.later(advance.activate, token)


def _again(x: Execution, body: Token) -> bool:
    loop = body.element.loop
    assert loop is not None and body.data is not None
    if loop.maximum is not None and body.data["turns"] >= loop.maximum:
        return False
    if loop.condition is None:
        return loop.maximum is not None
    if loop.condition.error:
        raise Fault("condition_unreadable", body.element.id)
    seen = {**x.variables(body), "loopCounter": body.data["turns"]}
    return x.store.evaluate(loop.condition.expression, body, seen) is True


def turn_done(x: Execution, body: Token, _: Token) -> None:
    if _again(x, body):
        _turn(x, body)
    advance.child_gone(x, body)


STANDARD_LOOP = Behaviour(activate=activate)
