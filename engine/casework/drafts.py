"""What a caseworker has begun to write, kept while she writes. Sealed with the citizen's key like what it becomes.

A draft belongs to a case, a writer and a kind ("note", "message", "task:<id>"). It is kept when the case is taken
by another, when the session ends and when her part at the office ends; who has the case then sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from engine.casework.models import case_draft
from engine.platform.vault import Vault

LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Draft:
    """``content`` is a text, or the fields of a form."""

    author: str
    kind: str
    content: Any
    changed_at: datetime


def keep(
    connection: Connection, vault: Vault, *, case: Any, author: str, kind: str, content: Any, now: datetime
) -> None:
    """Write it over the one before. An empty one is thrown away."""
    if not content:
        throw_away(connection, case.id, author, kind)
        return
    sealed = vault.seal(connection, case.owner_id, _place(case.id, author, kind), content)
    values = {"content": sealed, "changed_at": now, "owner_id": case.owner_id}
    if not connection.execute(update(case_draft).where(*_one(case.id, author, kind)).values(values)).rowcount:
        connection.execute(insert(case_draft).values(case_id=case.id, author=author, kind=kind, **values))


def throw_away(connection: Connection, case_id: str, author: str, kind: str) -> None:
    connection.execute(delete(case_draft).where(*_one(case_id, author, kind)))


def of_case(connection: Connection, vault: Vault, case_id: str) -> list[Draft]:
    """Everything anybody has begun to write in a case, newest first."""
    rows = connection.execute(
        select(case_draft).where(case_draft.c.case_id == case_id).order_by(case_draft.c.changed_at.desc())
    )
    return [
        Draft(
            row.author,
            row.kind,
            vault.open(connection, row.owner_id, _place(row.case_id, row.author, row.kind), row.content),
            row.changed_at,
        )
        for row in rows
    ]


def _one(case_id: str, author: str, kind: str) -> tuple[Any, ...]:
    return case_draft.c.case_id == case_id, case_draft.c.author == author, case_draft.c.kind == kind


def _place(case_id: str, author: str, kind: str) -> str:
    return f"case_draft.content:{case_id}/{author}/{kind}"
