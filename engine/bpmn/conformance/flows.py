"""Rules about sequence flows, message flows and gateways (BPMN 2.0.2, chapters 8.4, 9.4 and 10.6)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.conformance.model import (
    ACTIVITIES,
    CONTAINERS,
    GATEWAYS,
    Model,
    Node,
    Rule,
    at,
    children,
    is_formal,
    local,
    texts,
)
from engine.bpmn.elements import Finding
from engine.bpmn.parser import EVENTS, NODES

_DECIDING = ACTIVITIES | {"exclusiveGateway", "inclusiveGateway", "complexGateway"}
_FORMAL = (
    "conditionExpression",
    "timeDate",
    "timeCycle",
    "timeDuration",
    "loopCardinality",
    "completionCondition",
    "loopCondition",
)


def flows_join_nodes(model: Model) -> Iterator[Finding]:
    for flow in model.flows:
        ends = [model.find(flow.get(name)) for name in ("sourceRef", "targetRef")]
        if any(local(end) not in NODES for end in ends):
            yield at(flow, "flow-reference", "a sequence flow goes from one flow node to another")
        elif any(end is not None and end.getparent() is not flow.getparent() for end in ends):
            yield at(flow, "flow-leaves-scope", "a sequence flow must not leave its process or subprocess")


def nodes_name_their_flows(model: Model) -> Iterator[Finding]:
    """Where a file writes ``incoming`` and ``outgoing`` at all, they agree with the flows."""
    if not any(True for _ in model.each("incoming", "outgoing")):
        return
    for node in model.nodes:
        for name, flows in (("incoming", model.incoming), ("outgoing", model.outgoing)):
            drawn = {flow.get("id") for flow in flows.get(node.get("id", ""), ())}
            if set(texts(node, name)) != drawn:
                yield at(node, "flow-list", f"the listed {name} flows are not the drawn ones")


def conditions_stand_where_a_choice_is(model: Model) -> Iterator[Finding]:
    for flow in model.flows:
        if not children(flow, "conditionExpression"):
            continue
        source = model.find(flow.get("sourceRef"))
        if local(source) in NODES - _DECIDING:
            yield at(flow, "condition-misplaced", f"a flow out of a {local(source)} must not have a condition")
        elif local(source) in ACTIVITIES and len(model.outgoing.get(flow.get("sourceRef", ""), ())) < 2:
            yield at(flow, "condition-alone", "a conditional flow out of an activity needs another flow beside it")


def defaults_leave_their_node(model: Model) -> Iterator[Finding]:
    for node in model.nodes:
        default = node.get("default")
        if default and default not in {f.get("id") for f in model.outgoing.get(node.get("id", ""), ())}:
            yield at(node, "default-not-outgoing", "the default flow does not leave this element")


def expressions_are_formal(model: Model) -> Iterator[Finding]:
    """An executable process says in which language it writes; Altinn's dialect has only one."""
    if model.dialect:
        return
    for node in model.each(*_FORMAL):
        if model.executable(node) and not is_formal(node):
            yield at(
                node,
                "expression-not-formal",
                f"{local(node)} of an executable process is a formal expression",
            )
    for node in model.each("transformation", "messagePath", "dataPath", "condition"):
        formal = local(node) != "condition" or is_formal(node)
        if formal and not (node.text or "").strip():
            yield at(node, "expression-empty", f"{local(node)} says nothing")


def gateways_split_or_join(model: Model) -> Iterator[Finding]:
    for gateway in model.nodes:
        if local(gateway) not in GATEWAYS:
            continue
        before = len(model.incoming.get(gateway.get("id", ""), ()))
        after = len(model.outgoing.get(gateway.get("id", ""), ()))
        starts = local(gateway) == "eventBasedGateway" and gateway.get("instantiate") == "true"
        direction = gateway.get("gatewayDirection", "Unspecified")
        if before < 2 and after < 2 and not starts:
            yield at(gateway, "gateway-idle", "a gateway splits or joins: it needs several flows in or out")
        elif (
            direction == "Converging"
            and (before < 2 or after > 1)
            or direction == "Diverging"
            and (after < 2 or before > 1)
            or direction == "Mixed"
            and (before < 2 or after < 2)
        ):
            yield at(gateway, "gateway-direction", f"the gateway is not {direction.lower()} as it says")


