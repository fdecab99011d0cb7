"""One new step with all that goes with it: settings to begin with, texts in every language, form and access."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.studio.bpmn_editor.document import ALTINN, BPMN, IB, EditRefused, Files, extensions, flow_after, new_id
from engine.studio.bpmn_editor.events import ROOTS, refer, set_event
from engine.studio.bpmn_editor.texts import set_text
from engine.studio.bpmn_editor.values import MAX_NAME, within
from engine.studio.element_kinds import KINDS, Kind
from engine.studio.policy_editor import allow
from engine.workflow.authorization import role_codes

LANGUAGES = ("nb", "nn", "en")
#: What a new event that waits for a condition waits for, until another is chosen.
READY = '["equals", ["dataModel", "ready", "variables"], true]'
_FIRST = next(kind for kind in KINDS if kind.id == "confirmation")


@dataclass(frozen=True, slots=True)
class Made:
    """A step that was made, and the one in it where it cannot be empty."""

    step: Any
    kind: Kind
    name: str
    performer: str
    inner: Made | None = None

    @property
    def id(self) -> str:
        return str(self.step.get("id"))


def named(name: str) -> str:
    name = within(name.strip(), MAX_NAME, "name")
    if not name:
        raise EditRefused("edit.name_missing", "name")
    return name


def make(root: etree._Element, beside: etree._Element, kind: Kind, name: str, performer: str, called: str) -> Made:
    """The step, written before *beside*, with what it begins with."""
    step = etree.Element(f"{BPMN}{kind.element}", id=new_id(root, name), name=name)
    beside.addprevious(step)
    return _filled(root, step, kind, name, performer, called)


def make_in(root: etree._Element, scope: etree._Element, kind: Kind, name: str, performer: str, called: str) -> Made:
    """The step, written last among the nodes of *scope*."""
    step = etree.SubElement(scope, f"{BPMN}{kind.element}", id=new_id(root, name), name=name)
    before = [n for n in scope if isinstance(n.tag, str) and n.tag == f"{BPMN}association"]
    if before:
        before[0].addprevious(step)
    return _filled(root, step, kind, name, performer, called)


def _filled(root: etree._Element, step: etree._Element, kind: Kind, name: str, performer: str, called: str) -> Made:
    _fill(root, step, kind, name, performer, called)
    inner = make_in(root, step, _FIRST, name, performer, "") if kind.element == "adHocSubProcess" else None
    return Made(step, kind, name, performer, inner)


def finish(files: dict[str, bytes], made: Made, *, new: bool = True) -> dict[str, bytes]:
    """The files with the texts, form and access of what was made.

    new  false for a step of a person that has its text and access already; a form that is there stays in any case
    """
    identity, kind = made.id, made.kind
    changed, texts = files, {}
    if kind.person and new:
        texts[f"task.{identity}"] = made.name
    elif kind.id == "notify":
        texts[f"notice.{identity}"] = made.name
    if kind.id in ("form", "signing") and not _has_form(files, identity):
        changed = _form(changed, identity)
        texts[f"field.{data_type(identity)}.answer"] = made.name
    for language in LANGUAGES:
        for key, text in texts.items():
            changed = set_text(changed, key, language, text)
    if kind.person and new:
        changed = allow(changed, identity, role_codes.performing(made.performer))
    return finish(changed, made.inner) if made.inner is not None else changed


def _fill(root: etree._Element, step: etree._Element, kind: Kind, name: str, performer: str, called: str) -> None:
    if kind.task_type or (kind.id == "job" and called):
        task = etree.SubElement(extensions(step), f"{ALTINN}taskExtension")
        etree.SubElement(task, f"{ALTINN}taskType").text = kind.task_type or called
        if kind.person:
            performer = performer if performer == "caseworker" else "citizen"
            etree.SubElement(extensions(step), f"{IB}assignment", performer=performer)
        if kind.id == "notify":
            etree.SubElement(extensions(step), f"{IB}config", name="text").text = f"notice.{step.get('id')}"
    elif kind.id == "job":
        raise EditRefused("edit.task_type", "kind")
    if kind.event == "timer":
        set_event(root, step, "timer", {"timer": "duration", "time": "P7D"})
    elif kind.event == "conditional":
        set_event(root, step, "conditional", {"condition": READY})
    elif kind.event in ROOTS or kind.event == "link":
        set_event(root, step, kind.event, {"reference": name})
    elif kind.event:
        set_event(root, step, kind.event, {})
    if kind.id in ("message", "send"):
        step.set("messageRef", refer(root, "message", name))
    if kind.id == "call":
        step.set("calledElement", called)
    if kind.element in ("subProcess", "transaction"):
        begin_and_end(root, step)


def begin_and_end(root: etree._Element, step: etree._Element) -> etree._Element:
    """A start, an end and the way between them in an empty scope; the start is returned."""
    start = etree.SubElement(step, f"{BPMN}startEvent")
    start.set("id", f"{step.get('id')}_start")
    end = etree.SubElement(step, f"{BPMN}endEvent")
    end.set("id", f"{step.get('id')}_end")
    flow_after(end, root, start.get("id", ""), end.get("id", ""))
    return start


def _landing(root: etree._Element, step: etree._Element, name: str) -> etree._Element:
    """The event a jump of that name lands at, beside it: made when there is none in the scope."""
    there = landing(step.getparent(), name)
    if there is None:
        there = etree.Element(f"{BPMN}intermediateCatchEvent", id=new_id(root, f"{name} landing"), name=name)
        step.addnext(there)
        set_event(root, there, "link", {"reference": name})
    return there


def landing(scope: etree._Element, name: str) -> etree._Element | None:
    """The catching link event of that name in a scope, or ``None``."""
    for node in scope.findall(f"{BPMN}intermediateCatchEvent"):
        if any(link.get("name") == name for link in node.findall(f"{BPMN}linkEventDefinition")):
            return node
    return None


def after_split(root: etree._Element, step: etree._Element, kind: Kind, name: str) -> etree._Element:
    """What the way goes on from: the join of a split, the first event of a race, where a jump lands, else the step."""
    if kind.element == "parallelGateway":
        other = etree.Element(f"{BPMN}parallelGateway", id=new_id(root, f"{name} join"))
    elif kind.element == "eventBasedGateway":
        other = etree.Element(f"{BPMN}intermediateCatchEvent", id=new_id(root, f"{name} 7"))
    elif kind.id == "jump":
        return _landing(root, step, name)
    else:
        return step
    step.addnext(other)
    if kind.element == "eventBasedGateway":
        set_event(root, other, "timer", {"timer": "duration", "time": "P7D"})
    flow_after(other, root, step.get("id"), other.get("id", ""))
    return other


def data_type(step_id: str) -> str:
    """The data type of a form that was made with its step."""
    return f"form_{step_id.lower()}"


def _has_form(files: Files, step_id: str) -> bool:
    kinds = json.loads(files.get("metadata.json", b"{}")).get("dataTypes", ())
    return any(kind.get("taskId") == step_id and kind.get("allowedContentTypes") for kind in kinds)


def _form(files: Files, step_id: str) -> dict[str, bytes]:
    """A form with one open question."""
    kind = data_type(step_id)
    metadata = json.loads(files.get("metadata.json", b"{}"))
    entry = {"id": kind, "taskId": step_id, "allowedContentTypes": ["application/json"], "maxCount": 1, "minCount": 1}
    metadata["dataTypes"] = [*metadata.get("dataTypes", ()), entry]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"answer": {"type": "string", "minLength": 1, "maxLength": 4000}},
        "required": ["answer"],
    }
    return {
        **files,
        "metadata.json": json.dumps(metadata, ensure_ascii=False, indent=2).encode(),
        f"models/{kind}.schema.json": json.dumps(schema, indent=2).encode(),
    }
