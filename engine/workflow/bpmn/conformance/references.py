"""Whether every name leads to something, and to something of the right kind (chapters 8 to 11, each attribute).

An id reference (``xsd:IDREF``) must lead to an element of the same file, by the
schema itself. A qualified name is only a name to the schema, and what it stands
for may be kept elsewhere: one that leads nowhere is an error where it decides
what happens (which message, which host) and speaks of this file or an imported
one, and else a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.bpmn.conformance.catalogue import Rule
from engine.workflow.bpmn.conformance.model import ARTIFACTS, Model, Node, at, local
from engine.workflow.bpmn.conformance.schema import DIAGRAM
from engine.workflow.bpmn.conformance.vocabulary import GROUPS, Kind, entry, members
from engine.workflow.bpmn.elements import Finding

_DECIDING = frozenset(
    {
        "activityRef",
        "attachedToRef",
        "errorRef",
        "escalationRef",
        "eventDefinitionRef",
        "incoming",
        "messageRef",
        "noneBehaviorEventRef",
        "oneBehaviorEventRef",
        "outgoing",
        "signalRef",
    }
)
_FLOWS = ("sequenceFlow", "messageFlow")


def names_lead_somewhere(model: Model) -> Iterator[Finding]:
    for kind, nodes in model.all.items():
        for node in nodes:
            known = entry(local(node.getparent()), kind)
            if known is None:
                continue
            for name, wanted in known.attributes.items():
                value = node.get(name)
                if value and wanted.target and not (name == "calledElement" and model.dialect):
                    yield from _followed(model, node, name, value, wanted)
            if known.content is not None and known.content.target:
                yield from _followed(model, node, kind, node.text or "", known.content)


def _followed(model: Model, node: Node, name: str, value: str, wanted: Kind) -> Iterator[Finding]:
    decides = name in _DECIDING or local(node) in _FLOWS
    severity = "error" if decides or wanted.name == "ref" else "warning"
    value = value.strip()
    prefix = value.rpartition(":")[0]
    if prefix and wanted.name == "qname" and not model.is_local(node, prefix):
        namespace = node.nsmap.get(prefix)
        if namespace in model.unread:
            return
        if namespace is None or namespace not in model.imports:
            why = f"the prefix {prefix} stands for no imported file"
            text = f"{name} {value[:80]!r} leads nowhere: {why}"
            yield at(
                node,
                "REF.existence",
                text,
                "import the file it is in",
                "warning",
                parameters={"name": name, "value": value[:80]},
            )
            return
    target = model.find(node, value) if wanted.name == "qname" else model.by_id.get(value)
    if target is None:
        text = f"{name} {value[:80]!r} leads nowhere: there is no such id"
        yield at(node, "REF.existence", text, severity=severity, parameters={"name": name, "value": value[:80]})
    elif "*" not in wanted.target and local(target) not in wanted.target:
        if local(node) not in _FLOWS or local(target) not in ARTIFACTS:  # artifacts have rules of their own
            text = f"{name} leads to a {local(target)}, it should be {_named(wanted.target)}"
            yield at(
                node,
                "REF.type",
                text,
                severity="error" if decides or name == "default" else "warning",
                parameters={"name": name, "target": local(target)},
            )


def _named(kinds: frozenset[str]) -> str:
    """The kinds in words: the group they are, or each of them."""
    for group in GROUPS:
        if members(group) == kinds:
            return f"an element of the kind {group.lower()}"
    return "a " + " or a ".join(sorted(kinds))


def the_diagram_shows_what_is_there(model: Model) -> Iterator[Finding]:
    """A stale diagram harms nobody but its reader, so this is a warning."""
    for shape in model.root.iterfind(f"{DIAGRAM}BPMNDiagram/{DIAGRAM}BPMNPlane/*"):
        value = shape.get("bpmnElement")
        if value and ":" not in value and model.find(shape, value) is None:
            yield at(
                shape,
                "REF.diagram",
                f"the diagram shows {value!r}, which is not there",
                severity="warning",
                parameters={"value": value},
            )


def artifacts_are_no_ends_of_flows(model: Model) -> Iterator[Finding]:
    for kind, target, source in (("sequenceFlow", "EXT.006", "EXT.007"), ("messageFlow", "EXT.008", "EXT.009")):
        for flow in model.each(kind):
            for number, name in ((target, "targetRef"), (source, "sourceRef")):
                end = model.find(flow, flow.get(name))
                if local(end) in ARTIFACTS:
                    yield at(
                        flow,
                        number,
                        f"{name} of a {kind} is a {local(end)}, which no flow joins",
                        "join it with an association",
                        parameters={"name": name, "kind": kind, "end": local(end)},
                    )


RULES = (
    Rule("8.2.2, 8.3.1", ("REF.existence", "REF.type"), names_lead_somewhere),
    Rule("12.2.2", ("REF.diagram",), the_diagram_shows_what_is_there),
    Rule("8.4.1", ("EXT.006", "EXT.007", "EXT.008", "EXT.009"), artifacts_are_no_ends_of_flows),
)
