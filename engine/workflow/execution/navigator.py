"""Where does it go next? Reads the diagram; changes nothing."""

from __future__ import annotations

from engine.workflow.bpmn.elements import Element, SequenceFlow
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import Scope


def flows_from(execution: Execution, element: Element, scope: Scope) -> tuple[SequenceFlow, ...]:
    """The outgoing flows an activity or event takes: every unconditional one, and those whose condition holds.

    The default flow is taken when it has conditional siblings and none of them
    holds. When every flow has a condition and none holds, that is an incident.
    """
    process = scope.instance.process
    flows = process.outgoing_flows[element.id]
    if element.id not in process.choosing:
        return flows
    return _holding(execution, element, scope, flows)


def inclusive(execution: Execution, element: Element, scope: Scope) -> tuple[SequenceFlow, ...]:
    """The flows an inclusive or complex gateway takes, by the same rule. Raises ``ExecutionError`` if none."""
    return flows_from(execution, element, scope)


def _holding(
    execution: Execution, element: Element, scope: Scope, flows: tuple[SequenceFlow, ...]
) -> tuple[SequenceFlow, ...]:
    taken: list[SequenceFlow] = []
    conditional = chosen = 0
    for flow in flows:
        if flow.id == element.default:
            continue
        if flow.condition is None:
            taken.append(flow)
            continue
        conditional += 1
        if holds(execution, flow, scope):
            taken.append(flow)
            chosen += 1
    if not chosen and element.default:
        taken.extend(flow for flow in flows if flow.id == element.default)
    if not taken and flows:
        raise ExecutionError("no_flow_holds", f"no outgoing flow of {element.id} holds and it has no default")
    return tuple(taken)


def exclusive(execution: Execution, element: Element, scope: Scope) -> SequenceFlow:
    """The one flow an exclusive gateway takes: the first whose condition holds, else the default.

    Raises ``ExecutionError`` when there is none, so that a person sees it and nothing is guessed.
    """
    unconditional: SequenceFlow | None = None
    default: SequenceFlow | None = None
    for flow in scope.instance.process.outgoing_flows[element.id]:
        if flow.id == element.default:
            default = flow
        elif flow.condition is None:
            unconditional = unconditional or flow
        elif holds(execution, flow, scope):
            return flow
    found = default or unconditional
    if found is None:
        raise ExecutionError("no_flow_holds", f"no outgoing flow of {element.id} holds and it has no default")
    return found


def holds(execution: Execution, flow: SequenceFlow, scope: Scope) -> bool:
    """Whether the condition is exactly ``true``; other values do not count as true (Altinn's rule)."""
    assert flow.condition is not None
    if flow.condition.error:
        raise ExecutionError("condition_unreadable", flow.id)
    return execution.evaluate(flow.condition.expression, scope) is True
