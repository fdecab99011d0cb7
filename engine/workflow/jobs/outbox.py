"""Due work: the database is the queue and the truth.

A row is written in the transaction that causes it. Workers claim rows by a
lease and a fence: the fence is part of every later write, so a worker that
lost its lease (it was slow, it was killed, its machine slept) can do nothing
any more, and whoever took over does the work once.

    due ──claim──► leased ──finish──► done
                     │ └──reschedule──► due (later)
                     └──incident──► due (a person lets it go again) or done (skipped)

Queues are served in order: timers and what cases tell each other, then jobs
people wait for, then what can wait. Rows of kind timer, message and signal of one
case are done one at a time and in order; jobs of one case may run side by side,
since most of them wait for somebody else.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, or_, select, update

from engine.workflow.jobs.models import COMMANDS, QUEUES, due_work

LEASE = timedelta(seconds=60)
MAX_RECLAIMS = 5
#: How many rows one claim takes. Commands are short; a job may wait long for somebody else.
BATCH: Mapping[str, int] = {"timers": 20, "work": 1, "bulk": 4}


#: How many rows of a queue one claim looks at for some that may be taken.
LOOKED_AT = 1000


class LeaseLostError(Exception):
    """Another worker has the row now. Whatever was done must be rolled back."""


class OutOfTurnError(Exception):
    """The case has earlier work that must be done first."""


@dataclass(frozen=True, slots=True)
class Work:
    """A row. ``payload`` holds ids and settings, never personal data."""

    id: str
    kind: str
    name: str
    queue: str
    case_id: str
    instance_id: str
    token_id: str
    element_id: str
    payload: dict[str, Any]
    idempotency_key: str
    fence: int
    attempts: int
    reclaims: int
    due_at: datetime
    created_at: datetime
    failing_since: datetime | None
    waiting_since: datetime | None
    trace: str | None


_COLUMNS = tuple(Work.__dataclass_fields__)


def _expired(now: datetime) -> ColumnElement[bool]:
    """A lease that has run out; one that runs too long was given by a clock that was wrong."""
    return and_(
        due_work.c.state == "leased", or_(due_work.c.lease_until <= now, due_work.c.lease_until > now + 2 * LEASE)
    )


def enqueue(
    connection: Connection,
    *,
    name: str,
    case_id: str,
    payload: Mapping[str, Any],
    key: str,
    now: datetime,
    kind: str = "outbox",
    due_at: datetime | None = None,
    token_id: str = "",
    element_id: str = "",
) -> None:
    """Work that no element waits for: performed after the commit. The same *key* twice is an error.

    payload  ids and settings, never personal data;  ``key`` what the receiver knows the work by, 36 characters
    """
    connection.execute(
        insert(due_work).values(
            id=str(uuid.uuid4()),
            kind=kind,
            name=name,
            case_id=case_id,
            instance_id=case_id,
            token_id=token_id,
            element_id=element_id,
            payload=dict(payload),
            due_at=due_at or now,
            state="due",
            fence=0,
            attempts=0,
            reclaims=0,
            idempotency_key=key,
            created_at=now,
        )
    )


def find(connection: Connection, work_id: str) -> Work | None:
    """The row as it is, whoever has it."""
    row = connection.execute(select(*(due_work.c[name] for name in _COLUMNS)).where(due_work.c.id == work_id)).first()
    return None if row is None else Work(*row)


def claim(
    connection: Connection,
    now: datetime,
    *,
    queues: Sequence[str] = QUEUES,
    limit: int | None = None,
    may_take: Callable[[str, Mapping[str, Any]], bool] | None = None,
) -> list[Work]:
    """Take rows of the first of *queues* that has any, oldest first: a batch, or *limit* of them.

    A row whose lease has run out comes first and alone: should it kill its worker, nothing else goes with it.

    may_take  says of one row after the other, by name and payload, whether to take it: others are passed over and left
              for whoever has room
    """
    lost = select(due_work.c.id, due_work.c.name, due_work.c.payload).where(_expired(now), due_work.c.queue.in_(queues))
    chosen = _locked(connection, lost.order_by(due_work.c.lease_until, due_work.c.id), 1, may_take)
    if chosen:
        return _lease(connection, chosen, now, reclaimed=1)
    for queue in queues:
        chosen = _locked(connection, _due(queue, now), limit or BATCH[queue], may_take)
        if chosen:
            return _lease(connection, chosen, now, reclaimed=0)
    return []


def claim_more(
    connection: Connection,
    now: datetime,
    *,
    queue: str,
    names: Collection[str],
    limit: int,
    may_take: Callable[[str, Mapping[str, Any]], bool],
) -> list[Work]:
    """As ``claim``, of those in *names* alone, and none whose lease has run out."""
    wanted = _due(queue, now).where(due_work.c.name.in_(names))
    chosen = _locked(connection, wanted, limit, may_take)
    return _lease(connection, chosen, now, reclaimed=0) if chosen else []


def _locked(
    connection: Connection, wanted: Select[Any], limit: int, may_take: Callable[[str, Mapping[str, Any]], bool] | None
) -> list[str]:
    """Ids of the first *limit* rows of *wanted* that may be taken, locked."""
    first = connection.execute(wanted.limit(limit).with_for_update(of=due_work, skip_locked=True)).all()
    chosen = [row.id for row in first if may_take is None or may_take(row.name, row.payload)]
    if chosen or len(first) < limit or may_take is None:
        return chosen
    for row in connection.execute(wanted.limit(LOOKED_AT)):
        if may_take(row.name, row.payload):
            chosen.append(row.id)
        if len(chosen) == limit:
            break
    if not chosen:
        return []
    free = select(due_work.c.id).where(due_work.c.id.in_(chosen)).with_for_update(of=due_work, skip_locked=True)
    return list(connection.execute(free).scalars())


def _due(queue: str, now: datetime) -> Select[Any]:
    wanted = select(due_work.c.id, due_work.c.name, due_work.c.payload).where(
        due_work.c.state == "due", due_work.c.queue == queue, due_work.c.due_at <= now
    )
    if queue == "timers":  # one at a time for each case; asked once, not row by row: few are leased, many may be due
        other = due_work.alias()
        busy = select(other.c.case_id).where(
            other.c.state == "leased", other.c.queue == queue, other.c.lease_until > now, other.c.case_id != ""
        )
        wanted = wanted.where(due_work.c.case_id.not_in(busy))
    return wanted.order_by(due_work.c.due_at, due_work.c.id)


def _lease(connection: Connection, ids: Sequence[str], now: datetime, *, reclaimed: int) -> list[Work]:
    rows = connection.execute(
        update(due_work)
        .where(
            due_work.c.id.in_(ids),
            _expired(now) if reclaimed else and_(due_work.c.state == "due", due_work.c.due_at <= now),
        )
        .values(
            state="leased",
            fence=due_work.c.fence + 1,
            attempts=due_work.c.attempts + 1,
            reclaims=due_work.c.reclaims + reclaimed,
            lease_until=now + LEASE,
        )
        .returning(*(due_work.c[name] for name in _COLUMNS))
    ).all()
    return sorted((Work(*row) for row in rows), key=lambda work: (work.due_at, work.id))


def _held(work: Work) -> ColumnElement[bool]:
    return and_(due_work.c.id == work.id, due_work.c.fence == work.fence, due_work.c.state == "leased")


def _change(connection: Connection, work: Work, **values: object) -> None:
    done = connection.execute(update(due_work).where(_held(work)).values(**values))
    if done.rowcount != 1:
        raise LeaseLostError(work.id)


def renew(connection: Connection, work: Work, now: datetime) -> None:
    """Keep the lease while the work goes on. Raises ``LeaseLostError``."""
    _change(connection, work, lease_until=now + LEASE)


def finish(connection: Connection, work: Work) -> None:
    """The first statement of the transaction that writes the work's effects. Raises ``LeaseLostError``."""
    _change(connection, work, state="done", lease_until=None, last_error=None)


