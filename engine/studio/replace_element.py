"""A step that becomes another sort of step: what both sorts have stays, and what is dropped is named."""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy

from lxml import etree

from engine.studio.bpmn_editor.document import (
    ALTINN,
    BPMN,
    IB,
    EditRefused,
    Files,
    close_process,
    drop,
    extensions,
    find_step,
    insert_child,
    is_node,
    local,
    open_process,
    outgoing_flows,
)
from engine.studio.bpmn_editor.events import event_settings, refer
from engine.studio.bpmn_editor.loops import loop
from engine.studio.bpmn_editor.setting_paths import get, write
from engine.studio.bpmn_editor.settings import ACTIVITIES, LINES, PEOPLE, SETTINGS, clear_lines
from engine.studio.create_element import Made, finish
from engine.studio.element_kinds import Kind
from engine.workflow.bpmn.conformance.vocabulary import Entry, entry
from engine.workflow.bpmn.elements import JOB_ELEMENTS

GATEWAYS = ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway")
PARTS = ("subProcess", "transaction")
_TYPE = "extensionElements/altinn:taskExtension/altinn:taskType"
_PERFORMER = "extensionElements/ib:assignment/@performer"
#: Sorts that may become each other. A part with steps of its own only becomes the other sort of part.
_ALIKE = (tuple(a for a in ACTIVITIES if a not in (*PARTS, "adHocSubProcess")), GATEWAYS, PARTS)


def becomes(element: str) -> tuple[str, ...]:
    """The elements that one of this sort may become, itself among them."""
    return next((group for group in _ALIKE if element in group), ())


def change_tag(root: etree._Element, step: etree._Element, element: str) -> list[str]:
    """Make *step* an *element*. Returns the names of the settings that were dropped."""
    if element not in becomes(local(step)) or step.get("triggeredByEvent") in ("true", "1"):
        raise EditRefused("edit.other_sort", "sort")
    if element == local(step):
        return []
    before = settings_of_step(step)
    step.tag = f"{BPMN}{element}"
    fit(root, step)
    after = settings_of_step(step)
    return [name for name in before if name not in after]


def fit(root: etree._Element, step: etree._Element) -> None:
    """Take out of a step what its sort does not have."""
    element = local(step)
    known = entry("process", element)
    assert known is not None, element
    for setting in SETTINGS:
        if element not in setting.on and get(step, setting.path):
            write(step, setting.path, "")
    for tag, _, on in LINES.values():
        if element not in on:
            clear_lines(step, tag)
    actions = step.find(f"{BPMN}extensionElements/{ALTINN}taskExtension/{ALTINN}actions")
    if element not in PEOPLE and actions is not None:
        drop(actions)
    for attribute in [a for a in step.attrib if not a.startswith("{") and a not in known.attributes]:
        del step.attrib[attribute]
    for child in [c for c in step if local(c) and not _allowed(known, local(c))]:
        drop(child)
    _drop_flow_conditions(root, step)


def regained(old: etree._Element, new: etree._Element) -> None:
    """Give a step that an editor has made another sort what it said before: each part that the editor left out."""
    person = local(old) in PEOPLE and local(new) in PEOPLE
    for name, value in old.attrib.items():
        there = name != "default" or new.getroottree().getroot().xpath("boolean(//*[@id=$id])", id=value)
        if name not in new.attrib and there:
            new.set(name, value)
    for child in old:
        if not local(child) or local(child) in ("incoming", "outgoing") or is_node(child):
            continue
        if local(child) != "extensionElements":
            if new.find(child.tag) is None:
                insert_child(new, deepcopy(child))
            continue
        for part in child:
            crosses = part.tag == f"{ALTINN}taskExtension" and not person and local(old) not in (*GATEWAYS, local(new))
            if new.find(f"{BPMN}extensionElements/{part.tag}") is None and not crosses:
                extensions(new).append(deepcopy(part))


def _allowed(known: Entry, child: str) -> bool:
    return any(child in slot.names for slot in known.slots)


def settings_of_step(step: etree._Element) -> dict[str, str]:
    """Every setting that says something."""
    found = {setting.name: get(step, setting.path) for setting in SETTINGS}
    found |= {name: "yes" for name, (tag, _, _) in LINES.items() if step.find(f".//{{*}}{tag}") is not None}
    found |= event_settings(step)
    if step.find(f".//{ALTINN}action") is not None:
        found["actions"] = "yes"
    if step.get("default") or any(flow.find(f"{BPMN}conditionExpression") is not None for flow in _leaving(step)):
        found["conditions"] = "yes"
    return {name: value for name, value in (found | loop(step)).items() if value}


def _leaving(step: etree._Element) -> list[etree._Element]:
    return outgoing_flows(step.getroottree().getroot(), step.get("id", ""))


def _drop_flow_conditions(root: etree._Element, step: etree._Element) -> None:
    """A gateway that does not decide has no conditions on its ways."""
    if local(step) in ("parallelGateway", "eventBasedGateway"):
        for flow in outgoing_flows(root, step.get("id", "")):
            condition = flow.find(f"{BPMN}conditionExpression")
            if condition is not None:
                drop(condition)


def change_sort(
    files: Files, element_id: str, kind: Kind, *, called: str = "", performer: str = "", types: Collection[str] = ()
) -> tuple[dict[str, bytes], list[str]]:
    """The step as another sort; name, documentation, access and form stay with its id.

    types  task types a person's step may have here: one that it has and that is still good stays, where the new sort
           does not name its own.  Returns the files and the names of the settings that were dropped.
    """
    root = open_process(files)
    step = find_step(root, element_id)
    was_person, was_type = local(step) in PEOPLE, get(step, _TYPE)
    dropped = change_tag(root, step, kind.element)
    wanted = called if kind.id == "job" else kind.task_type
    if kind.id == "job" and not called:
        raise EditRefused("edit.task_type", "sort")
    stays = was_person and kind.person and kind.id in ("manual", "plain") and was_type in types
    if kind.element in (*PEOPLE, *JOB_ELEMENTS):
        write(step, _TYPE, was_type if stays else wanted or (was_type if not was_person and not kind.person else ""))
        if was_type and get(step, _TYPE) != was_type and "task_type" not in dropped:
            dropped = ["task_type", *dropped]
    if kind.person and not get(step, _PERFORMER):
        write(step, _PERFORMER, performer or "citizen")
    name = step.get("name", "") or element_id
    if kind.id == "call":
        step.set("calledElement", called)
    if kind.id in ("message", "send") and not step.get("messageRef"):
        step.set("messageRef", refer(root, "message", name))
    if kind.id == "notify" and not step.findall(f".//{IB}config"):
        etree.SubElement(extensions(step), f"{IB}config", name="text").text = f"notice.{element_id}"
    changed: dict[str, bytes] = close_process(files, root, redraw=True)
    if kind.person or kind.id == "notify":
        made = Made(step, kind, name, get(step, _PERFORMER))
        changed = finish(changed, made, new=not was_person)
    return changed, dropped
