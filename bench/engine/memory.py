"""Execution without a database, beside SpiffWorkflow and bpmn-elements in the same run."""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any

from bench import peers
from bench.engine import models
from bench.measure import Row, against, median, row
from bench.plot import Series, plot
from engine.workflow.bpmn.elements import Definitions
from engine.workflow.bpmn.parser import parse
from engine.workflow.execution.simulation import Effect, Simulation


def _load(file: str) -> Definitions:
    return parse(Path(file).read_bytes(), conditions="simple")


def _run(definitions: Definitions, effects: dict[str, Effect] | None = None) -> Simulation:
    simulation = Simulation(definitions, effects=effects)
    simulation.start({})
    assert simulation.result()["state"] == "completed"
    return simulation


_COUNT = {"i": Effect(set={"n": 0}), "t": Effect(set={"n": ["plus", ["dataModel", "n"], 1]})}


def measure() -> dict[str, Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        line = models.write(folder, "line.bpmn", models.line(10))
        many = models.write(folder, "many.bpmn", models.many(1_000))
        turns = models.write(folder, "loop.bpmn", models.loop(10_000))
        large = models.write(folder, "large.bpmn", models.line(4_998))
        work = [("line", line, 200), ("many", many, 3), ("loop", turns, 1), ("parse", large, 3)]
        before = _ours(line, many, large)
        others = {
            "SpiffWorkflow": peers.spiff(work),
            "bpmn-elements": peers.elements([w for w in work if w[0] != "loop"]),
        }
        after = _ours(line, many, large)
        ours = {key: min(before[key], after[key]) for key in before}
        return {**_rows(ours, others), **_loop(turns, others), **_width(folder)}


def _ours(line: str, many: str, large: str) -> dict[str, float]:
    """Milliseconds by row; done before and after the peers, the better of the two counts for both sides alike."""
    straight, wide = _load(line), _load(many)
    _run(straight)
    return {
        "line": median(lambda: _run(straight), 500),
        "many": median(lambda: _run(wide), 10),
        "parse": median(lambda: _load(large), 5),
    }


def _rows(ours: dict[str, float], others: dict[str, dict[str, Any]]) -> dict[str, Row]:
    told, figures = against(others, "line")
    spiff = figures.get("SpiffWorkflow")
    faster = spiff / ours["line"] if spiff else None
    rows = {
        "straight line of 10 automatic tasks, in memory": row(
            ours["line"],
            "ms",
            peer=told,
            ratio=faster,
            goal="at least 10 times SpiffWorkflow",
            reached=faster is not None and faster >= 10,
        )
    }
    told, figures = against(others, "many")
    rows["multi-instance over 1 000 items, in memory"] = row(
        ours["many"],
        "ms",
        peer=told,
        ratio=_times(figures.get("SpiffWorkflow"), ours["many"]),
        goal="40 ms",
        reached=ours["many"] <= 40,
    )
    told, figures = against(others, "parse")
    rows["definition of 5 000 nodes, parsed"] = row(
        ours["parse"],
        "ms",
        peer=told,
        ratio=_times(figures.get("bpmn-elements"), ours["parse"]),
        goal="300 ms, no recursion",
        reached=ours["parse"] <= 300,
    )
    return rows


def _times(peer: float | None, ours: float) -> float | None:
    return None if peer is None else peer / ours


def _loop(file: str, others: dict[str, dict[str, Any]]) -> dict[str, Row]:
    """All turns, at the same cost and in the same memory however many there are."""
    costs: dict[int, float] = {}
    for turns in (1_000, 10_000, 50_000):
        definitions = parse(models.loop(turns).encode(), conditions="simple")
        costs[turns] = median(partial(_run, definitions, _COUNT), 2) / turns * 1000
    gc.collect()
    tracemalloc.start()
    simulation = Simulation(_load(file), effects=_COUNT, record_trace=False)
    simulation.start({})
    turned = simulation.result()["variables"]["n"]
    kept = tracemalloc.get_traced_memory()[1] / 1024
    tracemalloc.stop()
    plot("loop", "Cost of one turn of a loop", "turns", "µs a turn", [Series("iBalanse", sorted(costs.items()))])
    ratio = costs[10_000] / costs[1_000]
    told, _ = against(others, "loop")
    return {
        "loop of 10 000 turns": row(
            costs[10_000],
            "us a turn",
            ratio=ratio,
            peer=f"{told} (of the whole loop); {kept:.0f} KB in use at the most",
            goal="all turns, cost per turn within 20 % of 1 000 turns, under 500 KB in use at the most",
            reached=turned == 10_000 and ratio <= 1.2 and kept < 500,
        )
    }


def _width(folder: Path) -> dict[str, Row]:
    """The cost of one item does not grow with their number."""
    costs = {}
    for items in (1_000, 10_000, 100_000):
        definitions = _load(models.write(folder, f"{items}.bpmn", models.many(items)))
        costs[items] = median(partial(_run, definitions), 3 if items < 100_000 else 1) / items
    plot(
        "width",
        "Cost of one item of a multi-instance activity",
        "items",
        "µs an item",
        [Series("iBalanse", [(items, cost * 1000) for items, cost in sorted(costs.items())])],
    )
    ratio = costs[100_000] / costs[1_000]
    return {
        "multi-instance over 100 000 items, in memory": row(
            costs[100_000] * 100_000,
            "ms",
            peer="itself over 1 000 items, a hundredfold",
            ratio=ratio,
            goal="linear: at most 1.5 times the cost an item",
            reached=ratio <= 1.5,
        )
    }
