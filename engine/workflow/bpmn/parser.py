"""``process.bpmn`` → frozen objects, by namespace and without recursion.

Everything of the standard that an executable process may hold is read here
(the parts of one node in ``parts.py`` and ``extensions.py``); whether the engine
can execute it is the validator's question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.workflow.bpmn.elements import Definitions, Element, Process, SequenceFlow
from engine.workflow.bpmn.extensions import extension, first_value
from engine.workflow.bpmn.parts import (
    Names,
    ad_hoc,
    data_associations,
    events,
    groups,
    local,
    multi_instance,
    read_condition,
    read_names,
    standard_loop,
)
from engine.workflow.bpmn.xml import BPMN, IB, BpmnSyntaxError, read_xml

EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask"}
)
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})
ACTIVITIES = TASKS | SCOPES | {"callActivity"}
NODES = EVENTS | ACTIVITIES | GATEWAYS
GLOBAL_TASKS = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
_TRUE = ("true", "1")


@dataclass(slots=True)
class _Draft:
    """One process while it is read."""

    names: Names
    nodes: list[tuple[etree._Element, str, str]] = field(default_factory=list)
    flows: dict[str, SequenceFlow] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    outgoing: dict[str, list[str]] = field(default_factory=dict)
    incoming: dict[str, list[str]] = field(default_factory=dict)
    boundary: dict[str, list[str]] = field(default_factory=dict)
    handlers: dict[str, str] = field(default_factory=dict)
    lanes: dict[str, str] = field(default_factory=dict)
    data: dict[str, list[str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


def parse(data: bytes, *, conditions: str = "altinn") -> Definitions:
    """Read one BPMN file, its conditions in one of ``conditions.MODES``. Raises ``BpmnSyntaxError`` with the line."""
    return read_definitions(read_xml(data), conditions=conditions)


def read_definitions(root: etree._Element, *, conditions: str = "altinn") -> Definitions:
    """The processes and global tasks of a tree ``read_xml`` has read. Raises ``BpmnSyntaxError`` with the line."""
    if root.tag != f"{BPMN}definitions":
        raise BpmnSyntaxError("the root element is not bpmn:definitions", root.sourceline or 0)
    names = read_names(root, conditions)
    processes: dict[str, Process] = {}
    seen: set[str] = set()
    for node in root:
        kind = local(node)
        if kind == "process":
            process = _process(node, names)
        elif kind in GLOBAL_TASKS:
            process = _global_task(node, names)
        else:
            continue
        for identity in (process.id, *process.elements, *process.flows):
            if identity in seen and not (kind in GLOBAL_TASKS and identity == process.id):
                raise BpmnSyntaxError(f"the id {identity} is used twice", process.line)
            seen.add(identity)
        processes[process.id] = process
    if not any(local(node) == "process" for node in root):
        raise BpmnSyntaxError("the file has no process", root.sourceline or 0)
    return Definitions(processes, root.get("targetNamespace", ""))


def _global_task(node: etree._Element, names: Names) -> Process:
    """A task any process may call, as a process of that one task."""
    draft = _Draft(names)
    identity = _id(node, draft)
    draft.children[identity] = [identity]
    task = _element(node, identity, identity, GLOBAL_TASKS[local(node)], draft)
    return Process(
        identity,
        node.get("name", ""),
        {identity: task},
        {},
        {identity: (identity,)},
        {identity: (identity,)},
        executable=False,
        line=node.sourceline or 0,
    )


def _process(root: etree._Element, names: Names) -> Process:
    draft = _Draft(names)
    process_id = _id(root, draft)
    associations: list[tuple[str, str]] = []
    scopes = [(root, process_id)]
    while scopes:
        container, scope = scopes.pop()
        draft.children.setdefault(scope, [])
        for node in container:
            kind = local(node)
            if kind == "sequenceFlow":
                _flow(node, draft)
            elif kind in NODES:
                identity = _id(node, draft)
                draft.nodes.append((node, identity, scope))
                draft.children[scope].append(identity)
                if kind == "boundaryEvent":
                    draft.boundary.setdefault(_ref(node, "attachedToRef"), []).append(identity)
                if kind in SCOPES:
                    scopes.append((node, identity))
            elif kind == "association":
                associations.append((_ref(node, "sourceRef"), _ref(node, "targetRef")))
            elif kind in ("dataObject", "property"):
                draft.data.setdefault(scope, []).append(node.get("id") or node.get("name", ""))
            elif kind == "dataObjectReference":
                draft.aliases[node.get("id", "")] = _ref(node, "dataObjectRef")
            elif kind == "laneSet":
                _lanes(node, draft)
    _compensation(draft, associations)
    elements = {identity: _element(node, identity, scope, local(node), draft) for node, identity, scope in draft.nodes}
    _check_flows(draft, elements)
    return Process(
        process_id,
        root.get("name", ""),
        elements,
        draft.flows,
        {scope: tuple(children) for scope, children in draft.children.items()},
        {scope: _starts(scope, children, elements) for scope, children in draft.children.items()},
        {scope: _triggers(draft, children, elements) for scope, children in draft.children.items()},
        {
            scope: tuple(child for child in children if elements[child].triggered_by_event)
            for scope, children in draft.children.items()
        },
        {
            (element.scope, event.reference): element.id
            for element in elements.values()
            if element.type == "intermediateCatchEvent"
            for event in element.events
            if event.kind == "link"
        },
        tuple(draft.data.get(process_id, ())),
        executable=root.get("isExecutable", "true") not in ("false", "0"),
        line=root.sourceline or 0,
    )


def _starts(scope: str, children: Iterable[str], elements: dict[str, Element]) -> tuple[str, ...]:
    """What begins on its own: the none start events, or without any start event every node no flow leads to."""
    nodes = [elements[child] for child in children]
    if any(node.type == "startEvent" for node in nodes):
        return tuple(node.id for node in nodes if node.type == "startEvent" and not node.events)
    return tuple(
        node.id
        for node in nodes
        if not node.incoming
        and node.type != "boundaryEvent"
        and not node.for_compensation
        and not node.triggered_by_event
        and not node.instantiate
        and not (node.type == "intermediateCatchEvent" and any(event.kind == "link" for event in node.events))
    )


def _triggers(draft: _Draft, children: Iterable[str], elements: dict[str, Element]) -> tuple[str, ...]:
    """What begins when something happens: start events with a definition, instantiating gateways and receive tasks.

    The latter stand first, or right after a start event (BPMN 2.0, table 10.10); in the middle they begin nothing.
    """
    nodes = [elements[child] for child in children]
    return tuple(n.id for n in nodes if (n.type == "startEvent" and n.events) or (n.instantiate and _first(n, draft)))


def _first(node: Element, draft: _Draft) -> bool:
    kinds = {identity: local(found) for found, identity, _ in draft.nodes}
    return all(kinds.get(draft.flows[flow].source) == "startEvent" for flow in node.incoming)


def _check_flows(draft: _Draft, elements: dict[str, Element]) -> None:
    for flow in draft.flows.values():
        for end in (flow.source, flow.target):
            if end not in elements:
                raise BpmnSyntaxError(
                    f"sequence flow {flow.id} refers to {end or 'nothing'}, which is not there", flow.line
                )
        if elements[flow.source].scope != elements[flow.target].scope:
            raise BpmnSyntaxError(f"sequence flow {flow.id} leaves its scope", flow.line)


def _compensation(draft: _Draft, associations: list[tuple[str, str]]) -> None:
    """Which activity compensates which: from the boundary event along its association, whichever way it is drawn."""
    nodes = {identity: node for node, identity, _ in draft.nodes}
    for source, target in associations:
        for event, handler in ((source, target), (target, source)):
            node = nodes.get(event)
            if node is not None and local(node) == "boundaryEvent" and handler in nodes:
                if nodes[handler].get("isForCompensation") in _TRUE:
                    draft.handlers[_ref(node, "attachedToRef")] = handler


def _lanes(root: etree._Element, draft: _Draft) -> None:
    """Inner lanes win over outer ones."""
    pending = [root]
    while pending:
        for lane in pending.pop(0).findall(f"{BPMN}lane"):
            for reference in lane.findall(f"{BPMN}flowNodeRef"):
                draft.lanes[(reference.text or "").strip()] = lane.get("name") or lane.get("id", "")
            pending.extend(lane.findall(f"{BPMN}childLaneSet"))


def _flow(node: etree._Element, draft: _Draft) -> None:
    flow_id, source, target = _id(node, draft), _ref(node, "sourceRef"), _ref(node, "targetRef")
    condition = node.find(f"{BPMN}conditionExpression")
    draft.flows[flow_id] = SequenceFlow(
        flow_id,
        source,
        target,
        None if condition is None else read_condition(condition, draft.names),
        node.get("name", ""),
        node.sourceline or 0,
    )
    draft.outgoing.setdefault(source, []).append(flow_id)
    draft.incoming.setdefault(target, []).append(flow_id)


_BARE = frozenset({f"{BPMN}incoming", f"{BPMN}outgoing", f"{BPMN}script"})


def _element(node: etree._Element, identity: str, scope: str, kind: str, draft: _Draft) -> Element:
    if kind not in SCOPES and all(child.tag in _BARE for child in node):
        return _bare(node, identity, scope, kind, draft)
    return _full(node, identity, scope, kind, draft)


def _bare(node: etree._Element, identity: str, scope: str, kind: str, draft: _Draft) -> Element:
    """A node with nothing in it but its flows and a script: most nodes of large models, read twice as fast."""
    script = node.findtext(f"{BPMN}script", "") if kind == "scriptTask" else ""
    return Element(
        id=identity,
        type=kind,
        scope=scope,
        incoming=tuple(draft.incoming.get(identity, ())),
        outgoing=tuple(draft.outgoing.get(identity, ())),
        boundary=tuple(draft.boundary.get(identity, ())),
        handler=draft.handlers.get(identity, ""),
        script=script.strip(),
        lane=draft.lanes.get(identity, ""),
        line=node.sourceline or 0,
        **_attributes(node, draft.names),
    )


def _attributes(node: etree._Element, names: Names) -> dict[str, Any]:
    """What a node says in attributes; what it does not say is the standard's default."""
    found: dict[str, Any] = {}
    for name, text in node.attrib.items():
        read = _ATTRIBUTES.get(str(name))
        if read is not None:
            found[read[0]] = read[1](node, str(text), names)
    return found


