"""What a file holds that this engine does not read or execute, read from the tree itself.

``validator`` checks a process that ``parser`` could read. These findings need
no parser, so even a file that cannot be parsed gets a whole list, and what
other engines write into extensions is named instead of silently passed over.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.bpmn.conformance.model import EVENTS, NODES, Model, Node, at, children, is_true, local
from engine.workflow.bpmn.conformance.vocabulary import members
from engine.workflow.bpmn.elements import Finding
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.bpmn.xml import ALTINN, BPMN, IB

UNSUPPORTED = "unsupported"
_READ = (BPMN, ALTINN, IB, "{http://www.w3.org/2001/XMLSchema-instance}", "{http://www.w3.org/XML/1998/namespace}")
_PICTURES = (
    "{http://www.omg.org/spec/BPMN/20100524/DI}",
    "{http://www.omg.org/spec/DD/20100524/DI}",
    "{http://www.omg.org/spec/DD/20100524/DC}",
)
_TALK = ("choreography", "globalChoreographyTask", "globalConversation", *sorted(members("TALK")))
#: The parser's word for the standard's.
_KINDS = {"compensate": "compensation"}


def executable_parts(model: Model, can: Capabilities) -> Iterator[Finding]:
    """Nodes and events of processes that cannot be executed."""
    for kind in sorted(NODES - can.elements):
        for node in model.each(kind):
            yield at(
                node,
                "element-not-executable",
                f"{kind} cannot be executed",
                severity=UNSUPPORTED,
                parameters={"kind": kind},
            )
    for event in model.each(*sorted(EVENTS & can.elements)):
        handles = local(event) == "startEvent" and is_true(event.getparent(), "triggeredByEvent")
        allowed = can.events.get("eventSubProcessStart" if handles else local(event), frozenset())
        kinds = [_KINDS.get(kind, kind) for kind in model.event_kinds(event)] or ["none"]
        for kind in dict.fromkeys(kinds + ["multiple"] * (len(kinds) > 1)):
            if kind not in allowed and kind != "unknown":
                text = f"{local(event)} with a {kind} event cannot be executed"
                yield at(
                    event,
                    "event-not-executable",
                    text,
                    severity=UNSUPPORTED,
                    parameters={"event": local(event), "kind": kind},
                )


def never_executed(model: Model) -> Iterator[Finding]:
    """Choreographies and conversations: good BPMN, a picture of who talks with whom, nothing an engine runs."""
    for kind in _TALK:
        for node in model.each(kind):
            yield at(
                node,
                "not-executed",
                f"a {kind} is a description; it is not executed",
                severity=UNSUPPORTED,
                parameters={"kind": kind},
            )
    if model.all.get("definitions") and not model.all.get("process"):
        yield at(
            model.root, "not-executed", "the file has no process, so nothing can be executed", severity=UNSUPPORTED
        )


def extensions_not_read(model: Model) -> Iterator[Finding]:
    """Attributes and extension elements of other tools, each name once, where it is first written."""
    first: dict[str, Node] = {}
    counts: dict[str, int] = {}
    for nodes in model.all.values():
        for node in nodes:
            for name in _foreign(node):
                first.setdefault(name, node)
                counts[name] = counts.get(name, 0) + 1
    for name, node in first.items():
        places = f" ({counts[name]} places)" if counts[name] > 1 else ""
        yield at(
            node,
            "extension-not-read",
            f"{_short(node, name)} is not read{places}",
            severity=UNSUPPORTED,
            parameters={"node": _short(node, name), "places": places},
        )


def _foreign(node: Node) -> Iterator[str]:
    for name in node.attrib:
        if name.startswith("{") and not name.startswith(_READ):
            yield f"@{name}"
    for extensions in children(node, "extensionElements"):
        for child in extensions:
            if not child.tag.startswith((*_READ, *_PICTURES)):
                yield child.tag


def _short(node: Node, name: str) -> str:
    """``{namespace}name`` with the prefix the file uses, the namespace when it uses none."""
    mark = "@" if name.startswith("@") else ""
    namespace, _, word = name.lstrip("@{").rpartition("}")
    prefixes = [prefix for prefix, uri in node.nsmap.items() if uri == namespace and prefix]
    return f"{mark}{prefixes[0] if prefixes else namespace[:80]}:{word[:80]}" if namespace else f"{mark}{word[:80]}"
