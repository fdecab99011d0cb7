"""Rules about start, intermediate, boundary and end events (BPMN 2.0.2, chapter 10.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.workflow.bpmn.conformance.catalogue import Rule
from engine.workflow.bpmn.conformance.model import (
    ACTIVITIES,
    CONTAINERS,
    EVENTS,
    GATEWAYS,
    SCOPES,
    THROWING,
    Model,
    Node,
    at,
    children,
    event_kind,
    grouped,
    is_false,
    is_formal,
    is_true,
    local,
)
from engine.workflow.bpmn.elements import Finding

#: Event kinds each place allows; "" stands for an event without definition.
TOP_START = frozenset({"", "message", "timer", "conditional", "signal"})
EVENT_START = frozenset({"message", "timer", "escalation", "error", "conditional", "signal", "compensate"})
CATCH = frozenset({"message", "timer", "conditional", "link", "signal"})
THROW = frozenset({"", "message", "escalation", "compensate", "link", "signal"})
BOUNDARY = frozenset({"message", "timer", "escalation", "error", "cancel", "compensate", "conditional", "signal"})
END = frozenset({"", "message", "escalation", "error", "cancel", "compensate", "signal", "terminate"})
_BETWEEN = ACTIVITIES | GATEWAYS | {"intermediateCatchEvent", "intermediateThrowEvent"}
#: Kinds that always end what they interrupt.
_MUST_INTERRUPT = frozenset({"error", "cancel", "compensate"})


def _place(event: Node) -> tuple[str, frozenset[str]]:
    """The rule for the place an event stands in, and the kinds it allows."""
    kind, scope = local(event), event.getparent()
    if kind == "startEvent":
        if is_true(scope, "triggeredByEvent"):
            return "EXT.059", EVENT_START
        return ("EXT.100", frozenset({""})) if local(scope) in SCOPES else ("EXT.098", TOP_START)
    return {
        "intermediateCatchEvent": ("EXT.148", CATCH),
        "intermediateThrowEvent": ("EXT.147", THROW),
        "boundaryEvent": ("EXT.110", BOUNDARY),
    }.get(kind, ("EXT.146", END))


def kinds_fit_the_place(model: Model) -> Iterator[Finding]:
    for event in model.nodes:
        if local(event) not in EVENTS:
            continue
        number, allowed = _place(event)
        kinds = model.event_kinds(event)
        for kind in dict.fromkeys(kinds or [""]):
            if kind not in allowed and kind != "unknown":
                yield at(
                    event,
                    number,
                    f"a {local(event)} here cannot be of kind {kind or 'none'}",
                    _wanted(allowed),
                    parameters={"event": local(event)},
                )
        loose = is_false(event, "cancelActivity" if local(event) == "boundaryEvent" else "isInterrupting")
        bound = _MUST_INTERRUPT & set(kinds) & allowed
        if loose and bound and number in ("EXT.110", "EXT.059"):
            yield at(event, number, f"an event of kind {' or '.join(sorted(bound))} interrupts what it stands at")


def _wanted(allowed: frozenset[str]) -> str:
    return f"allowed are {', '.join(sorted(kind or 'none' for kind in allowed))}"


def starts_only_lead_on(model: Model) -> Iterator[Finding]:
    for event in model.each("startEvent"):
        if model.into(event):
            yield at(event, "EXT.096", "a start event must not have incoming flows")
        if not model.outgoing_ids(event):
            yield at(event, "EXT.101", "a start event must have an outgoing flow", "draw a flow from it")


def ends_only_take_in(model: Model) -> Iterator[Finding]:
    for event in model.each("endEvent"):
        if model.out_of(event):
            yield at(event, "EXT.104", "an end event must not have outgoing flows")
        if not model.incoming_ids(event):
            yield at(event, "EXT.107", "an end event must have an incoming flow", "draw a flow to it")


def starts_and_ends_come_together(model: Model) -> Iterator[Finding]:
    for scope in model.each(*sorted(CONTAINERS - {"adHocSubProcess"})):
        starts, ends = children(scope, "startEvent"), children(scope, "endEvent")
        if ends and not starts and not _instantiating(scope):
            for event in ends:
                yield at(event, "EXT.097", "there is an end event but no start event beside it", "add a start event")
        if starts and not ends:
            for event in starts:
                yield at(event, "EXT.105", "there is a start event but no end event beside it", "add an end event")


def _instantiating(scope: Node) -> list[Node]:
    return [n for n in children(scope, "receiveTask", "eventBasedGateway") if is_true(n, "instantiate")]


def nodes_lie_between_start_and_end(model: Model) -> Iterator[Finding]:
    for scope in model.each(*sorted(CONTAINERS)):
        has_start, has_end = bool(children(scope, "startEvent")), bool(children(scope, "endEvent"))
        for node in children(scope, *sorted(_BETWEEN)):
            if is_true(node, "triggeredByEvent") or is_true(node, "isForCompensation"):
                continue
            jump = local(node) if "link" in model.event_kinds(node) else ""
            starts = is_true(node, "instantiate") or jump == "intermediateCatchEvent"
            if has_start and not starts and not model.incoming_ids(node):
                yield at(node, "EXT.150", "no flow leads here, though there is a start event", "connect it")
            if has_end and jump != "intermediateThrowEvent" and not model.outgoing_ids(node):
                yield at(node, "EXT.151", "no flow leads on, though there is an end event", "connect it")


def cancel_belongs_to_transactions(model: Model) -> Iterator[Finding]:
    for event in model.each("endEvent"):
        if "cancel" in model.event_kinds(event) and "transaction" not in map(local, event.iterancestors()):
            yield at(
                event, "EXT.106", "a cancel end event stands in a transaction", "make the subprocess a transaction"
            )
    for event in model.each("boundaryEvent"):
        host = model.find(event, event.get("attachedToRef"))
        if "cancel" in model.event_kinds(event) and host is not None and local(host) != "transaction":
            yield at(
                event,
                "EXT.111",
                f"a cancel event sits on a transaction, not on a {local(host)}",
                parameters={"host": local(host)},
            )


def boundaries_only_lead_on(model: Model) -> Iterator[Finding]:
    for event in model.each("boundaryEvent"):
        compensates = "compensate" in model.event_kinds(event)
        if model.into(event):
            yield at(event, "EXT.112", "a boundary event must not have incoming flows")
        if compensates and model.out_of(event):
            yield at(event, "EXT.114", "compensation is reached by an association, not by a flow")
        elif not compensates and not model.outgoing_ids(event):
            yield at(event, "EXT.113", "a boundary event must have an outgoing flow", "draw a flow from it")
        host = model.find(event, event.get("attachedToRef"))
        if local(host) in ACTIVITIES and host is not None and host.getparent() is not event.getparent():
            yield at(event, "BPMN.boundary-scope", "a boundary event sits on an activity of its own scope")


def compensation_has_a_handler(model: Model) -> Iterator[Finding]:
    joins: dict[str, list[Node]] = {}
    for name in ("sourceRef", "targetRef"):
        for identity, associations in grouped(model.each("association"), name).items():
            joins.setdefault(identity, []).extend(associations)
    for event in model.each("boundaryEvent"):
        if "compensate" not in model.event_kinds(event):
            continue
        joined = joins.get(event.get("id", ""), [])
        ends = [model.find(a, a.get(name)) for a in joined for name in ("sourceRef", "targetRef")]
        handlers = [end for end in ends if local(end) in ACTIVITIES]
        if not handlers:
            text = "no association leads from here to a compensation activity"
            yield at(event, "EXT.143", text, "draw an association to the activity that undoes the work")
        for handler in handlers:
            if handler is not None and not is_true(handler, "isForCompensation"):
                yield at(handler, "EXT.144", "the activity that compensates is not marked isForCompensation")
    for node in model.nodes:
        if is_true(node, "isForCompensation") and (model.into(node) or model.out_of(node)):
            yield at(node, "EXT.145", "a compensation activity stands outside the flow and has no sequence flows")


def intermediates_are_connected(model: Model) -> Iterator[Finding]:
    for event in model.each("intermediateCatchEvent", "intermediateThrowEvent"):
        catches, is_link = local(event) == "intermediateCatchEvent", "link" in model.event_kinds(event)
        if is_link and (model.into(event) if catches else model.out_of(event)):
            side = "a catching link has no incoming flow" if catches else "a throwing link has no outgoing flow"
            yield at(event, "EXT.117", side)
        if not model.incoming_ids(event) and not (is_link and catches):
            yield at(event, "EXT.115", "an intermediate event must have an incoming flow", "draw a flow to it")
        if not model.outgoing_ids(event) and not (is_link and not catches):
            yield at(event, "EXT.116", "an intermediate event must have an outgoing flow", "draw a flow from it")


def links_meet(model: Model) -> Iterator[Finding]:
    """A link names its counterpart by id. In our dialect the same name is enough, as most tools draw it."""
    throws, catches = _links(model, "intermediateThrowEvent"), _links(model, "intermediateCatchEvent")
    if model.dialect:
        yield from _links_by_name(throws, catches)
        return
    for link in throws:
        targets = children(link, "target")
        if len(targets) != 1:
            text = f"a throwing link names its target, and this one names {len(targets) or 'none'}"
            yield at(link, "EXT.125", text, "add a target with the id of the catching link's definition")
        for target in targets:
            other = model.find(link, target.text)
            if local(other) == "linkEventDefinition" and other is not None:
                yield from _linked(link, other)
    for link in catches:
        if not children(link, "source"):
            text = "a catching link names its sources, and this one names none"
            yield at(link, "EXT.124", text, "add a source with the id of each throwing link's definition")
        for source in children(link, "source"):
            other = model.find(link, source.text)
            if local(other) == "linkEventDefinition" and other is not None:
                if link.get("id") not in _names(other, "target"):
                    yield at(
                        link,
                        "EXT.118",
                        f"link {other.get('id')} does not name this one as its target",
                        parameters={"id": other.get("id")},
                    )


def _linked(link: Node, other: Node) -> Iterator[Finding]:
    if link.get("id") not in _names(other, "source"):
        yield at(
            link,
            "EXT.118",
            f"link {other.get('id')} does not name this one as a source",
            parameters={"id": other.get("id")},
        )
    if other.getparent().getparent() is not link.getparent().getparent():
        yield at(link, "EXT.126", "a link leads to another place in the same process or subprocess")


def _links(model: Model, kind: str) -> list[Node]:
    return [link for link in model.each("linkEventDefinition") if local(link.getparent()) == kind]


def _names(link: Node, kind: str) -> list[str]:
    return [(child.text or "").strip().rpartition(":")[2] for child in children(link, kind)]


def _links_by_name(throws: list[Node], catches: list[Node]) -> Iterator[Finding]:
    def place(link: Node) -> tuple[Node, str]:
        return link.getparent().getparent(), link.get("name", "")

    targets = Counter(map(place, catches))
    sources = Counter(map(place, throws))
    for link in throws:
        if (count := targets[place(link)]) != 1:
            text = f"a throwing link leads to one catching link of its name in its scope, here are {count}"
            yield at(link, "BPMN.link-name", text, parameters={"count": count})
    for link in catches:
        if not sources[place(link)]:
            yield at(link, "BPMN.link-name", "no throwing link of this name leads here")


def thrown_definitions_are_not_shared(model: Model) -> Iterator[Finding]:
    shared = {(ref.text or "").strip().rpartition(":")[2] for ref in model.each("eventDefinitionRef")}
    for kind, nodes in model.all.items():
        if kind.endswith("EventDefinition"):
            for node in nodes:
                if local(node.getparent()) in THROWING and node.get("id") in shared:
                    text = "a definition inside a throwing event is its own; others must not refer to it"
                    yield at(node, "EXT.095", text, "move the definition out of the event to share it")


def thrown_codes_are_named(model: Model) -> Iterator[Finding]:
    for event in model.each(*sorted(THROWING)):
        if not model.executable(event):
            continue
        for definition in model.definitions(event):
            kind = event_kind(definition)
            if kind not in ("escalation", "error"):
                continue
            target = model.find(definition, definition.get(f"{kind}Ref"))
            if kind == "escalation" and (target is None or not target.get("escalationCode")):
                yield at(event, "EXT.011", "a thrown escalation needs a code", "refer to an escalation with a code")
            if kind == "error" and target is not None and not target.get("errorCode"):
                yield at(event, "BPMN.error-code", "a thrown error needs a code", "give the error an errorCode")


def compensation_is_not_caught_in_the_flow(model: Model) -> Iterator[Finding]:
    for event in model.each("intermediateCatchEvent"):
        if "compensate" in model.event_kinds(event):
            text = "compensation is caught at a boundary or by an event subprocess, not in the flow"
            yield at(event, "EXT.122", text)


def conditions_of_events_are_formal(model: Model) -> Iterator[Finding]:
    for definition in model.each("conditionalEventDefinition"):
        if not model.executable(definition):
            continue
        for condition in children(definition, "condition"):
            empty = not "".join(condition.itertext()).strip()
            if empty or not (is_formal(condition) or model.dialect):
                text = "a conditional event of an executable process needs a formal expression"
                yield at(definition, "EXT.123", text, 'write xsi:type="tFormalExpression" and the condition')


def messages_and_operations_are_named(model: Model) -> Iterator[Finding]:
    """Altinn's dialect has no interfaces, so only the message is asked for there."""
    for definition in model.each("messageEventDefinition"):
        if not model.executable(definition):
            continue
        if not definition.get("messageRef"):
            yield at(definition, "EXT.127", "the event refers to no message", "write messageRef")
        if not model.dialect and not children(definition, "operationRef"):
            text = "a message event of an executable process refers to the operation it uses"
            yield at(definition, "EXT.128", text, "add operationRef")


