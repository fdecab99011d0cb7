"""The suite ``engine``: every row of the design's table that the engine answers for."""

from __future__ import annotations

from bench.engine import database, memory, throughput
from bench.measure import Row


def measure() -> dict[str, Row]:
    return {**memory.measure(), **database.measure(), **throughput.measure()}
