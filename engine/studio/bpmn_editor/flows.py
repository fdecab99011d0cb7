"""The ways between steps: draw one, lead it elsewhere, give it a condition, make it the one that counts otherwise."""

from __future__ import annotations

from lxml import etree

from engine.studio.bpmn_editor.document import (
    BPMN,
    EditRefused,
    Files,
    close_process,
    drop,
    drop_flow,
    find_step,
    flow_after,
    insert_child,
    local,
    open_process,
    outgoing_flows,
)
from engine.studio.bpmn_editor.steps import link_of
from engine.studio.bpmn_editor.values import MAX_NAME, within
from engine.workflow.bpmn.conditions import ConditionSyntaxError, read

DECIDING = ("exclusiveGateway", "inclusiveGateway", "complexGateway")


def connect(files: Files, source: str, target: str, name: str = "") -> tuple[dict[str, bytes], str]:
    """A new way. Returns the files and its id.

    Only a gateway has several ways on: a step that has one already is refused with what to do instead. The first way
    of a gateway that decides is the one that counts otherwise.
    """
    root = open_process(files)
    begin, end = find_step(root, source), find_step(root, target)
    _may_lead(begin, end)
    leaving = outgoing_flows(root, source)
    if any(flow.get("targetRef") == target for flow in leaving) and not local(begin).endswith("Gateway"):
        raise EditRefused("edit.way_there", "target")
    if leaving and not local(begin).endswith("Gateway"):
        raise EditRefused("edit.needs_gateway", "target")
    after = leaving[-1] if leaving else (end if _comes_after(begin, end) else begin)
    flow = flow_after(after, root, source, target)
    if name.strip():
        flow.set("name", within(name.strip(), MAX_NAME, "way_name"))
    if local(begin) in DECIDING and not leaving:
        begin.set("default", flow.get("id"))
    return close_process(files, root, redraw=True), str(flow.get("id"))


def _comes_after(node: etree._Element, other: etree._Element) -> bool:
    parent = node.getparent()
    return node.getparent() is other.getparent() and parent.index(other) > parent.index(node)


def _may_lead(begin: etree._Element, end: etree._Element) -> None:
    if begin.getparent() is not end.getparent():
        raise EditRefused("edit.other_scope", "target")
    if local(begin) == "endEvent" or (local(begin) == "intermediateThrowEvent" and link_of(begin)):
        raise EditRefused("edit.out_of_end", "target")
    if local(end) in ("startEvent", "boundaryEvent"):
        raise EditRefused("edit.into_start", "target")
    event_part = end.get("triggeredByEvent") in ("true", "1") or begin.get("triggeredByEvent") in ("true", "1")
    if event_part or end.get("isForCompensation") == "true":
        raise EditRefused("edit.into_start", "target")


def _flow(root: etree._Element, flow_id: str) -> etree._Element:
    flow = find_step(root, flow_id)
    if local(flow) != "sequenceFlow":
        raise EditRefused("edit.gone")
    return flow


def lead_to(files: Files, flow_id: str, target: str) -> dict[str, bytes]:
    """Lead a way to another step of the same scope; back to an earlier one makes a loop."""
    root = open_process(files)
    flow = _flow(root, flow_id)
    if flow.get("targetRef") == target:
        return dict(files)
    _may_lead(find_step(root, flow.get("sourceRef", "")), find_step(root, target))
    flow.set("targetRef", target)
    return close_process(files, root, redraw=True)


def disconnect(files: Files, flow_id: str) -> dict[str, bytes]:
    """Take a way out. The last way from anything but a gateway is taken out by removing or leading it elsewhere."""
    root = open_process(files)
    flow = _flow(root, flow_id)
    if len(outgoing_flows(root, flow.get("sourceRef", ""))) < 2:
        raise EditRefused("edit.last_way")
    drop_flow(root, flow)
    return close_process(files, root, redraw=True)


def name_flow(files: Files, flow_id: str, name: str) -> dict[str, bytes]:
    """What the way is called on the diagram; "" takes the name away."""
    root = open_process(files)
    flow = _flow(root, flow_id)
    if name.strip() == flow.get("name", ""):
        return dict(files)
    if name.strip():
        flow.set("name", within(name.strip(), MAX_NAME, "name"))
    else:
        flow.attrib.pop("name", None)
    return close_process(files, root)


def set_condition(files: Files, flow_id: str, text: str) -> dict[str, bytes]:
    """The condition under which the way is taken, an Altinn expression as JSON; "" takes it away.

    A way with a condition is no longer the one that counts otherwise.
    """
    root = open_process(files)
    flow = _flow(root, flow_id)
    there = flow.find(f"{BPMN}conditionExpression")
    if (there.text or "").strip() == text.strip() if there is not None else not text.strip():
        return dict(files)
    if text.strip():
        try:
            if isinstance(read(text).expression, str):
                raise ConditionSyntaxError(text)
        except ConditionSyntaxError:
            raise EditRefused("edit.expression", "condition") from None
        if there is None:
            there = insert_child(flow, etree.Element(f"{BPMN}conditionExpression"))
        there.text = text.strip()
        for node in root.xpath("//*[@default=$id]", id=flow_id):
            node.attrib.pop("default")
    elif there is not None:
        drop(there)
    return close_process(files, root)


def make_default(files: Files, flow_id: str) -> dict[str, bytes]:
    """The way that is taken when no condition holds; it has none itself."""
    root = open_process(files)
    flow = _flow(root, flow_id)
    source = find_step(root, flow.get("sourceRef", ""))
    if source.get("default") == flow_id:
        return dict(files)
    source.set("default", flow_id)
    there = flow.find(f"{BPMN}conditionExpression")
    if there is not None:
        drop(there)
    return close_process(files, root)


def evaluate_earlier(files: Files, flow_id: str) -> dict[str, bytes]:
    """One place up among the ways of its source: conditions are evaluated in that order."""
    root = open_process(files)
    flow = _flow(root, flow_id)
    outgoing = outgoing_flows(root, flow.get("sourceRef", ""))
    place = outgoing.index(flow)
    if place == 0:
        return dict(files)
    parent = flow.getparent()
    drop(flow)
    parent.insert(parent.index(outgoing[place - 1]), flow)
    return close_process(files, root)
