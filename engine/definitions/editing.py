"""Small changes to a bundle's files: rename a step, move its deadline, put a step in, take one out, write a text.

Each gives new files and leaves the old ones alone; what it cannot do it refuses in words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from engine.bpmn.timing import TimerSyntaxError, parse_duration
from engine.bpmn.xml import read_xml

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ALTINN = "{http://altinn.no/process}"
IB = "{http://ibalanse.no/process}"
Files = Mapping[str, bytes]


class EditRefused(ValueError):
    """The change cannot be made; ``key`` names the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _open(files: Files) -> Any:
    return read_xml(files["process.bpmn"])


def _close(files: Files, root: Any) -> dict[str, bytes]:
    etree.indent(root, space="  ")
    return {**files, "process.bpmn": etree.tostring(root, xml_declaration=True, encoding="UTF-8")}


def _find(root: Any, element_id: str) -> Any:
    found = root.xpath("//*[@id=$id]", id=element_id)
    if not found:
        raise EditRefused("edit.gone")
    return found[0]


def change_step(
    files: Files, element_id: str, *, name: str, due: str = "", warn: str = "", performer: str = ""
) -> dict[str, bytes]:
    """New name, deadline and performer. Deadlines are ISO 8601 durations such as P14D; empty takes them away."""
    if not name.strip():
        raise EditRefused("edit.name_missing")
    for text in (due, warn):
        if text:
            try:
                parse_duration(text)
            except TimerSyntaxError:
                raise EditRefused("edit.duration") from None
    root = _open(files)
    step = _find(root, element_id)
    step.set("name", name.strip()[:120])
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
    return _close(files, root)


def _extensions(step: Any) -> Any:
    found = step.find(f"{BPMN}extensionElements")
    if found is None:
        found = etree.Element(f"{BPMN}extensionElements")
        step.insert(0, found)
    return found


def add_step(
    files: Files, after: str, *, name: str, performer: str, task_type: str = "confirmation"
) -> dict[str, bytes]:
    """A step for a person after *after*, in the middle of its only way on; access and texts come with it."""
    if not name.strip():
        raise EditRefused("edit.name_missing")
    root = _open(files)
    before = _find(root, after)
    ways = [flow for flow in before.getparent().findall(f"{BPMN}sequenceFlow") if flow.get("sourceRef") == after]
    if len(ways) != 1:
        raise EditRefused("edit.many_ways")
    new_id = _new_id(root, name)
    step = etree.Element(f"{BPMN}userTask", id=new_id, name=name.strip()[:120])
    extensions = etree.SubElement(step, f"{BPMN}extensionElements")
    task = etree.SubElement(extensions, f"{ALTINN}taskExtension")
    etree.SubElement(task, f"{ALTINN}taskType").text = task_type
    etree.SubElement(extensions, f"{IB}assignment", performer=performer if performer == "caseworker" else "citizen")
    before.addnext(step)
    target = ways[0].get("targetRef")
    ways[0].set("targetRef", new_id)
    flow = etree.Element(f"{BPMN}sequenceFlow", id=f"{new_id}_on", sourceRef=new_id, targetRef=target)
    ways[0].addnext(flow)
    changed = _close(files, root)
    for language in ("nb", "nn", "en"):
        changed = set_text(changed, f"task.{new_id}", language, name.strip())
    return allow(changed, new_id, "radgiver" if performer == "caseworker" else "priv")


def _new_id(root: Any, name: str) -> str:
    base = re.sub(r"[^A-Za-z0-9]", "", name.title())[:30] or "Step"
    base = base if base[0].isalpha() else f"Step{base}"
    taken = set(root.xpath("//@id"))
    number, candidate = 1, base
    while candidate in taken:
        number += 1
        candidate = f"{base}{number}"
    return candidate


def remove_step(files: Files, element_id: str) -> dict[str, bytes]:
    """Take a step out; what led to it leads on to what came after. Only a step with one way on can go."""
    root = _open(files)
    step = _find(root, element_id)
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
    changed = _close(files, root)
    metadata = json.loads(changed["metadata.json"])
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


XACML = "{urn:oasis:names:tc:xacml:3.0:core:schema:wd-17}"
_FOLDED = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_CATEGORY = "urn:oasis:names:tc:xacml:3.0:attribute-category"


def allow(files: Files, element_id: str, role: str) -> dict[str, bytes]:
    """A rule of the policy that lets *role* do the step."""
    root = read_xml(files["policy.xml"])
    app = next(iter(root.xpath("//*[local-name()='AttributeDesignator'][@AttributeId='urn:altinn:app']")), None)
    key = app.getparent().findtext(f"{XACML}AttributeValue") if app is not None else ""
    rule = etree.Element(f"{XACML}Rule", RuleId=f"urn:ibalanse:rule:{element_id}", Effect="Permit")
    etree.SubElement(rule, f"{XACML}Description").text = f"{role} does {element_id}"
    target = etree.SubElement(rule, f"{XACML}Target")
    for values, attribute, category in (
        ([role], "urn:altinn:rolecode", "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"),
        ([key], "urn:altinn:app", f"{_CATEGORY}:resource"),
        ([element_id], "urn:altinn:task", f"{_CATEGORY}:resource"),
        (["read", "write", "confirm"], "urn:oasis:names:tc:xacml:1.0:action:action-id", f"{_CATEGORY}:action"),
    ):
        group = etree.SubElement(target, f"{XACML}AnyOf")
        for value in values:
            match = etree.SubElement(etree.SubElement(group, f"{XACML}AllOf"), f"{XACML}Match", MatchId=_FOLDED)
            etree.SubElement(match, f"{XACML}AttributeValue", DataType=_STRING).text = value
            etree.SubElement(
                match, f"{XACML}AttributeDesignator", AttributeId=attribute, Category=category, DataType=_STRING,
                MustBePresent="false",
            )  # fmt: skip
    last = root.findall(f"{XACML}Rule")[-1]
    last.addnext(rule)
    etree.indent(root, space="  ")
    return {**files, "policy.xml": etree.tostring(root, xml_declaration=True, encoding="UTF-8")}
