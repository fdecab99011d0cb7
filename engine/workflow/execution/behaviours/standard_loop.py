"""Standard loop: the activity again while its condition holds, evaluated before or after each turn."""

from __future__ import annotations

from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import INNER, Token


def activate(execution: Execution, token: Token) -> None:
    loop = token.element.loop
    assert loop is not None
    token.data = {**(token.data or {}), "turns": 0}
    if loop.test_before and not _again(execution, token):
        execution.enqueue(advance.leave, token)
    else:
        _iterate(execution, token)


def _iterate(execution: Execution, body: Token) -> None:
    assert body.data is not None
    body.data["turns"] += 1
    body.changed = True
    token = execution.new_token(body.element, body, INNER, variables={"loopCounter": body.data["turns"]})
    execution.enqueue(advance.activate, token)


def _again(execution: Execution, body: Token) -> bool:
    loop = body.element.loop
    assert loop is not None and body.data is not None
    if loop.maximum is not None and body.data["turns"] >= loop.maximum:
        return False
    if loop.condition is None:
        return loop.maximum is not None
    if loop.condition.error:
        raise ExecutionError("condition_unreadable", body.element.id)
    seen = {**execution.variables(body), "loopCounter": body.data["turns"]}
    return execution.store.evaluate(loop.condition.expression, body, seen) is True


def iteration_done(execution: Execution, body: Token, _: Token) -> None:
    if _again(execution, body):
        _iterate(execution, body)
    advance.child_gone(execution, body)


STANDARD_LOOP = Behaviour(activate=activate)
