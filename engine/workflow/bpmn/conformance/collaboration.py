"""Rules about pools, message flows, conversations, correlation and choreographies (BPMN 2.0.2, chapters 9 and 11)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.bpmn.conformance.activities import whole
from engine.workflow.bpmn.conformance.catalogue import Rule
from engine.workflow.bpmn.conformance.model import (
    ARTIFACTS,
    EVENTS,
    Model,
    Node,
    at,
    children,
    is_true,
    local,
    texts,
)
from engine.workflow.bpmn.conformance.vocabulary import members
from engine.workflow.bpmn.elements import Finding

_TALKS = members("TALK")
_MAPPINGS = frozenset({"participantAssociation", "messageFlowAssociation", "conversationAssociation"})


def collaborations_hold_what_they_may(model: Model) -> Iterator[Finding]:
    for node in model.each("choreography", "globalConversation"):
        if children(node, "choreographyRef"):
            yield at(node, "EXT.027", f"a {local(node)} refers to no choreography", parameters={"node": local(node)})
    for node in model.each("globalConversation"):
        for child in children(node, *_TALKS, *_MAPPINGS, *ARTIFACTS):
            yield at(
                child, "EXT.032", f"a global conversation holds no {local(child)}", parameters={"child": local(child)}
            )
    for node in model.each("collaboration"):
        for reference in children(node, "choreographyRef"):
            choreography = model.find(reference, reference.text)
            if choreography is not None and is_true(choreography, "isClosed") != is_true(node, "isClosed"):
                yield at(node, "EXT.033", "isClosed is not what the choreography of this collaboration says")


def multiplicities_are_ranges(model: Model) -> Iterator[Finding]:
    for node in model.each("participantMultiplicity"):
        minimum, maximum = whole(node.get("minimum", "0").strip()), whole(node.get("maximum", "1").strip())
        if minimum is not None and minimum < 0:
            yield at(node, "EXT.029", f"minimum is {minimum}, it must not be negative", parameters={"minimum": minimum})
        if minimum is not None and maximum is not None and maximum < max(1, minimum):
            yield at(
                node,
                "EXT.030",
                f"maximum is {maximum}, it is at least 1 and at least the minimum, {minimum}",
                parameters={"maximum": maximum, "minimum": minimum},
            )


def message_flows_cross_pools(model: Model) -> Iterator[Finding]:
    pools = {p.get("processRef", "").rpartition(":")[2]: p for p in model.each("participant") if p.get("processRef")}
    for flow in model.each("messageFlow"):
        source, target = model.find(flow, flow.get("sourceRef")), model.find(flow, flow.get("targetRef"))
        if source is not None and target is not None and _pool(source, pools) is _pool(target, pools):
            yield at(flow, "EXT.031", "a message flow goes from one pool to another", "use a sequence flow in a pool")


def _pool(node: Node, pools: dict[str, Node]) -> Node:
    while local(node) not in ("process", "participant", "") and node.getparent() is not None:
        node = node.getparent()
    return pools.get(node.get("id", ""), node) if local(node) == "process" else node


def message_flows_meet_message_events(model: Model) -> Iterator[Finding]:
    for flow in model.each("messageFlow"):
        source, target = model.find(flow, flow.get("sourceRef")), model.find(flow, flow.get("targetRef"))
        if local(source) in EVENTS and source is not None:
            yield from _sender(model, flow, source)
        if local(target) in EVENTS and target is not None:
            yield from _receiver(model, flow, target)


def _sender(model: Model, flow: Node, event: Node) -> Iterator[Finding]:
    kind = local(event)
    if kind == "startEvent":
        yield at(flow, "EXT.102", "a start event sends no message")
    elif kind == "intermediateCatchEvent":
        yield at(flow, "EXT.119", "a catching event sends no message")
    elif kind == "boundaryEvent":
        yield at(flow, "BPMN.message-flow-event", "a boundary event sends no message")
    elif not {"message", "unknown"} & set(model.event_kinds(event)):
        number = "EXT.109" if kind == "endEvent" else "BPMN.message-flow-event"
        yield at(event, number, "it sends a message, so it needs a message event definition")


def _receiver(model: Model, flow: Node, event: Node) -> Iterator[Finding]:
    kind = local(event)
    if kind == "endEvent":
        yield at(flow, "EXT.108", "an end event receives no message")
    elif kind == "intermediateThrowEvent":
        yield at(flow, "EXT.119", "a throwing event receives no message")
    elif not {"message", "unknown"} & set(model.event_kinds(event)):
        number = "EXT.103" if kind == "startEvent" else "BPMN.message-flow-event"
        yield at(event, number, "it receives a message, so it needs a message event definition")


def subscriptions_bind_every_property(model: Model) -> Iterator[Finding]:
    for subscription in model.each("correlationSubscription"):
        key = model.find(subscription, subscription.get("correlationKeyRef"))
        bindings = children(subscription, "correlationPropertyBinding")
        bound = {binding.get("correlationPropertyRef", "").rpartition(":")[2] for binding in bindings}
        if key is not None and not set(texts(key, "correlationPropertyRef")) <= bound:
            yield at(subscription, "BPMN.correlation-unbound", "a property of the correlation key has no binding")


def choreography_activities_are_begun_by_one_of_theirs(model: Model) -> Iterator[Finding]:
    for node in model.each(*sorted(members("CHOREOGRAPHY"))):
        initiator = node.get("initiatingParticipantRef", "").rpartition(":")[2]
        if initiator and children(node, "participantRef") and initiator not in texts(node, "participantRef"):
            yield at(node, "BPMN.initiating-participant", "who begins is not one of the participants")


RULES = (
    Rule("9.3", ("EXT.027", "EXT.032", "EXT.033"), collaborations_hold_what_they_may),
    Rule("9.3.2", ("EXT.029", "EXT.030"), multiplicities_are_ranges),
    Rule("9.4", ("EXT.031",), message_flows_cross_pools),
    Rule(
        "9.4, 10.5",
        ("EXT.102", "EXT.103", "EXT.108", "EXT.109", "EXT.119", "BPMN.message-flow-event"),
        message_flows_meet_message_events,
    ),
    Rule("8.4.2", ("BPMN.correlation-unbound",), subscriptions_bind_every_property),
    Rule("11.5", ("BPMN.initiating-participant",), choreography_activities_are_begun_by_one_of_theirs),
)
