"""Small changes to a bundle's files: rename a step, move its deadline, put a step in, take one out, write a text.

Each gives new files and leaves the old ones alone; what it cannot do it refuses in words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lxml import etree

from engine.bpmn.timing import TimerSyntaxError
from engine.bpmn.xml import read_xml
from engine.definitions.durations import read_duration

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ALTINN = "{http://altinn.no/process}"
IB = "{http://ibalanse.no/process}"
Files = Mapping[str, bytes]


class EditRefused(ValueError):
    """The change cannot be made; ``key`` names the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def open_process(files: Files) -> Any:
    return read_xml(files["process.bpmn"])


#: What stands before the flows in a step, as the standard orders it.
_FIRST = frozenset({"documentation", "extensionElements", "auditing", "monitoring", "categoryValueRef"})


def _refer(root: Any) -> None:
    """A file whose steps name the flows that come and go keeps naming them right."""
    named = [node for tag in ("incoming", "outgoing") for node in root.iter(f"{BPMN}{tag}")]
    if not named:
        return
    for node in named:
        node.getparent().remove(node)
    steps = {node.get("id"): node for node in root.iter() if isinstance(node.tag, str) and node.get("id")}
    for flow in root.iter(f"{BPMN}sequenceFlow"):
        for end, tag in (("targetRef", "incoming"), ("sourceRef", "outgoing")):
            step = steps.get(flow.get(end))
            if step is None:
                continue
            first = _FIRST | {"incoming"} if tag == "incoming" else _FIRST | {"incoming", "outgoing"}
            before = [c for c in step if isinstance(c.tag, str) and etree.QName(c).localname in first]
            place = step.index(before[-1]) + 1 if before else 0
            reference = etree.Element(f"{BPMN}{tag}")
            reference.text = flow.get("id")
            step.insert(place, reference)


def close_process(files: Files, root: Any) -> dict[str, bytes]:
    _refer(root)
    etree.indent(root, space="  ")
    return {**files, "process.bpmn": etree.tostring(root, xml_declaration=True, encoding="UTF-8")}


def find_step(root: Any, element_id: str) -> Any:
    found = root.xpath("//*[@id=$id]", id=element_id)
    if not found:
        raise EditRefused("edit.gone")
    return found[0]


def change_step(
    files: Files, element_id: str, *, name: str, due: str = "", warn: str = "", performer: str = "", wait: str = ""
) -> dict[str, bytes]:
    """New name, performer and deadline, or how long a timer waits. "14 dager" and P14D both do; empty takes it away."""
    if not name.strip():
        raise EditRefused("edit.name_missing")
    try:
        due, warn, wait = read_duration(due), read_duration(warn), read_duration(wait)
    except TimerSyntaxError:
        raise EditRefused("edit.duration") from None
    root = open_process(files)
    step = find_step(root, element_id)
    step.set("name", name.strip()[:120])
    duration = step.find(f"{BPMN}timerEventDefinition/{BPMN}timeDuration")
    if duration is not None and wait:
        duration.text = wait
    if etree.QName(step).localname in ("userTask", "manualTask", "task"):
        assignment = step.find(f"{BPMN}extensionElements/{IB}assignment")
        if assignment is None:
            assignment = etree.SubElement(_extensions(step), f"{IB}assignment")
        if performer in ("citizen", "caseworker"):
            assignment.set("performer", performer)
        for attribute, value in (("dueAfter", due), ("warnBefore", warn)):
            if value:
                assignment.set(attribute, value)
            else:
                assignment.attrib.pop(attribute, None)
    return close_process(files, root)


def _extensions(step: Any) -> Any:
    found = step.find(f"{BPMN}extensionElements")
    if found is None:
        found = etree.Element(f"{BPMN}extensionElements")
        step.insert(0, found)
    return found


def remove_step(files: Files, element_id: str) -> dict[str, bytes]:
    """Take a step out; what led to it leads on to what came after. Only a step with one way on can go."""
    root = open_process(files)
    step = find_step(root, element_id)
    if not etree.QName(step).localname.lower().endswith("task") and etree.QName(step).localname != "callActivity":
        raise EditRefused("edit.not_a_step")
    flows = root.findall(f".//{BPMN}sequenceFlow")
    out = [flow for flow in flows if flow.get("sourceRef") == element_id]
    if len(out) != 1 or root.xpath("//*[@attachedToRef=$id]", id=element_id):
        raise EditRefused("edit.many_ways")
    target = out[0].get("targetRef")
    for flow in flows:
        if flow.get("targetRef") == element_id:
            flow.set("targetRef", target)
    out[0].getparent().remove(out[0])
    step.getparent().remove(step)
    changed = close_process(files, root)
    metadata = json.loads(changed.get("metadata.json", b"{}"))
    metadata["dataTypes"] = [kind for kind in metadata.get("dataTypes", ()) if kind.get("taskId") != element_id]
    changed["metadata.json"] = json.dumps(metadata, ensure_ascii=False, indent=2).encode()
    return {name: data for name, data in changed.items() if not name.startswith(f"layouts/{element_id}/")}


def set_text(files: Files, key: str, language: str, value: str) -> dict[str, bytes]:
    """One text in one language; an empty one takes the text away."""
    name = f"texts/resource.{language}.json"
    resource = json.loads(files.get(name, b'{"resources": []}'))
    resource["language"] = language
    rows = [row for row in resource.get("resources", ()) if row["id"] != key]
    there = next((n for n, row in enumerate(resource.get("resources", ())) if row["id"] == key), len(rows))
    if value:
        rows.insert(there, {"id": key, "value": value})
    resource["resources"] = rows
    return {**files, name: json.dumps(resource, ensure_ascii=False, indent=2).encode()}
