"""``ibalanse worker``: an rq worker whose one job drains due work, and a sweeper beside it.

The application is built before the worker forks, so a job starts with everything
imported. A killed worker loses nothing: its lease runs out and another takes over.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time

from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

from engine import outbox
from engine.application import Application
from engine.evidence.retention import purge
from engine.jobs.bell import QUEUE, Bell, DrainJob

log = logging.getLogger(__name__)
TIDY_SECONDS = 600.0

_application: Application | None = None


def drain() -> int:
    """The job: take due work for two seconds. Returns how many rows were taken."""
    assert _application is not None, "the worker builds the application before it forks"
    random.seed(os.urandom(16))  # forked children would otherwise share their jitter
    application = _application
    taken = application.performer.drain(2.0)
    with application.db.read() as connection:
        left, _ = outbox.backlog(connection, application.clock.now())
    if left:
        application.bell()
    return taken


def run(application: Application, *, burst: bool = False) -> None:
    """Work until told to stop. SIGTERM finishes the job in hand."""
    global _application
    _application = application
    assert isinstance(application.bell, Bell)
    threading.Thread(target=_sweep, args=(application,), daemon=True).start()
    worker = Worker(
        [QUEUE],
        connection=Redis.from_url(application.redis_url),
        serializer=JSONSerializer,
        job_class=DrainJob,
        worker_ttl=20,
        job_monitoring_interval=5,
        maintenance_interval=10,
    )
    worker.work(burst=burst, logging_level="WARNING", with_scheduler=False)


def _sweep(application: Application) -> None:
    """Ring whenever something is due, and tidy now and then. Any number of sweepers may run."""
    tidied = time.monotonic() - TIDY_SECONDS
    while True:
        try:
            if time.monotonic() - tidied >= TIDY_SECONDS:
                tidied = time.monotonic()
                with application.db.write() as connection:
                    purge(connection, application.clock.now())
            with application.db.read() as connection:
                due = outbox.next_due(connection)
            now = application.clock.now()
            if due is not None and due <= now:
                application.bell()
                time.sleep(0.3)
                continue
            wait = 1.0 if due is None else min(1.0, max(0.05, (due - now).total_seconds()))
            time.sleep(wait)
        except Exception as error:
            log.warning("sweep failed: %s", type(error).__name__)
            time.sleep(1.0)
