"""New steps in a draft. What is offered follows what the engine can execute: a kind it cannot run is not shown."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.bpmn.validator import Capabilities
from engine.definitions.editing.document import (
    ALTINN,
    BPMN,
    IB,
    EditRefused,
    Files,
    close_process,
    drop_flow,
    extensions,
    find_step,
    flow_after,
    local,
    new_id,
    open_process,
    ways_from,
)
from engine.definitions.editing.events import ROOTS, refer, set_event
from engine.definitions.editing.texts import set_text
from engine.definitions.permitting import allow

LANGUAGES = ("nb", "nn", "en")


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of step that can be put in.

    id        names its text, ``kind.<id>``
    element   BPMN local name;  ``event`` the kind of event it needs, if any
    task_type user task type or job type;  ``person``: somebody does it, so access comes with it
    group     the heading it is offered under, text ``kind.group.<group>``
    """

    id: str
    element: str
    event: str = ""
    task_type: str = ""
    person: bool = False
    group: str = "person"


KINDS = (
    Kind("confirmation", "userTask", task_type="confirmation", person=True),
    Kind("form", "userTask", task_type="data", person=True),
    Kind("signing", "userTask", task_type="signing", person=True),
    Kind("manual", "manualTask", task_type="confirmation", person=True),
    Kind("notify", "serviceTask", task_type="notify", group="job"),
    Kind("job", "serviceTask", group="job"),
    Kind("rule", "businessRuleTask", group="job"),
    Kind("script", "scriptTask", group="job"),
    Kind("send", "sendTask", group="job"),
    Kind("wait", "intermediateCatchEvent", event="timer", group="wait"),
    Kind("message", "receiveTask", group="wait"),
    Kind("signal", "intermediateCatchEvent", event="signal", group="wait"),
    Kind("until", "intermediateCatchEvent", event="conditional", group="wait"),
    Kind("say", "intermediateThrowEvent", event="signal", group="say"),
    Kind("escalate", "intermediateThrowEvent", event="escalation", group="say"),
    Kind("choice", "exclusiveGateway", group="ways"),
    Kind("several", "inclusiveGateway", group="ways"),
    Kind("parallel", "parallelGateway", group="ways"),
    Kind("first", "eventBasedGateway", group="ways"),
    Kind("part", "subProcess", group="part"),
    Kind("whole", "transaction", group="part"),
    Kind("call", "callActivity", group="part"),
    Kind("end", "endEvent", group="end"),
    Kind("stop", "endEvent", event="terminate", group="end"),
    Kind("fail", "endEvent", event="error", group="end"),
)
#: Kinds that end a way: what came after is no longer led to from here, so they are only put at the end of a new way.
ENDING = ("endEvent",)


def offered(can: Capabilities, jobs: Collection[str], user_tasks: Collection[str]) -> tuple[Kind, ...]:
    """The kinds this engine can run."""
    return tuple(
        kind
        for kind in KINDS
        if kind.element in can.elements
        and (not kind.event or kind.event in can.events.get(kind.element, ()))
        and (not kind.task_type or kind.task_type in (user_tasks if kind.person else jobs))
    )


def add_step(
    files: Files, after: str, *, kind: Kind, name: str, performer: str, called: str = "", way: str = ""
) -> dict[str, bytes]:
    """A step after *after*, in the middle of the way *way*, or its only one; texts, form and access come with it.

    A wait begins as seven days, a form as one open question called as the step, a message as the step's name, a split
    with its join, a part with a start and an end: all of it can be changed afterwards.
    """
    name = _named(name)
    root = open_process(files)
    find_step(root, after)
    ways = [flow for flow in ways_from(root, after) if way in ("", flow.get("id"))]
    if len(ways) != 1:
        raise EditRefused("edit.many_ways")
    if kind.element in ENDING:
        raise EditRefused("edit.end_needs_way", "kind")
    step, texts = _make(root, ways[0], kind, name, performer, called)
    last = _after_split(root, step, kind, name)
    target = ways[0].get("targetRef", "")
    ways[0].set("targetRef", step.get("id"))
    on = flow_after(last if last is step else last.getnext(), root, last.get("id"), target)
    if kind.element in ("exclusiveGateway", "inclusiveGateway"):
        step.set("default", on.get("id"))
    return _finish(close_process(files, root, redraw=True), step, kind, name, performer, texts)


