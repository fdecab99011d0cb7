"""The standard's XML schema: known elements and attributes, values of their kind, children in order and number.

The vocabulary is the table; these are its readers. Diagrams (BPMN DI) and what
stands in ``extensionElements`` are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.workflow.bpmn.conformance.catalogue import Rule
from engine.workflow.bpmn.conformance.model import NODES, Model, Node, at, children, event_kind, local
from engine.workflow.bpmn.conformance.vocabulary import Entry, Kind, entry
from engine.workflow.bpmn.elements import Finding
from engine.workflow.bpmn.xml import BPMN, XSI_TYPE

DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_NAME = re.compile(r"[^\W\d][\w.\-·]*\Z")
_QNAME = re.compile(r"([^\W\d][\w.\-·]*:)?[^\W\d][\w.\-·]*\Z")
_NUMBER = re.compile(r"[+-]?\d+\Z")
_MIME = re.compile(r"[\w.+-]+/[\w.+-]+\s*(;.*)?\Z", re.ASCII | re.DOTALL)
_TYPES = {
    "id": (_NAME, "an XML name: a letter or _ first, no spaces"),
    "ref": (_NAME, "the id of an element of this file"),
    "qname": (_QNAME, "an id, with or without a prefix"),
    "int": (_NUMBER, "a whole number"),
    "bool": (re.compile(r"(true|false|1|0)\Z"), "true or false"),
}


def _written(model: Model) -> Iterator[tuple[Node, Entry]]:
    """Every element the standard knows, with what it says of it."""
    for kind, nodes in model.all.items():
        for node in nodes:
            found = entry(local(node.getparent()), kind)
            if found is not None:
                yield node, found


def the_root_is_definitions(model: Model) -> Iterator[Finding]:
    if model.root.tag != f"{BPMN}definitions":
        yield at(
            model.root,
            "XSD.root",
            "the file is not BPMN 2.0: its root is not definitions in the namespace of the standard",
            f"the namespace is {BPMN[1:-1]}",
        )


def elements_are_known(model: Model) -> Iterator[Finding]:
    for node, known in _written(model):
        if known.content is not None and known.content.name == "any":
            continue
        allowed = frozenset().union(*(slot.names for slot in known.slots)) if known.slots else frozenset()
        for child in node:
            name = local(child)
            if name not in allowed and not (local(node) == "definitions" and child.tag.startswith(DIAGRAM)):
                shown = name or child.tag
                yield at(
                    child,
                    "XSD.element",
                    f"{local(node)} has no element {shown}",
                    "" if name else "what is not of the standard belongs in extensionElements",
                    parameters={"node": local(node)},
                )


def children_stand_in_order(model: Model) -> Iterator[Finding]:
    for node, known in _written(model):
        if known.content is not None:
            continue
        place = {name: index for index, slot in enumerate(known.slots) for name in slot.names}
        counts = [0] * len(known.slots)
        last = 0
        for child in node:
            index = place.get(local(child))
            if index is None:
                continue
            counts[index] += 1
            if index < last:
                before = known.slots[last].label.lower()
                yield at(
                    child,
                    "XSD.order",
                    f"{local(child)} stands after {before} in its {local(node)}",
                    parameters={"child": local(child), "before": before, "node": local(node)},
                )
            last = max(last, index)
        for slot, count in zip(known.slots, counts, strict=True):
            if count < slot.min_count:
                yield at(
                    node,
                    "XSD.number",
                    f"{local(node)} has {count or 'no'} {slot.label}, it needs {slot.min_count}",
                    parameters={"node": local(node), "min_count": slot.min_count},
                )
            elif slot.max_count is not None and count > slot.max_count:
                yield at(
                    node,
                    "XSD.number",
                    f"{local(node)} has {count} {slot.label}, at most {slot.max_count} may stand",
                    parameters={"node": local(node), "count": count, "max_count": slot.max_count},
                )


def attributes_are_known(model: Model) -> Iterator[Finding]:
    for node, known in _written(model):
        for name in node.attrib:
            if name.startswith("{"):
                if not name.startswith(BPMN):
                    continue
            elif name in known.attributes:
                continue
            yield at(
                node,
                "XSD.attribute",
                f"{local(node)} has no attribute {name.removeprefix(BPMN)}",
                parameters={"node": local(node), "name": name.removeprefix(BPMN)},
            )
        for name, kind in known.attributes.items():
            if kind.required and node.get(name) is None:
                yield at(
                    node,
                    "XSD.attribute",
                    f"{local(node)} has no {name}, which it needs",
                    f"write {name}",
                    parameters={"node": local(node), "name": name},
                )


def values_are_of_their_kind(model: Model) -> Iterator[Finding]:
    for node, known in _written(model):
        for name, kind in known.attributes.items():
            value = node.get(name)
            if value is not None and (expected := _unmet(kind, value)):
                yield at(
                    node,
                    "XSD.value",
                    f"{name} {value[:60]!r} is not {expected}",
                    parameters={"name": name, "value": value[:60]},
                )
        if known.content is not None and (expected := _unmet(known.content, node.text or "")):
            yield at(
                node,
                "XSD.value",
                f"{local(node)} {(node.text or '')[:60]!r} is not {expected}",
                parameters={"node": local(node)},
            )
        written = str(node.get(XSI_TYPE, "")).rpartition(":")[2]
        if written and "evaluatesToTypeRef" in known.attributes and written not in ("tExpression", "tFormalExpression"):
            yield at(
                node,
                "XSD.value",
                f"xsi:type {written!r} is neither tExpression nor tFormalExpression",
                parameters={"written": written},
            )


def _unmet(kind: Kind, value: str) -> str:
    """What the value should have been, or an empty text when it is that."""
    if kind.name == "choice":
        return "" if value in kind.choices else f"one of {', '.join(kind.choices)}"
    pattern, wanted = _TYPES.get(kind.name, (None, ""))
    return "" if pattern is None or pattern.match(value.strip()) else wanted


def text_stands_where_it_may(model: Model) -> Iterator[Finding]:
    for node, known in _written(model):
        if known.content is None and ((node.text or "").strip() or any((child.tail or "").strip() for child in node)):
            yield at(
                node,
                "XSD.text",
                f"{local(node)} holds a text of its own",
                "a text belongs in documentation",
                parameters={"node": local(node)},
            )


def elements_have_an_id_of_their_own(model: Model) -> Iterator[Finding]:
    for node in model.repeated:
        yield at(
            node,
            "EXT.002",
            f"the id {node.get('id')} is used twice",
            "give each element an id of its own",
            parameters={"id": node.get("id")},
        )
    for node in model.nodes:
        if not node.get("id") and local(node) in NODES:
            yield at(
                node, "EXT.003", f"a {local(node)} is referred to and needs an id", parameters={"node": local(node)}
            )


def text_formats_are_media_types(model: Model) -> Iterator[Finding]:
    for number, kind in (("EXT.004", "documentation"), ("EXT.010", "textAnnotation")):
        for node in model.each(kind):
            written = node.get("textFormat")
            if written is not None and not _MIME.match(written.strip()):
                yield at(
                    node,
                    number,
                    f"textFormat {written[:60]!r} is no media type",
                    "write for example text/plain",
                    parameters={"written": written[:60]},
                )


def resources_are_named_one_way(model: Model) -> Iterator[Finding]:
    for role in model.each("resourceRole", "performer", "humanPerformer", "potentialOwner"):
        named = children(role, "resourceRef", "resourceParameterBinding")
        if named and children(role, "resourceAssignmentExpression"):
            yield at(role, "BPMN.resource-twice", "a resource is named or found by an expression, not both")


def activities_loop_one_way(model: Model) -> Iterator[Finding]:
    for node in model.nodes:
        if len([child for child in node if local(child).endswith("LoopCharacteristics")]) > 1:
            yield at(node, "BPMN.loop-twice", "an activity has at most one loop")


def definitions_are_of_a_kind(model: Model) -> Iterator[Finding]:
    for node in model.each("eventDefinition"):
        if not event_kind(node):
            yield at(node, "BPMN.abstract-definition", "an event definition is a message, a timer, or another kind")


RULES = (
    Rule("8.2.1", ("XSD.root",), the_root_is_definitions),
    Rule("8.2", ("XSD.element",), elements_are_known),
    Rule("8.2", ("XSD.order", "XSD.number"), children_stand_in_order),
    Rule("8.2", ("XSD.attribute",), attributes_are_known),
    Rule("8.2", ("XSD.value",), values_are_of_their_kind),
    Rule("8.2", ("XSD.text",), text_stands_where_it_may),
    Rule("8.3.1", ("EXT.002", "EXT.003"), elements_have_an_id_of_their_own),
    Rule("8.3.1, 8.4.1", ("EXT.004", "EXT.010"), text_formats_are_media_types),
    Rule("10.3.1", ("BPMN.resource-twice",), resources_are_named_one_way),
    Rule("10.3.8", ("BPMN.loop-twice",), activities_loop_one_way),
    Rule("10.5.5", ("BPMN.abstract-definition",), definitions_are_of_a_kind),
)
