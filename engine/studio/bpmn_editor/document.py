"""One BPMN file opened for a change and closed again: comments and foreign elements stay, references follow.

Read with the parser's own guards first (size, DOCTYPE, entities), then once more with its comments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.studio.identifiers import plain_words
from engine.workflow.bpmn.xml import read_xml
from engine.workflow.errors import Refusal

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ALTINN = "{http://altinn.no/process}"
IB = "{http://ibalanse.no/process}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
NAMESPACES = {"altinn": ALTINN[1:-1], "ib": IB[1:-1]}
SCOPES = ("process", "subProcess", "transaction", "adHocSubProcess")
Files = Mapping[str, bytes]

#: What the standard's schema has before anything else in a flow node, in its order.
_ORDER = (
    "documentation",
    "extensionElements",
    "auditing",
    "monitoring",
    "categoryValueRef",
    "incoming",
    "outgoing",
    "ioSpecification",
    "property",
    "dataInputAssociation",
    "dataOutputAssociation",
    "performer",
    "humanPerformer",
    "potentialOwner",
    "resourceRole",
    "standardLoopCharacteristics",
    "multiInstanceLoopCharacteristics",
)


class EditRefused(Refusal, ValueError):
    """The change cannot be made; ``key`` names the sentence that says why, ``field`` what it is about."""

    code = "edit_refused"

    def __init__(self, key: str, field: str = "", **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.field = field
        self.values = values


def open_process(files: Files) -> etree._Element:
    """The root of ``process.bpmn``, comments included. Raises ``BpmnSyntaxError``."""
    return read_commented(files["process.bpmn"])


def read_commented(data: bytes) -> etree._Element:
    read_xml(data)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=False)
    return etree.fromstring(data, parser)


def close_process(files: Files, root: etree._Element, *, redraw: bool = False) -> dict[str, bytes]:
    """New files with the changed process.

    *redraw*: what is where has changed, so a diagram the file carries is taken out; it is laid out again when needed.
    """
    if redraw:
        for diagram in root.findall(f"{BPMNDI}BPMNDiagram"):
            root.remove(diagram)
    _refer(root)
    return {**files, "process.bpmn": written(root)}


def written(root: etree._Element) -> bytes:
    etree.indent(root, space="  ")
    data: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return data


def local(node: etree._Element) -> str:
    """The BPMN local name, "" for a comment or an element of another namespace."""
    return node.tag[len(BPMN) :] if isinstance(node.tag, str) and node.tag.startswith(BPMN) else ""


def is_node(node: etree._Element) -> bool:
    """Whether it is a flow node: something a way may lead to or from."""
    kind = local(node)
    return kind.endswith(("Task", "Event", "Gateway", "SubProcess")) or kind in (
        "task",
        "subProcess",
        "transaction",
        "callActivity",
    )


def find_step(root: etree._Element, element_id: str) -> etree._Element:
    """The flow node, or sequence flow, of that id."""
    found = root.xpath("//*[@id=$id]", id=element_id)
    if not found or not (is_node(found[0]) or local(found[0]) == "sequenceFlow"):
        raise EditRefused("edit.gone")
    return found[0]


def outgoing_flows(root: etree._Element, element_id: str) -> list[etree._Element]:
    return [f for f in root.iter(f"{BPMN}sequenceFlow") if f.get("sourceRef") == element_id]


def incoming_flows(root: etree._Element, element_id: str) -> list[etree._Element]:
    return [f for f in root.iter(f"{BPMN}sequenceFlow") if f.get("targetRef") == element_id]


def insert_child(node: etree._Element, child: etree._Element) -> etree._Element:
    """*child* in *node*, where the standard's schema wants it."""
    rank = _rank(child)
    for number, other in enumerate(node):
        if isinstance(other.tag, str) and _rank(other) > rank:
            node.insert(number, child)
            return child
    node.append(child)
    return child


