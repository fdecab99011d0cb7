"""A case that has ended begins again at one of its elements; what was done in it stays done."""

from __future__ import annotations

from engine.workflow.bpmn.elements import Element
from engine.workflow.errors import NotPossible, Reason
from engine.workflow.execution import advance
from engine.workflow.execution.context import Context
from engine.workflow.execution.lifecycle import PROCESS_INSTANCE


def reopen_at(ctx: Context, element_id: str) -> None:
    """Put a token before an element of the case's own process, and let everything move until it rests.

    Raises ``NotPossible`` for a case that has not ended, and for an element that is inside another or is not there.
    """
    instance = ctx.execution.instance(ctx.case_id)
    if not instance.ended:
        raise NotPossible(Reason("", "case-open", "the case is open"))
    element: Element | None = instance.process.elements.get(element_id)
    if element is None or element.scope != instance.process.id:
        raise NotPossible(Reason(element_id, "unknown-element", "there is no such element in the process itself"))
    instance.state = PROCESS_INSTANCE.after(instance.state, "reopen")
    instance.ended_at, instance.end_event, instance.changed = None, None, True
    ctx.instance = instance
    advance.enter(ctx.execution, element, instance)
    advance.run(ctx.execution)
