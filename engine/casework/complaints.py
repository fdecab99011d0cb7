"""The right to complain about a decision: until when, what came in, and what became of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from engine.casework import complaint_time, letters
from engine.casework.complaint_time import Channel, ComplaintTime
from engine.casework.journal import require_text
from engine.casework.models import complaint, letter
from engine.platform.calendar import norwegian_day
from engine.platform.clock import OSLO
from engine.platform.vault import Vault
from engine.workflow.errors import AlreadyDone, NotFound, NotPossible, Reason
from engine.workflow.instances.rows import CaseRow

#: The template whose letter tells the citizen of the decision.
DECISION = "decision"
#: The office changes its decision, sends the complaint on to Statsforvalteren or does not treat it; or the citizen
#: withdraws it.
OUTCOMES = ("changed", "sent_on", "dismissed", "withdrawn")


@dataclass(frozen=True, slots=True)
class Right:
    """The right to complain of a decision that was sent, and the time for it.

    ``last`` is the last day in time in Norway, ``None`` while no time runs.
    """

    letter_id: str
    channel: Channel
    time: ComplaintTime

    @property
    def starts(self) -> date | None:
        return self.time.starts

    @property
    def last(self) -> date | None:
        return self.time.ends

    @property
    def weeks(self) -> int:
        return self.time.limit.weeks

    @property
    def reference(self) -> str:
        return self.time.limit.reference

    @property
    def until(self) -> datetime | None:
        """The last moment in time."""
        return None if self.last is None else datetime.combine(self.last, time(23, 59, 59), OSLO)

    def passed(self, now: datetime) -> bool:
        """Whether the time has run out."""
        return self.until is not None and self.until < now


@dataclass(frozen=True, slots=True)
class Complaint:
    """``due_at`` is the last moment as it stood when the complaint was written down; ``None``: no time had begun."""

    id: str
    author: str
    text: str
    received_at: datetime
    registered_at: datetime
    due_at: datetime | None
    outcome: str
    answer: str
    decided_by: str
    decided_at: datetime | None

    @property
    def in_time(self) -> bool:
        return self.due_at is None or self.received_at <= self.due_at


def right(connection: Connection, case_id: str) -> Right | None:
    """The right to complain of the newest decision that was sent; ``None`` before one was."""
    row = connection.execute(
        select(letter)
        .where(letter.c.case_id == case_id, letter.c.template == DECISION, letter.c.state == "sent")
        .order_by(letter.c.sent_at.desc())
        .limit(1)
    ).first()
    return None if row is None else _right(row)


def _right(row: Row[Any]) -> Right:
    delivery = letters.delivery(row)
    return Right(row.id, delivery.channel, complaint_time.compute(delivery))


def register(
    connection: Connection, vault: Vault, *, author: str, case: CaseRow, received_on: date, text: str, now: datetime
) -> Complaint:
    """A complaint that came in on a day in Norway, at noon or now. The case keeps whether it was in time."""
    if received_on > norwegian_day(now):
        raise NotPossible(Reason("", "in-the-future", "it cannot have come later than now"))
    require_text(text)
    received = min(datetime.combine(received_on, time(12), OSLO), now)
    complaint_id = str(uuid.uuid4())
    found = right(connection, case.id)
    content = vault.seal(connection, case.owner_id, f"complaint.content:{complaint_id}", {"text": text})
    connection.execute(
        insert(complaint).values(
            id=complaint_id,
            case_id=case.id,
            person_id=case.owner_id,
            author=author,
            content=content,
            received_at=received,
            due_at=found.until if found else None,
            registered_at=now,
        )
    )
    return of(connection, vault, case.id, complaint_id)


def decide(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case: CaseRow,
    complaint_id: str,
    outcome: str,
    answer: str,
    now: datetime,
) -> None:
    """What became of it, once, and why. Raises ``NotFound`` or ``AlreadyDone``."""
    row = connection.execute(
        select(complaint).where(complaint.c.id == complaint_id, complaint.c.case_id == case.id)
    ).first()
    if row is None or outcome not in OUTCOMES:
        raise NotFound(complaint_id)
    require_text(answer)
    sealed = vault.seal(connection, case.owner_id, f"complaint.answer:{row.id}", answer)
    done = connection.execute(
        update(complaint)
        .where(complaint.c.id == row.id, complaint.c.outcome.is_(None))
        .values(outcome=outcome, answer=sealed, decided_by=author, decided_at=now)
    )
    if done.rowcount != 1:
        raise AlreadyDone(row.decided_by or "", row.decided_at, "decided")


def of_case(connection: Connection, vault: Vault, case_id: str) -> list[Complaint]:
    """Newest first."""
    rows = connection.execute(
        select(complaint).where(complaint.c.case_id == case_id).order_by(complaint.c.registered_at.desc())
    )
    return [_read(connection, vault, row) for row in rows]


def of(connection: Connection, vault: Vault, case_id: str, complaint_id: str) -> Complaint:
    """One complaint of a case that is there."""
    return next(row for row in of_case(connection, vault, case_id) if row.id == complaint_id)


def _read(connection: Connection, vault: Vault, row: Row[Any]) -> Complaint:
    content = vault.open(connection, row.person_id, f"complaint.content:{row.id}", row.content)
    answer = vault.open(connection, row.person_id, f"complaint.answer:{row.id}", row.answer) if row.answer else ""
    return Complaint(
        row.id,
        row.author,
        content["text"],
        row.received_at,
        row.registered_at,
        row.due_at,
        row.outcome or "",
        str(answer),
        row.decided_by or "",
        row.decided_at,
    )