def require_turn(connection: Connection, work: Work) -> None:
    """Raises ``OutOfTurnError`` when the case has an earlier timer, message or signal that is not done."""
    if not work.case_id or work.kind not in COMMANDS:
        return
    earlier = connection.execute(
        select(due_work.c.id)
        .where(
            due_work.c.case_id == work.case_id,
            due_work.c.kind.in_(COMMANDS),
            due_work.c.state.in_(("due", "leased")),
            or_(due_work.c.due_at < work.due_at, and_(due_work.c.due_at == work.due_at, due_work.c.id < work.id)),
        )
        .limit(1)
    ).first()
    if earlier is not None:
        raise OutOfTurnError(work.id)


def reschedule(
    connection: Connection, work: Work, due_at: datetime, error: str, *, waited: bool, now: datetime
) -> None:
    """Again later. A wait for an answer is no failure: it ends a row of failures and has a budget of its own."""
    common = {"state": "due", "due_at": due_at, "lease_until": None, "last_error": error[:100], "reclaims": 0}
    if waited:
        since = work.waiting_since or now
        _change(connection, work, **common, attempts=0, failing_since=None, waiting_since=since)
    else:
        _change(connection, work, **common, failing_since=work.failing_since or now)


def release_lease(connection: Connection, works: Sequence[Work], due_at: datetime | None = None) -> None:
    """Give claimed rows back that were not begun, as if they had never been claimed."""
    for work in works:
        connection.execute(
            update(due_work)
            .where(_held(work))
            .values(
                state="due",
                lease_until=None,
                attempts=due_work.c.attempts - 1,
                due_at=due_work.c.due_at if due_at is None else due_at,
            )
        )


