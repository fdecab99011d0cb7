"""The parts of one flow node: its events, loops and data (extensions in ``extensions.py``). Used by ``parser.py``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from engine.workflow.bpmn.conditions import ConditionSyntaxError, read
from engine.workflow.bpmn.elements import (
    AdHoc,
    Condition,
    DataAssociation,
    EventDefinition,
    Expression,
    MultiInstance,
    StandardLoop,
)
from engine.workflow.bpmn.extensions import first_value, read_value
from engine.workflow.bpmn.xml import BPMN, IB, BpmnSyntaxError

EVENT_SUFFIX = "EventDefinition"
#: Root elements events refer to: local name → attribute that carries the code, before name and id.
ROOTS = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}


@dataclass(slots=True)
class Names:
    """What a file declares outside its processes, and how its conditions are written.

    named  (kind, id) → the name or code that counts, for messages, signals, errors and escalations
    shared  id → event definition declared at the root
    operations  id of a service operation → id of the message it takes
    """

    conditions: str = "altinn"
    named: dict[tuple[str, str], str] = field(default_factory=dict)
    shared: dict[str, etree._Element] = field(default_factory=dict)
    operations: dict[str, str] = field(default_factory=dict)
    root: etree._Element | None = None

    def code(self, kind: str, reference: str) -> str:
        identity = reference.rpartition(":")[2]
        return self.named.get((kind, identity), identity)

    def definition(self, identity: str) -> etree._Element | None:
        """An event definition by its id: a shared one, else one that an event of the file holds."""
        if identity in self.shared or self.root is None:
            return self.shared.get(identity)
        held = (node for node in self.root.iter() if node.get("id") == identity and local(node).endswith(EVENT_SUFFIX))
        return next(held, None)

    def message(self, node: etree._Element) -> str:
        """The name of the message a node is about: the one it names, else that of its operation."""
        operation = node.get("operationRef") or node.findtext(f"{BPMN}operationRef") or ""
        taken = self.operations.get(operation.strip().rpartition(":")[2], "")
        return self.code("message", node.get("messageRef") or taken)


def read_names(root: etree._Element, conditions: str) -> Names:
    names = Names(conditions, root=root)
    for node in root:
        kind, identity = local(node), node.get("id", "")
        if kind in ROOTS:
            names.named[kind, identity] = node.get(ROOTS[kind]) or node.get("name") or identity
        elif kind.endswith(EVENT_SUFFIX):
            names.shared[identity] = node
        elif kind == "interface":
            for operation in node.findall(f"{BPMN}operation"):
                names.operations[operation.get("id", "")] = (operation.findtext(f"{BPMN}inMessageRef") or "").strip()
    return names


# Events


def events(node: etree._Element, names: Names) -> tuple[EventDefinition, ...]:
    """The event definitions of an event, its own and the shared ones it refers to, in document order."""
    found: list[EventDefinition] = []
    for child in node:
        kind = local(child)
        if kind.endswith(EVENT_SUFFIX):
            found.append(event_definition(child, node, names))
        elif kind == "eventDefinitionRef":
            identity = (child.text or "").strip().rpartition(":")[2]
            definition = names.definition(identity)
            if definition is None:
                raise BpmnSyntaxError(f"the event definition {identity} is not there", child.sourceline or 0)
            found.append(event_definition(definition, node, names))
    return tuple(found)


def event_definition(definition: etree._Element, node: etree._Element, names: Names) -> EventDefinition:
    kind = local(definition)[: -len(EVENT_SUFFIX)]
    if kind == "timer":
        return _timer(definition)
    if kind == "conditional":
        condition = definition.find(f"{BPMN}condition")
        return EventDefinition("conditional", condition=None if condition is None else read_condition(condition, names))
    if kind == "compensate":
        activity = definition.get("activityRef", "").rpartition(":")[2]
        return EventDefinition("compensation", activity, waits=definition.get("waitForCompletion") not in _FALSE)
    if kind == "link":
        return EventDefinition("link", definition.get("name", ""))
    reference = names.message(definition) if kind == "message" else names.code(kind, definition.get(f"{kind}Ref", ""))
    return EventDefinition(kind, reference, key=first_value(node, f"{IB}correlationKey"))


_FALSE = ("false", "0")


def _timer(definition: etree._Element) -> EventDefinition:
    for kind, tag in (("date", "timeDate"), ("duration", "timeDuration"), ("cycle", "timeCycle")):
        child = definition.find(f"{BPMN}{tag}")
        if child is not None:
            return EventDefinition("timer", timer=kind, value=read_value(child))
    return EventDefinition("timer")


# Loops


def multi_instance(node: etree._Element, names: Names) -> MultiInstance | None:
    loop = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if loop is None:
        return None
    extension = loop.find(f"{BPMN}extensionElements")
    collection = extension.find(f"{IB}collection") if extension is not None else None
    output = extension.find(f"{IB}output") if extension is not None else None
    cardinality = loop.find(f"{BPMN}loopCardinality")
    completion = loop.find(f"{BPMN}completionCondition")
    item = loop.find(f"{BPMN}inputDataItem")
    if item is not None:
        item_name = item.get("name") or item.get("id", "item")
    else:
        item_name = "item" if collection is None else collection.get("item", "item")
    reference = loop.findtext(f"{BPMN}loopDataInputRef")
    collected = loop.findtext(f"{BPMN}loopDataOutputRef")
    output_item = loop.find(f"{BPMN}outputDataItem")
    return MultiInstance(
        sequential=loop.get("isSequential") in ("true", "1"),
        collection=read_value(collection) if collection is not None else _variable(reference),
        item=item_name,
        cardinality=None if cardinality is None else _number(cardinality, names),
        completion=None if completion is None else read_condition(completion, names),
        output=output.get("collection", "") if output is not None else _name(collected),
        output_item=read_value(output) if output is not None else _item(output_item),
        behavior=loop.get("behavior", "All"),
        events=tuple(_behavior_events(loop, names)),
    )


def _behavior_events(loop: etree._Element, names: Names) -> Iterator[tuple[Condition | None, EventDefinition]]:
    """What inner instances throw when they are done; each with its condition for a complex behaviour.

    None and One throw a signal without a name when the model names nothing (BPMN 2.0, table 10.30).
    """
    behavior = loop.get("behavior", "All")
    if behavior == "Complex":
        for definition in loop.findall(f"{BPMN}complexBehaviorDefinition"):
            condition = definition.find(f"{BPMN}condition")
            for thrown in definition.findall(f"{BPMN}event"):
                for event in events(thrown, names):
                    yield (None if condition is None else read_condition(condition, names)), event
    elif behavior in ("None", "One"):
        reference = loop.get(f"{behavior.lower()}BehaviorEventRef", "").rpartition(":")[2]
        named = names.definition(reference) if reference else None
        yield None, EventDefinition("signal") if named is None else event_definition(named, loop, names)


def standard_loop(node: etree._Element, names: Names) -> StandardLoop | None:
    loop = node.find(f"{BPMN}standardLoopCharacteristics")
    if loop is None:
        return None
    condition = loop.find(f"{BPMN}loopCondition")
    maximum = loop.get("loopMaximum", "").strip()
    if maximum and (not maximum.isdecimal() or len(maximum) > 9):
        raise BpmnSyntaxError(f"loopMaximum {maximum[:20]!r} is not a number", loop.sourceline or 0)
    return StandardLoop(
        test_before=loop.get("testBefore") in ("true", "1"),
        condition=None if condition is None else read_condition(condition, names),
        maximum=int(maximum) if maximum else None,
    )


def ad_hoc(node: etree._Element, names: Names) -> AdHoc:
    completion = node.find(f"{BPMN}completionCondition")
    return AdHoc(
        sequential=node.get("ordering") == "Sequential",
        completion=None if completion is None else read_condition(completion, names),
        cancel_remaining=node.get("cancelRemainingInstances") not in _FALSE,
    )


# Data


def data_associations(
    node: etree._Element, kind: str, aliases: dict[str, str], names: Names
) -> Iterator[DataAssociation]:
    """``dataInputAssociation`` or ``dataOutputAssociation``: what is copied where, variables by name."""
    for association in node.findall(f"{BPMN}{kind}"):
        target = _alias(association.findtext(f"{BPMN}targetRef"), aliases)
        assignments = association.findall(f"{BPMN}assignment")
        for assignment in assignments:
            source, to = assignment.find(f"{BPMN}from"), assignment.find(f"{BPMN}to")
            if source is not None and to is not None:
                yield DataAssociation(_from(source, names), _alias(to.text, aliases) or target)
        if not assignments:
            for source in association.findall(f"{BPMN}sourceRef"):
                yield DataAssociation(_variable(_alias(source.text, aliases)), target)


def _alias(reference: str | None, aliases: dict[str, str]) -> str:
    name = (reference or "").strip().lstrip("$").rpartition(":")[2]
    return aliases.get(name, name)


def _from(node: etree._Element, names: Names) -> Expression:
    """An assignment's source: an expression when it reads as one, else the text itself."""
    try:
        return read((node.text or "").strip(), names.conditions).expression
    except ConditionSyntaxError:
        return (node.text or "").strip()


