"""The peer SpiffWorkflow. Prints one JSON object: milliseconds per row. Runs in a virtual environment of its own."""

from __future__ import annotations

import gc
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec


def median(act: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def load(file: str) -> BpmnProcessSpec:
    parser = BpmnParser()
    parser.add_bpmn_file(file)
    return parser.get_spec("p")


def run(spec: BpmnProcessSpec) -> BpmnWorkflow:
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()
    return workflow


def durable(spec: BpmnProcessSpec, rounds: int, synchronous: str) -> float:
    """Its best form: one JSON value in SQLite, the definition kept outside, no audit and no lock."""
    serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())

    def dump(workflow: BpmnWorkflow) -> str:
        found = serializer.to_dict(workflow)
        found["spec"] = found["subprocess_specs"] = None
        return json.dumps(found)

    def restore(text: str) -> BpmnWorkflow:
        found = json.loads(text)
        found["spec"], found["subprocess_specs"] = spec, {}
        return serializer.from_dict(found)

    with tempfile.TemporaryDirectory() as name:
        database = sqlite3.connect(Path(name) / "spiff.db", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(f"PRAGMA synchronous={synchronous}")
        database.execute("CREATE TABLE instance (id INTEGER PRIMARY KEY, state TEXT)")

        def begin() -> None:
            database.execute("DELETE FROM instance")
            database.execute("INSERT INTO instance VALUES (1, ?)", (dump(run(spec)),))

        def complete() -> None:
            database.execute("BEGIN IMMEDIATE")
            workflow = restore(database.execute("SELECT state FROM instance WHERE id = 1").fetchone()[0])
            workflow.get_next_task(state=TaskState.READY, manual=True).run()
            workflow.do_engine_steps()
            database.execute("UPDATE instance SET state = ? WHERE id = 1", (dump(workflow),))
            database.execute("COMMIT")

        times = []
        for _ in range(max(1, rounds // 5)):
            begin()  # the state grows with every step: a fresh instance every few steps is its best case
            times += [median(complete, 1) for _ in range(5)]
        return statistics.median(times)


def main() -> None:
    sys.setrecursionlimit(100_000)
    rows: dict[str, object] = {}
    for name, file, rounds in json.loads(sys.argv[1]):
        try:
            if name == "parse":
                rows[name] = median(partial(load, file), rounds)
            elif name.startswith("durable"):
                rows[name] = durable(load(file), rounds, name.split()[1])
            else:
                spec = load(file)
                run(spec)
                rows[name] = median(partial(run, spec), rounds)
        except Exception as error:
            rows[name] = f"{type(error).__name__}: {error}"[:80]
    print(json.dumps(rows))


gc.set_threshold(10_000, 10, 10)  # as our own processes do, so that both sides have the same
main()
