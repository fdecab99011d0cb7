"""What an event throws, shared by throw events, end events, send tasks and multi-instance activities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.workflow.bpmn.elements import EventDefinition
from engine.workflow.execution import advance, correlation, error_propagation
from engine.workflow.execution.behaviours import compensation
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import Token


def needs_rest(events: tuple[EventDefinition, ...]) -> bool:
    """Whether others may be on their way to listening: a signal or message waits for them to get there."""
    return any(event.kind in ("signal", "message") for event in events)


def throw(execution: Execution, token: Token, event: EventDefinition) -> None:
    """Throw one event from where the token stands. An error nobody catches is an incident; an escalation is not."""
    if event.kind == "signal":
        correlation.throw_signal(execution, token, event.reference, payload(execution, token))
    elif event.kind == "message":
        key = event.key if event.key is not None else token.element.correlation_key
        correlation.throw_message(execution, token, event.reference, key, payload(execution, token))
    elif event.kind == "escalation":
        error_propagation.throw_escalation(execution, token, event.reference)
    elif event.kind == "error":
        if not error_propagation.throw_error(execution, token, event.reference):
            raise ExecutionError("uncaught_error", event.reference)
    elif event.kind == "compensation":
        compensation.throw(execution, token, event)
    elif event.kind == "link":
        _jump(execution, token, event.reference)
    elif event.kind not in ("none", "terminate", "cancel"):
        raise ExecutionError("not_executable", f"throwing {event.kind}")


def payload(execution: Execution, token: Token) -> Mapping[str, Any]:
    """What goes along: the values the event's input mappings and data associations name."""
    return dict(token.variables or {})


def _jump(execution: Execution, token: Token, name: str) -> None:
    process = token.instance.process
    target = process.links.get((token.element.scope, name))
    if target is None:
        raise ExecutionError("link_without_target", name)
    advance.enter(execution, process.elements[target], execution.scope_of(token))
