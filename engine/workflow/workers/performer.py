"""Take due work until there is none: claim, perform with no transaction open, finish under the fence."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from engine.platform import trace
from engine.platform.clock import Clock
from engine.platform.db import Database, trouble
from engine.platform.failpoints import FailPoints
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.counters import COUNTERS
from engine.workflow.errors import AlreadyDone, Refusal
from engine.workflow.execution.commands import (
    BeginByTimer,
    Command,
    DeliverSignal,
    FinishJob,
    FireTimer,
    PassDeadline,
    PassOn,
    RaiseIncident,
    ThrowError,
)
from engine.workflow.execution.dispatch import TRIES, Dispatch, passing
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.flush import LostRaceError
from engine.workflow.execution.models import process_instance
from engine.workflow.jobs import outbox
from engine.workflow.jobs.breaker import Breaker, side_of
from engine.workflow.jobs.job_types import Deferred, Done, Error, GiveUp, JobType, Result, Retry, policy_of
from engine.workflow.jobs.models import COMMANDS, QUEUES
from engine.workflow.jobs.outbox import LeaseLostError, OutOfTurnError, Work
from engine.workflow.jobs.retry import RetryPolicy
from engine.workflow.runtime import Runtime
from engine.workflow.workers.concurrency import Concurrency

log = logging.getLogger(__name__)

#: How long what was done is tried to be written while the database is away: as long as the lease is ours.
WRITE_TIMEOUT = outbox.LEASE.total_seconds()
#: How soon work comes again whose case has earlier work that is not done.
OUT_OF_TURN_DELAY = timedelta(seconds=0.2)
#: How soon a performer with jobs in hand beside it looks for new work, in seconds.
LOOK_AGAIN = 0.2

#: How many jobs that run beside are taken with what is due first, in the same transaction.
TOGETHER = 7

#: Work that is a command of its own, done in the transaction that holds its fence.
_COMMANDS: Mapping[str, Callable[[str], Command]] = {
    "timer": FireTimer,
    "deadline": PassDeadline,
    "pass_on": PassOn,
    "signal": DeliverSignal,
    "start": BeginByTimer,
}
assert set(_COMMANDS) == set(COMMANDS)


class Performer:
    """Performs due work of any case. Any number may run at the same time.

    queues    the ones it serves, first things first
    stopping  says whether to take nothing more
    beside    how many jobs that wait for somebody else run in threads of their own; 0: all are done in line
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        dispatch: Dispatch,
        job_types: Mapping[str, JobType],
        failpoints: FailPoints,
        queues: Sequence[str] = QUEUES,
        stopping: Callable[[], bool] = lambda: False,
        beside: int = 0,
    ) -> None:
        self._database = database
        self._clock = clock
        self._dispatch = dispatch
        self._job_types = job_types
        self._failpoints = failpoints
        self._queues = queues
        self._stopping = stopping
        self._rounds = 0
        self._breaker = Breaker()
        self._concurrency = Concurrency(job_types, beside)

    def run_until_idle(self, seconds: float = 60.0, *, join: bool = True) -> int:
        """Work until nothing is due, or for about *seconds*. Returns how many rows were taken.

        join  wait at the end for the jobs in hand beside; without, the next call finds them
        """
        until = time.monotonic() + seconds
        taken = 0
        while time.monotonic() < until and not self._stopping():
            ended = self._concurrency.ended
            found = self.run_batch()
            taken += found
            if not found and not self._concurrency.wait(ended, LOOK_AGAIN):
                break
        if join:
            self._concurrency.join()
        return taken

    @property
    def has_work_in_hand(self) -> bool:
        """Whether jobs run beside."""
        return self._concurrency.is_busy()

    def close(self, seconds: float) -> None:
        """Wait for the jobs in hand beside, then give back those that are not done: their fence keeps them out."""
        left = self._concurrency.join(seconds)
        if left:
            self._release_leases(left)

    def run_batch(self) -> int:
        """Take and do one batch. 0 when nothing is due."""
        self._rounds += 1
        # Each tenth time what can wait goes first, so that a busy day does not stop it altogether.
        queues = self._queues if self._rounds % 10 else tuple(reversed(self._queues))
        may_take = self._concurrency.chooser() if self._concurrency.is_busy() else None
        with self._database.write() as connection:
            held = outbox.claim(connection, self._clock.now(), queues=queues, may_take=may_take)
            if held and held[0].queue != "timers" and not any(work.reclaims for work in held):
                held += self._more_beside(connection, held)
        if not held:
            return 0
        taken = len(held)
        self._failpoints.reach("after_claim")
        for work in [work for work in held if self._runs_beside(work)]:
            held.remove(work)
            self._concurrency.start(work, partial(self._beside, work))
        if not held:
            return taken
        try:
            if held[0].queue == "timers":
                self._each(held)
            else:
                with self._heartbeat(held):
                    self._each(held)
        finally:
            if held:
                self._release_leases(held)
        return taken

    def _more_beside(self, connection: Connection, held: Sequence[Work]) -> list[Work]:
        """Jobs that wait for somebody else, to begin with what was taken: whatever is done in line holds up none."""
        names = self._concurrency.names
        if not names:
            return []
        may_take = self._concurrency.chooser([work for work in held if self._runs_beside(work)])
        return outbox.claim_more(
            connection, self._clock.now(), queue=held[0].queue, names=names, limit=TOGETHER, may_take=may_take
        )

    def _runs_beside(self, work: Work) -> bool:
        return self._concurrency.is_beside(work.name) and work.kind not in _COMMANDS

    def _beside(self, work: Work) -> None:
        with self._heartbeat([work]), trace.following(work.trace):
            self._one(work)

    def _each(self, held: list[Work]) -> None:
        while held and not self._stopping():
            work = held[0]
            try:
                with trace.following(work.trace):
                    self._one(work)
            except (SystemExit, KeyboardInterrupt):
                self._release_leases([work])
                raise
            finally:
                held.pop(0)

    def _release_leases(self, held: Sequence[Work]) -> None:
        """We stop: what was claimed and not begun is anybody's again at once."""
        try:
            with self._database.write() as connection:
                outbox.release_lease(connection, held)
        except DBAPIError:
            log.warning("could not give %s rows back; their leases run out", len(held))

    def _one(self, work: Work) -> None:
        try:
            if outbox.is_poison(work):
                self._raise_incident(work, "poison", "took down its worker too many times")
            elif work.kind in _COMMANDS:
                self._fire(work)
            else:
                self._do(work)
        except LeaseLostError:
            log.warning("lease lost on work %s", work.id)
        except AlreadyDone:
            log.info("work %s has nothing left to do", work.id)
        except DBAPIError as error:
            if not trouble(error):
                raise
            log.warning("work %s could not be written (%s); its lease runs out", work.id, trouble(error))

    # Commands

    def _fire(self, work: Work) -> None:
        try:
            self._write_with_retries(lambda: self._fire_once(work))
        except OutOfTurnError:
            at = max(work.due_at, self._clock.now()) + OUT_OF_TURN_DELAY
            self._write_with_retries(lambda: self._again(work, at))
        except (LeaseLostError, AlreadyDone):
            raise
        except Exception as error:
            self._failed(work, error)

    def _fire_once(self, work: Work) -> None:
        with self._database.write() as connection:
            outbox.finish(connection, work)
            outbox.require_turn(connection, work)
            try:
                self._dispatch.send(_COMMANDS[work.kind](work.id), SYSTEM, connection=connection)
            except AlreadyDone:
                pass
            self._failpoints.reach("before_commit")
        self._failpoints.reach("after_commit")

    def _again(self, work: Work, at: datetime) -> None:
        with self._database.write() as connection:
            outbox.release_lease(connection, [work], at)

    # Jobs

    def _do(self, work: Work) -> None:
        job_type = self._job_types.get(work.name)
        if job_type is None:
            self._raise_incident(work, "unknown_task_type", work.name)
            return
        side = side_of(job_type, work.name, work.payload)
        if not self._breaker.may_try(self._database, work, side, self._clock.now()):
            log.info("%s is left alone for a while", side)
            return
        try:
            result: Result = job_type.perform(work, self._clock.now())
        except Exception as error:
            if isinstance(error, DBAPIError) and (trouble(error) or passing(error)):
                result = Retry(trouble(error) or "database")
            else:
                self._failed(work, error)
                return
        self._failpoints.reach("after_perform")
        try:
            self._write_with_retries(lambda: self._record(work, job_type, result))
        except (LeaseLostError, AlreadyDone):
            raise
        except Exception as error:
            if isinstance(error, DBAPIError) and trouble(error):
                raise
            self._failed(work, error)

    def _record(self, work: Work, job_type: JobType, result: Result) -> None:
        now = self._clock.now()
        if isinstance(result, Retry | Deferred):
            result = self._within_budget(work, job_type, result)
        if isinstance(result, GiveUp):
            self._raise_incident(work, result.code, result.detail)
            return
        side = side_of(job_type, work.name, work.payload)
        with self._database.write() as connection:
            if isinstance(result, Deferred):
                outbox.reschedule(connection, work, now + result.until, result.reason, waited=True, now=now)
                self._breaker.answered(connection, side, now)
            elif isinstance(result, Retry):
                at = self._policy(work, job_type).again_at(now, work.attempts, result.after)
                outbox.reschedule(connection, work, at, result.code, waited=False, now=now)
                self._breaker.failed(connection, job_type, work, now)
                COUNTERS.retries.labels(work.name).inc()
            else:
                outbox.finish(connection, work)
                if isinstance(result, Done) and result.failed:
                    self._breaker.failed(connection, job_type, work, now)
                else:
                    self._breaker.answered(connection, side, now)
                self._effects(connection, work, result)
            self._failpoints.reach("before_commit")
        self._failpoints.reach("after_commit")

    def _effects(self, connection: Connection, work: Work, result: Done | Error) -> None:
        if work.kind == "outbox":
            if result.effect is not None:
                result.effect(connection)
            return
        if isinstance(result, Done):
            command: Command = FinishJob(work.id, result.variables, result.effect)
        else:
            command = ThrowError(work.id, result.code, result.effect, result.detail)
        try:
            self._dispatch.send(command, SYSTEM, connection=connection)
        except AlreadyDone:
            log.info("work %s came too late: its element has ended", work.id)

    def _within_budget(self, work: Work, job_type: JobType, result: Retry | Deferred) -> Result:
        """A wait and a row of failures each have an end, after which a person must look."""
        policy, now = self._policy(work, job_type), self._clock.now()
        if isinstance(result, Deferred):
            waited = now - (work.waiting_since or now)
            return GiveUp("waited_too_long", result.reason) if waited >= policy.wait_for else result
        spent = policy.spent(now, work.attempts, work.failing_since)
        return GiveUp(result.code, spent) if spent else result

    def _policy(self, work: Work, job_type: JobType) -> RetryPolicy:
        """The task type's own, and what the diagram says of this element before it."""
        policy = policy_of(job_type)
        if work.kind != "job":
            return policy
        with self._database.read() as connection:
            definition = connection.execute(
                select(process_instance.c.definition_id).where(process_instance.c.id == work.instance_id)
            ).scalar()
            if definition is None:
                return policy
            bundle = self._dispatch.services.library.get(connection, definition).bundle
        for process in bundle.definitions.processes.values():
            if work.element_id in process.elements:
                return policy.with_settings(process.elements[work.element_id].extension.retry)
        return policy

    # When it goes wrong

    def _failed(self, work: Work, error: Exception) -> None:
        """Unforeseen, so trying again would do the same. Only its class is recorded: a message may be personal."""
        log.error("work %s (%s) failed: %s", work.id, work.name, type(error).__name__)
        if isinstance(error, ExecutionError):
            self._raise_incident(work, error.code, error.detail)
        elif isinstance(error, Refusal):
            self._raise_incident(work, error.code, type(error).__name__)
        else:
            self._raise_incident(work, "crashed", type(error).__name__)

    def _raise_incident(self, work: Work, code: str, detail: str) -> None:
        self._write_with_retries(lambda: self._raise_once(work, code, detail))

    def _raise_once(self, work: Work, code: str, detail: str) -> None:
        with self._database.write() as connection:
            outbox.finish(connection, work)
            try:
                self._dispatch.send(RaiseIncident(work.id, code, detail), SYSTEM, connection=connection)
            except AlreadyDone:
                return
        COUNTERS.raised.labels(code[:40]).inc()

    def _write_with_retries(self, action: Callable[[], None]) -> None:
        """A lost race is run again; a database that is away or full is waited for while the lease is ours."""
        until = time.monotonic() + WRITE_TIMEOUT
        attempt = 0
        while True:
            try:
                action()
                return
            except (LostRaceError, DBAPIError) as error:
                attempt += 1
                if isinstance(error, DBAPIError) and trouble(error):
                    if time.monotonic() >= until or self._stopping():
                        raise
                    time.sleep(min(2.0, 0.05 * 2 ** min(attempt, 10)))
                elif attempt >= TRIES or not passing(error):
                    raise
                else:
                    time.sleep(random.uniform(0, 0.01 * 2**attempt))

    @contextmanager
    def _heartbeat(self, held: Sequence[Work]) -> Iterator[None]:
        """Renew the leases of what is in hand from a thread while the work goes on."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(outbox.LEASE.total_seconds() / 3):
                for work in tuple(held):
                    try:
                        with self._database.write() as connection:
                            outbox.renew(connection, work, self._clock.now())
                    except LeaseLostError:
                        continue
                    except Exception:
                        log.warning("could not renew the lease of work %s", work.id)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()


def performer_of(
    runtime: Runtime,
    queues: Sequence[str] = QUEUES,
    stopping: Callable[[], bool] = lambda: False,
    *,
    beside: int = 0,
) -> Performer:
    """Takes due work of *queues* until *stopping* says so. One for each process: it remembers who answered."""
    points = FailPoints(runtime.settings.fail_point)
    return Performer(runtime.db, runtime.clock, runtime.dispatch, runtime.job_types, points, queues, stopping, beside)
