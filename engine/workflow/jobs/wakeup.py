"""The bell: a short rq job that says "there is due work". Losing one costs a moment, nothing else."""

from __future__ import annotations

import logging

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from engine.workflow.execution.models import QUEUES
from engine.workflow.operations.metrics import METRICS

log = logging.getLogger(__name__)

#: The rq queues carry the names of the queues of due work they ring for.
PREFIX = "ibalanse-"
DRAIN = "engine.workflow.jobs.worker.drain"
#: Seconds after which rq takes a drain for dead: two of them and the longest job.
LONGEST = 1800
ALLOWED = frozenset({DRAIN})


class DrainJob(Job):
    """The only job there is. Anything else found in Redis is refused, whoever put it there."""

    def perform(self) -> object:
        if self.func_name not in ALLOWED:
            raise PermissionError("this queue runs one function only")
        return super().perform()


def connect(url: str) -> redis.Redis:
    """A client that gives up at once: the bell must never hold a person's request."""
    options = {"retry": Retry(NoBackoff(), 0), "socket_connect_timeout": 0.2, "socket_timeout": 0.2}
    return redis.Redis.from_url(url, **options)


class Bell:
    """Rings for the workers of a queue; at most a few waiting rings at a time."""

    def __init__(self, url: str, waiting: int) -> None:
        self._connection = connect(url)
        self._queues = {
            name: Queue(PREFIX + name, connection=self._connection, serializer=JSONSerializer, job_class=DrainJob)
            for name in QUEUES
        }
        self._waiting = waiting

    def __call__(self) -> None:
        """Something may be due: whoever works at what people wait for looks first."""
        self.ring("work")

    def ring(self, queue: str) -> bool:
        """A worker that hears it takes what is due in any queue it serves. False when Redis does not answer."""
        try:
            if self._queues[queue].count < self._waiting:
                self._queues[queue].enqueue(
                    DRAIN, description="drain due work", job_timeout=LONGEST, result_ttl=0, failure_ttl=60
                )
            return True
        except redis.RedisError:
            METRICS.missed.inc()
            log.warning("the bell could not be rung; the sweeper will find the work")
            return False

    def answers(self) -> bool:
        try:
            return bool(self._connection.ping())
        except redis.RedisError:
            return False


def silent() -> None:
    """A bell for those who drain themselves: tests and single commands."""
