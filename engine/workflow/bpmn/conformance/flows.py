"""Rules about sequence flows and the expressions on them (BPMN 2.0.2, chapters 8.4.7 and 8.4.13)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.bpmn.conformance.catalogue import Rule
from engine.workflow.bpmn.conformance.model import (
    ACTIVITIES,
    ARTIFACTS,
    EVENTS,
    NODES,
    Model,
    Node,
    at,
    children,
    is_false,
    is_formal,
    is_true,
    local,
    scope_of,
    texts,
)
from engine.workflow.bpmn.elements import Finding
from engine.workflow.bpmn.xml import BPMN

#: Elements that hold an expression, by the element they stand in.
_EXPRESSIONS = {
    "adHocSubProcess": ("completionCondition",),
    "assignment": ("from", "to"),
    "complexGateway": ("activationCondition",),
    "multiInstanceLoopCharacteristics": ("loopCardinality", "completionCondition"),
    "sequenceFlow": ("conditionExpression",),
    "standardLoopCharacteristics": ("loopCondition",),
    "timerEventDefinition": ("timeDate", "timeDuration", "timeCycle"),
}
_ALWAYS_FORMAL = ("messagePath", "dataPath", "transformation")


def flows_join_nodes(model: Model) -> Iterator[Finding]:
    for flow in model.flows:
        for number, name in (("EXT.021", "sourceRef"), ("EXT.022", "targetRef")):
            end = model.find(flow, flow.get(name))
            if end is None or local(end) in ARTIFACTS:
                continue
            if local(end) not in NODES:
                yield at(
                    flow,
                    number,
                    f"{name} is a {local(end)}; a flow joins activities, gateways and events",
                    parameters={"name": name, "end": local(end)},
                )
            elif is_true(end, "triggeredByEvent"):
                yield at(flow, number, f"{name} is an event subprocess, which no flow joins", parameters={"name": name})


def nodes_name_their_flows(model: Model) -> Iterator[Finding]:
    """A node lists the flows that meet it. A file that lists none at all gets one finding, without blame."""
    if not model.lists_flows:
        if model.flows and not model.dialect:
            text = "no node lists its incoming and outgoing flows, which some tools need"
            yield at(model.flows[0], "EXT.023", text, severity="warning")
        return
    for node in model.nodes:
        identity = node.get("id", "")
        for name, drawn in (("incoming", model.incoming), ("outgoing", model.outgoing)):
            flows = {flow.get("id") for flow in drawn.get(identity, ())}
            listed = set(texts(node, name))
            for missing in sorted(filter(None, flows - listed)):
                yield at(
                    node,
                    "EXT.023",
                    f"flow {missing} is not listed as {name}",
                    f"add it to {name}",
                    parameters={"missing": missing, "name": name},
                )
            for stray in sorted(listed - flows):
                if stray in model.by_id:
                    yield at(
                        node,
                        "EXT.023",
                        f"flow {stray} is listed as {name}, but does not meet this element",
                        parameters={"stray": stray, "name": name},
                    )


def executable_flows_are_immediate(model: Model) -> Iterator[Finding]:
    for flow in model.flows:
        if is_false(flow, "isImmediate") and model.executable(flow):
            yield at(flow, "EXT.024", "isImmediate is false, which an executable process does not allow")


def conditions_stand_where_a_choice_is(model: Model) -> Iterator[Finding]:
    for flow in model.flows:
        if not children(flow, "conditionExpression"):
            continue
        source = model.find(flow, flow.get("sourceRef"))
        if local(source) in EVENTS:
            yield at(
                flow,
                "EXT.025",
                f"a flow out of a {local(source)} must not have a condition",
                parameters={"source": local(source)},
            )
        elif source is not None and local(source) in ACTIVITIES and len(model.outgoing_ids(source)) < 2:
            text = "a conditional flow out of an activity needs another flow beside it"
            yield at(flow, "EXT.025", text, "remove the condition, or draw the flow for the other case")
        elif local(source) == "parallelGateway":
            text = "a parallel gateway takes every flow, so this condition is never read"
            yield at(flow, "BPMN.condition-unused", text, severity="warning")


def defaults_leave_their_node(model: Model) -> Iterator[Finding]:
    for node in model.nodes:
        default = node.get("default")
        flow = model.by_id.get(default or "")
        if flow is not None and local(flow) == "sequenceFlow" and flow.get("sourceRef") != node.get("id"):
            yield at(
                node,
                "EXT.026",
                f"the default flow {default} does not leave this element",
                parameters={"default": default},
            )


def flows_stay_in_their_scope(model: Model) -> Iterator[Finding]:
    """EXT.028: between pools, that is processes; EXT.152: across the border of a subprocess."""
    for flow in model.flows:
        ends = [model.find(flow, flow.get(name)) for name in ("sourceRef", "targetRef")]
        scopes = [scope_of(end) for end in ends if end is not None and local(end) in NODES]
        if len(scopes) < 2 or scopes[0] is scopes[1]:
            continue
        if _process(scopes[0]) is not _process(scopes[1]):
            yield at(flow, "EXT.028", "a sequence flow stays in its pool", "let a message flow join two pools")
        else:
            yield at(flow, "EXT.152", "a sequence flow must not cross the border of a subprocess")


def _process(scope: Node) -> Node:
    while scope is not None and local(scope) != "process":
        scope = scope.getparent()
    return scope


def executable_expressions_are_formal(model: Model) -> Iterator[Finding]:
    """An executable process says in which language it writes; Altinn's dialect has only one."""
    if model.dialect:
        return
    for owner, names in _EXPRESSIONS.items():
        for node in model.each(owner):
            for expression in children(node, *names):
                if not is_formal(expression) and model.executable(expression):
                    text = f"{local(expression)} of an executable process is not a formal expression"
                    yield at(
                        expression,
                        "EXT.012",
                        text,
                        'write xsi:type="tFormalExpression"',
                        parameters={"expression": local(expression)},
                    )


def formal_expressions_have_a_body(model: Model) -> Iterator[Finding]:
    conditions = [
        condition for owner in model.each("complexBehaviorDefinition") for condition in children(owner, "condition")
    ]
    for node in (*model.each(*_ALWAYS_FORMAL), *conditions, *_typed(model)):
        if not "".join(node.itertext()).strip():
            yield at(
                node,
                "EXT.013",
                f"{local(node)} is a formal expression and says nothing",
                parameters={"node": local(node)},
            )


def _typed(model: Model) -> Iterator[Node]:
    names = {name for names in _EXPRESSIONS.values() for name in names} | {"condition", "expression"}
    for node in model.each(*sorted(names)):
        if is_formal(node) and node.getparent().tag != f"{BPMN}complexBehaviorDefinition":
            yield node


RULES = (
    Rule("8.4.13", ("EXT.021", "EXT.022"), flows_join_nodes),
    Rule("8.4.13", ("EXT.023",), nodes_name_their_flows),
    Rule("8.4.13", ("EXT.024",), executable_flows_are_immediate),
    Rule("8.4.13", ("EXT.025", "BPMN.condition-unused"), conditions_stand_where_a_choice_is),
    Rule("8.4.9, 10.3", ("EXT.026",), defaults_leave_their_node),
    Rule("9.3, 10.3.5", ("EXT.028", "EXT.152"), flows_stay_in_their_scope),
    Rule("8.4.6", ("EXT.012",), executable_expressions_are_formal),
    Rule("8.4.7", ("EXT.013",), formal_expressions_have_a_body),
)
