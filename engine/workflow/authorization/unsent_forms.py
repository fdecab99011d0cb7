"""Forms that were sent when the session was over: stored, so that nothing typed is lost, until their writer is back.

Sealed with the writer's key and shown to nobody else. Nothing is done with one by itself: after the log-in the page
is shown with what was typed, and a press sends it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, LargeBinary, String, Table, delete, insert, select

from engine.platform.db import UTCDateTime, metadata
from engine.platform.vault import Vault

#: How long a form waits for its writer.
LIFETIME = timedelta(days=2)
#: Forms of one person at a time; the oldest give way.
MAX_FORMS = 50

unsent_form = Table(
    "unsent_form",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person_id", String(36), nullable=False, index=True),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", UTCDateTime, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class UnsentForm:
    """One form as it was sent.

    action  path it was sent to
    page    path, with its query, of the page it stood on
    fields  (name, value) in the order they were sent, without the token
    files   names of the files that were chosen: they are not stored
    reason  why it was not received: ``session``, ``language`` or ``long``
    limit   characters the text may have at most, where it was too long
    """

    action: str
    page: str
    fields: Sequence[tuple[str, str]]
    files: Sequence[str] = ()
    reason: str = "session"
    limit: int = 0


def save(connection: Connection, vault: Vault, person_id: str, form: UnsentForm, now: datetime) -> str:
    """Store it for its writer. Returns its id. Raises ``ErasedError`` for a person who is there no more."""
    identity = str(uuid.uuid4())
    content = {
        "action": form.action,
        "page": form.page,
        "fields": [list(field) for field in form.fields],
        "files": list(form.files),
        "reason": form.reason,
        "limit": form.limit,
    }
    sealed = vault.seal(connection, person_id, _place(identity), content)
    connection.execute(
        insert(unsent_form).values(id=identity, person_id=person_id, content=sealed, created_at=now),
    )
    newest = select(unsent_form.c.id).where(unsent_form.c.person_id == person_id)
    newest = newest.order_by(unsent_form.c.created_at.desc()).limit(MAX_FORMS)
    ids = connection.execute(newest).scalars().all()
    mine = unsent_form.c.person_id == person_id
    connection.execute(delete(unsent_form).where(mine, unsent_form.c.id.not_in([*ids, identity])))
    return identity


def find(connection: Connection, vault: Vault, person_id: str, identity: str, now: datetime) -> UnsentForm | None:
    """A form of this person's own that still waits, else ``None``."""
    sealed = connection.execute(
        select(unsent_form.c.content).where(
            unsent_form.c.id == identity,
            unsent_form.c.person_id == person_id,
            unsent_form.c.created_at > now - LIFETIME,
        )
    ).scalar_one_or_none()
    if sealed is None:
        return None
    content = vault.open(connection, person_id, _place(identity), sealed)
    fields = tuple((name, value) for name, value in content["fields"])
    files = tuple(content["files"])
    return UnsentForm(content["action"], content["page"], fields, files, content["reason"], content["limit"])


def remove(connection: Connection, person_id: str, identity: str) -> None:
    """It was sent after all."""
    connection.execute(
        delete(unsent_form).where(unsent_form.c.id == identity, unsent_form.c.person_id == person_id),
    )


def purge(connection: Connection, now: datetime) -> int:
    """Delete those nobody came back for. Returns how many."""
    return connection.execute(delete(unsent_form).where(unsent_form.c.created_at <= now - LIFETIME)).rowcount


def _place(identity: str) -> str:
    return f"unsent_form.content:{identity}"
