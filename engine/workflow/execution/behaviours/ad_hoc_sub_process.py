"""Ad-hoc subprocess: its activities in no given order, all at once or one at a time, until it is enough.

What no flow leads to may begin on its own. The completion condition is evaluated
after each activity; when it holds the rest is cancelled, or waited for when the
model says so. Without a condition it is done when everything is.
"""

from __future__ import annotations

from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import BODY, Token


def activate(execution: Execution, token: Token) -> None:
    process = token.instance.process
    starts = list(process.starts.get(token.element.id, ()))
    ad_hoc = token.element.ad_hoc
    advance.open_scope(execution, token)
    if not starts:
        execution.enqueue(advance.leave, token)
    elif ad_hoc is not None and ad_hoc.sequential:
        token.data = {**(token.data or {}), "order": starts[1:]}
        advance.enter(execution, process.elements[starts[0]], token)
    else:
        for element_id in starts:
            advance.enter(execution, process.elements[element_id], token)


def child_done(execution: Execution, token: Token) -> None:
    """One activity in it is done: is it enough?"""
    ad_hoc = token.element.ad_hoc
    if ad_hoc is None or ad_hoc.completion is None or token.ended or token.role == BODY:
        return
    if ad_hoc.completion.error:
        raise ExecutionError("condition_unreadable", token.element.id)
    if execution.evaluate(ad_hoc.completion.expression, token) is not True:
        return
    if token.data:
        token.data = {**token.data, "order": []}
    if ad_hoc.cancel_remaining:
        advance.terminate_scope(execution, token)
        execution.enqueue(advance.leave, token)


def emptied(execution: Execution, token: Token) -> None:
    """Sequentially the next one; when there is none it is done."""
    order = (token.data or {}).get("order")
    if not order:
        execution.enqueue(advance.leave, token)
        return
    token.changed = True
    advance.enter(execution, token.instance.process.elements[order.pop(0)], token)


AD_HOC_SUB_PROCESS = Behaviour(activate=activate, emptied=emptied)
