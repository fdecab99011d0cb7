"""Due work: the database is the queue and the truth.

A row is written in the transaction that causes it. Workers claim rows by a
lease and a fence: the fence is part of every later write, so a worker that
lost its lease (it was slow, it was killed, its machine slept) can do nothing
any more, and whoever took over does the work once.

    due ──claim──► leased ──finish──► done
                     │ └──retry / defer──► due (later)
                     └──give up──► incident
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from engine.execution.models import due_work

LEASE = timedelta(seconds=60)
MAX_RECLAIMS = 5
FIRST_RETRY = timedelta(seconds=1)
LONGEST_RETRY = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=24)


class LeaseLost(Exception):
    """Another worker has the row now. Whatever was done must be rolled back."""


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed row. ``payload`` holds ids and settings, never personal data."""

    id: str
    kind: str
    name: str
    case_id: str
    instance_id: str
    token_id: str
    element_id: str
    payload: dict[str, Any]
    idempotency_key: str
    fence: int
    attempts: int
    created_at: datetime


def _claimable(now: datetime) -> Any:
    return or_(
        and_(due_work.c.state == "due", due_work.c.due_at <= now),
        and_(due_work.c.state == "leased", due_work.c.lease_until <= now),
    )


def put(
    connection: Connection, *, name: str, case_id: str, payload: Mapping[str, Any], key: str, now: datetime
) -> None:
    """Work of a case that no element waits for: performed after the commit. The same *key* twice is an error.

    payload  ids and settings, never personal data;  ``key`` what the receiver knows the work by, 36 characters
    """
    connection.execute(
        insert(due_work).values(
            id=str(uuid.uuid4()),
            kind="outbox",
            name=name,
            case_id=case_id,
            instance_id=case_id,
            token_id="",
            element_id="",
            payload=dict(payload),
            due_at=now,
            state="due",
            fence=0,
            attempts=0,
            reclaims=0,
            idempotency_key=key,
            created_at=now,
        )
    )


def claim(connection: Connection, now: datetime, *, limit: int = 1) -> list[Work]:
    """Take up to *limit* rows that are due, oldest first, or whose lease has run out."""
    chosen = connection.execute(
        select(due_work.c.id, due_work.c.state)
        .where(_claimable(now))
        .order_by(due_work.c.due_at, due_work.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    taken: list[Work] = []
    for row in chosen:
        claimed = connection.execute(
            update(due_work)
            .where(due_work.c.id == row.id, _claimable(now))
            .values(
                state="leased",
                fence=due_work.c.fence + 1,
                attempts=due_work.c.attempts + 1,
                reclaims=due_work.c.reclaims + (1 if row.state == "leased" else 0),
                lease_until=now + LEASE,
            )
            .returning(due_work)
        ).first()
        if claimed is not None:
            taken.append(
                Work(
                    claimed.id,
                    claimed.kind,
                    claimed.name,
                    claimed.case_id,
                    claimed.instance_id,
                    claimed.token_id,
                    claimed.element_id,
                    claimed.payload,
                    claimed.idempotency_key,
                    claimed.fence,
                    claimed.attempts,
                    claimed.created_at,
                )
            )
    return taken


def _held(work: Work) -> Any:
    return and_(due_work.c.id == work.id, due_work.c.fence == work.fence, due_work.c.state == "leased")


def renew(connection: Connection, work: Work, now: datetime) -> None:
    """Keep the lease while the work goes on. Raises ``LeaseLost``."""
    done = connection.execute(update(due_work).where(_held(work)).values(lease_until=now + LEASE))
    if done.rowcount != 1:
        raise LeaseLost(work.id)


def finish(connection: Connection, work: Work) -> None:
    """The first statement of the transaction that writes the work's effects. Raises ``LeaseLost``."""
    done = connection.execute(
        update(due_work).where(_held(work)).values(state="done", lease_until=None, last_error=None)
    )
    if done.rowcount != 1:
        raise LeaseLost(work.id)


def put_back(connection: Connection, work: Work, due_at: datetime, error: str, *, waited: bool) -> None:
    """Again later. A wait for an answer is no failure and does not count as an attempt."""
    done = connection.execute(
        update(due_work)
        .where(_held(work))
        .values(
            state="due",
            due_at=due_at,
            lease_until=None,
            last_error=error[:100],
            attempts=due_work.c.attempts - (1 if waited else 0),
        )
    )
    if done.rowcount != 1:
        raise LeaseLost(work.id)


def park(connection: Connection, work: Work, error: str) -> None:
    """Stands still until a person lets it go again. Raises ``LeaseLost``."""
    done = connection.execute(
        update(due_work).where(_held(work)).values(state="incident", lease_until=None, last_error=error[:100])
    )
    if done.rowcount != 1:
        raise LeaseLost(work.id)


def is_poison(connection: Connection, work: Work) -> bool:
    """Whether the row has killed too many workers to be tried again without a person."""
    reclaims: int = connection.execute(select(due_work.c.reclaims).where(due_work.c.id == work.id)).scalar_one()
    return reclaims >= MAX_RECLAIMS


def retry_at(now: datetime, attempts: int, retry_after: float | None = None) -> datetime:
    """One second, doubling to five minutes, give or take a fifth; a source's own wish comes first."""
    if retry_after is not None:
        return now + timedelta(seconds=min(retry_after, LONGEST_RETRY.total_seconds() * 12))
    doubled: timedelta = FIRST_RETRY * 2 ** min(max(attempts - 1, 0), 12)
    return now + min(doubled, LONGEST_RETRY) * random.uniform(0.8, 1.2)


def next_due(connection: Connection) -> datetime | None:
    """When the next row is due or its lease runs out: the sweeper sleeps no longer than that."""
    moments: Sequence[datetime | None] = [
        connection.execute(select(func.min(due_work.c.due_at)).where(due_work.c.state == "due")).scalar(),
        connection.execute(select(func.min(due_work.c.lease_until)).where(due_work.c.state == "leased")).scalar(),
    ]
    known: list[datetime] = [moment for moment in moments if moment is not None]
    return min(known) if known else None


def backlog(connection: Connection, now: datetime) -> tuple[int, float]:
    """How many rows are due, and the age in seconds of the oldest."""
    count, oldest = connection.execute(select(func.count(), func.min(due_work.c.due_at)).where(_claimable(now))).one()
    return count, 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
