"""Embedded subprocess: a scope of its own, left when nothing lives in it any more.

Without a start event everything in it that no flow leads to begins.
"""

from __future__ import annotations

from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import Token


def activate(execution: Execution, token: Token) -> None:
    process = token.instance.process
    starts = process.starts.get(token.element.id, ())
    if not starts and process.children.get(token.element.id):
        raise ExecutionError("no_start_event", token.element.id)
    advance.open_scope(execution, token)
    if token.ended:
        return
    if not starts:
        execution.enqueue(advance.leave, token)
        return
    first = process.elements[starts[0]]
    for element_id in starts[:1] if first.type == "startEvent" else starts:
        advance.enter(execution, process.elements[element_id], token)


SUB_PROCESS = Behaviour(activate=activate)
