"""Steps: change the commonest settings, move a step to another place, take one out and close the gap."""

from __future__ import annotations

import json

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
    incoming_flows,
    inside,
    is_node,
    local,
    open_process,
    outgoing_flows,
)
from engine.studio.bpmn_editor.settings import write_settings


def change_step(
    files: Files, element_id: str, *, name: str, due: str = "", warn: str = "", performer: str = "", wait: str = ""
) -> dict[str, bytes]:
    """New name, performer and deadline, or how long a timer waits. "14 dager" and P14D both do; empty takes it away."""
    step = find_step(open_process(files), element_id)
    values = {"name": name}
    if wait and step.find(f"{BPMN}timerEventDefinition/{BPMN}timeDuration") is not None:
        values["timer"], values["time"] = "duration", wait
    if local(step) in ("userTask", "manualTask", "task"):
        values |= {"due": due, "warn": warn}
        if performer in ("citizen", "caseworker"):
            values["performer"] = performer
    return write_settings(files, element_id, values)


def touched_by_removing(files: Files, element_id: str) -> list[tuple[str, str]]:
    """(kind of trouble, name or id) of what else goes, or loses its way, when the step is taken out.

    Kinds: ``goes`` (a part of it or an interruption on it), ``form``, ``loose`` (nothing leads there any more).
    """
    root = open_process(files)
    step = find_step(root, element_id)
    gone = [step, *inside(step)]
    gone += along(root, step)
    names = {node.get("id") for node in gone}
    found = [("goes", node.get("name") or node.get("id", "")) for node in gone[1:]]
    metadata = json.loads(files.get("metadata.json", b"{}"))
    found += [("form", kind["id"]) for kind in metadata.get("dataTypes", ()) if kind.get("taskId") in names]
    outgoing = [flow for node in gone for flow in outgoing_flows(root, node.get("id", ""))]
    following = _following_flow(root, step) if incoming_flows(root, element_id) else None
    for flow in outgoing:
        target = flow.get("targetRef", "")
        others = [w for w in incoming_flows(root, target) if w.get("sourceRef") not in names]
        if target not in names and not others and (following is None or following.get("targetRef") != target):
            node = find_step(root, target)
            found.append(("loose", node.get("name") or target))
    return list(dict.fromkeys(found))


def along(root: etree._Element, step: etree._Element) -> list[etree._Element]:
    """What goes with a step beside what is in it: events on its edge, what undoes it, where its jump lands."""
    names = {step.get("id", ""), *(node.get("id", "") for node in inside(step))}
    found = [n for n in root.iter(f"{BPMN}boundaryEvent") if n.get("attachedToRef") in names]
    edges = {node.get("id") for node in found}
    for tie in root.iter(f"{BPMN}association"):
        ends = [tie.get(end, "").rpartition(":")[2] for end in ("sourceRef", "targetRef")]
        if set(ends) & edges:
            found += [n for end in ends for n in root.xpath("//*[@id=$id]", id=end) if n.get("isForCompensation")]
    found += [*_landing(step)]
    return [node for node in dict.fromkeys(found) if node.get("id") not in names]


def _landing(step: etree._Element) -> list[etree._Element]:
    """Where a jump lands that no other jump of its scope leads to."""
    name = link_of(step) if local(step) == "intermediateThrowEvent" else ""
    scope = step.getparent()
    throws = [n for n in scope.findall(f"{BPMN}intermediateThrowEvent") if name and link_of(n) == name]
    return [n for n in scope.findall(f"{BPMN}intermediateCatchEvent") if throws == [step] and link_of(n) == name]


def link_of(event: etree._Element) -> str:
    found = event.find(f"{BPMN}linkEventDefinition")
    return "" if found is None else str(found.get("name", ""))


def _following_flow(root: etree._Element, step: etree._Element) -> etree._Element | None:
    """Where what led to the step leads when it is gone: its default way, else its first, or on from where it lands."""
    outgoing = outgoing_flows(root, step.get("id", ""))
    outgoing = outgoing or [flow for n in _landing(step) for flow in outgoing_flows(root, n.get("id", ""))]
    return next((flow for flow in outgoing if flow.get("id") == step.get("default")), outgoing[0] if outgoing else None)


def remove_step(files: Files, element_id: str) -> dict[str, bytes]:
    """Take a step out, with what is in it and on it; what led to it leads on to what came after.

    The last start of a process or part stays, and so does the only event that begins an event subprocess.
    """
    root = open_process(files)
    step = find_step(root, element_id)
    if not is_node(step):
        raise EditRefused("edit.not_a_step")
    if local(step) == "startEvent" and len(step.getparent().findall(f"{BPMN}startEvent")) < 2:
        raise EditRefused("edit.last_start")
    gone = {element_id, *(node.get("id", "") for node in inside(step))}
    on_it = along(root, step)
    gone |= {node.get("id", "") for node in on_it}
    following = _following_flow(root, step)
    target = following.get("targetRef") if following is not None else ""
    for flow in incoming_flows(root, element_id):
        source = flow.get("sourceRef")
        if not target or source in gone or target in gone or _there(root, source, target):
            drop_flow(root, flow)
        else:
            flow.set("targetRef", target)
    for flow in [f for f in root.iter(f"{BPMN}sequenceFlow") if {f.get("sourceRef"), f.get("targetRef")} & gone]:
        drop_flow(root, flow)
    for node in (*on_it, step):
        if node.getparent() is not None:
            drop(node)
    return without_forms(close_process(files, root, redraw=True), gone)


def _there(root: etree._Element, source: str, target: str) -> bool:
    return any(flow.get("targetRef") == target for flow in outgoing_flows(root, source))


def without_forms(files: Files, gone: set[str]) -> dict[str, bytes]:
    """The files without the forms of steps that are gone."""
    metadata = json.loads(files.get("metadata.json", b"{}"))
    kinds = metadata.get("dataTypes", ())
    remaining = [kind for kind in kinds if kind.get("taskId") not in gone]
    changed = {n: d for n, d in files.items() if not any(n.startswith(f"layouts/{element}/") for element in gone)}
    if len(remaining) != len(kinds):
        metadata["dataTypes"] = remaining
        changed["metadata.json"] = json.dumps(metadata, ensure_ascii=False, indent=2).encode()
    return changed


def move_step(files: Files, element_id: str, flow_id: str) -> dict[str, bytes]:
    """Take a step from where it is and put it in the middle of another way of the same scope.

    Only a step with one way on can be moved; interruptions on it come along.
    """
    root = open_process(files)
    step, destination = find_step(root, element_id), find_step(root, flow_id)
    leaving, coming = outgoing_flows(root, element_id), incoming_flows(root, element_id)
    if local(step) in ("startEvent", "endEvent", "boundaryEvent") or len(leaving) != 1 or not coming:
        raise EditRefused("edit.many_ways")
    if local(destination) != "sequenceFlow" or destination.getparent() is not step.getparent():
        raise EditRefused("edit.other_scope")
    if element_id in (destination.get("sourceRef"), destination.get("targetRef")):
        return dict(files)
    after = leaving[0].get("targetRef", "")
    for flow in coming:
        if flow.get("sourceRef") == element_id:  # a way back to itself
            drop_flow(root, flow)
        else:
            flow.set("targetRef", after)
    drop_flow(root, leaving[0])
    target = destination.get("targetRef", "")
    destination.set("targetRef", element_id)
    flow_after(destination, root, element_id, target)
    return close_process(files, root, redraw=True)
