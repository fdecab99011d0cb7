"""What stands in a process without a way to it: starts, what may happen at any time, undoing, steps in any order."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.studio.bpmn_editor.document import (
    BPMN,
    SCOPES,
    EditRefused,
    Files,
    close_process,
    drop,
    find_step,
    flow_after,
    is_node,
    local,
    new_id,
    open_process,
)
from engine.studio.bpmn_editor.events import can_be_interrupted, definitions_of, set_event
from engine.studio.create_element import begin_and_end, finish, make_in, named
from engine.studio.element_kinds import ANY_ORDER, UNDOING, Kind

#: How many things one event may wait for.
MAX_EVENT_DEFINITIONS = 10


def find_scope(root: etree._Element, identity: str) -> etree._Element:
    """The process, or the part of it, of that id."""
    found = root.xpath("//*[@id=$id]", id=identity)
    if not found or local(found[0]) not in SCOPES:
        raise EditRefused("edit.gone")
    return found[0]


def add_start(
    files: Files, scope: str, *, kind: str, name: str, target: str, values: Mapping[str, str]
) -> tuple[dict[str, bytes], str]:
    """One more way the process, or a part of it, may begin, leading to *target*. *kind* "none": on its own."""
    root = open_process(files)
    parent = find_scope(root, scope)
    if local(parent) == "adHocSubProcess" or parent.get("triggeredByEvent") in ("true", "1"):
        raise EditRefused("edit.one_start", "kind")
    if not target:
        raise EditRefused("edit.target", "target")
    node = find_step(root, target)
    if node.getparent() is not parent or not is_node(node) or local(node) in ("startEvent", "boundaryEvent"):
        raise EditRefused("edit.other_scope", "target")
    if node.get("triggeredByEvent") in ("true", "1") or node.get("isForCompensation") in ("true", "1"):
        raise EditRefused("edit.into_start", "target")
    start = etree.Element(f"{BPMN}startEvent", id=new_id(root, named(name)), name=named(name))
    node.addprevious(start)
    if kind != "none":
        set_event(root, start, kind, values)
    flow_after(start, root, start.get("id", ""), target)
    return close_process(files, root, redraw=True), str(start.get("id"))


def add_handler(
    files: Files, scope: str, *, kind: str, name: str, values: Mapping[str, str], interrupting: bool
) -> tuple[dict[str, bytes], str]:
    """An event subprocess: what is done when something happens, whatever the case is at. Returns its start's id.

    What catches an error, or undoes, always interrupts. It begins with a start and an end, and is filled like a part.
    """
    root = open_process(files)
    parent = find_scope(root, scope)
    name = named(name)
    part = etree.SubElement(parent, f"{BPMN}subProcess", id=new_id(root, name), name=name, triggeredByEvent="true")
    _before_artifacts(parent, part)
    start = begin_and_end(root, part)
    start.set("name", name)
    if not interrupting and kind not in ("error", "compensation"):
        start.set("isInterrupting", "false")
    set_event(root, start, kind, values)
    return close_process(files, root, redraw=True), str(start.get("id"))


def add_inside(
    files: Files, scope: str, *, kind: Kind, name: str, performer: str, called: str = ""
) -> tuple[dict[str, bytes], str]:
    """One more step of an ad-hoc part, done whenever somebody wants to."""
    root = open_process(files)
    parent = find_scope(root, scope)
    if local(parent) != "adHocSubProcess" or kind.id not in ANY_ORDER:
        raise EditRefused("edit.not_ad_hoc", "kind")
    made = make_in(root, parent, kind, named(name), performer, called)
    return finish(close_process(files, root, redraw=True), made), made.id


def add_undoing(
    files: Files, host: str, *, kind: Kind, name: str, performer: str, called: str = ""
) -> tuple[dict[str, bytes], str]:
    """What undoes a step that has been done: the event on its edge, the step that undoes, and what ties them."""
    root = open_process(files)
    step = find_step(root, host)
    if not can_be_interrupted(step) or step.get("triggeredByEvent") in ("true", "1"):
        raise EditRefused("edit.no_interruption", "kind")
    if kind.id not in UNDOING:
        raise EditRefused("edit.kind", "undoing")
    if any(node.get("attachedToRef") == host and _undoes(node) for node in root.iter(f"{BPMN}boundaryEvent")):
        raise EditRefused("edit.undone_already", "kind")
    name = named(name)
    made = make_in(root, step.getparent(), kind, name, performer, called)
    made.step.set("isForCompensation", "true")
    event = etree.Element(f"{BPMN}boundaryEvent", id=new_id(root, f"{name} event"), attachedToRef=host)
    step.addnext(event)
    set_event(root, event, "compensation", {})
    tie = etree.SubElement(step.getparent(), f"{BPMN}association", associationDirection="One")
    tie.set("id", new_id(root, f"{made.id} tie"))
    tie.set("sourceRef", str(event.get("id")))
    tie.set("targetRef", made.id)
    return finish(close_process(files, root, redraw=True), made), made.id


def _undoes(node: etree._Element) -> bool:
    return node.find(f"{BPMN}compensateEventDefinition") is not None


def _before_artifacts(parent: etree._Element, node: etree._Element) -> None:
    others = [child for child in parent if local(child) in ("association", "group", "textAnnotation")]
    if others:
        others[0].addprevious(node)


def also(files: Files, event_id: str, kind: str, values: Mapping[str, str]) -> dict[str, bytes]:
    """One more thing an event waits for or throws, beside what it has."""
    root = open_process(files)
    event = find_step(root, event_id)
    if not local(event).endswith("Event") or not definitions_of(event):
        raise EditRefused("edit.gone")
    if len(definitions_of(event)) >= MAX_EVENT_DEFINITIONS:
        raise EditRefused("edit.too_many_events", "kind")
    set_event(root, event, kind, values)
    return close_process(files, root)


def no_longer(files: Files, event_id: str, number: int) -> dict[str, bytes]:
    """Take one of several things out of an event; the last one stays."""
    root = open_process(files)
    found = definitions_of(find_step(root, event_id))
    if len(found) < 2 or not 0 <= number < len(found):
        raise EditRefused("edit.gone")
    drop(found[number])
    return close_process(files, root)
