"""The right to complain of the decision of a case, and until when: the one place pages ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.casework import complaint_time, letters
from engine.casework.complaint_time import Channel, ComplaintTime
from engine.casework.models import letter
from engine.platform.clock import OSLO

#: The template whose letter tells the citizen of the decision.
DECISION = "decision"


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
        return None if self.last is None else end_of_day(self.last)

    def passed(self, now: datetime) -> bool:
        """Whether the time has run out."""
        return self.until is not None and self.until < now


def end_of_day(day: date) -> datetime:
    """The last moment of a day in Norway."""
    return datetime.combine(day, time(23, 59, 59), OSLO)


def newest_right(connection: Connection, case_id: str) -> Right | None:
    """The right to complain of the newest decision that was sent; ``None`` before one was."""
    row = connection.execute(
        select(letter)
        .where(letter.c.case_id == case_id, letter.c.template == DECISION, letter.c.state == "sent")
        .order_by(letter.c.sent_at.desc())
        .limit(1)
    ).first()
    return None if row is None else right_of(row)


def right_of(row: Row[Any]) -> Right:
    """The right to complain of the decision in a letter that was sent."""
    delivery = letters.delivery(row)
    return Right(row.id, delivery.channel, complaint_time.compute(delivery))
