"""The rules of the standard's XML schema that matter to a reader: ids, references, order, obligatory parts."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.conformance.model import ACTIVITIES, GATEWAYS, Model, Rule, at, children, event_kind, local
from engine.bpmn.elements import Finding
from engine.bpmn.parser import EVENTS, NODES

#: attribute → what it may point at
REFERENCES: dict[str, frozenset[str]] = {
    "messageRef": frozenset({"message"}),
    "signalRef": frozenset({"signal"}),
    "errorRef": frozenset({"error"}),
    "escalationRef": frozenset({"escalation"}),
    "processRef": frozenset({"process"}),
    "dataObjectRef": frozenset({"dataObject"}),
    "dataStoreRef": frozenset({"dataStore"}),
    "itemSubjectRef": frozenset({"itemDefinition"}),
    "itemRef": frozenset({"itemDefinition"}),
    "default": frozenset({"sequenceFlow"}),
    "activityRef": ACTIVITIES,
}
#: element → attributes it must have
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "definitions": ("targetNamespace",),
    "sequenceFlow": ("sourceRef", "targetRef"),
    "messageFlow": ("sourceRef", "targetRef"),
    "association": ("sourceRef", "targetRef"),
    "conversationLink": ("sourceRef", "targetRef"),
    "linkEventDefinition": ("name",),
    "boundaryEvent": ("attachedToRef",),
    "interface": ("name",),
    "operation": ("name",),
    "import": ("importType", "namespace"),
}
#: element → child elements it must have
PARTS: dict[str, tuple[str, ...]] = {
    "ioSpecification": ("inputSet", "outputSet"),
    "conditionalEventDefinition": ("condition",),
    "dataInputAssociation": ("targetRef",),
    "dataOutputAssociation": ("targetRef",),
    "assignment": ("from", "to"),
    "operation": ("inMessageRef",),
    "interface": ("operation",),
    "correlationProperty": ("correlationPropertyRetrievalExpression",),
    "correlationPropertyRetrievalExpression": ("messagePath",),
    "correlationPropertyBinding": ("dataPath",),
    "choreographyTask": ("participantRef", "messageFlowRef"),
}
_FIRST = (
    "documentation",
    "extensionElements",
    "auditing",
    "monitoring",
    "categoryValueRef",
    "incoming",
    "outgoing",
)
_ACTIVITY = ("ioSpecification", "property", "dataInputAssociation", "dataOutputAssociation")
_EVENT = (
    "property",
    "dataOutput",
    "dataInput",
    "dataOutputAssociation",
    "dataInputAssociation",
    "outputSet",
    "inputSet",
)
_BOOLEANS = (
    "isExecutable",
    "isClosed",
    "isInterrupting",
    "cancelActivity",
    "parallelMultiple",
    "isForCompensation",
    "triggeredByEvent",
    "instantiate",
    "isSequential",
    "isCollection",
)


def ids_are_unique(model: Model) -> Iterator[Finding]:
    seen: set[str] = set()
    for nodes in model.all.values():
        for node in nodes:
            identity = node.get("id")
            if identity in seen and identity is not None:
                yield at(node, "duplicate-id", f"the id {identity} is used twice")
            seen.add(identity or "")


def references_lead_somewhere(model: Model) -> Iterator[Finding]:
    for nodes in model.all.values():
        for node in nodes:
            for name, kinds in REFERENCES.items():
                reference = node.get(name)
                if not reference or model.is_foreign(node, reference):
                    continue
                if local(model.find(reference)) not in kinds:
                    yield at(node, "reference", f"{name} does not point at a {' or '.join(sorted(kinds))}")


def children_stand_in_order(model: Model) -> Iterator[Finding]:
    for node in model.nodes:
        kind = local(node)
        order = _FIRST + (_ACTIVITY if kind in ACTIVITIES else _EVENT if kind in EVENTS else ())
        rank = -1
        for child in node:
            name = local(child) if not event_kind(child) else ""
            place = order.index(name) if name in order else len(order)
            if local(child) and place < rank:
                yield at(child, "child-order", f"{local(child)} stands too late in its {kind}")
                break
            rank = max(rank, place) if local(child) else rank


def parts_are_there(model: Model) -> Iterator[Finding]:
    for kind, names in ATTRIBUTES.items():
        for node in model.each(kind):
            for name in names:
                if node.get(name) is None:
                    yield at(node, "attribute-missing", f"{kind} has no {name}")
    for kind, names in PARTS.items():
        for node in model.each(kind):
            for name in names:
                if not children(node, name):
                    yield at(node, "part-missing", f"{kind} has no {name}")
    for timer in model.each("timerEventDefinition"):
        if len(children(timer, "timeDate", "timeDuration", "timeCycle")) > 1:
            yield at(timer, "timer-twice", "a timer has one of date, duration and cycle")
    for node in model.nodes:
        loops = children(node, "standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
        if len(loops) > 1:
            yield at(node, "loop-twice", "an activity has at most one loop")


def values_are_known(model: Model) -> Iterator[Finding]:
    for nodes in model.all.values():
        for node in nodes:
            for name in _BOOLEANS:
                value = node.get(name)
                if value is not None and value.strip() not in ("true", "false", "1", "0"):
                    yield at(node, "value", f"{name} is true or false")
    directions = ("Unspecified", "Converging", "Diverging", "Mixed")
    for node in model.each(*sorted(GATEWAYS)):
        if node.get("gatewayDirection", "Unspecified") not in directions:
            yield at(node, "value", f"gatewayDirection is one of {', '.join(directions)}")


def nodes_have_ids(model: Model) -> Iterator[Finding]:
    for node in model.nodes:
        if not node.get("id") and local(node) in NODES:
            yield at(node, "no-id", f"a {local(node)} needs an id")


RULES: tuple[Rule, ...] = (
    ids_are_unique,
    references_lead_somewhere,
    children_stand_in_order,
    parts_are_there,
    values_are_known,
    nodes_have_ids,
)