def event_gateways_wait_for_events(model: Model) -> Iterator[Finding]:
    for gateway in model.each("eventBasedGateway"):
        flows = model.outgoing.get(gateway.get("id", ""), [])
        targets = [t for f in flows if (t := model.find(f.get("targetRef"))) is not None]
        if len(flows) < 2:
            yield at(gateway, "event-gateway-alone", "an event-based gateway has at least two outgoing flows")
        for target in targets:
            yield from _awaited(model, target)
        messages = any("message" in model.event_kinds(t) for t in targets if local(t) in EVENTS)
        if messages and any(local(t) == "receiveTask" for t in targets):
            yield at(gateway, "event-gateway-mixed", "message events and receive tasks must not be mixed here")
        if gateway.get("instantiate") == "true" and model.incoming.get(gateway.get("id", "")):
            yield at(
                gateway,
                "instantiate-with-incoming",
                "a gateway that starts the process has no incoming flows",
            )
        if gateway.get("eventGatewayType") == "Parallel" and gateway.get("instantiate") != "true":
            yield at(gateway, "event-gateway-parallel", "a parallel event gateway must start the process")


def _awaited(model: Model, target: Node) -> Iterator[Finding]:
    identity = target.get("id")
    allowed = {"message", "timer", "conditional", "signal"}
    if local(target) == "receiveTask":
        if any(b.get("attachedToRef") == identity for b in model.each("boundaryEvent")):
            yield at(target, "event-gateway-target", "a receive task after an event gateway has no boundary events")
    elif local(target) != "intermediateCatchEvent" or not set(model.event_kinds(target)) <= allowed:
        yield at(target, "event-gateway-target", "an event-based gateway leads to events and receive tasks only")
    if len(model.incoming.get(identity, ())) > 1:
        yield at(target, "event-gateway-target", "what an event gateway waits for has no other incoming flow")


def nodes_are_on_a_path(model: Model) -> Iterator[Finding]:
    """With start or end events, every node lies between them."""
    for scope in model.each(*sorted(CONTAINERS)):
        has_start, has_end = bool(children(scope, "startEvent")), bool(children(scope, "endEvent"))
        for node in children(scope, *sorted(NODES - EVENTS)):
            if node.get("triggeredByEvent") == "true" or node.get("isForCompensation") == "true":
                continue
            identity = node.get("id", "")
            starts = node.get("instantiate") == "true"
            if has_start and not starts and not model.incoming.get(identity):
                yield at(node, "no-way-here", "no flow leads here, though the process has a start event")
            if has_end and not model.outgoing.get(identity):
                yield at(node, "no-way-on", "no flow leads on, though the process has an end event")


def receive_tasks_start_alone(model: Model) -> Iterator[Finding]:
    for task in model.each("receiveTask"):
        if task.get("instantiate") == "true":
            sources = [model.find(f.get("sourceRef")) for f in model.incoming.get(task.get("id", ""), ())]
            if any(local(source) != "startEvent" for source in sources):
                yield at(task, "instantiate-with-incoming", "a receive task that starts the process comes first")


def message_flows_cross_pools(model: Model) -> Iterator[Finding]:
    pools = {p.get("processRef", "").rpartition(":")[2]: p for p in model.each("participant") if p.get("processRef")}
    for flow in model.each("messageFlow"):
        source, target = model.find(flow.get("sourceRef")), model.find(flow.get("targetRef"))
        if source is None or target is None:
            if not any(model.is_foreign(flow, flow.get(n, "")) for n in ("sourceRef", "targetRef")):
                yield at(flow, "message-flow-reference", "a message flow joins two things that are there")
            continue
        if _pool(source, pools) is _pool(target, pools):
            yield at(flow, "message-flow-inside", "a message flow goes from one pool to another")
        yield from _sender(model, flow, source)
        yield from _receiver(model, flow, target)


def _pool(node: Node, pools: dict[str, Node]) -> Node:
    while local(node) not in ("process", "participant", "") and node.getparent() is not None:
        node = node.getparent()
    return pools.get(node.get("id", ""), node)


def _sender(model: Model, flow: Node, source: Node) -> Iterator[Finding]:
    kind = local(source)
    if kind in GATEWAYS or kind in ("startEvent", "boundaryEvent", "intermediateCatchEvent"):
        yield at(flow, "message-flow-source", f"a {kind} sends no message")
    elif kind in EVENTS and "message" not in model.event_kinds(source):
        yield at(flow, "message-flow-source", "the event that sends is not a message event")


def _receiver(model: Model, flow: Node, target: Node) -> Iterator[Finding]:
    kind = local(target)
    if kind in GATEWAYS or kind in ("endEvent", "intermediateThrowEvent"):
        yield at(flow, "message-flow-target", f"a {kind} receives no message")
    elif kind in EVENTS and "message" not in model.event_kinds(target):
        yield at(flow, "message-flow-target", "the event that receives is not a message event")


RULES: tuple[Rule, ...] = (
    flows_join_nodes,
    nodes_name_their_flows,
    conditions_stand_where_a_choice_is,
    defaults_leave_their_node,
    expressions_are_formal,
    gateways_split_or_join,
    event_gateways_wait_for_events,
    nodes_are_on_a_path,
    receive_tasks_start_alone,
    message_flows_cross_pools,
)
