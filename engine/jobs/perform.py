"""Take due work until there is none: claim, perform with no transaction open, finish under the fence."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from engine import outbox
from engine.authorization.actor import SYSTEM
from engine.clock import Clock
from engine.db import Database
from engine.execution.commands import (
    AlreadyDone,
    Command,
    FinishJob,
    FireTimer,
    PassDeadline,
    PassOn,
    RaiseIncident,
    TellSignal,
    ThrowError,
)
from engine.execution.dispatch import TRIES, Dispatch, passing
from engine.execution.flush import LostRace
from engine.failpoints import FailPoints
from engine.outbox import GIVE_UP_AFTER, LeaseLost, Work
from engine.task_types import Deferred, Done, Error, GiveUp, JobType, Result, Retry

log = logging.getLogger(__name__)


#: Work that is a command of its own, done in the transaction that holds its fence.
_COMMANDS: Mapping[str, Callable[[str], Command]] = {
    "timer": FireTimer,
    "deadline": PassDeadline,
    "pass_on": PassOn,
    "signal": TellSignal,
}


class Performer:
    """Performs due work of any case. Any number may run at the same time."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        dispatch: Dispatch,
        job_types: Mapping[str, JobType],
        failpoints: FailPoints,
    ) -> None:
        self._database = database
        self._clock = clock
        self._dispatch = dispatch
        self._job_types = job_types
        self._failpoints = failpoints

    def drain(self, seconds: float = 2.0) -> int:
        """Work for about *seconds* or until nothing is due. Returns how many rows were taken."""
        until = time.monotonic() + seconds
        taken = 0
        while time.monotonic() < until:
            if not self.one():
                break
            taken += 1
        return taken

    def one(self) -> bool:
        """Take and do one row. False when nothing is due."""
        with self._database.write() as connection:
            claimed = outbox.claim(connection, self._clock.now())
            poison = bool(claimed) and outbox.is_poison(connection, claimed[0])
        if not claimed:
            return False
        work = claimed[0]
        self._failpoints.reach("after_claim")
        try:
            if poison:
                self._raise_incident(work, "poison", "took down its worker too many times")
            elif work.kind in _COMMANDS:
                self._fire(work)
            else:
                self._do(work)
        except LeaseLost:
            log.warning("lease lost on work %s", work.id)
        except AlreadyDone:
            log.info("work %s has nothing left to do", work.id)
        return True

    def _fire(self, work: Work) -> None:
        with self._database.write() as connection:
            outbox.finish(connection, work)
            try:
                self._dispatch.send(_COMMANDS[work.kind](work.id), SYSTEM, connection=connection)
            except AlreadyDone:
                pass

    def _do(self, work: Work) -> None:
        job_type = self._job_types.get(work.name)
        if job_type is None:
            self._raise_incident(work, "unknown_task_type", work.name)
            return
        try:
            with self._heartbeat(work):
                result: Result = job_type.perform(work, self._clock.now())
        except Exception as error:
            # Only the class: a message may carry what a source or a person wrote.
            log.exception("work %s of type %s failed", work.id, work.name, exc_info=False)
            result = GiveUp("crashed", type(error).__name__)
        self._failpoints.reach("after_perform")
        self._record(work, result)

    def _record(self, work: Work, result: Result) -> None:
        for attempt in range(1, TRIES + 1):
            try:
                self._record_once(work, result)
                return
            except (LostRace, DBAPIError) as error:
                if attempt == TRIES or not passing(error):
                    raise
                time.sleep(random.uniform(0, 0.01 * 2**attempt))

    def _record_once(self, work: Work, result: Result) -> None:
        now = self._clock.now()
        if isinstance(result, Retry) and now - work.created_at > GIVE_UP_AFTER:
            result = GiveUp(result.code, "gave up after 24 hours of trying")
        if isinstance(result, GiveUp):
            self._raise_incident(work, result.code, result.detail)
            return
        with self._database.write() as connection:
            if isinstance(result, Deferred):
                outbox.put_back(connection, work, now + result.until, result.reason, waited=True)
            elif isinstance(result, Retry):
                at = outbox.retry_at(now, work.attempts, result.after)
                outbox.put_back(connection, work, at, result.code, waited=False)
            else:
                outbox.finish(connection, work)
                if work.kind == "outbox":
                    if isinstance(result, Done) and result.effect is not None:
                        result.effect(connection)
                    return
                command = (
                    FinishJob(work.id, result.variables, result.effect)
                    if isinstance(result, Done)
                    else ThrowError(work.id, result.code, result.effect)
                )
                assert isinstance(result, Done | Error)
                self._dispatch.send(command, SYSTEM, connection=connection)
            self._failpoints.reach("before_commit")
        self._failpoints.reach("after_commit")

    def _raise_incident(self, work: Work, code: str, detail: str) -> None:
        with self._database.write() as connection:
            if work.kind == "outbox":
                outbox.park(connection, work, code)
                return
            outbox.finish(connection, work)
            self._dispatch.send(RaiseIncident(work.id, code, detail), SYSTEM, connection=connection)

    @contextmanager
    def _heartbeat(self, work: Work) -> Iterator[None]:
        """Renew the lease from a thread while the work goes on."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(outbox.LEASE.total_seconds() / 3):
                try:
                    with self._database.write() as connection:
                        outbox.renew(connection, work, self._clock.now())
                except LeaseLost:
                    return
                except Exception:
                    log.warning("could not renew the lease of work %s", work.id)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
