"""What an event waits for or throws: its kind and the name or time that goes with it, and interruptions on a step."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.studio.bpmn_editor.document import (
    BPMN,
    IB,
    EditRefused,
    Files,
    close_process,
    drop,
    extensions,
    find_step,
    flow_after,
    insert_child,
    local,
    new_id,
    open_process,
    process_of,
)
from engine.studio.bpmn_editor.values import MAX_NAME, expression, timer_value, within

TIMES = {"date": "timeDate", "duration": "timeDuration", "cycle": "timeCycle"}
#: Kind of event → the root element it refers to, and the attribute of it that counts.
ROOTS = {
    "message": ("message", "name"),
    "signal": ("signal", "name"),
    "error": ("error", "errorCode"),
    "escalation": ("escalation", "escalationCode"),
}
THROWING = ("endEvent", "intermediateThrowEvent")
_TAGS = {"compensation": "compensate"}


def definitions_of(step: etree._Element) -> list[etree._Element]:
    """Every event definition of an event, in document order."""
    return [child for child in step if local(child).endswith("EventDefinition")]


def definition_of(step: etree._Element) -> etree._Element | None:
    """The one event definition of an event, or ``None``."""
    found = definitions_of(step)
    return found[0] if len(found) == 1 else None


def kind_of(step: etree._Element) -> str:
    definition = definition_of(step)
    if definition is None:
        return ""
    kind = local(definition).removesuffix("EventDefinition")
    return {"compensate": "compensation"}.get(kind, kind)


def event_settings(step: etree._Element) -> dict[str, str]:
    """``event`` its kind, ``timer`` and ``time``, ``reference`` a name or code, and what else such an event says."""
    found: dict[str, str] = {}
    kind, definition = kind_of(step), definition_of(step)
    root = step.getroottree().getroot()
    if local(step).endswith("Event") and len(definitions_of(step)) < 2:
        found["event"] = kind
    if definition is not None:
        found |= _said(step, kind, definition)
    if local(step) in ("receiveTask", "sendTask"):
        found["reference"] = _named(root, "message", step.get("messageRef", ""))
    if kind == "message" or local(step) in ("receiveTask", "sendTask"):
        found["key"] = step.findtext(f"{BPMN}extensionElements/{IB}correlationKey", "").strip()
    attribute = _interrupts(step)
    if attribute:
        found["interrupting"] = "" if step.get(attribute) in ("false", "0") else "true"
    return found


def _said(step: etree._Element, kind: str, definition: etree._Element) -> dict[str, str]:
    """What the one definition of an event says."""
    found: dict[str, str] = {}
    if kind == "timer":
        timer, time = next(
            (
                (k, definition.find(f"{BPMN}{tag}"))
                for k, tag in TIMES.items()
                if definition.find(f"{BPMN}{tag}") is not None
            ),
            ("duration", None),
        )
        found |= {"timer": timer, "time": "" if time is None else (time.text or "").strip()}
    if kind in ROOTS:
        found["reference"] = _named(step.getroottree().getroot(), kind, definition.get(f"{kind}Ref", ""))
    if kind == "conditional":
        found["condition"] = definition.findtext(f"{BPMN}condition", "").strip()
    if kind == "link":
        found["reference"] = definition.get("name", "")
    if kind == "compensation" and local(step) in THROWING:
        found["undoes"] = definition.get("activityRef", "").rpartition(":")[2]
    return found


def _interrupts(step: etree._Element) -> str:
    if local(step) == "boundaryEvent":
        return "cancelActivity"
    handler = step.getparent() is not None and step.getparent().get("triggeredByEvent") in ("true", "1")
    return "isInterrupting" if local(step) == "startEvent" and handler else ""


def _named(root: etree._Element, kind: str, reference: str) -> str:
    tag, attribute = ROOTS[kind]
    identity = reference.rpartition(":")[2]
    for node in root.findall(f"{BPMN}{tag}"):
        if node.get("id") == identity:
            return str(node.get(attribute) or node.get("name") or identity)
    return identity


def refer(root: etree._Element, kind: str, name: str) -> str:
    """The id of the message, signal, error or escalation of that name, declared when it is not."""
    tag, attribute = ROOTS[kind]
    for node in root.findall(f"{BPMN}{tag}"):
        if (node.get(attribute) or node.get("name")) == name:
            return str(node.get("id"))
    node = etree.Element(f"{BPMN}{tag}", id=new_id(root, f"{name} {tag}"), name=name)
    if attribute != "name":
        node.set(attribute, name)
    process_of(root).addprevious(node)
    return str(node.get("id"))


def write_event(
    root: etree._Element, step: etree._Element, whole: Mapping[str, str], changed: Mapping[str, str]
) -> None:
    """What has *changed* of an event, written; *whole* is everything it says after the change."""
    if "event" in changed and local(step).endswith("Event"):
        old = definition_of(step)
        if old is not None:
            drop(old)
        if changed["event"]:
            set_event(root, step, changed["event"], whole)
        return
    kind, definition = kind_of(step), definition_of(step)
    if kind == "timer" and definition is not None and {"timer", "time"} & changed.keys():
        timer = whole.get("timer") if whole.get("timer") in TIMES else "duration"
        if not whole.get("time"):
            raise EditRefused("edit.time_missing", "time")
        value = timer_value(str(timer), whole["time"], "time")
        for tag in TIMES.values():
            for node in definition.findall(f"{BPMN}{tag}"):
                if tag != TIMES[str(timer)]:
                    drop(node)
        there = definition.find(f"{BPMN}{TIMES[str(timer)]}")
        if there is None:
            there = etree.SubElement(definition, f"{BPMN}{TIMES[str(timer)]}")
        there.text = value
    if "reference" in changed:
        wanted = within(changed["reference"], MAX_NAME, "reference")
        if local(step) in ("receiveTask", "sendTask"):
            _refer_to(step, "messageRef", refer(root, "message", wanted) if wanted else "")
        elif kind == "link":
            _refer_to(definition, "name", wanted)
        elif kind in ROOTS:
            _refer_to(definition, f"{kind}Ref", refer(root, kind, wanted) if wanted else "")
    if "undoes" in changed and kind == "compensation":
        _refer_to(definition, "activityRef", changed["undoes"])
    if kind == "conditional" and "condition" in changed:
        _condition(definition, expression(changed["condition"], "condition"))
    if "key" in changed:
        there = step.find(f"{BPMN}extensionElements/{IB}correlationKey")
        if there is None:
            there = etree.SubElement(extensions(step), f"{IB}correlationKey")
        there.text = expression(changed["key"], "key")
        if not changed["key"]:
            drop(there)
    if "interrupting" in changed and _interrupts(step):
        step.set(_interrupts(step), "true" if changed["interrupting"] else "false")


def _refer_to(node: etree._Element, attribute: str, value: str) -> None:
    if value:
        node.set(attribute, value)
    else:
        node.attrib.pop(attribute, None)


def _condition(definition: etree._Element, text: str) -> None:
    condition = definition.find(f"{BPMN}condition")
    if condition is None:
        condition = etree.SubElement(definition, f"{BPMN}condition")
    condition.text = text


def set_event(root: etree._Element, step: etree._Element, kind: str, values: Mapping[str, str]) -> None:
    """Give an event without a definition one: a timer its time, a message, signal, error or escalation its name."""
    definition = insert_child(step, etree.Element(f"{BPMN}{_TAGS.get(kind, kind)}EventDefinition"))
    if kind == "timer":
        timer = values.get("timer") if values.get("timer") in TIMES else "duration"
        if not values.get("time"):
            raise EditRefused("edit.time_missing", "time")
        etree.SubElement(definition, f"{BPMN}{TIMES[str(timer)]}").text = timer_value(
            str(timer), values["time"], "time"
        )
    elif kind in ROOTS:
        name = within(values.get("reference", "").strip(), MAX_NAME, "reference")
        if not name and kind in ("message", "signal"):
            raise EditRefused("edit.reference_missing", "reference")
        if name:
            definition.set(f"{kind}Ref", refer(root, kind, name))
    elif kind == "conditional":
        _condition(definition, expression(values.get("condition", ""), "condition"))
    elif kind == "link":
        definition.set("name", values.get("reference", ""))


def can_be_interrupted(step: etree._Element) -> bool:
    """Events and gateways are over at once; what is done when something happened is not interrupted either."""
    return not local(step).endswith(("Event", "Gateway")) and step.get("isForCompensation") not in ("true", "1")


def add_interruption(
    files: Files, host: str, *, kind: str, name: str, target: str, values: Mapping[str, str], interrupting: bool = True
) -> tuple[dict[str, bytes], str]:
    """An event on the edge of a step, and a way from it to *target*, or to an end of its own when that is "".

    Returns the files and the id of the event. What catches an error always interrupts.
    """
    root = open_process(files)
    step = find_step(root, host)
    if not can_be_interrupted(step) or (kind == "cancel" and local(step) != "transaction"):
        raise EditRefused("edit.no_interruption", "kind")
    title = within(name.strip(), MAX_NAME, "name")
    event = etree.Element(f"{BPMN}boundaryEvent", name=title, attachedToRef=host)
    event.set("id", new_id(root, title or f"{step.get('name', host)} {kind}"))
    if not interrupting and kind not in ("error", "cancel"):
        event.set("cancelActivity", "false")
    step.addnext(event)
    set_event(root, event, kind, values)
    identity = str(event.get("id"))
    if target:
        node = find_step(root, target)
        if node.getparent() is not step.getparent() or local(node) in ("startEvent", "boundaryEvent"):
            raise EditRefused("edit.other_scope", "target")
        flow_after(event, root, identity, target)
    else:
        end = etree.Element(f"{BPMN}endEvent", id=new_id(root, f"{identity} end"), name=title)
        event.addnext(end)
        flow_after(end, root, identity, str(end.get("id")))
    return close_process(files, root, redraw=True), identity
