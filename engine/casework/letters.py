"""Letters of a case: a draft that can be changed, then a letter that was sent and never changes.

Sent means: it lies in the case as the PDF it was, with its digest, and the citizen reads it on her own pages and is
told that there is something new. Nothing with a blank left in it is sent.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from engine.casework import notices
from engine.casework.event_kinds import CaseworkEvent
from engine.casework.models import letter
from engine.casework.templates import blanks
from engine.platform.vault import Opener, Vault
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import Actor
from engine.workflow.errors import AlreadyDone, NotFound

LONGEST = 20_000


class BlanksLeft(Exception):
    """The letter still has blanks; ``names`` says which."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"{len(names)} blanks")
        self.names = names


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, draft or sent. ``author`` is a person id."""

    id: str
    case_id: str
    author: str
    template: str
    state: str
    title: str
    body: str
    changed_at: datetime
    sent_at: datetime | None
    read_at: datetime | None
    digest: str


def draft(
    connection: Connection,
    vault: Vault,
    *,
    actor: Actor,
    case: Any,
    template: str,
    title: str,
    body: str,
    now: datetime,
    letter_id: str = "",
) -> str:
    """A new draft. Returns its id, *letter_id* where one is given."""
    letter_id = letter_id or str(uuid.uuid4())
    sealed = vault.seal(connection, case.owner_id, f"letter.content:{letter_id}", {"title": title, "body": body})
    connection.execute(
        insert(letter).values(
            id=letter_id, case_id=case.id, person_id=case.owner_id, author=actor.person_id, template=template,
            state="draft", content=sealed, made_at=now, changed_at=now,
        )
    )  # fmt: skip
    return letter_id


def change(
    connection: Connection, vault: Vault, *, case: Any, letter_id: str, title: str, body: str, now: datetime
) -> None:
    """Keep a draft as it is now. Raises ``AlreadyDone`` when it has been sent."""
    content = {"title": title[:200], "body": body[:LONGEST]}
    sealed = vault.seal(connection, case.owner_id, f"letter.content:{letter_id}", content)
    done = connection.execute(
        update(letter)
        .where(letter.c.id == letter_id, letter.c.case_id == case.id, letter.c.state == "draft")
        .values(content=sealed, changed_at=now)
    )
    if done.rowcount != 1:
        row = _row(connection, case.id, letter_id)
        raise AlreadyDone(row.author, row.sent_at, "sent")


def throw_away(connection: Connection, case: Any, letter_id: str) -> None:
    """A draft may be thrown away; a letter that was sent stays."""
    connection.execute(
        delete(letter).where(letter.c.id == letter_id, letter.c.case_id == case.id, letter.c.state == "draft")
    )


def send(
    connection: Connection, vault: Vault, *, actor: Actor, case: Any, letter_id: str,
    render: Callable[[Letter], bytes], now: datetime, filled: bool = False,
) -> None:  # fmt: skip
    """Send a draft. Raises ``BlanksLeft``, or ``AlreadyDone`` when it is sent.

    filled  every blank of its template is known to be filled: what looks like one is somebody's own words
    """
    one = of(connection, vault, case.id, letter_id)
    if one.state == "sent":
        raise AlreadyDone(one.author, one.sent_at, "sent")
    left = [] if filled else blanks(one.title + one.body)
    if left or not one.body.strip() or not one.title.strip():
        raise BlanksLeft(left)
    document = render(one)
    digest = hashlib.sha256(document).hexdigest()
    place = f"letter.document:{letter_id}"
    sealed = vault.seal(connection, case.owner_id, place, base64.b64encode(document).decode())
    connection.execute(
        update(letter)
        .where(letter.c.id == letter_id, letter.c.state == "draft")
        .values(state="sent", sent_at=now, document=sealed, digest=digest, author=actor.person_id)
    )
    data = {"letter": letter_id, "template": one.template, "digest": digest}
    chain.append(connection, case.id, now, actor, CaseworkEvent.LETTER_SENT, data)
    notices.give(
        connection, vault, case_id=case.id, person_id=case.owner_id, key=f"letter/{letter_id}", kind="letter",
        content={"about": one.title}, now=now,
    )  # fmt: skip


def document(connection: Connection, vault: Vault, case_id: str, letter_id: str) -> bytes:
    """The PDF as it was sent. Raises ``NotFound`` for a draft."""
    row = _row(connection, case_id, letter_id)
    if row.document is None:
        raise NotFound(letter_id)
    return base64.b64decode(vault.open(connection, row.person_id, f"letter.document:{row.id}", row.document))


def mark_read(connection: Connection, case_id: str, letter_id: str, now: datetime) -> bool:
    """The citizen has opened it. True the first time."""
    done = connection.execute(
        update(letter)
        .where(letter.c.id == letter_id, letter.c.case_id == case_id, letter.c.read_at.is_(None))
        .values(read_at=now)
    )
    return done.rowcount == 1


def of(connection: Connection, vault: Vault, case_id: str, letter_id: str) -> Letter:
    """One letter of a case. Raises ``NotFound``."""
    return _read(vault.opener(connection), _row(connection, case_id, letter_id))


def of_case(connection: Connection, vault: Vault, case_id: str, *, sent: bool = False) -> list[Letter]:
    """Newest first; with *sent* those the citizen has got."""
    wanted = [letter.c.case_id == case_id, *([letter.c.state == "sent"] if sent else [])]
    rows = connection.execute(select(letter).where(*wanted).order_by(letter.c.made_at.desc()))
    opened = vault.opener(connection)
    return [_read(opened, row) for row in rows]


def _row(connection: Connection, case_id: str, letter_id: str) -> Row[Any]:
    row = connection.execute(select(letter).where(letter.c.id == letter_id, letter.c.case_id == case_id)).first()
    if row is None:
        raise NotFound(letter_id)
    return row


def _read(opened: Opener, row: Any) -> Letter:
    content = opened(row.person_id, f"letter.content:{row.id}", row.content)
    return Letter(
        row.id, row.case_id, row.author, row.template, row.state, content["title"], content["body"], row.changed_at,
        row.sent_at, row.read_at, row.digest or "",
    )  # fmt: skip
