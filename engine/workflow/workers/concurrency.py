"""Jobs that run beside each other in one process: a limit in all, and one for each concurrency group.

A job type that waits long for somebody else says so by ``concurrency``, how many of its jobs may wait for the same
other side at once (``breaker.side_of`` names the group). They run in threads, so that one that hangs holds up its own
group and nobody else; all other work is done in line. Nothing is stored: what is in hand is a lease in the database.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.workflow.jobs.breaker import side_of
from engine.workflow.jobs.job_types import JobType
from engine.workflow.jobs.outbox import Work

#: How many jobs wait for somebody else at the same time in one worker process.
MAX_BESIDE = 24


class Concurrency:
    """What one performer has in hand beside its own thread. With ``limit`` 0 everything is done in line."""

    def __init__(self, job_types: Mapping[str, JobType], limit: int = 0) -> None:
        self._job_types = job_types
        self._limit = limit
        self._changed = threading.Condition()
        self._held: dict[str, Work] = {}
        self._groups: Counter[str] = Counter()
        self._error: BaseException | None = None
        self._ended = 0

    @property
    def ended(self) -> int:
        """How many have ended so far."""
        return self._ended

    def is_beside(self, name: str) -> bool:
        """Whether jobs of this type run in a thread."""
        return self._limit > 0 and self._of_group(name) > 0

    def is_busy(self) -> bool:
        """Whether any job is in hand."""
        with self._changed:
            return bool(self._held)

    @property
    def names(self) -> tuple[str, ...]:
        """The job types that run in threads."""
        return tuple(name for name in self._job_types if self.is_beside(name))

    def chooser(self, taken_now: Sequence[Work] = ()) -> Callable[[str, Mapping[str, Any]], bool]:
        """Says of one row after the other, by name and payload, whether it may be taken now.

        taken_now  jobs for threads that were taken and have not started
        """
        with self._changed:
            taken = self._groups.copy()
        for work in taken_now:
            taken[side_of(self._job_types[work.name], work.name, work.payload)] += 1

        def may_take(name: str, payload: Mapping[str, Any]) -> bool:
            if not self.is_beside(name):
                return True
            group = side_of(self._job_types[name], name, payload)
            if taken.total() >= self._limit or taken[group] >= self._of_group(name):
                return False
            taken[group] += 1
            return True

        return may_take

    def start(self, work: Work, perform: Callable[[], None]) -> None:
        """Perform *work* in a thread of its own. Its error is raised by the next ``wait`` or ``join``."""
        group = side_of(self._job_types[work.name], work.name, work.payload)
        with self._changed:
            self._held[work.id] = work
            self._groups[group] += 1

        def run() -> None:
            error: BaseException | None = None
            try:
                perform()
            except BaseException as raised:
                error = raised
            finally:
                with self._changed:
                    self._held.pop(work.id, None)
                    self._groups[group] -= 1
                    self._groups += Counter()  # drops what has come to nothing
                    self._error = self._error or error
                    self._ended += 1
                    self._changed.notify_all()

        threading.Thread(target=run, name=f"job-{group}", daemon=True).start()

    def wait(self, ended: int, seconds: float) -> bool:
        """Until more have ended than *ended*, *seconds* at most. False at once when none has and none is in hand."""
        with self._changed:
            if self._held:
                self._changed.wait_for(lambda: self._ended > ended, seconds)
            self._raise()
            return bool(self._held) or self._ended > ended

    def join(self, seconds: float | None = None) -> tuple[Work, ...]:
        """Until all are done, or for *seconds*. Returns those that are not."""
        with self._changed:
            self._changed.wait_for(lambda: not self._held, seconds)
            self._raise()
            return tuple(self._held.values())

    def _of_group(self, name: str) -> int:
        return int(getattr(self._job_types.get(name), "concurrency", 0))

    def _raise(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error
