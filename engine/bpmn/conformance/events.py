"""Rules about start, intermediate, boundary and end events (BPMN 2.0.2, chapter 10.5)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.conformance.model import ACTIVITIES, Model, Node, Rule, at, children, local
from engine.bpmn.elements import Finding
from engine.bpmn.parser import EVENTS, SCOPES

#: Event kinds each place allows; "" stands for an event without definition.
TOP_START = frozenset({"", "message", "timer", "conditional", "signal"})
EVENT_START = frozenset({"message", "timer", "escalation", "error", "conditional", "signal", "compensate"})
CATCH = frozenset({"message", "timer", "conditional", "link", "signal"})
THROW = frozenset({"", "message", "escalation", "compensate", "link", "signal"})
BOUNDARY = frozenset({"message", "timer", "escalation", "error", "cancel", "compensate", "conditional", "signal"})
END = frozenset({"", "message", "escalation", "error", "cancel", "compensate", "signal", "terminate"})


def allowed_kinds(model: Model, event: Node) -> frozenset[str]:
    """What the event may be triggered by, or give, where it stands."""
    kind, scope = local(event), event.getparent()
    if kind == "startEvent":
        if scope.get("triggeredByEvent") == "true":
            return EVENT_START
        return frozenset({""}) if local(scope) in SCOPES else TOP_START
    by_type = {"intermediateCatchEvent": CATCH, "intermediateThrowEvent": THROW, "boundaryEvent": BOUNDARY}
    return by_type.get(kind, END)


def kinds_fit_the_place(model: Model) -> Iterator[Finding]:
    for event in model.nodes:
        if local(event) not in EVENTS:
            continue
        allowed = allowed_kinds(model, event)
        for kind in model.event_kinds(event) or [""]:
            if kind not in allowed and kind != "unknown":
                yield at(event, "event-kind", f"a {local(event)} here cannot be of kind {kind or 'none'}")


def cancel_belongs_to_transactions(model: Model) -> Iterator[Finding]:
    for event in model.each("endEvent", "boundaryEvent"):
        if "cancel" not in model.event_kinds(event):
            continue
        owner = event.getparent() if local(event) == "endEvent" else model.find(event.get("attachedToRef"))
        if local(owner) != "transaction":
            yield at(event, "cancel-outside-transaction", "a cancel event belongs to a transaction")


def starts_and_ends_are_connected(model: Model) -> Iterator[Finding]:
    for event in model.nodes:
        identity = event.get("id", "")
        before, after = model.incoming.get(identity), model.outgoing.get(identity)
        kind = local(event)
        if kind == "startEvent" and before:
            yield at(event, "flow-into-start", "a start event must not have incoming flows")
        if kind == "startEvent" and not after:
            yield at(event, "no-way-on", "a start event must have an outgoing flow")
        if kind == "endEvent" and after:
            yield at(event, "flow-out-of-end", "an end event must not have outgoing flows")
        if kind == "endEvent" and not before:
            yield at(event, "no-way-here", "an end event must have an incoming flow")


def start_and_end_come_together(model: Model) -> Iterator[Finding]:
    for scope in model.each("process", *sorted(SCOPES)):
        starts = children(scope, "startEvent") or _instantiating(scope)
        ends = children(scope, "endEvent")
        if local(scope) == "adHocSubProcess":
            for event in children(scope, "startEvent", "endEvent"):
                yield at(event, "event-in-ad-hoc", "an ad-hoc subprocess has no start and end events")
        elif ends and not starts:
            yield at(scope, "end-without-start", "there is an end event but no start event")
        elif children(scope, "startEvent") and not ends:
            yield at(scope, "start-without-end", "there is a start event but no end event")


def _instantiating(scope: Node) -> list[Node]:
    return [n for n in children(scope, "receiveTask", "eventBasedGateway") if n.get("instantiate") == "true"]


def event_subprocesses_have_one_start(model: Model) -> Iterator[Finding]:
    for scope in model.each("subProcess"):
        if scope.get("triggeredByEvent") != "true":
            continue
        identity = scope.get("id", "")
        if len(children(scope, "startEvent")) != 1:
            yield at(scope, "event-subprocess-start", "an event subprocess has exactly one start event")
        if model.incoming.get(identity) or model.outgoing.get(identity):
            yield at(scope, "event-subprocess-flow", "an event subprocess has no sequence flows")


def boundaries_are_attached(model: Model) -> Iterator[Finding]:
    for event in model.each("boundaryEvent"):
        identity, kinds = event.get("id", ""), model.event_kinds(event)
        host = model.find(event.get("attachedToRef"))
        if host is None:
            yield at(event, "boundary-without-host", "the boundary event is attached to nothing")
        elif local(host) not in ACTIVITIES or host.getparent() is not event.getparent():
            yield at(event, "boundary-on-wrong-host", "a boundary event sits on an activity of its own scope")
        if event.get("cancelActivity") == "false" and {"error", "cancel"} & set(kinds):
            yield at(event, "must-interrupt", "an error or cancel boundary event interrupts its activity")
        if model.incoming.get(identity):
            yield at(event, "flow-into-boundary", "a boundary event must not have incoming flows")
        if kinds == ["compensate"]:
            yield from _compensation(model, event)
        elif not model.outgoing.get(identity):
            yield at(event, "no-way-on", "a boundary event must have an outgoing flow")


def _compensation(model: Model, event: Node) -> Iterator[Finding]:
    if model.outgoing.get(event.get("id", "")):
        yield at(event, "compensation-flow", "compensation is reached by an association, not by a flow")
    targets = [
        model.find(a.get("targetRef")) for a in model.each("association") if a.get("sourceRef") == event.get("id")
    ]
    if not targets:
        yield at(event, "compensation-without-handler", "no association leads to a compensation activity")
    for target in targets:
        if local(target) in ACTIVITIES and target is not None and target.get("isForCompensation") != "true":
            yield at(target, "compensation-not-marked", "the handler is not marked isForCompensation")


def compensation_stands_apart(model: Model) -> Iterator[Finding]:
    for node in model.nodes:
        identity = node.get("id", "")
        if node.get("isForCompensation") == "true" and (model.incoming.get(identity) or model.outgoing.get(identity)):
            yield at(node, "compensation-flow", "a compensation activity has no sequence flows")


def intermediates_are_connected(model: Model) -> Iterator[Finding]:
    for event in model.each("intermediateCatchEvent", "intermediateThrowEvent"):
        identity, is_link = event.get("id", ""), "link" in model.event_kinds(event)
        catches = local(event) == "intermediateCatchEvent"
        before, after = model.incoming.get(identity), model.outgoing.get(identity)
        if is_link and catches and before:
            yield at(event, "link-flow", "a catching link must not have incoming flows")
        if is_link and not catches and after:
            yield at(event, "link-flow", "a throwing link must not have outgoing flows")
        if not before and not (is_link and catches):
            yield at(event, "no-way-here", "an intermediate event must have an incoming flow")
        if not after and not (is_link and not catches):
            yield at(event, "no-way-on", "an intermediate event must have an outgoing flow")


def links_meet(model: Model) -> Iterator[Finding]:
    throws: list[Node] = []
    catches: list[Node] = []
    for link in model.each("linkEventDefinition"):
        owner = local(link.getparent())
        if owner in ("intermediateThrowEvent", "intermediateCatchEvent"):
            (throws if owner == "intermediateThrowEvent" else catches).append(link)
    for link in throws:
        found = [c for c in catches if _linked(link, c)]
        if len(found) != 1:
            yield at(link, "link-target", "a throwing link leads to exactly one catching link")
        elif found[0].getparent().getparent() is not link.getparent().getparent():
            yield at(link, "link-scope", "a link must not leave its process or subprocess")
    for link in catches:
        if not any(_linked(t, link) for t in throws):
            yield at(link, "link-source", "no link leads here")


def _linked(throw: Node, catch: Node) -> bool:
    targets = [(t.text or "").strip().rpartition(":")[2] for t in children(throw, "target")]
    return catch.get("id") in targets if targets else throw.get("name") == catch.get("name")


def thrown_codes_are_named(model: Model) -> Iterator[Finding]:
    for definition in model.each("escalationEventDefinition", "errorEventDefinition"):
        event = definition.getparent()
        if local(event) not in ("endEvent", "intermediateThrowEvent") or not model.executable(definition):
            continue
        kind = "escalation" if local(definition).startswith("escalation") else "error"
        target = model.find(definition.get(f"{kind}Ref"))
        if target is None and kind == "escalation" or target is not None and not target.get(f"{kind}Code"):
            yield at(event, f"{kind}-without-code", f"a thrown {kind} needs a code")


def messages_are_named(model: Model) -> Iterator[Finding]:
    for definition in model.each("messageEventDefinition"):
        if local(definition.getparent()) in EVENTS and model.executable(definition):
            if not definition.get("messageRef"):
                yield at(definition.getparent(), "message-without-name", "the event refers to no message")


def called_processes_can_start(model: Model) -> Iterator[Finding]:
    for call in model.each("callActivity"):
        reference = call.get("calledElement", "")
        process = None if model.is_foreign(call, reference) else model.find(reference)
        if local(process) == "process":
            yield from can_be_called(model, call, process)


def can_be_called(model: Model, call: Node, process: Node) -> Iterator[Finding]:
    """A called process that has start events needs one without trigger."""
    starts = children(process, "startEvent")
    if starts and all(model.event_kinds(start) for start in starts):
        yield at(call, "called-start", "the called process has no start event without trigger")


RULES: tuple[Rule, ...] = (
    kinds_fit_the_place,
    cancel_belongs_to_transactions,
    starts_and_ends_are_connected,
    start_and_end_come_together,
    event_subprocesses_have_one_start,
    boundaries_are_attached,
    compensation_stands_apart,
    intermediates_are_connected,
    links_meet,
    thrown_codes_are_named,
    messages_are_named,
    called_processes_can_start,
)
