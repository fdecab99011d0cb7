"""Saved views of the queue, a person's own and the office's, and searches that are kept a while."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select

from engine.casework.models import queue_view, stored_search
from engine.platform.vault import ErasedError, Vault

LIFE = timedelta(hours=1)
#: Parts of a queue's address a view may keep. A search is none: it ends.
SAVED_FILTERS = ("visning", "prosess", "steg", "ansvarlig", "sorter", "synkende")
MAX_VIEWS = 30
MAX_NAME = 60
#: What a search is kept for: one of the queue, or a person found by number whose look-up is in the trail.
QUEUE, LOOKUP = "queue", "lookup"


def of(connection: Connection, office: str, person_id: str) -> Sequence[Row[Any]]:
    """The reader's own first, then the office's, by name."""
    return connection.execute(
        select(queue_view)
        .where(queue_view.c.office == office, or_(queue_view.c.owner_id == person_id, queue_view.c.owner_id.is_(None)))
        .order_by(queue_view.c.owner_id.is_(None), queue_view.c.name)
        .limit(2 * MAX_VIEWS)
    ).all()


def save(
    connection: Connection,
    *,
    office: str,
    person_id: str,
    name: str,
    query: Mapping[str, str],
    shared: bool,
    now: datetime,
) -> str:
    """Keep a view under a name; the same name among the same people's replaces the one before."""
    owner = None if shared else person_id
    whose = queue_view.c.owner_id.is_(None) if shared else queue_view.c.owner_id == person_id
    connection.execute(delete(queue_view).where(queue_view.c.office == office, whose, queue_view.c.name == name))
    view_id = str(uuid.uuid4())
    connection.execute(
        insert(queue_view).values(
            id=view_id,
            office=office,
            owner_id=owner,
            name=name,
            made_by=person_id,
            made_at=now,
            query={key: query[key] for key in SAVED_FILTERS if query.get(key)},
        )
    )
    return view_id


def remove(connection: Connection, *, office: str, person_id: str, view_id: str, leads: bool) -> bool:
    """One's own, or a shared one one has made; whoever leads the office may remove any shared one."""
    shared = queue_view.c.owner_id.is_(None)
    allowed = [queue_view.c.owner_id == person_id, shared & (queue_view.c.made_by == person_id)]
    if leads:
        allowed.append(shared)
    done = connection.execute(
        delete(queue_view).where(queue_view.c.id == view_id, queue_view.c.office == office, or_(*allowed))
    )
    return done.rowcount == 1


def save_search(
    connection: Connection, vault: Vault, person_id: str, text: str, now: datetime, purpose: str = QUEUE
) -> str:
    """Keep what was searched for, sealed with the searcher's own key, and give the id that stands for it."""
    connection.execute(delete(stored_search).where(stored_search.c.made_at < now - LIFE))
    search_id = str(uuid.uuid4())
    content = {"purpose": purpose, "text": text}
    sealed = vault.seal(connection, person_id, f"stored_search.content:{search_id}", content)
    connection.execute(insert(stored_search).values(id=search_id, person_id=person_id, content=sealed, made_at=now))
    return search_id


def search(
    connection: Connection, vault: Vault, person_id: str, search_id: str, now: datetime, purpose: str = QUEUE
) -> str:
    """What was searched for; "" for another's, for one of another purpose, or when its hour is over."""
    row = connection.execute(
        select(stored_search).where(
            stored_search.c.id == search_id,
            stored_search.c.person_id == person_id,
            stored_search.c.made_at >= now - LIFE,
        )
    ).first()
    if row is None:
        return ""
    try:
        content = vault.open(connection, person_id, f"stored_search.content:{row.id}", row.content)
    except ErasedError:
        return ""
    known = isinstance(content, dict) and content["purpose"] == purpose  # an older one is text alone
    return str(content["text"]) if known else ""
