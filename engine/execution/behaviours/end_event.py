"""End event: none, message and plain ends consume their token; terminate and error ends reach further."""

from __future__ import annotations

from engine.execution import advance
from engine.execution.behaviours.behaviour import Behaviour
from engine.execution.execution import Execution, Fault
from engine.execution.tokens import Instance, Token


def activate(x: Execution, token: Token) -> None:
    event = token.element.event
    scope = x.scope_of(token)
    if isinstance(scope, Instance):
        scope.end_event = token.element.id
    if event is None or event.kind in ("none", "message"):
        x.later(advance.leave, token)
    elif event.kind == "terminate":
        advance.terminate_scope(x, scope, spare=token)
        x.later(advance.leave, token)
    elif event.kind == "error":
        if not advance.throw_error(x, token, event.reference):
            raise Fault("uncaught_error", event.reference)
    else:
        raise Fault("not_executable", f"end event of kind {event.kind}")


END_EVENT = Behaviour(activate=activate)
