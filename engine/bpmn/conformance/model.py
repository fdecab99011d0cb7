"""A BPMN file as the rules of the standard see it: the whole tree, indexed once.

The parser keeps what is executed; these rules also judge what is not executed
(collaborations, data associations, correlation), so they read the tree itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from engine.bpmn.elements import Finding
from engine.bpmn.parser import EVENTS, NODES, SCOPES
from engine.bpmn.parts import ALTINN, BPMN, IB, XSI_TYPE

Node = Any
"""One lxml element."""

CONTAINERS = SCOPES | {"process"}
GATEWAYS = frozenset(n for n in NODES if n.endswith("Gateway"))
ACTIVITIES = NODES - EVENTS - GATEWAYS


class Model:
    """Index over one tree. Every lookup is by id; a prefix that names another file resolves to nothing."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.all: dict[str, list[Node]] = {}
        self.by_id: dict[str, Node] = {}
        for node in root.iter(f"{BPMN}*"):
            self.all.setdefault(local(node), []).append(node)
            if node.get("id"):
                self.by_id.setdefault(node.get("id"), node)

    def each(self, *kinds: str) -> Iterator[Node]:
        """Every element with one of these local names."""
        for kind in kinds:
            yield from self.all.get(kind, ())

    @cached_property
    def nodes(self) -> list[Node]:
        """Every flow node that stands in a process or subprocess."""
        return [n for n in self.each(*sorted(NODES)) if local(n.getparent()) in CONTAINERS]

    @cached_property
    def flows(self) -> list[Node]:
        return [f for f in self.each("sequenceFlow") if local(f.getparent()) in CONTAINERS]

    @cached_property
    def outgoing(self) -> dict[str, list[Node]]:
        """Sequence flows by the id of their source."""
        return _grouped(self.flows, "sourceRef")

    @cached_property
    def incoming(self) -> dict[str, list[Node]]:
        """Sequence flows by the id of their target."""
        return _grouped(self.flows, "targetRef")

    @cached_property
    def dialect(self) -> bool:
        """The file is written in Altinn's or our own dialect, which leaves out ``xsi:type``."""
        ours = {ALTINN[1:-1], IB[1:-1]}
        return any(ours & set(n.nsmap.values()) for n in self.root.iter(f"{BPMN}*") if n.nsmap)

    def find(self, reference: str | None) -> Node | None:
        """What a QName points at in this file, or ``None``."""
        return self.by_id.get((reference or "").strip().rpartition(":")[2])

    def is_foreign(self, node: Node, reference: str) -> bool:
        """The QName's prefix names another file's namespace."""
        prefix, _, _ = reference.strip().rpartition(":")
        return bool(prefix) and node.nsmap.get(prefix) != self.root.get("targetNamespace")

    def executable(self, node: Node) -> bool:
        """Stands in a process marked executable."""
        process = next(node.iterancestors(f"{BPMN}process"), None)
        return process is not None and process.get("isExecutable") == "true"

    def event_kinds(self, event: Node) -> list[str]:
        """Kinds of the event's definitions, its own and the shared ones it refers to."""
        kinds = [kind for child in event if (kind := event_kind(child))]
        for reference in children(event, "eventDefinitionRef"):
            target = self.find(reference.text)
            kinds.append(event_kind(target) if target is not None else "unknown")
        return kinds

    def item(self, reference: str | None) -> str | None:
        """The structure an item definition stands for: two of the same structure are equivalent."""
        definition = self.find(reference)
        if definition is None or local(definition) != "itemDefinition":
            return None
        return definition.get("structureRef") or f"#{definition.get('id')}"


Rule = Callable[[Model], Iterator[Finding]]


def local(node: Node | None) -> str:
    """Local name in the BPMN namespace, else an empty text."""
    if node is None or not isinstance(node.tag, str) or not node.tag.startswith(BPMN):
        return ""
    return str(node.tag[len(BPMN) :])


def children(node: Node, *kinds: str) -> list[Node]:
    """Direct children with one of these local names."""
    return [child for child in node if local(child) in kinds]


def texts(node: Node, kind: str) -> list[str]:
    """Ids that child elements of *kind* carry as text, without prefix."""
    return [(c.text or "").strip().rpartition(":")[2] for c in children(node, kind)]


def event_kind(node: Node) -> str:
    name = local(node)
    return name[: -len("EventDefinition")] if name.endswith("EventDefinition") else ""


def is_formal(node: Node) -> bool:
    return str(node.get(XSI_TYPE, "")).rpartition(":")[2] == "tFormalExpression"


def at(node: Node, rule: str, message: str, suggestion: str = "") -> Finding:
    """A finding of the standard's own rules: always an error."""
    named = node
    while named.get("id") is None and named.getparent() is not None:
        named = named.getparent()
    return Finding(named.get("id", ""), rule, message, node.sourceline or 0, "error", suggestion)


def _grouped(flows: list[Node], attribute: str) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for flow in flows:
        found.setdefault(flow.get(attribute, ""), []).append(flow)
    return found
