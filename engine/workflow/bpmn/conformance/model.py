"""A BPMN file as the rules of the standard see it: the whole tree, indexed once, and the files it imports.

The parser keeps what is executed; these rules also check what is not executed
(collaborations, data associations, correlation), so they read the tree itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from engine.workflow.bpmn.conformance.vocabulary import members
from engine.workflow.bpmn.elements import Finding
from engine.workflow.bpmn.xml import ALTINN, BPMN, IB, XSI_TYPE

Node = Any
"""One lxml element."""

SCOPES = members("SUBPROCESS")
CONTAINERS = SCOPES | {"process"}
GATEWAYS = members("GATEWAY")
ACTIVITIES = members("ACTIVITY")
CATCHING = members("CATCH")
THROWING = frozenset({"intermediateThrowEvent", "endEvent"})
EVENTS = CATCHING | THROWING
NODES = ACTIVITIES | GATEWAYS | EVENTS
ARTIFACTS = members("ARTIFACT")


class Model:
    """Index over one tree. ``imports`` holds the models of other files by their namespace.

    ``unread`` are the namespaces of imports that are no BPMN or could not be
    read; what a name in them stands for is unknown, so it is not checked.
    """

    def __init__(self, root: Node) -> None:
        self.root = root
        self.namespace: str = root.get("targetNamespace", "")
        self.imports: dict[str, list[Model]] = {}
        self.unread: set[str] = set()
        self.all: dict[str, list[Node]] = {}
        self.by_id: dict[str, Node] = {}
        self.repeated: list[Node] = []
        pending = [root]
        while pending:
            node = pending.pop()
            kind = local(node)
            self.all.setdefault(kind, []).append(node)
            identity = node.get("id")
            if identity is not None and self.by_id.setdefault(identity, node) is not node:
                self.repeated.append(node)
            if kind != "extensionElements":
                pending += [child for child in reversed(node) if local(child)]

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
        return grouped(self.flows, "sourceRef")

    @cached_property
    def incoming(self) -> dict[str, list[Node]]:
        """Sequence flows by the id of their target."""
        return grouped(self.flows, "targetRef")

    @cached_property
    def lists_flows(self) -> bool:
        """The file writes ``incoming`` and ``outgoing`` at all; some tools leave them out everywhere."""
        return bool(self.all.get("incoming") or self.all.get("outgoing"))

    def into(self, node: Node) -> set[str]:
        """Flows that lead to the node, by what is drawn or by what it lists."""
        return self._drawn(self.incoming, node) | set(texts(node, "incoming"))

    def out_of(self, node: Node) -> set[str]:
        return self._drawn(self.outgoing, node) | set(texts(node, "outgoing"))

    def incoming_ids(self, node: Node) -> set[str]:
        """Flows the node itself says lead to it; in a file without such lists, those drawn."""
        return set(texts(node, "incoming")) if self.lists_flows else self._drawn(self.incoming, node)

    def outgoing_ids(self, node: Node) -> set[str]:
        return set(texts(node, "outgoing")) if self.lists_flows else self._drawn(self.outgoing, node)

    def _drawn(self, flows: dict[str, list[Node]], node: Node) -> set[str]:
        return {flow.get("id", "") for flow in flows.get(node.get("id", ""), ())}

    @cached_property
    def boundaries(self) -> dict[str, list[Node]]:
        """Boundary events by the id of what they sit on."""
        return grouped(self.each("boundaryEvent"), "attachedToRef")

    @cached_property
    def dialect(self) -> bool:
        """The file is written in Altinn's or our own dialect, which leaves out ``xsi:type``."""
        ours = {ALTINN[1:-1], IB[1:-1]}
        if ours & set(self.root.nsmap.values()):
            return True
        return any(ours & set(node.nsmap.values()) for node in self.root.iterfind(f".//{BPMN}extensionElements/*"))

    def resolve(self, node: Node, reference: str | None) -> tuple[Model, Node] | None:
        """Where a name written at *node* leads, and in which file; ``None`` when nowhere."""
        prefix, _, identity = (reference or "").strip().rpartition(":")
        here = not prefix or self.is_local(node, prefix)
        namespace = self.namespace if here else node.nsmap.get(prefix, "")
        for home in ([self] if here else []) + self.imports.get(namespace, []):
            if identity in home.by_id:
                return home, home.by_id[identity]
        return None

    def find(self, node: Node, reference: str | None) -> Node | None:
        """What a name written at *node* stands for, here or in an imported file, or ``None``."""
        found = self.resolve(node, reference)
        return None if found is None else found[1]

    def is_local(self, node: Node, prefix: str) -> bool:
        """The prefix means this file: its target namespace, or the standard's own, as some tools write."""
        return node.nsmap.get(prefix) in (self.namespace, BPMN[1:-1])

    def executable(self, node: Node) -> bool:
        """Stands in a process marked executable."""
        process = next(node.iterancestors(f"{BPMN}process"), None)
        return process is not None and is_true(process, "isExecutable")

    def definitions(self, event: Node) -> list[Node]:
        """The event's definitions: its own, and the shared ones it refers to where they can be found."""
        found = [child for child in event if event_kind(child)]
        for reference in children(event, "eventDefinitionRef"):
            target = self.find(event, reference.text)
            if target is not None and event_kind(target):
                found.append(target)
        return found

    def event_kinds(self, event: Node) -> list[str]:
        """Kinds of the event's definitions; "unknown" for one that cannot be found."""
        kinds = [event_kind(definition) for definition in self.definitions(event)]
        written = sum(bool(event_kind(child)) or local(child) == "eventDefinitionRef" for child in event)
        return kinds + ["unknown"] * (written - len(kinds))

    def item(self, node: Node | None, attribute: str = "itemSubjectRef") -> str | None:
        """The structure an element's item definition stands for: two of the same structure are equivalent."""
        found = None if node is None else self.resolve(node, node.get(attribute))
        if found is None or local(found[1]) != "itemDefinition":
            return None
        home, definition = found
        return definition.get("structureRef") or f"{home.namespace}#{definition.get('id')}"


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
    return [(child.text or "").strip().rpartition(":")[2] for child in children(node, kind)]


