"""Transaction: a subprocess that can be cancelled. A cancel ends what runs in it, undoes what was done, and leaves
by the cancel boundary event."""

from __future__ import annotations

from engine.workflow.execution import advance, triggers
from engine.workflow.execution.behaviours import compensation, sub_process
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import Token


def cancel(execution: Execution, token: Token) -> None:
    """A cancel end event was reached inside: *token* is on it."""
    scope = execution.scope_of(token)
    while isinstance(scope, Token) and scope.element.type != "transaction":
        scope = execution.scope_of(scope)
    if not isinstance(scope, Token):
        raise ExecutionError("cancel_outside_transaction", token.element.id)
    execution.move(token, "complete")
    execution.forget(token)
    advance.terminate_scope(execution, scope)
    triggers.stop_handling(execution, scope)
    scope.data = {**(scope.data or {}), "cancelled": True}
    execution.enqueue(advance.scope_done, scope)


def emptied(execution: Execution, token: Token) -> None:
    """Done, or after a cancel: undo one activity after another, then leave by the cancel event."""
    if not (token.data or {}).get("cancelled"):
        execution.enqueue(advance.leave, token)
        return
    assert token.data is not None
    if "todo" not in token.data:
        token.data["todo"] = token.data.pop("done", [])
    if compensation.next_one(execution, token):
        return
    for boundary_id in token.element.boundary:
        boundary = token.instance.process.elements[boundary_id]
        if any(event.kind == "cancel" for event in boundary.events):
            triggers.fire_boundary(execution, token, boundary)
            return
    execution.enqueue(advance.leave, token, ())  # what was cancelled is not gone on from


TRANSACTION = Behaviour(activate=sub_process.activate, emptied=emptied)
