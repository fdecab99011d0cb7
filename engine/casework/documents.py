"""Documents of a case: files its caseworkers put there, for the citizen to read or barred for a reason the law knows.

What the citizen may read is hers from then on: she is told, and it stays. A document that is barred may be taken
away again with a reason, until somebody else than who put it there has opened it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, delete, insert, select, update

from engine.casework import idempotency, notices
from engine.casework.event_kinds import CaseworkEvent
from engine.casework.models import case_document
from engine.casework.uploads import Upload
from engine.platform.vault import Opener, Vault
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import Actor
from engine.workflow.errors import NotFound, NotPossible, Reason

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
    connection: Connection, vault: Vault, *, actor: Actor, case: Any, upload: Upload, title: str, kind: str,
    barred: str, why: str, now: datetime, key: str = "",
) -> str:  # fmt: skip
    """Put a file in the case; without *barred* the citizen may read it and is told. Returns its id.

    key  of the form: sent again it makes no second one
    """
    digest = hashlib.sha256(upload.content).hexdigest()
    document_id = idempotency.identity(actor, case.id, key, digest, upload.name, title, kind, barred, why)
    if idempotency.is_there(connection, case_document, case.id, document_id):
        return document_id
    content = {"title": title, "name": upload.name, "type": upload.type, "why": why}
    body = base64.b64encode(upload.content).decode()
    connection.execute(
        insert(case_document).values(
            id=document_id, case_id=case.id, person_id=case.owner_id, author=actor.person_id, kind=kind,
            content=vault.seal(connection, case.owner_id, f"case_document.content:{document_id}", content),
            body=vault.seal(connection, case.owner_id, f"case_document.body:{document_id}", body),
            size=len(upload.content), digest=digest, barred=barred or None, added_at=now,
            shared_at=None if barred else now,
        )
    )  # fmt: skip
    data = {"document": document_id, "kind": kind, "digest": digest, **({"barred": barred} if barred else {})}
    chain.append(connection, case.id, now, actor, CaseworkEvent.DOCUMENT_ADDED, data)
    if not barred:
        _tell(connection, vault, case, document_id, title, now)
    return document_id


def share(connection: Connection, vault: Vault, *, actor: Actor, case: Any, document_id: str, now: datetime) -> bool:
    """Let the citizen read it after all, and tell her. False when she could already."""
    row = _row(connection, case.id, document_id)
    if row.shared_at is not None:
        return False
    done = update(case_document).where(case_document.c.id == row.id).values(shared_at=now, barred=None)
    if not connection.execute(done).rowcount:
        raise NotFound(document_id)  # taken away since it was read
    data = {"document": row.id, "from": row.barred, "to": None}
    chain.append(connection, case.id, now, actor, CaseworkEvent.DOCUMENT_SHARED, data)
    _tell(connection, vault, case, row.id, _read(vault.opener(connection), row).title, now)
    return True


def _tell(connection: Connection, vault: Vault, case: Any, document_id: str, title: str, now: datetime) -> None:
    notices.give(
        connection, vault, case_id=case.id, person_id=case.owner_id, key=f"document/{document_id}", kind="document",
        content={"about": title}, now=now,
    )  # fmt: skip


def remove(connection: Connection, vault: Vault, *, actor: Actor, case: Any, document_id: str, now: datetime) -> str:
    """Take it away for good; returns what it was called. Raises ``NotPossible`` once it is shared or was read."""
    one = _read(vault.opener(connection), _row(connection, case.id, document_id))
    removable = case_document.c.shared_at.is_(None), case_document.c.read_at.is_(None)
    if not connection.execute(delete(case_document).where(case_document.c.id == document_id, *removable)).rowcount:
        raise NotPossible(Reason("", "document-stays", "the document is shared or has been read"))
    data = {"document": document_id, "kind": one.kind, "said_why": True}
    chain.append(connection, case.id, now, actor, CaseworkEvent.DOCUMENT_REMOVED, data)
    return one.title


def note_opened(
    connection: Connection, *, actor: Actor, case: Any, document_id: str, now: datetime, citizen: bool = False
) -> None:
    """Write down that a document is opened, before it is read. For a *citizen* a barred one is not there."""
    row = _row(connection, case.id, document_id)
    if citizen and row.shared_at is None:
        raise NotFound(document_id)
    if row.read_at is None and row.author != actor.person_id:
        connection.execute(update(case_document).where(case_document.c.id == row.id).values(read_at=now))
    chain.append(connection, case.id, now, actor, CaseworkEvent.DOCUMENT_OPENED, {"document": row.id})


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


def _read(opened: Opener, row: Any) -> Document:
    content = opened(row.person_id, f"case_document.content:{row.id}", row.content)
    return Document(
        row.id, row.author, row.kind, content["title"], content["name"], content["type"], content["why"], row.size,
        row.barred or "", row.added_at, row.shared_at, row.read_at,
    )  # fmt: skip
