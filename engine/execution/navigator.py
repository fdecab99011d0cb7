"""Where does it go next? Reads the diagram; changes nothing."""

from __future__ import annotations

from engine.bpmn.elements import Element, Process, SequenceFlow
from engine.execution.execution import Execution, Fault
from engine.execution.tokens import Instance, Scope


def flows_from(x: Execution, element: Element, scope: Scope) -> tuple[SequenceFlow, ...]:
    """The outgoing flows an activity or event takes: every unconditional one, and those whose condition holds.

    The default flow is taken when it has conditional siblings and none of them holds.
    """
    process = _process(scope)
    flows = tuple(process.flows[flow] for flow in element.outgoing)
    if not any(flow.condition for flow in flows) and not element.default:
        return flows
    conditional = [flow for flow in flows if flow.condition and flow.id != element.default]
    chosen = [flow for flow in conditional if holds(x, flow, scope)]
    plain = [flow for flow in flows if not flow.condition and flow.id != element.default]
    if not chosen and element.default:
        plain.append(process.flows[element.default])
    return tuple(chosen + plain)


def exclusive(x: Execution, element: Element, scope: Scope) -> SequenceFlow:
    """The one flow an exclusive gateway takes: the first whose condition holds, else the default.

    Raises ``Fault`` when there is none, so that a person sees it and nothing is guessed.
    """
    process = _process(scope)
    unconditional: SequenceFlow | None = None
    for flow_id in element.outgoing:
        flow = process.flows[flow_id]
        if flow_id == element.default:
            continue
        if flow.condition is None:
            unconditional = unconditional or flow
        elif holds(x, flow, scope):
            return flow
    if element.default:
        return process.flows[element.default]
    if unconditional is not None:
        return unconditional
    raise Fault("no_flow_holds", f"no outgoing flow of {element.id} holds and it has no default")


def holds(x: Execution, flow: SequenceFlow, scope: Scope) -> bool:
    """Whether the condition is exactly ``true``; other values do not count as true (Altinn's rule)."""
    assert flow.condition is not None
    return x.evaluate(flow.condition.expression, scope) is True


def _process(scope: Scope) -> Process:
    return scope.process if isinstance(scope, Instance) else scope.instance.process
