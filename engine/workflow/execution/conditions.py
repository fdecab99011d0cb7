"""Conditional events: each fires when its condition becomes true, not again while it stays so.

A condition that cannot be evaluated yet, a comparison with a number that is still a
text, is not true yet: data are often incomplete while somebody listens, and the one
who changes them must not be refused for it.

What an instance listens for is kept with the instance, ``[holder, element, causes that were true]``,
so that a change of data knows without a search whether there is anything to evaluate.
"""

from __future__ import annotations

from engine.workflow.bpmn.elements import Element, Expression
from engine.workflow.execution import triggers
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.scope_state import Listening
from engine.workflow.execution.tokens import Instance, Scope


def listen(execution: Execution, holder: Scope, element: Element) -> None:
    """Evaluate the conditions of *element* now and whenever data change."""
    instance = holder.instance
    instance.data = instance.data or {}
    entry: Listening = [holder.id, element.id, []]
    instance.data.setdefault("conditions", []).append(entry)
    instance.changed = True
    _evaluate(execution, holder, element, entry)


def reevaluate(execution: Execution, instance: Instance) -> None:
    """Evaluate everything an instance listens for. Entries of holders that have ended are dropped.

    What has become true happens before any token goes on.
    """
    execution.conditions_to_reevaluate.discard(instance.id)
    if instance.ended or not instance.data:
        return
    remaining: list[Listening] = []
    behind = len(execution.queue)
    for entry in instance.data.get("conditions", ()):
        holder = instance if entry[0] == instance.id else execution.token(entry[0])
        if holder is None or holder.ended:
            continue
        remaining.append(entry)
        _evaluate(execution, holder, instance.process.elements[entry[1]], entry)
    execution.queue.rotate(len(execution.queue) - behind)
    instance.data["conditions"] = remaining
    instance.changed = True


def _evaluate(execution: Execution, holder: Scope, element: Element, entry: Listening) -> None:
    for event in element.events:
        if event.kind != "conditional":
            continue
        if event.condition is None or event.condition.error:
            raise ExecutionError("condition_unreadable", element.id)
        true = _holds(execution, event.condition.expression, holder)
        was = event.cause in entry[2]
        if true and not was:
            entry[2].append(event.cause)
            execution.enqueue(triggers.trigger, holder, element.id, None, event.cause)
        elif was and not true:
            entry[2].remove(event.cause)


def _holds(execution: Execution, expression: Expression, holder: Scope) -> bool:
    try:
        return execution.evaluate(expression, holder) is True
    except ExecutionError:
        return False
