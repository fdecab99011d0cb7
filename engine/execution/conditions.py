"""Conditional events: each fires when its condition becomes true, not again while it stays so.

What an instance listens for is kept with the instance, ``[holder, element, was true]``,
so that a change of data knows without a search whether there is anything to judge.
"""

from __future__ import annotations

from engine.bpmn.elements import Element
from engine.execution import advance
from engine.execution.execution import Execution, Fault
from engine.execution.tokens import Instance, Scope


def listen(x: Execution, holder: Scope, element: Element) -> None:
    """Judge the conditions of *element* now and whenever data change."""
    instance = holder.instance
    instance.data = instance.data or {}
    entry = [holder.id, element.id, False]
    instance.data.setdefault("conditions", []).append(entry)
    instance.changed = True
    _judge(x, holder, element, entry)


def judge(x: Execution, instance: Instance) -> None:
    """Judge everything an instance listens for. Entries of holders that have ended are dropped."""
    x.rechecking.discard(instance.id)
    if instance.ended or not instance.data:
        return
    kept = []
    for entry in instance.data.get("conditions", ()):
        holder = instance if entry[0] == instance.id else x.token(entry[0])
        if holder is None or holder.ended or (holder.id, entry[1]) in x.disarmed:
            continue
        kept.append(entry)
        _judge(x, holder, instance.process.elements[entry[1]], entry)
    instance.data["conditions"] = kept
    instance.changed = True


def _judge(x: Execution, holder: Scope, element: Element, entry: list[object]) -> None:
    for event in element.events:
        if event.kind != "conditional":
            continue
        if event.condition is None or event.condition.error:
            raise Fault("condition_unreadable", element.id)
        true = x.evaluate(event.condition.expression, holder) is True
        if true and not entry[2]:
            x.later(advance.trigger, holder, element.id, None, event.cause)
        if len(element.events) == 1 or true:
            entry[2] = true
