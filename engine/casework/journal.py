"""Notes and messages of a case. Sealed with the citizen's key: erasing her erases them (R99, D14, D16)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from engine.platform.vault import Vault
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.instances.models import case_message, note

LONGEST = 4000
#: Why a citizen may not read a note: codes of grounds the law knows (forvaltningsloven sections 18 to 19).
BARS = ("internal", "others", "health", "relation")


@dataclass(frozen=True, slots=True)
class Written:
    """A note or a message. ``author`` is a person id; ``barred`` says why the citizen may not read a note."""

    id: str
    author: str
    role: str
    text: str
    at: datetime
    read_at: datetime | None = None
    barred: str = ""


def add_note(
    connection: Connection, vault: Vault, *, actor: Actor, case_id: str, owner_id: str, text: str, now: datetime,
    barred: str = "",
) -> None:  # fmt: skip
    """A journal note; the citizen reads it at once, unless it is barred for one of ``BARS`` (D16)."""
    note_id = str(uuid.uuid4())
    connection.execute(
        insert(note).values(
            id=note_id,
            case_id=case_id,
            person_id=owner_id,
            author=actor.person_id,
            content=vault.seal(connection, owner_id, f"note.content:{note_id}", text[:LONGEST]),
            created_at=now,
            barred=barred or None,
        )
    )
    data = {"note": note_id, **({"barred": barred} if barred else {})}
    chain.append(connection, case_id, now, actor, "NoteWritten", data)


def open_note(connection: Connection, *, actor: Actor, case_id: str, note_id: str, barred: str, now: datetime) -> bool:
    """Bar a note, or with "" let the citizen read it. False when there is no such note or nothing changes."""
    which = (note.c.id == note_id, note.c.case_id == case_id)
    row = connection.execute(select(note.c.barred).where(*which)).first()
    if row is None or (row.barred or "") == barred:
        return False
    connection.execute(update(note).where(*which).values(barred=barred or None))
    data = {"note": note_id, "from": row.barred, "to": barred or None}
    chain.append(connection, case_id, now, actor, "NoteBarred" if barred else "NoteOpened", data)
    return True


def notes(connection: Connection, vault: Vault, case_id: str, reader: Role = Role.CASEWORKER) -> list[Written]:
    """Newest first. A citizen gets a barred note without its words: that there is one, and why."""
    rows = connection.execute(select(note).where(note.c.case_id == case_id).order_by(note.c.created_at.desc()))
    opened = vault.opener(connection)
    return [
        Written(
            row.id,
            row.author,
            Role.CASEWORKER.value,
            ""
            if row.barred and reader is Role.CITIZEN
            else opened(row.person_id, f"note.content:{row.id}", row.content),
            row.created_at,
            barred=row.barred or "",
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
    opened = vault.opener(connection)
    return [
        Written(
            row.id,
            row.author,
            row.from_role,
            opened(row.person_id, f"case_message.content:{row.id}", row.content),
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
