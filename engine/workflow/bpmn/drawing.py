"""A process as an SVG picture, drawn on the server: the same for a page, a document and somebody without JavaScript."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from typing import Literal

from engine.workflow.bpmn.elements import Element, Process
from engine.workflow.bpmn.layout import Box, Line, place

_WIDE = 19  # characters a task's name takes on a line
_MARKS = {
    "userTask": "M0 10c0-4 10-4 10 0zM5 0a2.6 2.6 0 1 1 0 5.2a2.6 2.6 0 1 1 0-5.2",
    "serviceTask": (
        "M5 0v2M5 8v2M0 5h2M8 5h2M1.5 1.5l1.4 1.4M7.1 7.1l1.4 1.4M8.5 1.5L7.1 2.9M2.9 7.1L1.5 8.5"
        "M5 3a2 2 0 1 1 0 4a2 2 0 1 1 0-4"
    ),
    "receiveTask": "M0 1h10v8h-10zM0 1l5 4l5-4",
    "sendTask": "M0 1h10v8h-10zM0 1l5 4l5-4",
    "manualTask": "M0 8h7l3-3l-2-1l-2 1v-4h-2v4h-4z",
}
_GATES = {
    "exclusiveGateway": "M-8-8L8 8M8-8L-8 8",
    "parallelGateway": "M-10 0H10M0-10V10",
    "inclusiveGateway": "M0-9a9 9 0 1 1 0 18a9 9 0 1 1 0-18",
    "eventBasedGateway": "M0-9L9-2L5 8H-5L-9-2Z",
}
_SIGNS = {
    "timer": "M0-8a8 8 0 1 1 0 16a8 8 0 1 1 0-16M0-5V0L4 2",
    "message": "M-7-5H7V5H-7ZM-7-5L0 1L7-5",
    "error": "M-7 6L-2-5L2 2L7-6L3 5L-1-1Z",
    "signal": "M0-7L7 6H-7Z",
    "escalation": "M0-7L5 7L0 2L-5 7Z",
    "conditional": "M-6-7H6V7H-6ZM-4-3H4M-4 0H4M-4 3H4",
}
#: Presentation attributes of a picture that stands alone.
_PLAIN = {
    "frame": 'fill="#ffffff"',
    "task": 'fill="#ffffff" stroke="#24303B" stroke-width="1.5"',
    "call": 'fill="#ffffff" stroke="#24303B" stroke-width="3.5"',
    "sub": 'fill="#f7f9fa" stroke="#24303B" stroke-width="1.5"',
    "event": 'fill="#ffffff" stroke="#24303B" stroke-width="1.5"',
    "end": 'fill="#ffffff" stroke="#24303B" stroke-width="4"',
    "gateway": 'fill="#ffffff" stroke="#24303B" stroke-width="1.5"',
    "mark": 'fill="none" stroke="#24303B" stroke-width="1.3"',
    "solid": 'fill="#24303B"',
    "flow": 'fill="none" stroke="#55636f" stroke-width="1.5"',
    "label": 'fill="#24303B" font-family="Inter, sans-serif" font-size="12" text-anchor="middle"',
    "side": 'fill="#55636f" font-family="Inter, sans-serif" font-size="11"',
}


def to_svg(
    process: Process,
    *,
    title: str,
    findings: Collection[str] = (),
    current: Collection[str] = (),
    standalone: bool = False,
) -> str:
    """The picture. *findings* are marked, *current* as where somebody is now.

    With *standalone* it carries its own colours; else a stylesheet gives them by class.
    """
    layout = place(process)
    pen = _Pen(standalone)
    parts = [pen.shape("frame", f'<rect width="{layout.width}" height="{layout.height}"')] if standalone else []
    nested = [b for b in layout.boxes.values() if process.children.get(b.element)]
    others = [b for b in layout.boxes.values() if not process.children.get(b.element)]
    for box in sorted(nested, key=lambda b: -b.width):
        parts.append(_node(pen, process.elements[box.element], box, findings, current, opened=True))
    parts += [_flow(pen, process, line) for line in layout.lines]
    plain = [b for b in others if not process.elements[b.element].attached_to]
    on_edge = [b for b in others if process.elements[b.element].attached_to]
    parts += [_node(pen, process.elements[b.element], b, findings, current) for b in (*plain, *on_edge)]
    arrow = pen.shape("solid", '<path d="M0 0L8 4L0 8Z"')
    size = f'width="{layout.width}" height="{layout.height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bpmn" viewBox="0 0 {layout.width} {layout.height}" {size} '
        f'role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>'
        f'<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" '
        f'orient="auto" markerUnits="userSpaceOnUse">{arrow}</marker></defs>{"".join(parts)}</svg>'
    )


class _Pen:
    """Shapes with a class, and with colours of their own where the picture stands alone."""

    def __init__(self, standalone: bool) -> None:
        self._standalone = standalone

    def shape(self, kind: str, opened: str, more: str = "") -> str:
        look = f" {_PLAIN[kind]}" if self._standalone else ""
        return f'{opened} class="{kind}"{look}{more}/>'

    def text(self, kind: Literal["label", "side"], x: int, y: int, lines: list[str]) -> str:
        look = f" {_PLAIN[kind]}" if self._standalone else ""
        spans = "".join(
            f'<tspan x="{x}" dy="{0 if number == 0 else 14}">{escape(line)}</tspan>'
            for number, line in enumerate(lines)
        )
        return f'<text class="{kind}"{look} x="{x}" y="{y}">{spans}</text>' if lines else ""


def _node(
    pen: _Pen,
    element: Element,
    box: Box,
    findings: Collection[str],
    current: Collection[str],
    *,
    opened: bool = False,
) -> str:
    state = " fault" if element.id in findings else " now" if element.id in current else ""
    if element.type.endswith("Event"):
        body = _event(pen, element, box)
    elif element.type.endswith("Gateway"):
        body = _gateway(pen, element, box)
    else:
        body = _task(pen, element, box, opened)
    return f'<g class="node{state}" id="n-{escape(element.id)}">{body}</g>'


def _event(pen: _Pen, element: Element, box: Box) -> str:
    x, y = box.middle
    kind = element.event.kind if element.event else "none"
    ring = "end" if element.type == "endEvent" else "event"
    dashed = ' stroke-dasharray="4 3"' if element.attached_to and not element.interrupting else ""
    out = pen.shape(ring, f'<circle cx="{x}" cy="{y}" r="{box.width // 2}"', dashed)
    if element.type in ("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"):
        out += pen.shape("event", f'<circle cx="{x}" cy="{y}" r="{box.width // 2 - 4}"', dashed)
    if kind == "terminate":
        out += pen.shape("solid", f'<circle cx="{x}" cy="{y}" r="{box.width // 2 - 7}"')
    elif kind in _SIGNS:
        out += pen.shape("mark", f'<path d="{_SIGNS[kind]}" transform="translate({x} {y})"')
    lines = _wrap(element.name, 17, 3)
    if element.attached_to:
        return out + pen.text("side", box.x + box.width + 4, box.y + box.height + 8, lines)
    return out + pen.text("label", x, box.y + box.height + 15, lines)


def _gateway(pen: _Pen, element: Element, box: Box) -> str:
    x, y = box.middle
    half = box.width // 2
    out = pen.shape("gateway", f'<path d="M{x} {y - half}L{x + half} {y}L{x} {y + half}L{x - half} {y}Z"')
    if element.type in _GATES:
        out += pen.shape("mark", f'<path d="{_GATES[element.type]}" transform="translate({x} {y})"')
    return out + pen.text(
        "label", x, box.y - 8 - 14 * (len(_wrap(element.name, 22, 2)) - 1), _wrap(element.name, 22, 2)
    )


def _task(pen: _Pen, element: Element, box: Box, opened: bool) -> str:
    kind = "sub" if opened else "call" if element.type == "callActivity" else "task"
    rect = f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="9"'
    out = pen.shape(kind, rect)
    if opened:
        out += pen.text("side", box.x + 14, box.y + 20, [element.name])
    else:
        if element.type in _MARKS:
            out += pen.shape("mark", f'<path d="{_MARKS[element.type]}" transform="translate({box.x + 7} {box.y + 7})"')
        lines = _wrap(element.name, _WIDE, 3)
        x, y = box.middle
        out += pen.text("label", x, y + 7 - 7 * (len(lines) - 1), lines)
    if element.multi_instance is not None:
        bars = "M-4-5V5M0-5V5M4-5V5" if not element.multi_instance.sequential else "M-5-4H5M-5 0H5M-5 4H5"
        out += pen.shape("mark", f'<path d="{bars}" transform="translate({box.middle[0]} {box.y + box.height - 8})"')
    return out


def _flow(pen: _Pen, process: Process, line: Line) -> str:
    points = " ".join(f"{x},{y}" for x, y in line.points)
    out = pen.shape("flow", f'<polyline points="{points}" marker-end="url(#arrow)"')
    name = process.flows[line.flow].name
    if name:
        (x, y), (_, ny) = line.points[0], line.points[1]
        turned = len(line.points) == 4 and ny == y
        place_at = (line.points[2][0] + 5, line.points[2][1] - 5) if turned else (x + 5, y - 5 if ny == y else y + 16)
        out += pen.text("side", *place_at, [_short(name, 18)])
    return out


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def _wrap(text: str, width: int, max_lines: int) -> list[str]:
    """Words on at most *most* lines of *width* characters."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], " ".join(lines[max_lines - 1 :])]
    return [_short(line, width) for line in lines]
