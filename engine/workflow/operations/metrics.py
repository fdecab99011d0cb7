"""Figures for Prometheus. Labels are kinds, outcomes and codes; never an id, a name or a number of anybody.

What happened is counted in the process it happened in, by ``engine.workflow.counters``;
where ``PROMETHEUS_MULTIPROC_DIR`` is set (``serve`` sets it) all processes of the machine
are added up. How things stand is read from the database when somebody asks.
``ibalanse metrics`` answers on a port of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from engine.platform.clock import Clock
from engine.platform.db import Database
from engine.workflow.counters import COUNTERS
from engine.workflow.execution.models import incident, process_instance
from engine.workflow.jobs.models import breaker, due_work, sweep


class HowThingsStand(Collector):
    """Read from the database at each scrape."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = self._clock.now()
        with self._database.read() as connection:
            yield from _work(connection, now)
            yield _gauge(
                "ibalanse_incidents_open",
                "Incidents that wait for a person",
                ["code"],
                connection.execute(
                    select(incident.c.code, func.count()).where(incident.c.state == "open").group_by(incident.c.code)
                ),
            )
            yield _gauge(
                "ibalanse_open_cases",
                "Cases that are not closed",
                ["state"],
                connection.execute(
                    select(process_instance.c.state, func.count())
                    .where(
                        process_instance.c.state.in_(("active", "suspended")),
                        process_instance.c.parent_token.is_(None),
                    )
                    .group_by(process_instance.c.state)
                ),
            )
            yield _gauge(
                "ibalanse_breaker_pause_seconds",
                "Task types whose other side fails, and how long each is left alone",
                ["task_type"],
                connection.execute(select(breaker.c.name, breaker.c.pause)),
            )
            yield _gauge(
                "ibalanse_sweep_age_seconds",
                "Since when each sweep was last done",
                ["sweep"],
                [(row.name, max(0.0, (now - row.at).total_seconds())) for row in connection.execute(select(sweep))],
            )


def _work(connection: Connection, now: datetime) -> Iterator[GaugeMetricFamily]:
    yield _gauge(
        "ibalanse_due_work",
        "Rows of due work that are not done",
        ["queue", "state"],
        connection.execute(
            select(due_work.c.queue, due_work.c.state, func.count())
            .where(due_work.c.state != "done")
            .group_by(due_work.c.queue, due_work.c.state)
        ),
    )
    oldest = connection.execute(
        select(due_work.c.queue, func.min(due_work.c.due_at))
        .where(due_work.c.state == "due", due_work.c.due_at <= now)
        .group_by(due_work.c.queue)
    )
    yield _gauge(
        "ibalanse_due_work_oldest_seconds",
        "How long the oldest row has been due",
        ["queue"],
        [(queue, (now - at).total_seconds()) for queue, at in oldest],
    )


def _gauge(name: str, text: str, labels: list[str], rows: object) -> GaugeMetricFamily:
    found = GaugeMetricFamily(name, text, labels=labels)
    for *values, number in rows:  # type: ignore[attr-defined]
        found.add_metric([str(value) for value in values], float(number))
    return found


def registry(database: Database, clock: Clock) -> CollectorRegistry:
    """Everything there is to tell: this process, or all of the machine, and how things stand."""
    found = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    else:
        found.register(COUNTERS.registry)
    found.register(HowThingsStand(database, clock))
    return found
