"""Who catches an error or an escalation: the search goes outwards from where it was thrown.

At each level first the event subprocesses of the scope, then the boundary events
of the activity that is the scope, then the process that called. An event
subprocess does not catch what is thrown inside itself, and none begins in a scope
that has been interrupted. What is being compensated is done, so its boundary events
are silent. At one level the event that names the code wins over one that catches any.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.bpmn.elements import Element
from engine.workflow.execution import triggers
from engine.workflow.execution.execution import Execution, catches
from engine.workflow.execution.tokens import COMPENSATING, INNER, Scope, Token


def throw_error(execution: Execution, token: Token, code: str) -> bool:
    """The nearest catcher ends what it must and takes over. False = nobody catches *code*."""
    for holder, event in _catchers(execution, token, "error", code):
        _catch(execution, holder, event, _cause(event, "error", code))
        return True
    return False


def throw_escalation(execution: Execution, token: Token, code: str) -> bool:
    """The nearest catcher takes note; only an interrupting one ends something. False = nobody does: that is allowed."""
    for holder, event in _catchers(execution, token, "escalation", code):
        _catch(execution, holder, event, _cause(event, "escalation", code))
        return True
    return False


def _catch(execution: Execution, holder: Scope, event: Element, cause: str) -> None:
    if event.all_events:
        triggers.trigger(execution, holder, event.id, None, cause)
    elif event.type == "boundaryEvent":
        assert isinstance(holder, Token)
        triggers.fire_boundary(execution, holder, event)
    else:
        triggers.fire_handler(execution, holder, event)


def _cause(event: Element, kind: str, code: str) -> str:
    """The definition that catches, for an event that waits for several."""
    own = [d.cause for d in event.events if d.kind == kind and d.reference in (code, "")]
    return own[0] if own else ""


def _catchers(execution: Execution, token: Token, kind: str, code: str) -> Iterator[tuple[Scope, Element]]:
    """Every event that catches, nearest first, with what it hangs on."""
    current = token
    while True:
        elements = current.instance.process.elements
        if current.role == INNER:
            body = execution.scope_of(current)
            assert isinstance(body, Token)
            current = body
        if current.role != COMPENSATING:
            yield from (
                (current, event) for event in _best((elements[b] for b in current.element.boundary), kind, code)
            )
        scope = execution.scope_of(current)
        if triggers.may_handle(scope):
            handlers = (event for event in _handlers(scope) if event.scope != current.element.id)
            yield from ((scope, event) for event in _best(handlers, kind, code))
        if isinstance(scope, Token):
            current = scope
            continue
        caller = execution.token(scope.parent_token) if scope.parent_token else None
        if caller is None:
            return
        current = caller


def _handlers(scope: Scope) -> Iterator[Element]:
    process = scope.instance.process
    for handler in process.handlers.get(scope.scope_key, ()):
        for trigger_id in process.triggers.get(handler, ()):
            yield process.elements[trigger_id]


def _best(events: Iterator[Element], kind: str, code: str) -> list[Element]:
    """The events that catch *code*, those that name it first."""
    found = [(catches(event.events, kind, code), event) for event in events]
    return [event for quality, event in sorted(found, key=lambda pair: -pair[0]) if quality]
