"""Messages find one who waits, signals everybody who listens.

A message goes to whoever has waited longest for its name and key, in the same
case first. Nobody there: it leaves the case with the commit, to begin a case, to
reach another, or to be buffered until its time is up. A signal reaches all who
listen when it is thrown and is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.workflow.bpmn.elements import Element, Expression
from engine.workflow.execution import triggers
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import Scope, Thrown, Wait


def key_of(execution: Execution, scope: Scope, expression: Expression) -> str:
    """The correlation key of a message: what the model says, else the case."""
    return scope.instance.case_id if expression is None else str(execution.evaluate(expression, scope))


def wait_for_message(execution: Execution, holder: Scope, element_id: str, name: str, key: Expression) -> None:
    """Listen for a message; one that came early is taken from the buffer at once.

    What does not interrupt goes on listening: it takes all that came early, and
    waits for more.
    """
    if not name:
        raise ExecutionError("message_without_name", element_id)
    found = key_of(execution, holder, key)
    once = _once(holder.instance.process.elements[element_id])
    while (early := execution.store.buffered(name, found)) is not None:
        execution.enqueue(_give, Wait(holder, element_id, "message", name, found), holder, early)
        if once:
            return
    execution.wait_for(Wait(holder, element_id, "message", name, found))


def _once(element: Element) -> bool:
    """Whether one message is enough: not for what hangs on a living activity or scope without ending it."""
    return element.interrupting or element.type not in ("boundaryEvent", "startEvent")


def wait_for_signal(execution: Execution, holder: Scope, element_id: str, name: str) -> None:
    execution.wait_for(Wait(holder, element_id, "signal", name))


def throw_message(
    execution: Execution, source: Scope, name: str, key: Expression, variables: Mapping[str, Any]
) -> None:
    """Send a message from inside a process."""
    found = key_of(execution, source, key)
    if not deliver_message(execution, source, name, found, variables):
        execution.thrown.append(Thrown("message", name, found, variables, source))


def deliver_message(execution: Execution, source: Scope, name: str, key: str, variables: Mapping[str, Any]) -> bool:
    """Give a message to the one who has waited longest in the case. False = nobody waits here."""
    for wait in execution.listening(source.instance, "message", name):
        if wait.key == key and wait.listener not in execution.delivered:
            if _once(wait.holder.instance.process.elements[wait.element_id]):
                execution.delivered.add(wait.listener)
            execution.enqueue(_give, wait, source, variables)
            return True
    return False


def _give(execution: Execution, wait: Wait, source: Scope, variables: Mapping[str, Any]) -> None:
    """The message reaches its listener, or goes on to another when something ended the waiting in between."""
    if not wait.holder.ended and not wait.gone and (wait.holder.id, wait.element_id) not in execution.unsubscribed:
        triggers.trigger(execution, wait.holder, wait.element_id, variables, f"message:{wait.name}")
    elif not deliver_message(execution, source, wait.name, wait.key, variables):
        execution.thrown.append(Thrown("message", wait.name, wait.key, variables, source))


def throw_signal(execution: Execution, source: Scope, name: str, variables: Mapping[str, Any]) -> None:
    """Tell everybody who listens, here and in other cases."""
    heard = deliver_signal(execution, source, name, variables)
    execution.thrown.append(Thrown("signal", name, "", variables, source, heard))


def deliver_signal(execution: Execution, source: Scope, name: str, variables: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell everybody in the case; the elements that heard it."""
    waits = execution.listening(source.instance, "signal", name)
    for wait in waits:
        execution.enqueue(triggers.trigger, wait.holder, wait.element_id, variables, f"signal:{name}")
    return tuple(wait.element_id for wait in waits)
