"""The wake-up: a short rq job that means "there is due work". Losing one costs a moment, nothing else.

The one module that knows rq, and only when it notifies, listens or asks who works:
a program that does its due work itself needs neither rq nor Redis.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import FrameType
from typing import TYPE_CHECKING

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from engine.workflow.counters import COUNTERS
from engine.workflow.jobs.models import QUEUES

if TYPE_CHECKING:
    from rq import SimpleWorker
    from rq.job import Job
    from rq.worker import BaseWorker

log = logging.getLogger(__name__)

#: The rq queues carry the names of the queues of due work they wake for.
PREFIX = "ibalanse-"
JOB_FUNCTION = "engine.workflow.workers.worker.drain"
#: Seconds after which rq takes a run for dead: two of them and the longest job.
JOB_TIMEOUT = 1800
ALLOWED = frozenset({JOB_FUNCTION})


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One worker process as it reported itself to Redis. ``state``: idle | busy | suspended | …"""

    name: str
    queues: tuple[str, ...]
    state: str
    last_seen: datetime | None
    done: int


@cache
def job_class() -> type[Job]:
    """The class of the only job there is. Anything else found in Redis is refused, whoever put it there."""
    from rq.job import Job

    class WakeupJob(Job):
        def perform(self) -> object:
            if self.func_name not in ALLOWED:
                raise PermissionError("this queue runs one function only")
            return super().perform()

    return WakeupJob


def connect(url: str) -> redis.Redis:
    """A client that gives up at once: a wake-up must never hold a person's request."""
    options = {"retry": Retry(NoBackoff(), 0), "socket_connect_timeout": 0.2, "socket_timeout": 0.2}
    return redis.Redis.from_url(url, **options)


class Wakeup:
    """Notifies the workers of a queue; at most a few wake-ups wait at a time."""

    def __init__(self, url: str, waiting: int) -> None:
        from rq import Queue
        from rq.serializers import JSONSerializer

        self._connection = connect(url)
        self._queues = {
            name: Queue(PREFIX + name, connection=self._connection, serializer=JSONSerializer, job_class=job_class())
            for name in QUEUES
        }
        self._waiting = waiting

    def __call__(self) -> None:
        """Something may be due: whoever works at what people wait for looks first."""
        self.notify_workers("work")

    def notify_workers(self, queue: str) -> bool:
        """A worker that hears it takes what is due in any queue it serves. False when Redis does not answer."""
        try:
            if self._queues[queue].count < self._waiting:
                self._queues[queue].enqueue(
                    JOB_FUNCTION, description="drain due work", job_timeout=JOB_TIMEOUT, result_ttl=0, failure_ttl=60
                )
            return True
        except redis.RedisError:
            COUNTERS.missed.inc()
            log.warning("the workers could not be notified; reconciliation will find the work")
            return False

    def answers(self) -> bool:
        try:
            return bool(self._connection.ping())
        except redis.RedisError:
            return False


def no_wakeup() -> None:
    """No wake-up, for those who do the work themselves: tests and single commands."""


Stop = Callable[[int, FrameType | None], None]


def listen(url: str, queues: Sequence[str], on_stop: Callable[[Stop], None], on_force_stop: Callable[[], None]) -> None:
    """Do what is due at each wake-up until stopped. Raises ``redis.RedisError`` when Redis is gone at sign-on or -off.

    on_stop        called at the first signal with what the next one shall do
    on_force_stop  called at the second, which ends the process
    """
    from rq.exceptions import StopRequested
    from rq.serializers import JSONSerializer

    worker = _worker_class(on_stop, on_force_stop)(
        [PREFIX + queue for queue in queues],
        connection=redis.Redis.from_url(url),
        serializer=JSONSerializer,
        job_class=job_class(),
        worker_ttl=20,
        job_monitoring_interval=5,
        maintenance_interval=10,
    )
    try:
        worker.work(logging_level="ERROR", with_scheduler=False)
    except StopRequested:
        return


def _worker_class(on_stop: Callable[[Stop], None], on_force_stop: Callable[[], None]) -> type[SimpleWorker]:
    from rq import SimpleWorker
    from rq.exceptions import StopRequested
    from rq.worker import WorkerStatus

    class DueWorker(SimpleWorker):
        """Stops at the first signal when nothing is in hand, at the second at once."""

        def request_stop(self, signum: int, frame: FrameType | None) -> None:
            """Asks nothing of Redis, unlike rq's own: it may be away, and a job is in hand."""
            on_stop(self.request_force_stop)
            if self.get_state() == WorkerStatus.BUSY:
                self._stop_requested = True
            else:
                raise StopRequested

        def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
            on_force_stop()
            raise SystemExit(0)

    return DueWorker


def workers(url: str) -> list[WorkerState] | None:
    """Every worker Redis knows. ``None`` when Redis does not answer."""
    from rq import Worker

    try:
        with connect(url) as client:
            return [_state_of(found) for found in Worker.all(connection=client)]
    except (redis.RedisError, ValueError):
        return None


def _state_of(found: BaseWorker) -> WorkerState:
    names = tuple(str(queue.name).removeprefix(PREFIX) for queue in found.queues)
    state = found.get_state()
    done = int(found.successful_job_count or 0)
    return WorkerState(str(found.name)[:8], names, str(getattr(state, "value", state)), found.last_heartbeat, done)