def add_branch(
    files: Files, source: str, *, kind: Kind, name: str, performer: str, called: str = "", target: str = "",
    way_name: str = "",
) -> tuple[dict[str, bytes], str]:  # fmt: skip
    """A new way out of a gateway, with a new step on it, that goes on to *target*.

    The empty way between a split and its join, there since the split was put in, goes when the first step comes.
    Returns the files and the id of the new way.
    """
    name = _named(name)
    root = open_process(files)
    gateway = find_step(root, source)
    leaving = ways_from(root, source)
    if leaving and not local(gateway).endswith("Gateway"):
        raise EditRefused("edit.needs_gateway", "kind")
    step, texts = _make(root, gateway if not leaving else leaving[-1], kind, name, performer, called)
    last = _after_split(root, step, kind, name)
    flow = flow_after(last if last is step else last.getnext(), root, source, step.get("id"))
    if way_name.strip():
        flow.set("name", way_name.strip()[:120])
    if kind.element not in ENDING:
        if not target:
            raise EditRefused("edit.target", "target")
        node = find_step(root, target)
        if node.getparent() is not gateway.getparent() or local(node) in ("startEvent", "boundaryEvent"):
            raise EditRefused("edit.other_scope", "target")
        on = flow_after(flow, root, last.get("id"), target)
        if kind.element in ("exclusiveGateway", "inclusiveGateway"):
            step.set("default", on.get("id"))
        for empty in leaving:
            if local(gateway) == "parallelGateway" and empty.get("targetRef") == target and _joins(node):
                drop_flow(root, empty)
    if local(gateway) in ("exclusiveGateway", "inclusiveGateway") and not leaving:
        gateway.set("default", flow.get("id"))
    flow_id = str(flow.get("id"))
    return _finish(close_process(files, root, redraw=True), step, kind, name, performer, texts), flow_id


def _joins(node: Any) -> bool:
    return local(node) == "parallelGateway"


def _named(name: str) -> str:
    name = name.strip()[:120]
    if not name:
        raise EditRefused("edit.name_missing", "name")
    return name


def _make(root: Any, beside: Any, kind: Kind, name: str, performer: str, called: str) -> tuple[Any, Mapping[str, str]]:
    """The step, written before *beside*, and the texts it needs."""
    step = etree.Element(f"{BPMN}{kind.element}", id=new_id(root, name), name=name)
    beside.addprevious(step)
    _fill(root, step, kind, name, performer, called)
    identity = step.get("id", "")
    if kind.person:
        return step, {f"task.{identity}": name}
    return step, {f"notice.{identity}": name} if kind.id == "notify" else {}


def _finish(
    files: dict[str, bytes], step: Any, kind: Kind, name: str, performer: str, texts: Mapping[str, str]
) -> dict[str, bytes]:
    identity = step.get("id", "")
    changed, texts = files, dict(texts)
    if kind.id in ("form", "signing"):
        changed, texts = _form(changed, identity), {**texts, f"field.{data_type(identity)}.answer": name}
    for language in LANGUAGES:
        for key, text in texts.items():
            changed = set_text(changed, key, language, text)
    return allow(changed, identity, "radgiver" if performer == "caseworker" else "priv") if kind.person else changed


def _fill(root: Any, step: Any, kind: Kind, name: str, performer: str, called: str) -> None:
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
        set_event(root, step, "conditional", {"condition": '["equals", ["dataModel", "ready", "variables"], true]'})
    elif kind.event in ROOTS:
        set_event(root, step, kind.event, {"reference": name})
    elif kind.event:
        set_event(root, step, kind.event, {})
    if kind.id in ("message", "send"):
        step.set("messageRef", refer(root, "message", name))
    if kind.id == "call":
        step.set("calledElement", called)
    if kind.element in ("subProcess", "transaction"):
        start = etree.SubElement(step, f"{BPMN}startEvent")
        start.set("id", f"{step.get('id')}_start")
        end = etree.SubElement(step, f"{BPMN}endEvent")
        end.set("id", f"{step.get('id')}_end")
        flow_after(end, root, start.get("id", ""), end.get("id", ""))


def _after_split(root: Any, step: Any, kind: Kind, name: str) -> Any:
    """What the way goes on from: the join of a split, the first event of a race, else the step itself."""
    if kind.element == "parallelGateway":
        other = etree.Element(f"{BPMN}parallelGateway", id=new_id(root, f"{name} join"))
    elif kind.element == "eventBasedGateway":
        other = etree.Element(f"{BPMN}intermediateCatchEvent", id=new_id(root, f"{name} 7"))
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
