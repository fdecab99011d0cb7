"""New steps in a draft. What is offered follows what the engine can execute: a kind it cannot run is not shown."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.bpmn.validator import Capabilities
from engine.definitions.editing import (
    ALTINN,
    BPMN,
    IB,
    EditRefused,
    Files,
    close_process,
    find_step,
    open_process,
    set_text,
)
from engine.definitions.permitting import allow

LANGUAGES = ("nb", "nn", "en")


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of step that can be put in.

    id        names its text, ``kind.<id>``
    element   BPMN local name;  ``event`` the kind of event it needs, if any
    task_type user task type or job type;  ``person``: somebody does it, so access comes with it
    """

    id: str
    element: str
    event: str = ""
    task_type: str = ""
    person: bool = False


KINDS = (
    Kind("confirmation", "userTask", task_type="confirmation", person=True),
    Kind("form", "userTask", task_type="data", person=True),
    Kind("manual", "manualTask", task_type="confirmation", person=True),
    Kind("notify", "serviceTask", task_type="notify"),
    Kind("wait", "intermediateCatchEvent", event="timer"),
    Kind("message", "receiveTask"),
    Kind("call", "callActivity"),
)


def offered(can: Capabilities, jobs: Collection[str], user_tasks: Collection[str]) -> tuple[Kind, ...]:
    """The kinds this engine can run."""
    return tuple(
        kind
        for kind in KINDS
        if kind.element in can.elements
        and (not kind.event or kind.event in can.events.get(kind.element, ()))
        and (not kind.task_type or kind.task_type in (user_tasks if kind.person else jobs))
    )


def add_step(files: Files, after: str, *, kind: Kind, name: str, performer: str, called: str = "") -> dict[str, bytes]:
    """A step after *after*, in the middle of its only way on; texts, form and access come with it.

    A wait begins as seven days, a form as one open question called as the step, a message as the step's name:
    all of it can be changed afterwards.
    """
    name = name.strip()[:120]
    if not name:
        raise EditRefused("edit.name_missing")
    root = open_process(files)
    before = find_step(root, after)
    ways = [flow for flow in before.getparent().findall(f"{BPMN}sequenceFlow") if flow.get("sourceRef") == after]
    if len(ways) != 1:
        raise EditRefused("edit.many_ways")
    new_id = _new_id(root, name)
    step = etree.Element(f"{BPMN}{kind.element}", id=new_id, name=name)
    performer = performer if performer == "caseworker" else "citizen"
    _fill(root, step, kind, name, performer, called)
    before.addnext(step)
    target = ways[0].get("targetRef")
    ways[0].set("targetRef", new_id)
    ways[0].addnext(etree.Element(f"{BPMN}sequenceFlow", id=f"{new_id}_on", sourceRef=new_id, targetRef=target))
    changed = close_process(files, root)
    texts = {f"task.{new_id}": name} if kind.person else {f"notice.{new_id}": name} if kind.id == "notify" else {}
    if kind.id == "form":
        changed, texts = _form(changed, new_id), {**texts, f"field.{data_type(new_id)}.answer": name}
    for language in LANGUAGES:
        for key, text in texts.items():
            changed = set_text(changed, key, language, text)
    return allow(changed, new_id, "radgiver" if performer == "caseworker" else "priv") if kind.person else changed


def _fill(root: Any, step: Any, kind: Kind, name: str, performer: str, called: str) -> None:
    if kind.task_type:
        extensions = etree.SubElement(step, f"{BPMN}extensionElements")
        task = etree.SubElement(extensions, f"{ALTINN}taskExtension")
        etree.SubElement(task, f"{ALTINN}taskType").text = kind.task_type
        if kind.person:
            etree.SubElement(extensions, f"{IB}assignment", performer=performer)
        if kind.id == "notify":
            etree.SubElement(extensions, f"{IB}config", name="text").text = f"notice.{step.get('id')}"
    if kind.event == "timer":
        timer = etree.SubElement(step, f"{BPMN}timerEventDefinition")
        etree.SubElement(timer, f"{BPMN}timeDuration").text = "P7D"
    if kind.id == "message":
        message = etree.Element(f"{BPMN}message", id=f"{step.get('id')}_message", name=name)
        root.insert(0, message)
        step.set("messageRef", message.get("id"))
    if kind.id == "call":
        step.set("calledElement", called)


def data_type(step_id: str) -> str:
    """The data type of a form that was made with its step."""
    return f"form_{step_id.lower()}"


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


def _new_id(root: Any, name: str) -> str:
    base = re.sub(r"[^A-Za-z0-9]", "", name.title())[:30] or "Step"
    base = base if base[0].isalpha() else f"Step{base}"
    taken = set(root.xpath("//@id"))
    number, candidate = 1, base
    while candidate in taken:
        number += 1
        candidate = f"{base}{number}"
    return candidate