def reopen(connection: Connection, work_id: str, now: datetime) -> bool:
    """A person lets work that had become an incident be done again. False when there is none such."""
    done = connection.execute(
        update(due_work)
        .where(due_work.c.id == work_id, due_work.c.state == "incident")
        .values(
            state="due", due_at=now, attempts=0, reclaims=0, failing_since=None, waiting_since=None, last_error=None
        )
    )
    return done.rowcount == 1


def is_poison(work: Work) -> bool:
    """Whether the row has taken down too many workers to be tried again without a person."""
    return work.reclaims >= MAX_RECLAIMS


def next_due(connection: Connection) -> dict[str, datetime]:
    """When the next row of each queue is due or its lease runs out. Reconciliation sleeps no longer than that."""
    found: dict[str, datetime] = {}
    for queue in QUEUES:
        first = select(func.min(due_work.c.due_at)).where(due_work.c.state == "due", due_work.c.queue == queue)
        moment = connection.execute(first).scalar()
        if moment is not None:
            found[queue] = moment
    leased = select(due_work.c.queue, func.min(due_work.c.lease_until)).where(due_work.c.state == "leased")
    for queue, moment in connection.execute(leased.group_by(due_work.c.queue)):
        found[queue] = min(moment, found.get(queue, moment))
    return found


def backlog(connection: Connection, now: datetime, queues: Sequence[str] = QUEUES) -> tuple[int, float]:
    """How many rows are due, and the age in seconds of the oldest."""
    due = select(func.count(), func.min(due_work.c.due_at)).where(
        due_work.c.state == "due", due_work.c.queue.in_(queues), due_work.c.due_at <= now
    )
    lost = select(func.count(), func.min(due_work.c.due_at)).where(_expired(now), due_work.c.queue.in_(queues))
    found = [connection.execute(one).one() for one in (due, lost)]
    oldest = min((first for _, first in found if first is not None), default=None)
    return sum(count for count, _ in found), 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
