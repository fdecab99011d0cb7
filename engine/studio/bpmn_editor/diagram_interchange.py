"""BPMN diagram interchange, laid out from the flow: what an editor needs where a file has no picture of its own."""

from __future__ import annotations

from lxml import etree

from engine.studio.bpmn_editor.document import BPMNDI, process_of
from engine.workflow.bpmn.elements import Process
from engine.workflow.bpmn.layout import place
from engine.workflow.bpmn.parser import read_definitions

DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
_NAMES = {"bpmndi": BPMNDI[1:-1], "dc": DC[1:-1], "di": DI[1:-1]}


def is_drawn(root: etree._Element, process: Process) -> bool:
    """Whether every step and way of the process has its place in the file's diagram."""
    shapes = root.iter(f"{BPMNDI}BPMNShape", f"{BPMNDI}BPMNEdge")
    drawn = {shape.get("bpmnElement", "").rpartition(":")[2] for shape in shapes}
    return set(process.elements) | set(process.flows) <= drawn


def with_picture(root: etree._Element) -> etree._Element:
    """The same file with a diagram of its process; one that is whole stays as it is."""
    process = read_definitions(root).processes[process_of(root).get("id")]
    if is_drawn(root, process):
        return root
    for diagram in root.findall(f"{BPMNDI}BPMNDiagram"):
        root.remove(diagram)
    layout = place(process)
    diagram = etree.SubElement(root, f"{BPMNDI}BPMNDiagram", nsmap=_NAMES)
    diagram.set("id", f"{process.id}_diagram")
    plane = etree.SubElement(diagram, f"{BPMNDI}BPMNPlane", id=f"{process.id}_plane", bpmnElement=process.id)
    for box in layout.boxes.values():
        shape = etree.SubElement(plane, f"{BPMNDI}BPMNShape", id=f"{box.element}_di", bpmnElement=box.element)
        kind = process.elements[box.element].type
        if process.children.get(box.element) is not None:
            shape.set("isExpanded", "true")
        if kind == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        etree.SubElement(shape, f"{DC}Bounds", x=str(box.x), y=str(box.y), width=str(box.width), height=str(box.height))
    for line in layout.lines:
        edge = etree.SubElement(plane, f"{BPMNDI}BPMNEdge", id=f"{line.flow}_di", bpmnElement=line.flow)
        for x, y in line.points:
            etree.SubElement(edge, f"{DI}waypoint", x=str(x), y=str(y))
    return root
