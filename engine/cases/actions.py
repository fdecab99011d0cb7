"""Take a case, put it back. One wins, the other is told who did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from engine.audit import chain
from engine.authorization.actor import Actor
from engine.cases.models import case_file
from engine.execution.commands import AlreadyDone


def take(connection: Connection, *, actor: Actor, case_id: str, now: datetime) -> None:
    """Become responsible. Raises ``AlreadyDone`` with the colleague who was faster."""
    done = connection.execute(
        update(case_file)
        .where(case_file.c.id == case_id, case_file.c.responsible.is_(None))
        .values(responsible=actor.person_id)
    )
    if done.rowcount != 1:
        holder = connection.execute(select(case_file.c.responsible).where(case_file.c.id == case_id)).scalar()
        if holder != actor.person_id:
            raise AlreadyDone(holder or "", now, "taken")
        return
    chain.append(connection, case_id, now, actor, "CaseTaken", {})


def put_back(connection: Connection, *, actor: Actor, case_id: str, reason: str, now: datetime) -> None:
    """Back in the queue, with one line why (kept as a note by the caller)."""
    connection.execute(
        update(case_file)
        .where(case_file.c.id == case_id, case_file.c.responsible == actor.person_id)
        .values(responsible=None)
    )
    chain.append(connection, case_id, now, actor, "CaseReturned", {"said_why": bool(reason)})
