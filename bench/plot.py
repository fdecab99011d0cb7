"""A line chart as SVG with title, axes and a description; nothing but text is needed to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

RESULTS = Path(__file__).parent / "results"
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 360, 70, 40, 20, 50
COLOURS = ("#0B5A75", "#A85B12", "#2C6E49", "#7C3A5E")


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one line, x ascending."""

    name: str
    points: Sequence[tuple[float, float]]


def plot(name: str, title: str, across: str, up: str, series: Sequence[Series]) -> None:
    """Write ``results/<name>.svg``; both axes begin at zero."""
    right = max(x for one in series for x, _ in one.points) or 1.0
    top = max(y for one in series for _, y in one.points) * 1.15 or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + x / right * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM),
        )

    told = "; ".join(f"{one.name}: " + ", ".join(f"{x:g} → {y:.3g}" for x, y in one.points) for one in series)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif">',
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="24" font-size="16">{escape(title)}</text>',
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, across, "middle"),
        _text(14, TOP - 6, up),
    ]
    for step in range(5):
        value = top * step / 4
        _, y = place(0, value)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d5dbe1"/>')
        parts.append(_text(LEFT - 6, y + 4, f"{value:.3g}", "end"))
    for x in sorted({x for one in series for x, _ in one.points}):
        at, _ = place(x, 0)
        parts.append(_text(at, HEIGHT - BOTTOM + 16, f"{x:g}", "middle"))
    for index, one in enumerate(series):
        colour = COLOURS[index % len(COLOURS)]
        dots = [place(x, y) for x, y in one.points]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in dots]
        x, y = dots[-1]
        parts.append(_text(x, y - 8, one.name, "end", colour))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.svg").write_text("\n".join([*parts, "</svg>\n"]))


def _text(x: float, y: float, words: str, anchor: str = "start", colour: str = "#24303B") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="12" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{escape(words)}</text>"
