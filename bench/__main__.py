"""Run every suite, print its rows, and write ``results/<suite>.json``, one table and the plots.

make bench                every suite
make bench SUITE=engine   one of them
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import engine, harvest, overview_suite, queue_suite, whole_way
from bench.measure import Row
from engine.platform.gc_tuning import raise_gc_threshold

RESULTS = Path(__file__).parent / "results"
SUITES: Mapping[str, Callable[[], dict[str, Row]]] = {
    "engine": engine.measure,
    "harvest": harvest.measure,
    "overview": lambda: overview_suite.measure() | whole_way.measure(),
    "queue": queue_suite.measure,
}


def main(wanted: list[str]) -> int:
    """Exit 0, also when a goal is not reached: the table says so."""
    unknown = [name for name in wanted if name not in SUITES]
    if unknown:
        print(f"no suite {', '.join(unknown)}; there are {', '.join(SUITES)}", file=sys.stderr)
        return 2
    raise_gc_threshold()  # as every process of the product does; the peer in Python does the same
    RESULTS.mkdir(exist_ok=True)
    table = ["| row | value | peer | ratio | goal | |", "|---|---|---|---|---|---|"]
    for name in wanted or SUITES:
        print(f"· {name}", flush=True)
        rows = SUITES[name]()
        (RESULTS / f"{name}.json").write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
        for title, found in rows.items():
            value = f"{found['value']:g} {found['unit']}"
            ratio = "" if found["ratio"] is None else f"{found['ratio']:g}"
            verdict = "reached" if found["reached"] else "NOT reached"
            print(f"{title}: {value} | {found['peer']} | ratio {ratio} | {found['goal']}: {verdict}")
            table.append(f"| {title} | {value} | {found['peer']} | {ratio} | {found['goal']} | {verdict} |")
    (RESULTS / "table.md").write_text("\n".join(table) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