def _name(reference: str | None) -> str:
    return (reference or "").strip().rpartition(":")[2]


def _variable(reference: str | None) -> Expression:
    name = _name(reference)
    return ["dataModel", name] if name else None


def _item(node: etree._Element | None) -> Expression:
    return None if node is None else ["dataModel", node.get("name") or node.get("id", "")]


def groups(node: etree._Element) -> Iterator[str]:
    """Who the model names as potential owners or performers of a task."""
    for tag in ("potentialOwner", "humanPerformer", "performer"):
        for owner in node.findall(f"{BPMN}{tag}"):
            text = owner.findtext(f"{BPMN}resourceAssignmentExpression/{BPMN}formalExpression")
            for name in (text or owner.findtext(f"{BPMN}resourceRef") or "").split(","):
                if name.strip():
                    yield name.strip()


# Expressions


def read_condition(node: etree._Element, names: Names) -> Condition:
    """A condition; one that cannot be read says so in ``error`` and is listed by the validator."""
    line, text = node.sourceline or 0, (node.text or "").strip()
    try:
        return read(text, names.conditions, line)
    except ConditionSyntaxError as error:
        return Condition(text, None, line, str(error))


def _number(node: etree._Element, names: Names) -> Expression:
    """A loop cardinality: a number, an Altinn expression, or a foreign expression that gives a number."""
    text = (node.text or "").strip()
    if text.isdecimal() or names.conditions == "altinn":
        return read_value(node)
    try:
        return read(text, names.conditions).expression
    except ConditionSyntaxError as error:
        raise BpmnSyntaxError(f"the cardinality cannot be read: {error}", node.sourceline or 0) from None


def local(node: etree._Element) -> str:
    """The BPMN local name, or "" for an element of another namespace."""
    tag = node.tag
    return str(tag[len(BPMN) :]) if isinstance(tag, str) and tag.startswith(BPMN) else ""
