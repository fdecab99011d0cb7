"""Complaints about a decision: what came in, how its lateness was assessed, and what became of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from engine.casework import complaint_time, time_limits
from engine.casework.complaint_right import end_of_day, newest_right, right_of
from engine.casework.journal import require_text
from engine.casework.models import complaint, letter
from engine.platform.calendar import next_working_day, norwegian_day
from engine.platform.clock import OSLO
from engine.platform.vault import Vault
from engine.workflow.errors import AlreadyDone, NotFound, NotPossible, Reason
from engine.workflow.instances.rows import CaseRow

#: The office stands by its decision and sends the complaint on to the appeal body, changes it, sets it aside and treats
#: the case anew, or does not treat the complaint; or the citizen withdraws it.
OUTCOMES = ("sent_on", "changed", "set_aside", "dismissed", "withdrawn")
#: What the appeal body answers.
APPEAL_OUTCOMES = ("upheld", "changed", "set_aside", "dismissed")
#: How a complaint comes: from the citizen's page, or by other ways to a caseworker.
WAYS = ("page", "paper", "phone", "office")
#: What a person has found of a complaint that came after the last day: it is in time after all, is heard all the same,
#: or is dismissed as too late. No computation says it.
TIMELINESS = ("in_time", "heard", "dismissed")
#: Days within which the office treats a complaint. Ours: the act says without undue delay, and to answer in a month.
TREAT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Complaint:
    """``last`` is the last day in time as it is known now, ``None`` where no time had begun.

    way         a code of ``WAYS``
    treat_by    when it is to be treated
    timeliness  what a person found of one that came late, a code of ``TIMELINESS``; "" while nobody has
    outcome     what the office did with it, a code of ``OUTCOMES``; ``appeal_outcome``: what the appeal body did
    """

    id: str
    case_id: str
    author: str
    way: str
    text: str
    received_at: datetime
    registered_at: datetime
    treat_by: datetime | None
    last: date | None
    timeliness: str
    timeliness_reason: str
    timeliness_by: str
    timeliness_at: datetime | None
    outcome: str
    answer: str
    decided_by: str
    decided_at: datetime | None
    appeal_outcome: str
    appeal_answer: str
    appeal_by: str
    appeal_at: datetime | None

    @property
    def late(self) -> bool:
        """Whether it came after the last day. What follows from it a person assesses."""
        return self.last is not None and norwegian_day(self.received_at) > self.last

    @property
    def standing(self) -> str:
        """What its page says of its time: "in_time", "assess" until a person has, "heard" or "dismissed"."""
        if not self.late:
            return "in_time"
        return self.timeliness or "assess"

    @property
    def is_open(self) -> bool:
        """Whether the office has something to do with it."""
        return not self.outcome


def register(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case: CaseRow,
    received_on: date,
    text: str,
    way: str,
    now: datetime,
) -> Complaint:
    """A complaint that came in on a day in Norway, at noon or now. Also in a closed case.

    received_on  the day it was sent by post, or reached the office another way
    """
    if received_on > norwegian_day(now):
        raise NotPossible(Reason("", "in-the-future", "it cannot have come later than now"))
    if way not in WAYS:
        raise NotFound(way)
    require_text(text)
    received = min(datetime.combine(received_on, time(12), OSLO), now)
    complaint_id = str(uuid.uuid4())
    found = newest_right(connection, case.id)
    content = vault.seal(connection, case.owner_id, f"complaint.content:{complaint_id}", {"text": text})
    connection.execute(
        insert(complaint).values(
            id=complaint_id,
            case_id=case.id,
            person_id=case.owner_id,
            author=author,
            way=way,
            content=content,
            letter_id=found.letter_id if found else None,
            received_at=received,
            due_at=found.until if found else None,
            treat_by=end_of_day(next_working_day(norwegian_day(received) + timedelta(days=TREAT_DAYS))),
            registered_at=now,
        )
    )
    return of(connection, vault, case.id, complaint_id)


def assess(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case: CaseRow,
    complaint_id: str,
    timeliness: str,
    reason: str,
    now: datetime,
) -> None:
    """What a person finds of a complaint that came late, with the reason; one that is dismissed is done with.

    Raises ``NotPossible`` for one that came in time, and to hear one more than a year after the decision;
    ``AlreadyDone`` where somebody has assessed or decided it.
    """
    one = of(connection, vault, case.id, complaint_id)
    if timeliness not in TIMELINESS:
        raise NotFound(timeliness)
    require_text(reason)
    if not one.late:
        raise NotPossible(Reason("", "in-time", "it came in time"))
    if one.timeliness or one.outcome:
        raise AlreadyDone(one.timeliness_by or one.decided_by, one.timeliness_at or one.decided_at, "decided")
    if timeliness == "heard" and norwegian_day(one.received_at) > _final_day(connection, complaint_id):
        raise NotPossible(Reason("", "too-late", "more than a year has passed since the decision"))
    sealed = vault.seal(connection, case.owner_id, f"complaint.timeliness_reason:{complaint_id}", reason)
    values: dict[str, object] = {
        "timeliness": timeliness,
        "timeliness_reason": sealed,
        "timeliness_by": author,
        "timeliness_at": now,
    }
    connection.execute(update(complaint).where(complaint.c.id == complaint_id).values(**values))
    if timeliness == "dismissed":
        decide(
            connection,
            vault,
            author=author,
            case=case,
            complaint_id=complaint_id,
            outcome="dismissed",
            answer=reason,
            now=now,
        )


def _final_day(connection: Connection, complaint_id: str) -> date:
    """The last day a complaint may be heard at all: so many years after the decision was sent."""
    row = connection.execute(
        select(letter.c.sent_at)
        .join(complaint, complaint.c.letter_id == letter.c.id)
        .where(complaint.c.id == complaint_id)
    ).one()
    sent = norwegian_day(row.sent_at)
    years = time_limits.limit(complaint_time.LIMIT, sent).late_years
    leap = sent.month == 2 and sent.day == 29
    return date(sent.year + years, sent.month, 28 if leap else sent.day)


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
    """What became of it, once, and why.

    Raises ``NotFound``, ``AlreadyDone``, or ``NotPossible`` while nobody has assessed one that came late.
    """
    if outcome not in OUTCOMES:
        raise NotFound(outcome)
    one = of(connection, vault, case.id, complaint_id)
    require_text(answer)
    if one.standing == "assess" and outcome != "withdrawn":
        raise NotPossible(Reason("", "not-assessed", "assess first that it came late"))
    sealed = vault.seal(connection, case.owner_id, f"complaint.answer:{complaint_id}", answer)
    done = connection.execute(
        update(complaint)
        .where(complaint.c.id == complaint_id, complaint.c.outcome.is_(None))
        .values(outcome=outcome, answer=sealed, decided_by=author, decided_at=now)
    )
    if done.rowcount != 1:
        raise AlreadyDone(one.decided_by, one.decided_at, "decided")


def record_appeal(
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
    """What the appeal body answered to a complaint that was sent on, once."""
    if outcome not in APPEAL_OUTCOMES:
        raise NotFound(outcome)
    one = of(connection, vault, case.id, complaint_id)
    require_text(answer)
    if one.outcome != "sent_on":
        raise NotPossible(Reason("", "not-sent-on", "it was not sent on"))
    sealed = vault.seal(connection, case.owner_id, f"complaint.appeal_answer:{complaint_id}", answer)
    done = connection.execute(
        update(complaint)
        .where(complaint.c.id == complaint_id, complaint.c.appeal_outcome.is_(None))
        .values(appeal_outcome=outcome, appeal_answer=sealed, appeal_by=author, appeal_at=now)
    )
    if done.rowcount != 1:
        raise AlreadyDone(one.appeal_by, one.appeal_at, "decided")


def of_case(connection: Connection, vault: Vault, case_id: str) -> list[Complaint]:
    """Newest first."""
    rows = connection.execute(
        select(complaint).where(complaint.c.case_id == case_id).order_by(complaint.c.registered_at.desc())
    )
    return [_read(connection, vault, row) for row in rows]


def of(connection: Connection, vault: Vault, case_id: str, complaint_id: str) -> Complaint:
    """One complaint of a case. Raises ``NotFound``."""
    row = connection.execute(
        select(complaint).where(complaint.c.id == complaint_id, complaint.c.case_id == case_id)
    ).first()
    if row is None:
        raise NotFound(complaint_id)
    return _read(connection, vault, row)


def _read(connection: Connection, vault: Vault, row: Row[Any]) -> Complaint:
    def opened(name: str) -> str:
        sealed = getattr(row, name)
        return str(vault.open(connection, row.person_id, f"complaint.{name}:{row.id}", sealed)) if sealed else ""

    content = vault.open(connection, row.person_id, f"complaint.content:{row.id}", row.content)
    return Complaint(
        id=row.id,
        case_id=row.case_id,
        author=row.author,
        way=row.way or "",
        text=content["text"],
        received_at=row.received_at,
        registered_at=row.registered_at,
        treat_by=row.treat_by,
        last=_last_day(connection, row),
        timeliness=row.timeliness or "",
        timeliness_reason=opened("timeliness_reason"),
        timeliness_by=row.timeliness_by or "",
        timeliness_at=row.timeliness_at,
        outcome=row.outcome or "",
        answer=opened("answer"),
        decided_by=row.decided_by or "",
        decided_at=row.decided_at,
        appeal_outcome=row.appeal_outcome or "",
        appeal_answer=opened("appeal_answer"),
        appeal_by=row.appeal_by or "",
        appeal_at=row.appeal_at,
    )


def _last_day(connection: Connection, row: Row[Any]) -> date | None:
    """Of the decision it is about, by what is known of the letter now; of an old one the newest decision's."""
    if row.letter_id is None:
        found = newest_right(connection, row.case_id)
        return None if found is None else found.last
    about = connection.execute(select(letter).where(letter.c.id == row.letter_id)).first()
    return None if about is None else right_of(about).last
