"""What every suite measures with: medians, rows, and our turn and the peer's taken alternately."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]


def timed(act: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def median(act: Callable[[], object], rounds: int) -> float:
    """Median milliseconds of one call."""
    return statistics.median(timed(act) for _ in range(rounds))


def in_turn(ours: Callable[[], object], floor: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Medians of two acts done one after the other, so that a busy moment of the machine meets both."""
    for _ in range(10):
        ours()
        floor()
    first, second = [], []
    for _ in range(rounds):
        first.append(timed(ours))
        second.append(timed(floor))
    return statistics.median(first), statistics.median(second)


def row(value: float, unit: str, *, peer: str, ratio: float | None, goal: str, reached: bool) -> Row:
    return {
        "value": round(value, 4),
        "unit": unit,
        "peer": peer,
        "ratio": None if ratio is None else round(ratio, 3),
        "goal": goal,
        "reached": bool(reached),
    }


def against(peers: dict[str, Any], name: str) -> tuple[str, dict[str, float]]:
    """The peers' answer for a row in words, and their milliseconds where they had any."""
    told, figures = [], {}
    for peer, rows in peers.items():
        found = rows.get(name, rows.get("*", "not installed"))
        if isinstance(found, int | float):
            figures[peer] = float(found)
            told.append(f"{peer} {found:.3f} ms")
        else:
            told.append(f"{peer}: {found}")
    return "; ".join(told), figures
