"""Notes and messages of a case. Sealed with the citizen's key: erasing the person erases them (R99, D14, D16)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from engine.platform.vault import Vault
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound, NotPossible, Reason
from engine.workflow.instances.models import case_message, note

MAX_TEXT = 4000
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
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case_id: str,
    owner_id: str,
    text: str,
    now: datetime,
    restricted: str = "",
) -> str:
    """Write a journal note and return its id. ``restricted`` is one of ``BARS``, or "" for all to read (D16).

    Raises what ``require_text`` raises: a text is never cut.
    """
    require_text(text)
    note_id = str(uuid.uuid4())
    connection.execute(
        insert(note).values(
            id=note_id,
            case_id=case_id,
            person_id=owner_id,
            author=author,
            content=vault.seal(connection, owner_id, f"note.content:{note_id}", text),
            created_at=now,
            barred=restricted or None,
        )
    )
    return note_id


def require_text(text: str, most: int = MAX_TEXT) -> None:
    """Raises ``NotPossible`` where there is nothing, or more than *most* characters: a text is never cut."""
    if not text.strip():
        raise NotPossible(Reason("", "text-missing", "there is no text"))
    if len(text) > most:
        raise NotPossible(Reason("", "text-long", f"the text has more than {most} characters"))


def set_access(connection: Connection, case_id: str, note_id: str, restricted: str) -> str:
    """Restrict a note, or with "" open it. Returns what it was. Raises ``NotFound``."""
    which = (note.c.id == note_id, note.c.case_id == case_id)
    row = connection.execute(select(note.c.barred).where(*which)).first()
    if row is None:
        raise NotFound(note_id)
    connection.execute(update(note).where(*which).values(barred=restricted or None))
    return row.barred or ""


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


def notes_by_others(connection: Connection, case_id: str, person_id: str) -> int:
    """How many notes of a case others than this person have written. Notes are never taken away."""
    count = select(func.count()).select_from(note).where(note.c.case_id == case_id, note.c.author != person_id)
    found: int = connection.execute(count).scalar_one()
    return found


def send_message(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    role: Role,
    case_id: str,
    owner_id: str,
    text: str,
    now: datetime,
) -> str:
    """From the citizen to the office, or the other way. Returns its id. Raises what ``require_text`` raises."""
    require_text(text)
    message_id = str(uuid.uuid4())
    connection.execute(
        insert(case_message).values(
            id=message_id,
            case_id=case_id,
            person_id=owner_id,
            author=author,
            from_role=role.value,
            content=vault.seal(connection, owner_id, f"case_message.content:{message_id}", text),
            sent_at=now,
        )
    )
    return message_id


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
    """Everything the other side has sent by *now* is read."""
    connection.execute(
        update(case_message)
        .where(
            case_message.c.case_id == case_id,
            case_message.c.from_role != reader.value,
            case_message.c.read_at.is_(None),
            case_message.c.sent_at <= now,
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
