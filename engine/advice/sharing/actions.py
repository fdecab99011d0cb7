"""Share, stop, open. Whether a share holds is decided when it is used, never by a clean-up that may be late."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from engine.advice.sharing.models import access_log, share
from engine.workflow.authorization.actor import Actor, Office

DEFAULT_LIFE = timedelta(days=90)


def start(connection: Connection, *, actor: Actor, case_id: str, office: Office, now: datetime) -> str:
    """Let an office look for three months. One that looks already keeps its share."""
    there = connection.execute(
        select(share.c.id).where(
            share.c.case_id == case_id,
            share.c.office == office.orgno,
            share.c.state == "active",
            share.c.valid_to > now,
        )
    ).scalar()
    if there is not None:
        found: str = there
        return found
    share_id = str(uuid.uuid4())
    connection.execute(
        insert(share).values(
            id=share_id,
            case_id=case_id,
            person_id=actor.person_id,
            office=office.orgno,
            office_name=office.name,
            state="active",
            created_at=now,
            valid_to=now + DEFAULT_LIFE,
        )
    )
    return share_id


def stop(connection: Connection, *, share_id: str, now: datetime) -> bool:
    """End a share at once. False when it had ended before."""
    ended = connection.execute(
        update(share).where(share.c.id == share_id, share.c.state == "active").values(state="stopped", ended_at=now)
    )
    return ended.rowcount > 0


def stop_all(connection: Connection, case_id: str, now: datetime) -> None:
    connection.execute(
        update(share).where(share.c.case_id == case_id, share.c.state == "active").values(state="stopped", ended_at=now)
    )


def in_force(connection: Connection, case_id: str, office: str, now: datetime) -> Row[Any] | None:
    """The share that lets *office* look now, or ``None``."""
    return connection.execute(
        select(share).where(
            share.c.case_id == case_id,
            share.c.office == office,
            share.c.state == "active",
            share.c.valid_to > now,
        )
    ).first()


def looked_since(connection: Connection, actor: Actor, case_id: str, what: str, since: datetime) -> bool:
    """Whether this reader's look at *what* is noted since then."""
    found = select(access_log.c.id).where(
        access_log.c.case_id == case_id,
        access_log.c.actor_id == actor.person_id,
        access_log.c.what == what,
        access_log.c.at >= since,
    )
    return connection.execute(found.limit(1)).first() is not None


def note_access(
    connection: Connection, *, actor: Actor, person_id: str, case_id: str, what: str, now: datetime
) -> None:
    """What the citizen reads under "Hvem har sett opplysningene dine"."""
    connection.execute(
        insert(access_log).values(
            id=str(uuid.uuid4()),
            person_id=person_id,
            case_id=case_id,
            at=now,
            actor_id=actor.person_id,
            role=actor.role.value,
            office_name=actor.office.name if actor.office else "",
            what=what,
        )
    )
    if actor.office is not None:
        connection.execute(
            update(share)
            .where(share.c.case_id == case_id, share.c.office == actor.office.orgno, share.c.state == "active")
            .values(opened_at=now)
        )
