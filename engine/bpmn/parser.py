"""``process.bpmn`` → frozen objects, by namespace and without recursion.

Everything of the standard that an executable process may hold is read here;
whether the engine can execute it is the validator's question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.bpmn.conditions import ConditionSyntaxError, read, read_json
from engine.bpmn.elements import (
    Condition,
    Definitions,
    Element,
    EventDefinition,
    Expression,
    Extension,
    MultiInstance,
    Process,
    SequenceFlow,
    StandardLoop,
)
from engine.bpmn.xml import BpmnSyntaxError, read_xml

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ALTINN = "{http://altinn.no/process}"
IB = "{http://ibalanse.no/process}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
NODES = (
    EVENTS
    | SCOPES
    | frozenset(
        {
            "task",
            "userTask",
            "manualTask",
            "serviceTask",
            "scriptTask",
            "sendTask",
            "receiveTask",
            "businessRuleTask",
            "callActivity",
            "exclusiveGateway",
            "parallelGateway",
            "inclusiveGateway",
            "eventBasedGateway",
            "complexGateway",
        }
    )
)
_EVENT_SUFFIX = "EventDefinition"


@dataclass(slots=True)
class _Names:
    """Root elements that events refer to: id → the name or code that counts; and how conditions are written."""

    conditions: str = "altinn"
    shared: dict[str, etree._Element] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    signals: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    escalations: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Draft:
    """One process while it is read."""

    nodes: list[tuple[etree._Element, str]] = field(default_factory=list)
    flows: dict[str, SequenceFlow] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    outgoing: dict[str, list[str]] = field(default_factory=dict)
    incoming: dict[str, list[str]] = field(default_factory=dict)
    boundary: dict[str, list[str]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)


def parse(data: bytes, *, conditions: str = "altinn") -> Definitions:
    """Read one BPMN file, its conditions in one of ``conditions.MODES``. Raises ``BpmnSyntaxError`` with the line."""
    return read_definitions(read_xml(data), conditions=conditions)


def read_definitions(root: etree._Element, *, conditions: str = "altinn") -> Definitions:
    """The processes of a tree ``read_xml`` has read. Raises ``BpmnSyntaxError`` with the line."""
    if root.tag != f"{BPMN}definitions":
        raise BpmnSyntaxError("the root element is not bpmn:definitions", root.sourceline or 0)
    names = _names(root, conditions)
    processes: dict[str, Process] = {}
    seen: set[str] = set()
    for node in root.findall(f"{BPMN}process"):
        process = _process(node, names)
        for identity in (process.id, *process.elements, *process.flows):
            if identity in seen:
                raise BpmnSyntaxError(f"the id {identity} is used twice", process.line)
            seen.add(identity)
        processes[process.id] = process
    if not processes:
        raise BpmnSyntaxError("the file has no process", root.sourceline or 0)
    return Definitions(processes, root.get("targetNamespace", ""))


def _names(root: etree._Element, conditions: str) -> _Names:
    names = _Names(conditions)
    for node in root:
        identity = node.get("id", "")
        if node.tag == f"{BPMN}message":
            names.messages[identity] = node.get("name") or identity
        elif node.tag == f"{BPMN}signal":
            names.signals[identity] = node.get("name") or identity
        elif node.tag == f"{BPMN}error":
            names.errors[identity] = node.get("errorCode") or node.get("name") or identity
        elif node.tag == f"{BPMN}escalation":
            names.escalations[identity] = node.get("escalationCode") or node.get("name") or identity
        elif _local(node).endswith(_EVENT_SUFFIX):
            names.shared[identity] = node
    return names


def _process(root: etree._Element, names: _Names) -> Process:
    process_id = _id(root)
    draft = _Draft()
    scopes = [(root, process_id)]
    while scopes:
        container, scope = scopes.pop()
        draft.children.setdefault(scope, [])
        for node in container:
            kind = _local(node)
            if kind == "sequenceFlow":
                _flow(node, draft, names)
            elif kind in NODES:
                identity = _id(node)
                if identity in draft.seen:
                    raise BpmnSyntaxError(f"the id {identity} is used twice", node.sourceline or 0)
                draft.seen[identity] = node.sourceline or 0
                draft.nodes.append((node, scope))
                draft.children[scope].append(identity)
                if kind == "boundaryEvent":
                    draft.boundary.setdefault(node.get("attachedToRef", ""), []).append(identity)
                if kind in SCOPES:
                    scopes.append((node, identity))
    elements = {_id(node): _element(node, scope, draft, names) for node, scope in draft.nodes}
    _check_flows(draft, elements)
    starts = {
        scope: tuple(
            sorted(
                (c for c in children if elements[c].type == "startEvent"),
                key=lambda c: (elements[c].event or _NONE).kind != "none",
            )
        )
        for scope, children in draft.children.items()
    }
    return Process(
        process_id,
        root.get("name", ""),
        elements,
        draft.flows,
        {scope: tuple(children) for scope, children in draft.children.items()},
        starts,
        root.sourceline or 0,
    )


_NONE = EventDefinition("none")


def _check_flows(draft: _Draft, elements: dict[str, Element]) -> None:
    for flow in draft.flows.values():
        for end in (flow.source, flow.target):
            if end not in elements:
                raise BpmnSyntaxError(f"sequence flow {flow.id} refers to {end}, which is not there", flow.line)
        if elements[flow.source].scope != elements[flow.target].scope:
            raise BpmnSyntaxError(f"sequence flow {flow.id} leaves its scope", flow.line)


def _flow(node: etree._Element, draft: _Draft, names: _Names) -> None:
    flow_id, source, target = _id(node), node.get("sourceRef", ""), node.get("targetRef", "")
    if flow_id in draft.flows or flow_id in draft.seen:
        raise BpmnSyntaxError(f"the id {flow_id} is used twice", node.sourceline or 0)
    condition = node.find(f"{BPMN}conditionExpression")
    draft.flows[flow_id] = SequenceFlow(
        flow_id,
        source,
        target,
        None if condition is None else _condition(condition, names),
        node.get("name", ""),
        node.sourceline or 0,
    )
    draft.outgoing.setdefault(source, []).append(flow_id)
    draft.incoming.setdefault(target, []).append(flow_id)


def _element(node: etree._Element, scope: str, draft: _Draft, names: _Names) -> Element:
    identity, kind = _id(node), _local(node)
    event = _event(node, names) if kind in EVENTS else None
    interrupting = node.get("cancelActivity", node.get("isInterrupting", "true")) != "false"
    script = node.find(f"{BPMN}script")
    return Element(
        id=identity,
        type=kind,
        scope=scope,
        name=node.get("name", ""),
        incoming=tuple(draft.incoming.get(identity, ())),
        outgoing=tuple(draft.outgoing.get(identity, ())),
        default=node.get("default", ""),
        event=event,
        attached_to=node.get("attachedToRef", ""),
        interrupting=interrupting,
        boundary=tuple(draft.boundary.get(identity, ())),
        multi_instance=_multi_instance(node, names),
        called=node.get("calledElement", "").rpartition(":")[2],
        triggered_by_event=node.get("triggeredByEvent") == "true",
        script=(script.text or "").strip() if script is not None else "",
        message=names.messages.get(node.get("messageRef", "").rpartition(":")[2], ""),
        correlation_key=_first_text(node, f"{IB}correlationKey"),
        extension=_extension(node),
        line=node.sourceline or 0,
        loop=_standard_loop(node, names),
    )


def _event(node: etree._Element, names: _Names) -> EventDefinition:
    found = [child for child in node if _local(child).endswith(_EVENT_SUFFIX)]
    for reference in node.findall(f"{BPMN}eventDefinitionRef"):
        identity = (reference.text or "").strip().rpartition(":")[2]
        if identity not in names.shared:
            raise BpmnSyntaxError(f"the event definition {identity} is not there", reference.sourceline or 0)
        found.append(names.shared[identity])
    if not found:
        return EventDefinition("none")
    if len(found) > 1:
        return EventDefinition("multiple")
    definition = found[0]
    kind = _local(definition)[: -len(_EVENT_SUFFIX)]
    if kind == "timer":
        return _timer(definition)
    if kind == "conditional":
        condition = definition.find(f"{BPMN}condition")
        return EventDefinition("conditional", condition=None if condition is None else _condition(condition, names))
    reference = definition.get(f"{kind}Ref", "").rpartition(":")[2]
    named = {
        "message": names.messages,
        "signal": names.signals,
        "error": names.errors,
        "escalation": names.escalations,
    }.get(kind, {})
    text = definition.get("name", "") if kind == "link" else named.get(reference, reference)
    kind = "compensation" if kind == "compensate" else kind
    return EventDefinition(kind, text, key=_first_text(node, f"{IB}correlationKey"))


def _timer(definition: etree._Element) -> EventDefinition:
    for kind, tag in (("date", "timeDate"), ("duration", "timeDuration"), ("cycle", "timeCycle")):
        child = definition.find(f"{BPMN}{tag}")
        if child is not None:
            return EventDefinition("timer", timer=kind, value=_value(child))
    return EventDefinition("timer")


def _multi_instance(node: etree._Element, names: _Names) -> MultiInstance | None:
    loop = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if loop is None:
        return None
    extension = loop.find(f"{BPMN}extensionElements")
    collection = extension.find(f"{IB}collection") if extension is not None else None
    output = extension.find(f"{IB}output") if extension is not None else None
    cardinality = loop.find(f"{BPMN}loopCardinality")
    completion = loop.find(f"{BPMN}completionCondition")
    return MultiInstance(
        sequential=loop.get("isSequential") == "true",
        collection=None if collection is None else _value(collection),
        item="item" if collection is None else collection.get("item", "item"),
        cardinality=None if cardinality is None else _value(cardinality),
        completion=None if completion is None else _condition(completion, names),
        output="" if output is None else output.get("collection", ""),
        output_item=None if output is None else _value(output),
    )


def _standard_loop(node: etree._Element, names: _Names) -> StandardLoop | None:
    loop = node.find(f"{BPMN}standardLoopCharacteristics")
    if loop is None:
        return None
    condition = loop.find(f"{BPMN}loopCondition")
    maximum = loop.get("loopMaximum", "")
    if maximum and not maximum.strip().isdigit():
        raise BpmnSyntaxError(f"loopMaximum {maximum[:20]!r} is not a number", loop.sourceline or 0)
    return StandardLoop(
        test_before=loop.get("testBefore") in ("true", "1"),
        condition=None if condition is None else _condition(condition, names),
        maximum=int(maximum) if maximum else None,
    )


def _extension(node: etree._Element) -> Extension:
    root = node.find(f"{BPMN}extensionElements")
    if root is None:
        return Extension()
    task_type = root.findtext(f"{ALTINN}taskExtension/{ALTINN}taskType", "").strip()
    actions = tuple(
        ((action.text or "").strip(), action.get("type") or action.get(f"{ALTINN}type") or "processAction")
        for action in root.findall(f"{ALTINN}taskExtension/{ALTINN}actions/{ALTINN}action")
    )
    assignment = root.find(f"{IB}assignment")
    stage = root.find(f"{IB}stage")
    return Extension(
        task_type=task_type,
        actions=actions,
        performer="" if assignment is None else assignment.get("performer", ""),
        party=None if assignment is None else _party(assignment),
        due_after="" if assignment is None else assignment.get("dueAfter", ""),
        warn_before="" if assignment is None else assignment.get("warnBefore", ""),
        stage="" if stage is None else stage.get("id", ""),
        connected_data_type=root.findtext(f"{ALTINN}gatewayExtension/{ALTINN}connectedDataTypeId", "").strip(),
        config={child.get("name", ""): _value(child) for child in root.findall(f"{IB}config")},
        inputs=tuple((child.get("target", ""), _value(child)) for child in root.findall(f"{IB}input")),
        outputs=tuple((child.get("target", ""), _value(child)) for child in root.findall(f"{IB}output")),
    )


def _condition(node: etree._Element, names: _Names) -> Condition:
    line = node.sourceline or 0
    try:
        return read((node.text or "").strip(), names.conditions, line)
    except ConditionSyntaxError as error:
        raise BpmnSyntaxError(f"the condition cannot be read: {error}", line) from None


def _party(assignment: etree._Element) -> Expression:
    """The expression of attribute ``party``, or ``None``."""
    text = assignment.get("party")
    if not text:
        return None
    try:
        return read_json(text)
    except ConditionSyntaxError as error:
        raise BpmnSyntaxError(str(error), assignment.sourceline or 0) from None


def _value(node: etree._Element) -> Expression:
    """Text, or the Altinn expression it writes when it begins with a bracket."""
    try:
        return read_json(node.text or "")
    except ConditionSyntaxError as error:
        raise BpmnSyntaxError(str(error), node.sourceline or 0) from None


def _first_text(node: etree._Element, tag: str) -> Any:
    for extension in _extensions(node):
        child = extension.find(tag)
        if child is not None:
            return _value(child)
    return None


def _extensions(node: etree._Element) -> Iterator[etree._Element]:
    yield from node.findall(f"{BPMN}extensionElements")


def _id(node: etree._Element) -> str:
    identity = node.get("id")
    if not identity:
        raise BpmnSyntaxError(f"{_local(node)} has no id", node.sourceline or 0)
    return str(identity)


def _local(node: etree._Element) -> str:
    tag = node.tag
    return str(tag[len(BPMN) :]) if isinstance(tag, str) and tag.startswith(BPMN) else ""