def called_processes_can_start(model: Model) -> Iterator[Finding]:
    """A called process that has start events needs one without trigger."""
    for call in model.each("callActivity"):
        found = model.resolve(call, call.get("calledElement"))
        if found is None or local(found[1]) != "process":
            continue
        home, process = found
        starts = children(process, "startEvent")
        if starts and all(home.event_kinds(start) for start in starts):
            text = f"{process.get('id')} has no start event without trigger, so it cannot be called"
            yield at(call, "EXT.099", text, "give it a plain start event", parameters={"id": process.get("id")})


RULES = (
    Rule(
        "10.5.2-10.5.4",
        ("EXT.059", "EXT.098", "EXT.100", "EXT.110", "EXT.146", "EXT.147", "EXT.148"),
        kinds_fit_the_place,
    ),
    Rule("10.5.2", ("EXT.096", "EXT.101"), starts_only_lead_on),
    Rule("10.5.4", ("EXT.104", "EXT.107"), ends_only_take_in),
    Rule("10.5.2, 10.5.4", ("EXT.097", "EXT.105"), starts_and_ends_come_together),
    Rule("10.5.2, 10.5.4", ("EXT.150", "EXT.151"), nodes_lie_between_start_and_end),
    Rule("10.5.4", ("EXT.106", "EXT.111"), cancel_belongs_to_transactions),
    Rule("10.5.3", ("EXT.112", "EXT.113", "EXT.114", "BPMN.boundary-scope"), boundaries_only_lead_on),
    Rule("10.7.2", ("EXT.143", "EXT.144", "EXT.145"), compensation_has_a_handler),
    Rule("10.5.3", ("EXT.115", "EXT.116", "EXT.117"), intermediates_are_connected),
    Rule("10.5.5", ("EXT.118", "EXT.124", "EXT.125", "EXT.126", "BPMN.link-name"), links_meet),
    Rule("10.5.5", ("EXT.095",), thrown_definitions_are_not_shared),
    Rule("8.4.4, 8.4.5", ("EXT.011", "BPMN.error-code"), thrown_codes_are_named),
    Rule("10.5.5", ("EXT.122",), compensation_is_not_caught_in_the_flow),
    Rule("10.5.5", ("EXT.123",), conditions_of_events_are_formal),
    Rule("10.5.5", ("EXT.127", "EXT.128"), messages_and_operations_are_named),
    Rule("10.3.6, 10.5.2", ("EXT.099",), called_processes_can_start),
)