def _full(node: etree._Element, identity: str, scope: str, kind: str, draft: _Draft) -> Element:
    names = draft.names
    script = node.find(f"{BPMN}script")
    activation = node.find(f"{BPMN}activationCondition") if kind == "complexGateway" else None
    aliases = {**draft.aliases, **_own_data(node)} if kind not in GATEWAYS else {}
    return Element(
        id=identity,
        type=kind,
        scope=scope,
        incoming=tuple(draft.incoming.get(identity, ())),
        outgoing=tuple(draft.outgoing.get(identity, ())),
        events=events(node, names) if kind in EVENTS else (),
        boundary=tuple(draft.boundary.get(identity, ())),
        handler=draft.handlers.get(identity, ""),
        multi_instance=multi_instance(node, names) if kind in ACTIVITIES else None,
        activation=None if activation is None else read_condition(activation, names),
        ad_hoc=ad_hoc(node, names) if kind == "adHocSubProcess" else None,
        script=(script.text or "").strip() if script is not None else "",
        correlation_key=first_value(node, f"{IB}correlationKey"),
        extension=extension(node),
        inputs=tuple(data_associations(node, "dataInputAssociation", aliases, names)),
        outputs=tuple(data_associations(node, "dataOutputAssociation", aliases, names)),
        properties=tuple(draft.data.get(identity, ())) + tuple(_properties(node, kind)),
        lane=draft.lanes.get(identity, ""),
        groups=tuple(groups(node)),
        line=node.sourceline or 0,
        loop=standard_loop(node, names) if kind in ACTIVITIES else None,
        **_attributes(node, names),
    )


