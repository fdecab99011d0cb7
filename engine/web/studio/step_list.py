"""The list of steps of a process, each with its ways on in words."""

from __future__ import annotations

from typing import Any

from flask import g

from engine.web.studio.element_words import PEOPLE, in_order, in_words, label
from engine.web.studio.process_sentences import ProcessWording
from engine.web.studio.tabs import tab
from engine.workflow.bpmn.elements import Element, Process
from engine.workflow.definitions.bundle import Bundle


@tab("steg")
def context(bundle: Bundle, process: Process, _: str) -> dict[str, Any]:
    """Every step in the order of the story, with its ways as sentences."""
    wording = ProcessWording(bundle, g.language)
    found = []
    for element in in_order(process):
        outgoing_flows = [process.flows[flow] for flow in element.outgoing]
        sentences = [wording.flow(way, way.id == element.default) for way in outgoing_flows]
        more = {"sentences": sentences, "flows": element.outgoing, "about": wording.about(element)}
        found.append(_step(process, element) | more)
    return {"steps": found}


def _step(process: Process, element: Element) -> dict[str, Any]:
    extension = element.extension
    inside = process.elements.get(element.scope)
    timer = element.event is not None and element.event.kind == "timer" and element.event.timer == "duration"
    host = process.elements.get(element.attached_to)
    return {
        "id": element.id,
        "name": element.name,
        "type": element.type,
        "label": label(element.type),
        "inside": inside.name if inside else "",
        "host": host.name if host else "",
        "person": element.type in PEOPLE,
        "performer": extension.performer or "citizen",
        "everyone": element.multi_instance is not None,
        "due": in_words(extension.due_after),
        "warn": in_words(extension.warn_before),
        "wait": in_words(str(element.event.value)) if timer and element.event else None,
        "one_flow": len(element.outgoing) == 1,
    }
