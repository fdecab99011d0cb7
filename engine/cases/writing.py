"""Notes and messages of a case. Sealed with the citizen's key: erasing her erases them (R99, D14, D16)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from engine.audit import chain
from engine.authorization.actor import Actor, Role
from engine.cases.models import case_message, note
from engine.vault import Vault

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Written:
    """A note or a message. ``author`` is a person id."""

    id: str
    author: str
    role: str
    text: str
    at: datetime
    read_at: datetime | None = None


def add_note(
    connection: Connection, vault: Vault, *, actor: Actor, case_id: str, owner_id: str, text: str, now: datetime
) -> None:
    """A journal note; the citizen reads it at once."""
    note_id = str(uuid.uuid4())
    connection.execute(
        insert(note).values(
            id=note_id,
            case_id=case_id,
            person_id=owner_id,
            author=actor.person_id,
            content=vault.seal(connection, owner_id, f"note.content:{note_id}", text[:LONGEST]),
            created_at=now,
        )
    )
    chain.append(connection, case_id, now, actor, "NoteWritten", {"note": note_id})


def notes(connection: Connection, vault: Vault, case_id: str) -> list[Written]:
    """Newest first."""
    rows = connection.execute(select(note).where(note.c.case_id == case_id).order_by(note.c.created_at.desc()))
    return [
        Written(
            row.id,
            row.author,
            Role.CASEWORKER.value,
            vault.open(connection, row.person_id, f"note.content:{row.id}", row.content),
            row.created_at,
        )
        for row in rows
    ]


def send_message(
    connection: Connection, vault: Vault, *, actor: Actor, case_id: str, owner_id: str, text: str, now: datetime
) -> None:
    """From the citizen to the office, or the other way."""
    message_id = str(uuid.uuid4())
    connection.execute(
        insert(case_message).values(
            id=message_id,
            case_id=case_id,
            person_id=owner_id,
            author=actor.person_id,
            from_role=actor.role.value,
            content=vault.seal(connection, owner_id, f"case_message.content:{message_id}", text[:LONGEST]),
            sent_at=now,
        )
    )
    chain.append(connection, case_id, now, actor, "MessageSent", {"message": message_id})


def messages(connection: Connection, vault: Vault, case_id: str) -> list[Written]:
    """Newest first."""
    rows = connection.execute(
        select(case_message).where(case_message.c.case_id == case_id).order_by(case_message.c.sent_at.desc())
    )
    return [
        Written(
            row.id,
            row.author,
            row.from_role,
            vault.open(connection, row.person_id, f"case_message.content:{row.id}", row.content),
            row.sent_at,
            row.read_at,
        )
        for row in rows
    ]


def mark_read(connection: Connection, case_id: str, reader: Role, now: datetime) -> None:
    """Everything the other side has sent is read."""
    connection.execute(
        update(case_message)
        .where(
            case_message.c.case_id == case_id,
            case_message.c.from_role != reader.value,
            case_message.c.read_at.is_(None),
        )
        .values(read_at=now)
    )


def unread(connection: Connection, case_id: str, reader: Role) -> int:
    count: int = connection.execute(
        select(func.count())
        .select_from(case_message)
        .where(
            case_message.c.case_id == case_id,
            case_message.c.from_role != reader.value,
            case_message.c.read_at.is_(None),
        )
    ).scalar_one()
    return count