def _rank(node: etree._Element) -> int:
    kind = local(node)
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def extensions(step: etree._Element) -> etree._Element:
    """The extension elements of a step, made when there are none."""
    found = step.find(f"{BPMN}extensionElements")
    return insert_child(step, etree.Element(f"{BPMN}extensionElements")) if found is None else found


def new_id(root: etree._Element, name: str) -> str:
    """An id nobody has, that reads as the name: "Undersøk innsyn" → UndersokInnsyn."""
    base = "".join(word.capitalize() for word in plain_words(name))[:30] or "Step"
    base = base if base[0].isalpha() else f"Step{base}"
    taken = set(root.xpath("//@id"))
    number, candidate = 1, base
    while candidate in taken:
        number += 1
        candidate = f"{base}{number}"
    return candidate


def flow_after(node: etree._Element, root: etree._Element, source: str, target: str) -> etree._Element:
    """A new way from *source* to *target*, written after *node*."""
    flow = etree.Element(f"{BPMN}sequenceFlow", sourceRef=source, targetRef=target)
    flow.set("id", new_flow_id(root, source, target))
    node.addnext(flow)
    return flow


def new_flow_id(root: etree._Element, source: str, target: str) -> str:
    taken = set(root.xpath("//@id"))
    number, candidate = 1, f"{source}_{target}"
    while candidate in taken:
        number += 1
        candidate = f"{source}_{target}_{number}"
    return candidate


def drop_flow(root: etree._Element, flow: etree._Element) -> None:
    """Take a way out, and whoever had it as default forgets it."""
    for node in root.xpath("//*[@default=$id]", id=flow.get("id")):
        node.attrib.pop("default")
    drop(flow)


def drop(node: etree._Element) -> None:
    """Take a node out; what is written after it stays."""
    parent, tail = node.getparent(), node.tail or ""
    before = node.getprevious()
    if tail.strip():
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    parent.remove(node)


def process_of(root: etree._Element) -> etree._Element:
    """The executable process of the file."""
    found = root.findall(f"{BPMN}process")
    return next((p for p in found if p.get("isExecutable", "true") not in ("false", "0")), found[0])


def inside(node: etree._Element) -> Iterator[etree._Element]:
    """Every flow node within *node*, at any depth."""
    return (child for child in node.iter(f"{BPMN}*") if child is not node and is_node(child))


def _refer(root: etree._Element) -> None:
    """``incoming`` and ``outgoing`` follow the ways, in files that write them; lanes forget what is gone."""
    known = {node.get("id") for node in root.iter(f"{BPMN}*") if is_node(node)}
    for lane in root.iter(f"{BPMN}lane"):
        for reference in lane.findall(f"{BPMN}flowNodeRef"):
            if (reference.text or "").strip().rpartition(":")[2] not in known:
                drop(reference)
    for line in list(root.iter(f"{BPMN}association")):
        if not all(root.xpath("//*[@id=$id]", id=line.get(end, "").rpartition(":")[2]) for end in _ENDS):
            drop(line)
    if not any(True for _ in root.iter(f"{BPMN}incoming", f"{BPMN}outgoing")):
        return
    leading: dict[str, list[str]] = {}
    coming: dict[str, list[str]] = {}
    for flow in root.iter(f"{BPMN}sequenceFlow"):
        leading.setdefault(flow.get("sourceRef", ""), []).append(flow.get("id", ""))
        coming.setdefault(flow.get("targetRef", ""), []).append(flow.get("id", ""))
    for node in [node for node in root.iter(f"{BPMN}*") if is_node(node)]:
        _rewrite(node, "incoming", coming.get(node.get("id", ""), []))
        _rewrite(node, "outgoing", leading.get(node.get("id", ""), []))


_ENDS = ("sourceRef", "targetRef")


def _rewrite(node: etree._Element, kind: str, wanted: list[str]) -> None:
    there = node.findall(f"{BPMN}{kind}")
    if [(child.text or "").strip().rpartition(":")[2] for child in there] == wanted:
        return
    for child in there:
        drop(child)
    for flow_id in wanted:
        child = etree.Element(f"{BPMN}{kind}")
        child.text = flow_id
        insert_child(node, child)
