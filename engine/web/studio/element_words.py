"""The elements of a process in the order of the story, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator

from engine.web.shared import view
from engine.web.shared.texts import texts as page_texts
from engine.workflow.bpmn.elements import Element, Process
from engine.workflow.definitions.durations import parts

PEOPLE = ("userTask", "manualTask", "task")


def in_order(process: Process) -> Iterator[Element]:
    """Every element as the story is told: what comes next first, what may break in after it, inner parts inside."""
    seen: set[str] = set()

    def follow(ids: tuple[str, ...]) -> Iterator[Element]:
        pending = list(reversed(ids))
        late: list[str] = []
        while pending or late:
            element_id = pending.pop() if pending else late.pop(0)
            if element_id in seen:
                continue
            seen.add(element_id)
            element = process.elements[element_id]
            yield element
            if element_id in process.children:
                yield from follow(process.starts.get(element_id, ()))
            pending += [process.flows[flow].target for flow in reversed(element.outgoing)]
            if element.type == "intermediateThrowEvent":  # a jump goes on where it lands
                links = [(element.scope, event.reference) for event in element.events if event.kind == "link"]
                pending += [process.links[link] for link in links if link in process.links]
            late += element.boundary

    yield from follow(process.starts.get(process.id, ()))
    yield from (element for element in process.elements.values() if element.id not in seen)


def label(kind: str) -> str:
    """What a BPMN element is called on the page; one without a name of ours keeps the standard's."""
    key = f"studio.type.{kind}"
    return view.t(key) if key in page_texts("nb") else kind


def in_words(duration: str) -> str:
    """ "14 dager" for P14D; a duration of several units stays as it is written."""
    found = parts(duration)
    if found is None:
        return duration
    return view.t(f"duration.{found[1]}", count=found[0])
