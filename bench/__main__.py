"""Run every suite and write a table."""

from __future__ import annotations

import json
from pathlib import Path

from bench import engine_suite, overview_suite

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    RESULTS.mkdir(exist_ok=True)
    for name, measure in (("engine", engine_suite.measure), ("overview", overview_suite.measure)):
        rows = measure()
        (RESULTS / f"{name}.json").write_text(json.dumps(rows, indent=2) + "\n")
        for row, figures in rows.items():
            reached = "reached" if figures["reached"] else "NOT reached"
            print(
                f"{name}: {row}: {figures['value']} {figures['unit']}, peer {figures['peer']}, "
                f"ratio {figures['ratio']}, goal {figures['goal']}: {reached}"
            )


if __name__ == "__main__":
    main()
