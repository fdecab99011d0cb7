"""The one door: takes a command through its sequence, in one transaction.

A room above brings sequences of its own for its own commands; they are handed over when the door is made.

A lost race (another writer was faster, a deadlock was broken) is retried here
and never shown to a person. A repeated idempotency key gets the first answer.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from engine.platform.compiled_statements import Batch
from engine.platform.db import Database, after_commit, after_end
from engine.workflow.authorization.actor import SYSTEM, Actor
from engine.workflow.errors import Conflict, PolicyNotEvaluated, Refusal
from engine.workflow.execution.behaviours import ELEMENT_BEHAVIOURS
from engine.workflow.execution.commands import Command, Outcome, RaisePolicyIncident, name_of
from engine.workflow.execution.context import Context, Services, Step
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.flush import LostRaceError
from engine.workflow.execution.models import idempotency
from engine.workflow.execution.sequence import COMMIT, SEQUENCES, relay_outbox
from engine.workflow.execution.store import SqlStore

TRIES = 6
log = logging.getLogger(__name__)


class Dispatch:
    """Sends commands. ``wakeup`` is called after a commit that may have left work."""

    def __init__(
        self,
        database: Database,
        services: Services,
        wakeup: Callable[[], None],
        sequences: Mapping[type[Command], tuple[Step, ...]] = SEQUENCES,
    ) -> None:
        self._database = database
        self.services = services
        self._wakeup = wakeup
        self.sequences = sequences

    def add(self, sequences: Mapping[type[Command], tuple[Step, ...]]) -> None:
        """Take the commands of one more room."""
        self.sequences = {**self.sequences, **sequences}

    def send(self, command: Command, actor: Actor, *, key: str = "", connection: Connection | None = None) -> Outcome:
        """Carry out *command* for *actor*. Raises a ``Refusal`` and changes nothing when it may not be.

        key         idempotency key: the same key and command gives the first answer again
        connection  an open write transaction to join, used by jobs
        """
        if connection is not None:
            return self._once(command, actor, key, connection)
        for attempt in range(1, TRIES + 1):
            try:
                with self._database.write() as own:
                    return self._once(command, actor, key, own)
            except (LostRaceError, IntegrityError, OperationalError, DBAPIError) as error:
                if attempt == TRIES or not passing(error):
                    raise
                log.info("retrying %s after %s", type(command).__name__, type(error).__name__)
                time.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise AssertionError("unreachable")

    def _once(self, command: Command, actor: Actor, key: str, connection: Connection) -> Outcome:
        request_hash = digest(command) if key else ""
        if key:
            before = _answered(connection, actor, key, request_hash)
            if before is not None:
                return before
        services = self.services
        now = services.clock.now()
        store = SqlStore(connection, services.library, services.vault, services.clock, services.evaluate)
        execution = Execution(ELEMENT_BEHAVIOURS, store, now)
        store.execution = execution
        context = Context(
            command=command,
            actor=actor,
            services=services,
            connection=connection,
            now=now,
            execution=execution,
            batch=Batch(connection),
            store=store,
            dispatch=self,
        )
        for step in self.sequences[type(command)]:
            if step is COMMIT:
                continue
            if step is relay_outbox:
                if context.wakes_workers or context.execution.work or context.execution.trace:
                    after_commit(connection, self._wakeup)
                continue
            try:
                step(context)
            except PolicyNotEvaluated as refusal:
                after_end(connection, partial(self._raise_policy_incident, refusal))
                raise
        if key:
            connection.execute(
                insert(idempotency).values(
                    actor=actor.person_id,
                    key=key,
                    request_hash=request_hash,
                    answer=asdict(context.outcome),
                    at=now,
                )
            )
        return context.outcome

    def _raise_policy_incident(self, refusal: PolicyNotEvaluated) -> None:
        """The refusal undid the command's transaction, so the incident is written in one of its own."""
        try:
            self.send(RaisePolicyIncident(refusal.instance_id, refusal.detail), SYSTEM)
        except Refusal as incident_refusal:
            log.info("no incident for the policy of %s: %s", refusal.instance_id, incident_refusal.code)
        except Exception:
            log.exception("the incident for the policy of %s could not be written", refusal.instance_id)


def _answered(connection: Connection, actor: Actor, key: str, request_hash: str) -> Outcome | None:
    row = connection.execute(
        select(idempotency).where(idempotency.c.actor == actor.person_id, idempotency.c.key == key)
    ).first()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise Conflict("the idempotency key was used for something else")
    answer = dict(row.answer)
    answer["next_tasks"] = tuple(answer["next_tasks"])
    answer["repeated"] = True
    return Outcome(**answer)


def digest(command: Command) -> str:
    """A hash of the command; what was filled in is never kept beside the key."""
    fields = asdict(command)  # type: ignore[call-overload]  # every command is a dataclass
    body = json.dumps([name_of(command), fields], sort_keys=True, default=str)
    return hashlib.sha256(body.encode()).hexdigest()


def passing(error: Exception) -> bool:
    """Whether the same command may succeed when tried again."""
    if isinstance(error, LostRaceError | IntegrityError):
        return True
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        return bool(error.connection_invalidated) or state in ("40001", "40P01", "55P03")
    return False
