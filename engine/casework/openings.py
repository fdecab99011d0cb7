"""Who has read a case, and what is new to whoever opens it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from engine.casework import journal, notices
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.audit.chain import audit_event
from engine.workflow.authorization.actor import Role

#: Within this time a second opening by the same reader is not written down again.
ONE_OPENING = timedelta(days=1)


def seen_lately(connection: Connection, case_id: str, reader: str, now: datetime) -> bool:
    """Whether this person's opening is in the trail already."""
    found = select(audit_event.c.seq).where(
        audit_event.c.case_id == case_id,
        audit_event.c.kind == CaseworkEvent.CASE_OPENED,
        audit_event.c.actor_id == reader,
        audit_event.c.at > now - ONE_OPENING,
    )
    return connection.execute(found.limit(1)).first() is not None


def changes_something(connection: Connection, case_id: str, reader: str, now: datetime) -> bool:
    """Whether there is anything to write down when this caseworker opens the case."""
    return (
        not seen_lately(connection, case_id, reader, now)
        or notices.unread_in_case(connection, case_id, reader)
        or bool(journal.unread(connection, case_id, Role.CASEWORKER))
    )
