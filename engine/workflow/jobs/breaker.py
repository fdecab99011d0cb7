"""The breaker: when the other side of a task type fails, most of the work for it waits while a few try.

The other side is the task type, and the body its settings name where there are several: one court that fails stops
no other.

It opens when half of the latest tries of this process failed and more than
``WAITING`` rows wait for their turn or to be tried again. Then ``PROBES`` may try after each pause,
which grows while they fail. Each answer lets twice as many go as have been
answered, until ``ENOUGH`` have been and it closes. While everything is well nothing is written.
"""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from engine.platform.db import Database
from engine.workflow.jobs import outbox
from engine.workflow.jobs.models import breaker, due_work
from engine.workflow.jobs.outbox import Work

WAITING = 50
#: How many rows that fail are looked at to find those of one other side.
LOOKED_AT = 1000
LATEST = 20
PROBES = 3
ENOUGH = 25
FIRST_PAUSE = 15
MAX_PAUSE = 300


def side_of(job_type: object, name: str, payload: Mapping[str, Any]) -> str:
    """Whose answer a piece of work waits for: ``submit:domstol``, or the name of the task type alone."""
    other: Callable[[Mapping[str, Any]], str] | None = getattr(job_type, "other_side", None)
    body = other(payload) if other is not None else ""
    return f"{name}:{body}"[:60] if body else name


class Breaker:
    """One process' view. What is open is in the database, the same for all."""

    def __init__(self) -> None:
        self._latest: dict[str, deque[bool]] = defaultdict(lambda: deque(maxlen=LATEST))

    def may_try(self, database: Database, work: Work, side: str, now: datetime) -> bool:
        """Whether *work* may try; if not it is put off, without that counting as a try."""
        with database.read() as connection:
            if connection.execute(select(breaker.c.name).where(breaker.c.name == side)).first() is None:
                return True
        with database.write() as connection:
            row = connection.execute(select(breaker).where(breaker.c.name == side).with_for_update()).first()
            if row is None:
                return True
            if row.open_until > now:
                spread = timedelta(seconds=row.pause * random.uniform(0, 0.5))
                outbox.release_lease(connection, [work], row.open_until + spread)
                return False
            left = row.left - 1
            values = {"left": left} if left > 0 else {"left": PROBES, "open_until": now + timedelta(seconds=row.pause)}
            connection.execute(update(breaker).where(breaker.c.name == side).values(**values))
            return True

    def answered(self, connection: Connection, side: str, now: datetime) -> None:
        """The other side answered."""
        self._latest[side].append(True)
        row = connection.execute(select(breaker).where(breaker.c.name == side)).first()
        if row is None:
            return
        probes = row.probes + 1
        if probes >= ENOUGH:
            connection.execute(delete(breaker).where(breaker.c.name == side))
            return
        connection.execute(
            update(breaker).where(breaker.c.name == side).values(probes=probes, left=2 * probes, open_until=now)
        )

    def failed(self, connection: Connection, job_type: object, work: Work, now: datetime) -> None:
        """The other side failed: it opens, or its pause grows."""
        side = side_of(job_type, work.name, work.payload)
        latest = self._latest[side]
        latest.append(False)
        row = connection.execute(select(breaker).where(breaker.c.name == side)).first()
        if row is not None:
            pause = min(2 * row.pause, MAX_PAUSE)
            connection.execute(
                update(breaker)
                .where(breaker.c.name == side)
                .values(pause=pause, open_until=now + timedelta(seconds=pause), probes=0, left=PROBES)
            )
            return
        if len(latest) < LATEST or sum(latest) * 2 > LATEST:
            return
        failing = (
            select(due_work.c.payload)
            .where(due_work.c.state == "due", due_work.c.name == work.name)
            .where(or_(due_work.c.failing_since.is_not(None), due_work.c.due_at <= now))
            .limit(LOOKED_AT)
        )
        waiting = connection.execute(failing).scalars()
        if sum(side_of(job_type, work.name, payload) == side for payload in waiting) > WAITING:
            until = now + timedelta(seconds=FIRST_PAUSE)
            connection.execute(
                insert(breaker).values(name=side, open_until=until, pause=FIRST_PAUSE, probes=0, left=PROBES)
            )
