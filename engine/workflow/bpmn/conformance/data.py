"""Rules about data, its sets and its associations (BPMN 2.0.2, chapters 8.4.10 and 10.4)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.bpmn.conformance.catalogue import Rule
from engine.workflow.bpmn.conformance.model import (
    EVENTS,
    SCOPES,
    Model,
    Node,
    at,
    children,
    event_kind,
    is_true,
    local,
    texts,
)
from engine.workflow.bpmn.elements import Finding

_PAYLOAD = {
    "message": "itemRef",
    "signal": "structureRef",
    "error": "structureRef",
    "escalation": "structureRef",
}
_SUBSETS = (
    ("EXT.085", "inputSet", "optionalInputRefs", "dataInputRefs"),
    ("EXT.086", "inputSet", "whileExecutingInputRefs", "dataInputRefs"),
    ("EXT.089", "outputSet", "optionalOutputRefs", "dataOutputRefs"),
    ("EXT.090", "outputSet", "whileExecutingOutputRefs", "dataOutputRefs"),
)


def collections_agree(model: Model) -> Iterator[Finding]:
    for node in model.each("dataObject", "dataInput", "dataOutput"):
        definition = model.find(node, node.get("itemSubjectRef")) if node.get("itemSubjectRef") else None
        if definition is not None and local(definition) == "itemDefinition":
            if is_true(definition, "isCollection") != is_true(node, "isCollection"):
                yield at(
                    node,
                    "EXT.020",
                    f"isCollection is not what item definition {definition.get('id')} says",
                    parameters={"id": definition.get("id")},
                )


def data_references_are_named_after_their_object(model: Model) -> Iterator[Finding]:
    """Only where the data object has a name or the reference a state: most tools name the reference alone."""
    for node in model.each("dataObjectReference"):
        target = model.find(node, node.get("dataObjectRef"))
        states = [state.get("name", "") for state in children(node, "dataState")]
        if target is None or not node.get("name") or not (target.get("name") or states):
            continue
        name = target.get("name", "")
        wanted = {f"{name} [{states[0]}]"} if states else {name, f"{name} []"}
        if node.get("name") not in wanted:
            yield at(node, "EXT.076", "a reference is named after its data object and state", f"name it {max(wanted)}")


def subprocesses_have_no_data_interface(model: Model) -> Iterator[Finding]:
    for scope in model.each(*sorted(SCOPES)):
        if children(scope, "ioSpecification"):
            yield at(scope, "EXT.079", "a subprocess has no ioSpecification; the data around it is in reach")


def data_stands_in_a_set(model: Model) -> Iterator[Finding]:
    for number, kind, group in (("EXT.084", "dataInput", "inputSet"), ("EXT.088", "dataOutput", "outputSet")):
        named = {reference for one in model.each(group) for reference in texts(one, f"{kind}Refs")}
        for data in model.each(kind):
            if data.get("id") not in named:
                yield at(
                    data,
                    number,
                    f"no {group} names this {kind}",
                    f"add it to {kind}Refs of an {group}",
                    parameters={"group": group, "kind": kind},
                )


def subsets_are_of_their_set(model: Model) -> Iterator[Finding]:
    for number, group, part, all_ in _SUBSETS:
        for owner in model.each(group):
            for stray in sorted(set(texts(owner, part)) - set(texts(owner, all_))):
                yield at(
                    owner,
                    number,
                    f"{part} names {stray}, which is not among its {all_}",
                    parameters={"part": part, "stray": stray, "all_of": all_},
                )


def sets_refer_to_each_other(model: Model) -> Iterator[Finding]:
    for kind, name, back in (
        ("inputSet", "outputSetRefs", "inputSetRefs"),
        ("outputSet", "inputSetRefs", "outputSetRefs"),
    ):
        for owner in model.each(kind):
            for reference in children(owner, name):
                other = model.find(reference, reference.text)
                if other is not None and owner.get("id") not in texts(other, back):
                    yield at(
                        owner,
                        "EXT.087",
                        f"set {other.get('id')} does not refer back to this one",
                        parameters={"id": other.get("id")},
                    )


def associations_change_nothing_unsaid(model: Model) -> Iterator[Finding]:
    """Without a transformation, one source, and of the same item as the target."""
    for link in model.each("dataInputAssociation", "dataOutputAssociation"):
        if children(link, "transformation"):
            continue
        sources, targets = children(link, "sourceRef"), children(link, "targetRef")
        if len(sources) > 1:
            yield at(link, "EXT.092", "several sources need a transformation that makes one of them")
        elif sources and targets:
            ends = [_subject(model, model.find(one, one.text)) for one in (sources[0], targets[0])]
            if None not in ends and ends[0] != ends[1]:
                yield at(link, "EXT.091", "source and target are not of the same item", "add a transformation")


def _subject(model: Model, data: Node | None) -> str | None:
    """The item of a datum; that of the object or store behind a reference when it names none itself."""
    behind = {"dataObjectReference": "dataObjectRef", "dataStoreReference": "dataStoreRef"}.get(local(data))
    own = model.item(data)
    if own is not None or behind is None or data is None:
        return own
    return model.item(model.find(data, data.get(behind)))


def events_carry_their_payload(model: Model) -> Iterator[Finding]:
    """One datum for each thing the event carries, in the same order and of the same item."""
    for event in model.nodes:
        data = children(event, "dataInput", "dataOutput") if local(event) in EVENTS else []
        if not data:
            continue
        definitions = model.definitions(event)
        carrying = [one for one in definitions if event_kind(one) in _PAYLOAD]
        if len(data) not in {len(definitions), len(carrying)} or not definitions:
            yield at(
                event,
                "EXT.093",
                f"the event carries {len(definitions)} things and has {len(data)} data",
                parameters={"definitions": len(definitions), "data": len(data)},
            )
            continue
        for datum, definition in zip(data, carrying if len(data) == len(carrying) else definitions, strict=True):
            kind = event_kind(definition)
            found = model.resolve(definition, definition.get(f"{kind}Ref")) if kind in _PAYLOAD else None
            if found is not None and found[0].item(found[1], _PAYLOAD[kind]) != model.item(datum):
                yield at(event, "EXT.094", f"the datum is not of the item its {kind} has", parameters={"kind": kind})


RULES = (
    Rule("8.4.10", ("EXT.020",), collections_agree),
    Rule("10.4.1", ("EXT.076",), data_references_are_named_after_their_object),
    Rule("10.4.1", ("EXT.079",), subprocesses_have_no_data_interface),
    Rule("10.4.1", ("EXT.084", "EXT.088"), data_stands_in_a_set),
    Rule("10.4.1", ("EXT.085", "EXT.086", "EXT.089", "EXT.090"), subsets_are_of_their_set),
    Rule("10.4.1", ("EXT.087",), sets_refer_to_each_other),
    Rule("10.4.2", ("EXT.091", "EXT.092"), associations_change_nothing_unsaid),
    Rule("10.5.1", ("EXT.093", "EXT.094"), events_carry_their_payload),
)
