"""Notices of a letter that lies on the citizen's pages: one when it is sent, one more after a week unopened.

They go to the address in the contact register, through whatever channel the product is wired with. That one was sent
is written down with the letter: the time to complain counts from it. Where nobody can be reached the letter says so,
and goes by post.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from sqlalchemy import Connection, Row, select, update

from engine.casework import merge_fields, time_limits
from engine.casework.complaint_time import LIMIT, Channel
from engine.casework.event_kinds import CaseworkEvent
from engine.casework.models import letter
from engine.platform.calendar import add_days, norwegian_day
from engine.platform.db import Database
from engine.platform.provider_errors import SourceError, SourceUnavailableError
from engine.platform.vault import Vault
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.jobs import outbox
from engine.workflow.jobs.job_types import Deferred, Done, GiveUp, Result, Retry
from engine.workflow.jobs.outbox import Work

NOTIFY = "notify_of_letter"
#: How soon a notice that is on its way is asked about again.
AGAIN = timedelta(minutes=1)
_KEYS = uuid.UUID("5d5a2c5e-8a4e-4b0e-9c53-0d9a3b6f1c20")


class NoticeState(Enum):
    """What became of a notice at its channel."""

    SENT = auto()
    ON_ITS_WAY = auto()
    UNREACHABLE = auto()


@dataclass(frozen=True, slots=True)
class NoticeReply:
    """``at``: when it was sent; ``code``: why nobody was reached."""

    state: NoticeState
    at: datetime | None = None
    code: str = ""


class Notifier(Protocol):
    """Sends notices to the address somebody has in the contact register. Asked again, it sends nothing twice."""

    def notify(self, pid: str, *, key: str, reference: str, language: str) -> NoticeReply:
        """Send it, or tell what became of it. Raises ``SourceError`` only.

        key        the same for the same notice
        reference  the case's number
        """
        ...


class NobodyReached:
    """No channel is wired: nobody is told that a notice was sent when none was."""

    def notify(self, pid: str, *, key: str, reference: str, language: str) -> NoticeReply:
        return NoticeReply(NoticeState.UNREACHABLE, code="no_channel")


def enqueue(
    connection: Connection, case_id: str, letter_id: str, now: datetime, due_at: datetime | None = None
) -> None:
    """A notice of a letter that was sent; with *due_at* the second one, then."""
    again = due_at is not None
    outbox.enqueue(
        connection,
        name=NOTIFY,
        case_id=case_id,
        payload={"letter": letter_id, "again": again},
        key=_key(letter_id, again),
        now=now,
        due_at=due_at,
    )


def _key(letter_id: str, again: bool) -> str:
    return str(uuid.uuid5(_KEYS, f"{letter_id}/{'second' if again else 'first'}"))


class NotifyOfLetter:
    """Outbox job ``notify_of_letter``."""

    name = NOTIFY

    def __init__(self, database: Database, vault: Vault, notifier: Notifier) -> None:
        self._database = database
        self._vault = vault
        self._notifier = notifier

    def perform(self, work: Work, now: datetime) -> Result:
        letter_id, again = str(work.payload["letter"]), bool(work.payload["again"])
        with self._database.read() as connection:
            row = _wanted(connection, letter_id, again)
            if row is None:
                return Done()
            person = self._vault.person(connection, row.person_id)
            language = merge_fields.language_of(connection, row.person_id)
        try:
            reply = self._notifier.notify(
                person.pid, key=_key(letter_id, again), reference=letter_id, language=language
            )
        except SourceUnavailableError as error:
            return Retry(error.code, error.retry_after)
        except SourceError as error:
            return GiveUp(error.code)
        if reply.state is NoticeState.ON_ITS_WAY:
            return Deferred(AGAIN, "the notice is on its way")
        return Done(effect=_record(row, reply, again, now))


def _wanted(connection: Connection, letter_id: str, again: bool) -> Row[tuple[object, ...]] | None:
    """The letter, where a notice of it is still to be sent: never of one that is opened or went another way."""
    row = connection.execute(select(letter).where(letter.c.id == letter_id, letter.c.state == "sent")).first()
    if row is None or row.channel != Channel.DIGITAL:
        return None
    if again:
        return None if row.read_at is not None or row.second_notified_at is not None else row
    return None if row.notified_at is not None else row


def _record(
    row: Row[tuple[object, ...]], reply: NoticeReply, again: bool, now: datetime
) -> Callable[[Connection], None]:
    """What became of it, in the transaction that ends the job; after the first notice the second is planned."""
    sent = reply.state is NoticeState.SENT
    at = reply.at or now

    def effect(connection: Connection) -> None:
        values: dict[str, object] = {"notice_refused": None if sent else reply.code[:40]}
        if sent:
            values["second_notified_at" if again else "notified_at"] = at
        connection.execute(update(letter).where(letter.c.id == row.id).values(**values))
        kind = CaseworkEvent.LETTER_NOTIFIED if sent else CaseworkEvent.LETTER_NOT_NOTIFIED
        data = {"letter": row.id, "again": again, **({} if sent else {"why": reply.code[:40]})}
        chain.append(connection, row.case_id, now, SYSTEM, kind, data)
        if sent and not again:
            start = max(row.sent_at, at)
            rule = time_limits.limit(LIMIT, norwegian_day(start)).channels[Channel.DIGITAL]
            enqueue(connection, row.case_id, row.id, now, due_at=add_days(start, rule.second_notice_days))

    return effect
