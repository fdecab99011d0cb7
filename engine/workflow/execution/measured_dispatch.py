"""The dispatch that counts: how many commands of each kind, how they ended, and how long each took."""

from __future__ import annotations

import time

from sqlalchemy import Connection

from engine.workflow.authorization.actor import Actor
from engine.workflow.counters import COUNTERS
from engine.workflow.errors import Refusal
from engine.workflow.execution.commands import Command, Outcome, name_of
from engine.workflow.execution.dispatch import Dispatch


class MeasuredDispatch(Dispatch):
    """The one door, with a clock and a counter beside it."""

    def send(self, command: Command, actor: Actor, *, key: str = "", connection: Connection | None = None) -> Outcome:
        name = name_of(command)
        begun = time.perf_counter()
        outcome = "crashed"
        try:
            found = super().send(command, actor, key=key, connection=connection)
            outcome = "repeated" if found.repeated else "done"
            return found
        except Refusal as refusal:
            outcome = refusal.code
            raise
        finally:
            COUNTERS.seconds.labels(name).observe(time.perf_counter() - begun)
            COUNTERS.commands.labels(name, outcome).inc()
