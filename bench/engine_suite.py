"""One durable user-task completion against its floor: one update, two inserts and a commit by the same library."""

from __future__ import annotations

import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Column, Integer, String, Table, insert, update

from engine import schema
from engine.application import build
from engine.authorization.actor import Actor, Role
from engine.clock import SystemClock
from engine.db import metadata
from engine.execution.commands import CompleteTask, StartInstance
from engine.jobs.bell import silent
from engine.settings import Settings
from tests.factories.bundles import bundle, line

ROUNDS = 300

_floor = Table(
    "bench_floor",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("text", String(400)),
)


def median(act: Callable[[], None], rounds: int) -> float:
    """Median milliseconds of one call."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def measure() -> dict[str, dict[str, Any]]:
    """Rows of the suite ``engine`` on SQLite with synchronous=FULL."""
    with tempfile.TemporaryDirectory() as name:
        application = build(
            Settings.from_env({"IBALANSE_DATA": name, "IBALANSE_ENV": "test"}), clock=SystemClock(), bell=silent
        )
        schema.upgrade(application.db)
        with application.db.write() as connection:
            _floor.create(connection)
            ids = [f"t{number}" for number in range(ROUNDS + 20)]
            body = '<startEvent id="s"/>' + "".join(f'<userTask id="{i}"/>' for i in ids) + line("s", *ids)
            application.library.deploy(connection, bundle(body), by="bench")
            person = application.vault.register(
                connection, pid="21818297804", name="Anne Eksempel", birth_date=date(2000, 1, 21)
            )
            connection.execute(insert(_floor).values(id="row", version=0, text=""))
        anne = Actor(Role.CITIZEN, person.id, "Anne", level="high")
        outcome = application.dispatch.send(StartInstance("p", person.id), anne)

        def complete() -> None:
            nonlocal outcome
            outcome = application.dispatch.send(CompleteTask(outcome.next_tasks[0]), anne)

        def floor() -> None:
            with application.db.write() as connection:
                connection.execute(update(_floor).where(_floor.c.id == "row").values(version=_floor.c.version + 1))
                for _ in range(2):
                    connection.execute(insert(_floor).values(id=str(uuid.uuid4()), version=1, text="x" * 200))

        median(complete, 10)
        median(floor, 10)
        ours, least = median(complete, ROUNDS), median(floor, ROUNDS)
        application.db.engine.dispose()
    ratio = ours / least
    return {
        "user task completion, SQLite FULL": {
            "value": round(ours, 3),
            "unit": "ms",
            "peer": f"SQLAlchemy Core, 1 UPDATE + 2 INSERT + commit: {least:.3f} ms",
            "ratio": round(ratio, 2),
            "goal": "not slower than SpiffWorkflow's best form (2.1 times this floor, 23 November 2026)",
            "reached": ratio <= 2.1,
        }
    }
