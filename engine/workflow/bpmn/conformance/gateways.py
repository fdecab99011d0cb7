"""Rules about gateways (BPMN 2.0.2, chapters 8.4.9 and 10.6)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.bpmn.conformance.catalogue import Rule
from engine.workflow.bpmn.conformance.model import GATEWAYS, Model, Node, at, children, is_true, local
from engine.workflow.bpmn.elements import Finding

_AWAITED = frozenset({"message", "signal", "timer", "conditional", "unknown"})


def directions_are_respected(model: Model) -> Iterator[Finding]:
    for gateway in model.each(*sorted(GATEWAYS)):
        direction = gateway.get("gatewayDirection", "Unspecified").strip()
        before, after = len(model.into(gateway)), len(model.out_of(gateway))
        if direction == "Converging" and after > 1:
            yield at(
                gateway,
                "EXT.017",
                f"a converging gateway has one outgoing flow, not {after}",
                parameters={"after": after},
            )
        elif direction == "Diverging" and before > 1:
            yield at(
                gateway,
                "EXT.018",
                f"a diverging gateway has one incoming flow, not {before}",
                parameters={"before": before},
            )
        elif direction == "Mixed" and min(len(model.incoming_ids(gateway)), len(model.outgoing_ids(gateway))) < 2:
            yield at(gateway, "EXT.019", "a mixed gateway has several incoming and several outgoing flows")


def gateways_split_or_join(model: Model) -> Iterator[Finding]:
    for gateway in model.each(*sorted(GATEWAYS)):
        if max(len(model.incoming_ids(gateway)), len(model.outgoing_ids(gateway))) < 2:
            text = "a gateway splits or joins: it needs several flows in or out"
            yield at(gateway, "EXT.135", text, "draw the missing flow, or remove the gateway")


def event_gateways_wait(model: Model) -> Iterator[Finding]:
    for gateway in model.each("eventBasedGateway"):
        if len(model.outgoing_ids(gateway)) < 2:
            yield at(gateway, "EXT.136", "an event-based gateway waits for two events or more")
        for flow in _leaving(model, gateway):
            if children(flow, "conditionExpression"):
                yield at(flow, "EXT.137", "the event decides after an event-based gateway, not a condition")
        starts = is_true(gateway, "instantiate")
        if starts and model.into(gateway):
            yield at(gateway, "EXT.142", "a gateway that starts the process has no incoming flows")
        if gateway.get("eventGatewayType") == "Parallel" and not starts:
            text = "a parallel event-based gateway must start the process"
            yield at(gateway, "BPMN.event-gateway-parallel", text, "set instantiate, or use a parallel gateway")


def event_gateways_lead_to_what_is_awaited(model: Model) -> Iterator[Finding]:
    for gateway in model.each("eventBasedGateway"):
        targets = [
            target
            for flow in _leaving(model, gateway)
            if (target := model.find(flow, flow.get("targetRef"))) is not None
        ]
        for target in targets:
            yield from _awaited(model, target)
        kinds = {kind for target in targets if local(target) != "receiveTask" for kind in model.event_kinds(target)}
        if "message" in kinds and any(local(target) == "receiveTask" for target in targets):
            yield at(gateway, "EXT.139", "message events and receive tasks must not be mixed here", "use one of them")


def _leaving(model: Model, gateway: Node) -> list[Node]:
    flows = [model.by_id.get(identity) for identity in sorted(model.out_of(gateway))]
    return [flow for flow in flows if local(flow) == "sequenceFlow"]


def _awaited(model: Model, target: Node) -> Iterator[Finding]:
    if local(target) == "receiveTask":
        if model.boundaries.get(target.get("id", "")):
            yield at(target, "EXT.140", "a receive task after an event-based gateway has no boundary events")
    elif local(target) != "intermediateCatchEvent" or not _can_wait(model.event_kinds(target)):
        text = "an event-based gateway leads to receive tasks and message, signal, timer and conditional events only"
        yield at(target, "EXT.138", text)
    if len(model.into(target)) > 1:
        yield at(target, "EXT.141", "what an event-based gateway waits for has no other incoming flow")


def _can_wait(kinds: list[str]) -> bool:
    return bool(kinds) and set(kinds) <= _AWAITED


RULES = (
    Rule("8.4.9", ("EXT.017", "EXT.018", "EXT.019"), directions_are_respected),
    Rule("10.6.1", ("EXT.135",), gateways_split_or_join),
    Rule("10.6.6", ("EXT.136", "EXT.137", "EXT.142", "BPMN.event-gateway-parallel"), event_gateways_wait),
    Rule("10.6.6", ("EXT.138", "EXT.139", "EXT.140", "EXT.141"), event_gateways_lead_to_what_is_awaited),
)
