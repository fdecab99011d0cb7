"""The bell: a short rq job that says "there is due work". Losing one costs a moment, nothing else."""

from __future__ import annotations

import logging

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

QUEUE = "due-work"
DRAIN = "engine.jobs.worker.drain"
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
    """Rings for the workers; at most a few waiting rings at a time."""

    def __init__(self, url: str, waiting: int) -> None:
        self._connection = connect(url)
        self._queue = Queue(QUEUE, connection=self._connection, serializer=JSONSerializer, job_class=DrainJob)
        self._waiting = waiting
        self.missed = 0

    def __call__(self) -> None:
        try:
            if self._queue.count < self._waiting:
                self._queue.enqueue(DRAIN, description="drain due work", result_ttl=0, failure_ttl=60)
        except redis.RedisError:
            self.missed += 1
            log.warning("the bell could not be rung; the sweeper will find the work")

    def answers(self) -> bool:
        try:
            return bool(self._connection.ping())
        except redis.RedisError:
            return False


def silent() -> None:
    """A bell for those who drain themselves: tests and single commands."""
