"""``ibalanse worker``: an rq worker whose one job does what is due, and reconciliation beside it.

One process does one thing at a time, and beside it the jobs that wait for somebody else, with a limit for each other
side (``concurrency``); start more for more. The first SIGTERM (or
Ctrl-C) finishes what is in hand and gives back what is not begun, the second stops
now and gives back all of it. A worker that is killed loses nothing either: its
leases run out and another takes over.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import redis
from sqlalchemy.exc import DBAPIError

from engine.platform.db import trouble
from engine.workflow.jobs import outbox
from engine.workflow.jobs.models import QUEUES
from engine.workflow.jobs.wakeup import Stop, Wakeup, listen
from engine.workflow.runtime import Runtime
from engine.workflow.workers import reconciliation
from engine.workflow.workers.concurrency import MAX_BESIDE
from engine.workflow.workers.performer import Performer, performer_of

log = logging.getLogger(__name__)

#: How often a worker says how it goes, in seconds.
PROGRESS_INTERVAL = 30.0
#: Longest wait between two looks at the database, in seconds: what a lost wake-up costs at most.
MAX_SLEEP = 1.0
#: How long a stopping worker waits for its reconciliation, in seconds.
STOP_TIMEOUT = 20.0


class Progress:
    """What a worker reports: lines for people, or one JSON object a line."""

    def __init__(self, as_json: bool, queues: Sequence[str]) -> None:
        self._json = as_json
        self._queues = queues
        self._begun = time.monotonic()
        self._reported = self._begun
        self.done = 0

    def report(self, event: str, text: str, **values: object) -> None:
        if self._json:
            known = {"event": event, "pid": os.getpid(), "queues": list(self._queues), "done": self.done}
            print(json.dumps(known | values), flush=True)
        else:
            print(f"worker {os.getpid()}: {text}", flush=True)

    def count_done(self, count: int) -> None:
        self.done += count
        if self.done and time.monotonic() - self._reported >= PROGRESS_INTERVAL:
            self._reported = time.monotonic()
            rate = self.done / max(self._reported - self._begun, 0.001)
            self.report("progress", f"{self.done} pieces of work done, {rate:.1f} a second", rate=round(rate, 1))


class _Running:
    """What the one job of this process finds."""

    runtime: Runtime
    performer: Performer
    progress: Progress
    queues: Sequence[str] = QUEUES
    stopping = False
    stopping_now = False


_running = _Running()


def stopping() -> bool:
    """Whether this worker was asked to stop."""
    return _running.stopping


def do_due_work() -> int:
    """The job: take due work for two seconds. Returns how many rows were taken."""
    runtime, performer = _running.runtime, _running.performer
    try:
        taken = performer.run_until_idle(2.0, join=False)
    except DBAPIError as error:
        if not trouble(error):
            raise
        log.warning("the database does not answer (%s); trying again", trouble(error))
        time.sleep(1.0)
        return 0
    _running.progress.count_done(taken)
    if (taken or performer.has_work_in_hand) and not stopping():
        runtime.wakeup()  # there may be more; the next wake-up finds out
    return taken


#: The name that waiting rq jobs in Redis carry, also across an update.
drain = do_due_work


def _stop(again: Stop) -> None:
    _running.stopping = True
    signal.signal(signal.SIGTERM, again)
    signal.signal(signal.SIGINT, again)
    _running.progress.report("stopping", "finishing what is in hand; once more to stop now")


def _stop_now() -> None:
    _running.stopping_now = True
    _running.progress.report("stopped", "stopping now; what was in hand is given back")


def run(runtime: Runtime, *, queues: Sequence[str] = QUEUES, burst: bool = False, as_json: bool = False) -> int:
    """Work until asked to stop, or with *burst* until nothing is due. Returns the exit status."""
    _running.runtime = runtime
    _running.queues = queues
    _running.stopping = _running.stopping_now = False
    _running.progress = Progress(as_json, queues)
    _running.performer = performer_of(runtime, queues, stopping, beside=MAX_BESIDE)
    progress = _running.progress
    progress.report("started", f"serving {', '.join(queues)}")
    try:
        if burst:
            _burst(runtime)
        else:
            _serve(runtime, queues)
    finally:
        _running.performer.close(0.0 if _running.stopping_now else STOP_TIMEOUT)
    progress.report("stopped", f"stopped after {progress.done} pieces of work")
    return 0


def _serve(runtime: Runtime, queues: Sequence[str]) -> None:
    """Work at each wake-up until asked to stop."""
    assert isinstance(runtime.wakeup, Wakeup)
    reconciler = threading.Thread(target=_reconcile, args=(runtime, runtime.wakeup.notify_workers, queues), daemon=True)
    reconciler.start()
    while not stopping():
        try:
            listen(runtime.redis_url, queues, _stop, _stop_now)
            break
        except redis.RedisError as error:  # gone while the worker signed on or off; reconciliation does its work
            log.warning("Redis does not answer (%s)", type(error).__name__)
            time.sleep(MAX_SLEEP)
    _running.stopping = True
    reconciler.join(STOP_TIMEOUT)


def _burst(runtime: Runtime) -> None:
    """Everything that is due now, without Redis."""

    def now(_signal: int, _frame: object) -> None:
        _stop_now()
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: _stop(now))
    reconciliation.check(runtime)
    while not stopping():
        taken = _running.performer.run_until_idle(2.0)
        _running.progress.count_done(taken)
        if not taken:
            break


def _reconcile(runtime: Runtime, notify: Callable[[str], bool], queues: Sequence[str]) -> None:
    """Notify whenever something is due, check and tidy now and then. Without Redis, do the work here."""
    own = performer_of(runtime, queues, stopping, beside=MAX_BESIDE)
    while not stopping():
        try:
            wait, reached = reconciliation.notify_workers(runtime, notify)
            if not reached:
                _running.progress.count_done(own.run_until_idle(2.0, join=False))
            reconciliation.check(runtime)
            reconciliation.tidy(runtime)
            time.sleep(min(MAX_SLEEP, max(0.05, wait.total_seconds())))
        except Exception as error:
            log.warning("reconciliation failed: %s", type(error).__name__)
            time.sleep(MAX_SLEEP)


def status(runtime: Runtime) -> dict[str, Any]:
    """How the work stands, by queue and state, for people and machines."""
    from sqlalchemy import func, select

    from engine.workflow.execution.models import incident
    from engine.workflow.jobs.models import due_work

    now = runtime.clock.now()
    with runtime.db.read() as connection:
        counts = connection.execute(
            select(due_work.c.queue, due_work.c.state, func.count())
            .where(due_work.c.state != "done")
            .group_by(due_work.c.queue, due_work.c.state)
        ).all()
        due, oldest = outbox.backlog(connection, now)
        opened = connection.execute(
            select(func.count()).select_from(incident).where(incident.c.state == "open")
        ).scalar_one()
    queues: dict[str, dict[str, int]] = {queue: {} for queue in QUEUES}
    for queue, state, count in counts:
        queues.setdefault(queue, {})[state] = count
    redis_up = runtime.wakeup.answers() if isinstance(runtime.wakeup, Wakeup) else False
    return {
        "queues": queues,
        "due": due,
        "oldest_seconds": round(oldest, 1),
        "incidents": opened,
        "redis": redis_up,
    }


def print_status(runtime: Runtime, as_json: bool) -> int:
    """Print ``status``."""
    found = status(runtime)
    if as_json:
        print(json.dumps(found))
        return 0
    for queue, states in found["queues"].items():
        counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "nothing"
        print(f"{queue:8} {counted}")
    print(f"due now: {found['due']}, the oldest for {found['oldest_seconds']} s; open incidents: {found['incidents']}")
    if not found["redis"]:
        print("Redis does not answer: reconciliation finds the work", file=sys.stderr)
    return 0
