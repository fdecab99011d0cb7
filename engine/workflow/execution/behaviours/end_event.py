"""End event: throws what it names and consumes its token. Terminate, error and cancel ends reach further."""

from __future__ import annotations

from engine.workflow.execution import advance, error_propagation
from engine.workflow.execution.behaviours import compensation, transaction
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.behaviours.thrown_event import needs_rest, throw
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import Instance, Token


def activate(execution: Execution, token: Token) -> None:
    scope = execution.scope_of(token)
    if isinstance(scope, Instance):
        scope.end_event = token.element.id
    if not token.element.events:
        advance.leave(execution, token)
    elif needs_rest(token.element.events):
        execution.enqueue_when_idle(_throw, token)
    else:
        _throw(execution, token)


def _throw(execution: Execution, token: Token) -> None:
    events = token.element.events
    for event in events:
        if token.ended:  # what was thrown first has interrupted it
            return
        if event.kind == "error":
            _end_with_error(execution, token, event.reference)
        else:
            throw(execution, token, event)
    if token.ended:
        return
    if any(event.kind == "terminate" for event in events):
        advance.terminate_scope(execution, execution.scope_of(token), spare=token)
    if any(event.kind == "cancel" for event in events):
        transaction.cancel(execution, token)
    elif not token.children:
        execution.enqueue(advance.leave, token)


def _end_with_error(execution: Execution, token: Token, code: str) -> None:
    """An error end ends everything else in its scope (BPMN 2.0, table 10.88), also when nobody catches it."""
    if not error_propagation.throw_error(execution, token, code):
        advance.terminate_scope(execution, execution.scope_of(token), spare=token)
        raise ExecutionError("uncaught_error", code)


END_EVENT = Behaviour(activate=activate, emptied=compensation.go_on)
