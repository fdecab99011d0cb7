"""New steps in a draft: after another, in the middle of a way, or on a new way out of a gateway."""

from __future__ import annotations

from lxml import etree

from engine.studio.bpmn_editor.document import (
    EditRefused,
    Files,
    close_process,
    drop_flow,
    find_step,
    flow_after,
    local,
    open_process,
    outgoing_flows,
)
from engine.studio.bpmn_editor.flows import DECIDING
from engine.studio.bpmn_editor.steps import link_of
from engine.studio.bpmn_editor.values import MAX_NAME, within
from engine.studio.create_element import after_split, finish, landing, make, named
from engine.studio.element_kinds import Kind

#: Kinds that end a way: what came after is no longer led to from here, so they are only put at the end of a new way.
ENDING = ("endEvent",)


def add_step(
    files: Files, after: str, *, kind: Kind, name: str, performer: str, called: str = "", way: str = ""
) -> dict[str, bytes]:
    """A step after *after*, in the middle of the way *way*, or its only one; texts, form and access come with it.

    A wait begins as seven days, a form as one open question called as the step, a message as the step's name, a split
    with its join, a jump with where it lands, a part with a start and an end, an ad-hoc part with one step: all of it
    can be changed afterwards.
    """
    name = named(name)
    root = open_process(files)
    find_step(root, after)
    leaving = [flow for flow in outgoing_flows(root, after) if way in ("", flow.get("id"))]
    if len(leaving) != 1:
        raise EditRefused("edit.many_ways")
    if kind.element in ENDING:
        raise EditRefused("edit.end_needs_way", "kind")
    if kind.id == "jump" and landing(leaving[0].getparent(), name) is not None:
        raise EditRefused("edit.landing_there", "name")
    made = make(root, leaving[0], kind, name, performer, called)
    step = made.step
    last = after_split(root, step, kind, name)
    target = leaving[0].get("targetRef", "")
    leaving[0].set("targetRef", step.get("id"))
    on = flow_after(last if last is step else _after(last), root, last.get("id"), target)
    if kind.element in DECIDING:
        step.set("default", on.get("id"))
    return finish(close_process(files, root, redraw=True), made)


def _after(last: etree._Element) -> etree._Element:
    following = last.getnext()
    return last if following is None else following


def add_branch(
    files: Files,
    source: str,
    *,
    kind: Kind,
    name: str,
    performer: str,
    called: str = "",
    target: str = "",
    flow_name: str = "",
) -> tuple[dict[str, bytes], str]:
    """A new way out of a gateway, with a new step on it, that goes on to *target*.

    The empty way between a split and its join, there since the split was put in, goes when the first step comes.
    A jump to where another lands goes on from there; in an ad-hoc part nothing needs to come after. Returns the files
    and the id of the new way.
    """
    name = named(name)
    root = open_process(files)
    gateway = find_step(root, source)
    scope = gateway.getparent()
    leaving = outgoing_flows(root, source)
    if leaving and not local(gateway).endswith("Gateway"):
        raise EditRefused("edit.needs_gateway", "kind")
    if local(gateway) == "endEvent" or (local(gateway) == "intermediateThrowEvent" and link_of(gateway)):
        raise EditRefused("edit.out_of_end", "kind")
    if kind.event == "cancel" and not _in_transaction(gateway):
        raise EditRefused("edit.cancel_outside", "kind")
    lands = kind.id == "jump" and landing(scope, name) is not None
    made = make(root, gateway if not leaving else leaving[-1], kind, name, performer, called)
    step = made.step
    last = after_split(root, step, kind, name)
    flow = flow_after(step if last is step or lands else _after(last), root, source, step.get("id"))
    if flow_name.strip():
        flow.set("name", within(flow_name.strip(), MAX_NAME, "way_name"))
    ends = kind.element in ENDING or lands or (not target and local(scope) == "adHocSubProcess" and last is step)
    if not ends:
        node = _target(root, scope, target)
        on = flow_after(flow, root, last.get("id"), target)
        if kind.element in DECIDING:
            step.set("default", on.get("id"))
        for empty in leaving:
            if local(gateway) == "parallelGateway" and empty.get("targetRef") == target and _joins(node):
                drop_flow(root, empty)
    if local(gateway) in DECIDING and not leaving:
        gateway.set("default", flow.get("id"))
    flow_id = str(flow.get("id"))
    return finish(close_process(files, root, redraw=True), made), flow_id


def _target(root: etree._Element, scope: etree._Element, target: str) -> etree._Element:
    if not target:
        raise EditRefused("edit.target", "target")
    node = find_step(root, target)
    if node.getparent() is not scope or local(node) in ("startEvent", "boundaryEvent"):
        raise EditRefused("edit.other_scope", "target")
    return node


def _in_transaction(node: etree._Element) -> bool:
    return any(local(above) == "transaction" for above in node.iterancestors())


def _joins(node: etree._Element) -> bool:
    return local(node) == "parallelGateway"
