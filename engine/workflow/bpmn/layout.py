"""Where each element of a process is drawn: left to right by what comes before what, branches below each other.

Made from the flow alone, so a bundle needs no diagram information of its own.
Deterministic; iterates over flows, and recurses only into nested subprocesses.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from engine.workflow.bpmn.elements import Element, Process

TASK, EVENT, GATEWAY = (130, 72), (36, 36), (50, 50)
GAP_X, GAP_Y, MARGIN, TITLE = 64, 50, 44, 24

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """One element, in pixels from the upper left corner of the drawing."""

    element: str
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> Point:
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Line:
    """One sequence flow: corners from source to target, each stretch level or upright."""

    flow: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Every box and line, and the size of the whole."""

    boxes: dict[str, Box]
    lines: tuple[Line, ...]
    width: int
    height: int


def place(process: Process) -> Layout:
    """Lay the whole process out, subprocesses opened."""
    boxes, lines, width, height = _scope(process, process.id)
    return Layout(boxes, tuple(lines), width, height)


def _size(element: Element) -> tuple[int, int]:
    if element.type.endswith("Event"):
        return EVENT
    return GATEWAY if element.type.endswith("Gateway") else TASK


def _scope(process: Process, scope: str) -> tuple[dict[str, Box], list[Line], int, int]:
    members = [process.elements[name] for name in process.children.get(scope, ())]
    nodes = [element.id for element in members if not _on_edge(process, element)]
    inner = {name: _scope(process, name) for name in nodes if process.children.get(name)}
    sizes = {
        name: (inner[name][2], inner[name][3]) if name in inner else _size(process.elements[name]) for name in nodes
    }
    edges = _edges(process, nodes)
    layers, back = _layers(nodes, edges)
    rows = _rows(nodes, edges, layers, back, process)
    boxes = _boxes(nodes, sizes, layers, rows)
    found = dict(boxes)
    lines: list[Line] = []
    for name, (their_boxes, their_lines, _, _) in inner.items():
        dx, dy = boxes[name].x, boxes[name].y
        for box in their_boxes.values():
            found[box.element] = Box(box.element, box.x + dx, box.y + dy, box.width, box.height)
        lines += [Line(line.flow, tuple((x + dx, y + dy) for x, y in line.points)) for line in their_lines]
    for name in nodes:
        on_edge = _on(process, process.elements[name])
        for number, boundary in enumerate(on_edge):
            host = boxes[name]
            step = max(min(110, (host.width - 28) // len(on_edge)), EVENT[0] + 6)
            x = host.x + 14 + number * step
            found[boundary] = Box(boundary, x, host.y + host.height - EVENT[1] // 2, *EVENT)
    bottom = max((box.y + box.height for box in boxes.values()), default=0)
    lanes = 0
    for element in members:
        for flow_id in element.outgoing:
            target = process.flows[flow_id].target
            edge = _on_edge(process, element)
            source = element.attached_to if edge else element.id
            backwards = layers.get(target, 0) <= layers.get(source, 0)
            lanes += backwards
            points = _route(found[element.id], found[target], edge, backwards, bottom + 14 * lanes)
            lines.append(Line(flow_id, points))
    right = max((box.x + box.width for box in boxes.values()), default=0)
    return found, lines, right + MARGIN, bottom + 14 * lanes + MARGIN + 8


def _on_edge(process: Process, element: Element) -> bool:
    """Whether it is drawn on the edge of its host: one that is there, in the same scope, and no boundary event itself.

    Anything else is no good BPMN, which the validator says; it is drawn as a step of its own, so that it is seen.
    """
    host = process.elements.get(element.attached_to)
    return host is not None and host.scope == element.scope and not host.attached_to and host is not element


def _on(process: Process, host: Element) -> list[str]:
    return [name for name in host.boundary if _on_edge(process, process.elements[name])]


def _edges(process: Process, nodes: list[str]) -> list[tuple[str, str]]:
    """Who comes before whom; a boundary event counts as its host."""
    known = set(nodes)
    found = []
    for name in nodes:
        element = process.elements[name]
        ways = list(element.outgoing)
        for boundary in _on(process, element):
            ways += process.elements[boundary].outgoing
        found += [(name, process.flows[way].target) for way in ways if process.flows[way].target in known]
    return found


def _layers(nodes: list[str], edges: list[tuple[str, str]]) -> tuple[dict[str, int], set[tuple[str, str]]]:
    """The longest way to each node, with the flows that lead back left out."""
    following: dict[str, list[str]] = {name: [] for name in nodes}
    for source, target in edges:
        following[source].append(target)
    back: set[tuple[str, str]] = set()
    state: dict[str, int] = {}
    targets = {target for _, target in edges}
    for root in [name for name in nodes if name not in targets] + nodes:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(following[root]))]
        while stack:
            name, ways = stack[-1]
            for target in ways:
                if state.get(target) == 1:
                    back.add((name, target))
                elif target not in state:
                    state[target] = 1
                    stack.append((target, iter(following[target])))
                    break
            else:
                state[name] = 2
                stack.pop()
    waiting = dict.fromkeys(nodes, 0)
    for source, target in edges:
        if (source, target) not in back:
            waiting[target] += 1
    layers = dict.fromkeys(nodes, 0)
    ready = deque(name for name in nodes if waiting[name] == 0)
    while ready:
        name = ready.popleft()
        for target in following[name]:
            if (name, target) in back:
                continue
            layers[target] = max(layers[target], layers[name] + 1)
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    return layers, back


def _rows(
    nodes: list[str],
    edges: list[tuple[str, str]],
    layers: dict[str, int],
    back: set[tuple[str, str]],
    process: Process,
) -> dict[str, int]:
    """The first way on keeps the row; the others, and what a boundary event leads to, come below."""
    before: dict[str, list[str]] = {name: [] for name in nodes}
    for source, target in edges:
        if (source, target) not in back:
            before[target].append(source)
    first: dict[str, str] = {}
    for source, target in edges:
        straight = [process.flows[way].target for way in process.elements[source].outgoing]
        if straight and straight[0] == target and (source, target) not in back:
            first.setdefault(source, target)
    taken: set[tuple[int, int]] = set()
    rows: dict[str, int] = {}
    for name in sorted(nodes, key=lambda n: (layers[n], nodes.index(n) if len(nodes) < 400 else 0)):
        heirs = [rows[s] for s in before[name] if first.get(s) == name]
        others = [rows[s] + 1 for s in before[name]]
        row = min(heirs) if heirs else min(others, default=0)
        while (layers[name], row) in taken:
            row += 1
        for layer in range(min((layers[s] for s in before[name]), default=layers[name] - 1) + 1, layers[name] + 1):
            taken.add((layer, row))
        rows[name] = row
    return rows


def _boxes(
    nodes: list[str], sizes: dict[str, tuple[int, int]], layers: dict[str, int], rows: dict[str, int]
) -> dict[str, Box]:
    wide: dict[int, int] = {}
    high: dict[int, int] = {}
    for name in nodes:
        wide[layers[name]] = max(wide.get(layers[name], 0), sizes[name][0])
        high[rows[name]] = max(high.get(rows[name], 0), sizes[name][1])
    left, top = {}, {}
    x, y = MARGIN, MARGIN + TITLE
    for layer in range(max(wide, default=-1) + 1):
        left[layer] = x
        x += wide.get(layer, 0) + GAP_X
    for row in range(max(high, default=-1) + 1):
        top[row] = y
        y += high.get(row, 0) + GAP_Y if row in high else 0
    return {
        name: Box(
            name,
            left[layers[name]] + (wide[layers[name]] - sizes[name][0]) // 2,
            top[rows[name]] + (high[rows[name]] - sizes[name][1]) // 2,
            *sizes[name],
        )
        for name in nodes
    }


def _route(source: Box, target: Box, boundary: bool, backwards: bool, lane: int) -> tuple[Point, ...]:
    sx, sy = source.middle
    tx, ty = target.middle
    if backwards:
        start = (sx, source.y + source.height)
        return (start, (sx, lane), (tx, lane), (tx, target.y + target.height))
    if boundary:
        start = (sx, source.y + source.height)
        if ty > start[1] + 4:
            return (start, (sx, ty), (target.x, ty))
        bend = target.x - GAP_X // 2 + 8
        below = start[1] + 12
        return (start, (sx, below), (bend, below), (bend, ty), (target.x, ty))
    start = (source.x + source.width, sy)
    if sy == ty:
        return (start, (target.x, ty))
    bend = source.x + source.width + GAP_X // 3 if ty > sy else target.x - GAP_X // 3
    return (start, (bend, sy), (bend, ty), (target.x, ty))
