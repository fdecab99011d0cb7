"""How many commands a second, with one and two processes, beside the database's own commit rate."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.engine.database import workbench
from bench.measure import Row, row
from bench.plot import Series, plot
from tests.factories import postgres

SECONDS = 4.0
ROOT = Path(__file__).resolve().parents[2]


def measure() -> dict[str, Row]:
    rows = {}
    series: list[Series] = []
    with tempfile.TemporaryDirectory() as name:
        rows.update(_on("SQLite", f"sqlite:///{name}/bench.db", series))
    with postgres.server(durable=True) as server:
        rows.update(_on("PostgreSQL", server.new_database(), series))
    plot("throughput", "Task completions a second", "processes", "a second", series)
    return rows


def _on(name: str, url: str, series: list[Series]) -> dict[str, Row]:
    with workbench(url):
        rates = {number: _rate(url, "complete", number) for number in (1, 2, 4)}
        commits = {number: _rate(url, "commit", number) for number in (1, 2)}
    series.append(Series(name, [(float(number), rate) for number, rate in rates.items()]))
    most = max(commits.values())
    share = rates[2] / most
    return {
        f"throughput with 2 workers, {name}": row(
            rates[2],
            "completions a second",
            peer=f"commit rate of the floor: {most:.0f} a second",
            ratio=share,
            goal="at least 40 % of the database's commit rate",
            reached=share >= 0.4,
        )
    }


def _rate(url: str, what: str, processes: int) -> float:
    """Acts a second of so many processes at the same time, each on cases of its own."""
    command = [sys.executable, "-m", "bench.engine.busy", what, url]
    begin = time.time() + 2.5 + processes * 0.5
    running = [
        subprocess.Popen([*command, str(begin), str(SECONDS)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    return sum(float(process.communicate(timeout=120)[0]) for process in running) / SECONDS
