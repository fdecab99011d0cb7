"""Transaction: a subprocess that can be cancelled. A cancel ends what runs in it, undoes what was done, and leaves
by the cancel boundary event."""

from __future__ import annotations

from engine.workflow.execution import advance, triggers
from engine.workflow.execution.behaviours import compensation, sub_process
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution, Fault
from engine.workflow.execution.tokens import Token


def cancel(x: Execution, token: Token) -> None:
    """A cancel end event was reached inside: *token* is on it."""
    scope = x.scope_of(token)
    while isinstance(scope, Token) and scope.element.type != "transaction":
        scope = x.scope_of(scope)
    if not isinstance(scope, Token):
        raise Fault("cancel_outside_transaction", token.element.id)
    x.move(token, "complete")
    x.forget(token)
    advance.terminate_scope(x, scope)
    triggers.stop_handling(x, scope)
    scope.data = {**(scope.data or {}), "cancelled": True}
    x.later(advance.scope_done, scope)


def emptied(x: Execution, token: Token) -> None:
    """Done, or after a cancel: undo one activity after another, then leave by the cancel event."""
    if not (token.data or {}).get("cancelled"):
        x.later(advance.leave, token)
        return
    assert token.data is not None
    if "todo" not in token.data:
        token.data["todo"] = token.data.pop("done", [])
    if compensation.next_one(x, token):
        return
    for boundary_id in token.element.boundary:
        boundary = token.instance.process.elements[boundary_id]
        if any(event.kind == "cancel" for event in boundary.events):
            triggers.fire_boundary(x, token, boundary)
            return
    x.later(advance.leave, token, ())  # what was cancelled is not gone on from


TRANSACTION = Behaviour(activate=sub_process.activate, emptied=emptied)
