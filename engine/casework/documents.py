"""Documents of a case: files its caseworkers put there, for the citizen to read or barred for a reason the law knows.

What the citizen may read is theirs from then on: they are told, and it stays. A document that is barred may be taken
away again with a reason, until somebody else than who put it there has opened it.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, delete, insert, select, update

from engine.casework.models import case_document
from engine.casework.uploads import Upload
from engine.platform.vault import Opener, Vault
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.errors import NotFound, NotPossible, Reason
from engine.workflow.instances.rows import CaseRow

KINDS = ("statement", "agreement", "id", "income", "court", "other")


@dataclass(frozen=True, slots=True)
class Document:
    """``author`` is a person id, ``barred`` why the citizen may not read it, ``size`` in bytes.

    ``why`` is what the caseworker wrote beside the code of the bar; never for the citizen.
    """

    id: str
    author: str
    kind: str
    title: str
    name: str
    type: str
    why: str
    size: int
    barred: str
    added_at: datetime
    shared_at: datetime | None
    read_at: datetime | None

    @property
    def removable(self) -> bool:
        return self.shared_at is None and self.read_at is None


def add(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case: CaseRow,
    upload: Upload,
    title: str,
    kind: str,
    barred: str,
    why: str,
    now: datetime,
) -> tuple[str, str]:
    """Put a file in the case; without *barred* the citizen may read it. Returns its id and the file's SHA-256."""
    digest = hashlib.sha256(upload.content).hexdigest()
    document_id = str(uuid.uuid4())
    content = {"title": title, "name": upload.name, "type": upload.type, "why": why}
    body = base64.b64encode(upload.content).decode()
    connection.execute(
        insert(case_document).values(
            id=document_id,
            case_id=case.id,
            person_id=case.owner_id,
            author=author,
            kind=kind,
            content=vault.seal(connection, case.owner_id, f"case_document.content:{document_id}", content),
            body=vault.seal(connection, case.owner_id, f"case_document.body:{document_id}", body),
            size=len(upload.content),
            digest=digest,
            barred=barred or None,
            added_at=now,
            shared_at=None if barred else now,
        )
    )
    return document_id, digest


def share(connection: Connection, case_id: str, document_id: str, now: datetime) -> str | None:
    """Let the citizen read it after all. Returns why they could not, ``None`` when they could already."""
    row = _row(connection, case_id, document_id)
    if row.shared_at is not None:
        return None
    done = update(case_document).where(case_document.c.id == row.id).values(shared_at=now, barred=None)
    if not connection.execute(done).rowcount:
        raise NotFound(document_id)  # taken away since it was read
    return str(row.barred)


def case_of_owner(connection: Connection, document_id: str, owner_id: str) -> str:
    """The id of the case a document lies in, for the citizen the case is of. Raises ``NotFound``."""
    found = connection.execute(
        select(case_document.c.case_id).where(case_document.c.id == document_id, case_document.c.person_id == owner_id)
    ).scalar()
    if found is None:
        raise NotFound(document_id)
    return str(found)


def of(connection: Connection, vault: Vault, case_id: str, document_id: str) -> Document:
    """One document of a case, without the file. Raises ``NotFound``."""
    return _read(vault.opener(connection), _row(connection, case_id, document_id))


def remove(connection: Connection, case_id: str, document_id: str) -> str:
    """Take it away for good; returns its kind. Raises ``NotPossible`` once it is shared or was read."""
    row = _row(connection, case_id, document_id)
    removable = case_document.c.shared_at.is_(None), case_document.c.read_at.is_(None)
    if not connection.execute(delete(case_document).where(case_document.c.id == document_id, *removable)).rowcount:
        raise NotPossible(Reason("", "document-stays", "the document is shared or has been read"))
    return str(row.kind)


def mark_opened(connection: Connection, actor: Actor, case_id: str, document_id: str, now: datetime) -> None:
    """Somebody opens it. For a citizen a barred one is not there."""
    row = _row(connection, case_id, document_id)
    citizen = actor.role is Role.CITIZEN
    if citizen and row.shared_at is None:
        raise NotFound(document_id)
    if row.read_at is None and row.author != actor.person_id:
        connection.execute(update(case_document).where(case_document.c.id == row.id).values(read_at=now))


def with_content(connection: Connection, vault: Vault, case_id: str, document_id: str) -> tuple[Document, bytes]:
    """A document and its file. Raises ``NotFound``."""
    row = _row(connection, case_id, document_id, *case_document.c)
    opened = vault.opener(connection)
    sealed = opened(row.person_id, f"case_document.body:{row.id}", row.body)
    return _read(opened, row), base64.b64decode(sealed)


#: Everything but the file itself.
_LISTED = [column for column in case_document.c if column.name != "body"]


def of_case(connection: Connection, vault: Vault, case_id: str) -> list[Document]:
    """Newest first, without the files themselves."""
    rows = connection.execute(
        select(*_LISTED).where(case_document.c.case_id == case_id).order_by(case_document.c.added_at.desc())
    )
    opened = vault.opener(connection)
    return [_read(opened, row) for row in rows]


def _row(connection: Connection, case_id: str, document_id: str, *columns: Column[Any]) -> Row[Any]:
    row = connection.execute(
        select(*(columns or _LISTED)).where(case_document.c.id == document_id, case_document.c.case_id == case_id)
    ).first()
    if row is None:
        raise NotFound(document_id)
    return row


def _read(opened: Opener, row: Row[Any]) -> Document:
    content = opened(row.person_id, f"case_document.content:{row.id}", row.content)
    return Document(
        row.id,
        row.author,
        row.kind,
        content["title"],
        content["name"],
        content["type"],
        content["why"],
        row.size,
        row.barred or "",
        row.added_at,
        row.shared_at,
        row.read_at,
    )
