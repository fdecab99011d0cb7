"""Notices to a person: a warning before a due date, something new in a case. Each key once in a case."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.casework.event_kinds import CaseworkEvent
from engine.platform.vault import Vault
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.instances.models import notice
from engine.workflow.instances.rows import CaseRow
from engine.workflow.jobs import outgoing_events


@dataclass(frozen=True, slots=True)
class Notice:
    """``kind`` names the sentence, ``content`` its values (plain JSON)."""

    id: str
    case_id: str
    kind: str
    content: Mapping[str, Any]
    given_at: datetime
    read_at: datetime | None


def give(
    connection: Connection,
    vault: Vault,
    *,
    case_id: str,
    person_id: str,
    key: str,
    kind: str,
    content: Mapping[str, Any],
    now: datetime,
    once_for_person: bool = False,
) -> bool:
    """Give it, unless the same key was given in the case before. True when it was given now.

    once_for_person  nor when another case of theirs gave it: two journeys that watch the same due date warn once

    It is also an event to those who subscribe: which kind, the day and what to do, never an amount or a name.
    """
    before = notice.c.person_id == person_id if once_for_person else notice.c.case_id == case_id
    there = connection.execute(select(notice.c.id).where(before, notice.c.key == key).limit(1)).first()
    if there is not None:
        return False
    notice_id = str(uuid.uuid4())
    connection.execute(
        insert(notice).values(
            id=notice_id,
            case_id=case_id,
            person_id=person_id,
            key=key,
            kind=kind,
            content=vault.seal(connection, person_id, f"notice.content:{notice_id}", dict(content)),
            given_at=now,
        )
    )
    chain.append(connection, case_id, now, SYSTEM, CaseworkEvent.NOTICE_GIVEN, {"notice": notice_id, "kind": kind})
    detail = {name: content[name] for name in ("due", "act") if content.get(name)}
    data = {"notice": notice_id, "kind": kind, **detail}
    outgoing_events.emit(connection, case_id=case_id, kind="notice.given", key=f"notice/{key}", data=data, now=now)
    return True


def give_to_colleague(
    connection: Connection,
    vault: Vault,
    *,
    case: CaseRow,
    person_id: str,
    kind: str,
    content: Mapping[str, Any],
    now: datetime,
) -> bool:
    """A notice to a colleague about a case: shown above their queue until they have opened the case."""
    return give(
        connection,
        vault,
        case_id=case.id,
        person_id=person_id,
        key=f"{kind}/{person_id}/{now.isoformat()}",
        kind=f"staff.{kind}",
        content={"number": case.number, **content},
        now=now,
    )


def of_person(connection: Connection, vault: Vault, person_id: str, limit: int = 50) -> Sequence[Notice]:
    """Newest first."""
    rows = connection.execute(
        select(notice).where(notice.c.person_id == person_id).order_by(notice.c.given_at.desc()).limit(limit)
    )
    opened = vault.opener(connection)
    return [
        Notice(
            row.id,
            row.case_id,
            row.kind,
            opened(row.person_id, f"notice.content:{row.id}", row.content),
            row.given_at,
            row.read_at,
        )
        for row in rows
    ]


def mark_read(connection: Connection, person_id: str, now: datetime, case_id: str = "") -> None:
    """Every notice given to a person by *now* is read; with *case_id* those about that case."""
    which = [notice.c.person_id == person_id, notice.c.read_at.is_(None), notice.c.given_at <= now]
    if case_id:
        which.append(notice.c.case_id == case_id)
    connection.execute(update(notice).where(*which).values(read_at=now))


def unread_in_case(connection: Connection, case_id: str, person_id: str) -> bool:
    """Whether the person has a notice in this case that they have not read."""
    which = (notice.c.case_id == case_id, notice.c.person_id == person_id, notice.c.read_at.is_(None))
    return connection.execute(select(notice.c.id).where(*which).limit(1)).first() is not None