def _own_data(node: etree._Element) -> dict[str, str]:
    """Ids of an activity's or event's own data inputs and outputs → the names they are known by."""
    return {
        item.get("id", ""): item.get("name") or item.get("id", "")
        for container in (node, *node.findall(f"{BPMN}ioSpecification"))
        for item in container
        if local(item) in ("dataInput", "dataOutput")
    }


def _properties(node: etree._Element, kind: str) -> Iterable[str]:
    """Properties of tasks; those of subprocesses are read with what is in them."""
    if kind in SCOPES:
        return ()
    return (child.get("id") or child.get("name", "") for child in node.findall(f"{BPMN}property"))


def _quantity(node: etree._Element, text: str, _: Names) -> int:
    text = text.strip()
    if not text.isdecimal() or len(text) > 4 or not int(text):
        raise BpmnSyntaxError(f"a quantity of {text[:20]!r} is not a number from 1 to 9999", node.sourceline or 0)
    return int(text)


def _text(_: etree._Element, text: str, __: Names) -> str:
    return text


def _plain_ref(_: etree._Element, text: str, __: Names) -> str:
    return text.strip().rpartition(":")[2]


def _true(_: etree._Element, text: str, __: Names) -> bool:
    return text in _TRUE


def _not_false(_: etree._Element, text: str, __: Names) -> bool:
    return text not in ("false", "0")


def _message(node: etree._Element, _: str, names: Names) -> str:
    return names.message(node)


#: attribute → the field of ``Element`` it gives, and how its text is read.
_ATTRIBUTES: Mapping[str, tuple[str, Callable[[etree._Element, str, Names], Any]]] = {
    "name": ("name", _text),
    "default": ("default", _plain_ref),
    "parallelMultiple": ("all_events", _true),
    "attachedToRef": ("attached_to", _plain_ref),
    "cancelActivity": ("interrupting", _not_false),
    "isInterrupting": ("interrupting", _not_false),
    "calledElement": ("called", _plain_ref),
    f"{IB}calledVersion": ("called_version", _text),
    "triggeredByEvent": ("triggered_by_event", _true),
    "isForCompensation": ("for_compensation", _true),
    "instantiate": ("instantiate", _true),
    "eventGatewayType": ("event_gateway_type", _text),
    "startQuantity": ("start_quantity", _quantity),
    "completionQuantity": ("completion_quantity", _quantity),
    "messageRef": ("message", _message),
    "operationRef": ("message", _message),
}


def _ref(node: etree._Element, name: str) -> str:
    """The id a QName attribute refers to, without its prefix."""
    return str(node.get(name, "").strip().rpartition(":")[2])


def _id(node: etree._Element, draft: _Draft) -> str:
    """The id, or one of our own where the standard allows none. Raises when it is used twice."""
    identity = str(node.get("id") or f"{local(node)}_{len(draft.seen) + 1}")
    if identity in draft.seen:
        raise BpmnSyntaxError(f"the id {identity} is used twice", node.sourceline or 0)
    draft.seen.add(identity)
    return identity