def event_kind(node: Node) -> str:
    name = local(node)
    return name[: -len("EventDefinition")] if name.endswith("EventDefinition") else ""


def is_true(node: Node, attribute: str) -> bool:
    return (node.get(attribute) or "").strip() in ("true", "1")


def is_false(node: Node, attribute: str) -> bool:
    """Written out as false; what is not written is not known here."""
    return (node.get(attribute) or "").strip() in ("false", "0")


def is_formal(node: Node) -> bool:
    return str(node.get(XSI_TYPE, "")).rpartition(":")[2] == "tFormalExpression"


def scope_of(node: Node) -> Node | None:
    """The process or subprocess an element stands in."""
    return next((above for above in node.iterancestors() if local(above) in CONTAINERS), None)


def at(
    node: Node,
    rule: str,
    message: str,
    suggestion: str = "",
    severity: str = "error",
    parameters: Mapping[str, object] | None = None,
) -> Finding:
    """A finding of the standard's own rules, at the nearest element that has an id."""
    named = node
    while named.get("id") is None and named.getparent() is not None:
        named = named.getparent()
    return Finding(named.get("id", ""), rule, message, node.sourceline or 0, severity, suggestion, parameters or {})


def grouped(nodes: Iterable[Node], attribute: str) -> dict[str, list[Node]]:
    """Elements by the id an attribute of theirs names, without prefix."""
    found: dict[str, list[Node]] = {}
    for node in nodes:
        found.setdefault((node.get(attribute) or "").strip().rpartition(":")[2], []).append(node)
    return found
