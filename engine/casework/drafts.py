"""What a caseworker has begun to write, stored while they write. Sealed with the citizen's key like what it becomes.

A draft belongs to a case, a writer and a kind ("note", "message", "task.<id>", "letter.<id>"). It stays when the case
is taken by another, when the session ends and when the writer's part at the office ends; who has the case then sees it.
Two pages of the same writer do not write over each other: what the second writes stands aside, see ``aside``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from engine.casework.models import case_draft
from engine.platform.vault import Vault
from engine.workflow.errors import Conflict, NotPossible, Reason
from engine.workflow.instances.rows import CaseRow

MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Draft:
    """``content`` is the fields of a form. ``page`` is the page it was written on last, "" when that is not known."""

    author: str
    kind: str
    content: dict[str, Any]
    changed_at: datetime
    page: str = ""

    @property
    def version(self) -> str:
        """Stands for the content as it is: whoever writes on says which they saw."""
        return version_of(self.content)


def version_of(content: object) -> str:
    """ "" for nothing."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16] if content else ""


def save(
    connection: Connection,
    vault: Vault,
    *,
    case: CaseRow,
    author: str,
    kind: str,
    content: Mapping[str, Any],
    now: datetime,
    version: str | None = None,
    page: str = "",
) -> None:
    """Write it over the one before. An empty one is thrown away.

    Raises ``Conflict`` with the ``Draft`` that stands when it has other words, was not seen (*version*) and was not
    written on this *page*; ``NotPossible`` for a text that is too long.
    """
    if any(isinstance(value, str) and len(value) > MAX_TEXT for value in content.values()):
        raise NotPossible(Reason("", "text-long", f"the text has more than {MAX_TEXT} characters"))
    there = find(connection, vault, case.id, author, kind)
    if there is not None and version not in (None, there.version) and not _replaces(content, page, there):
        raise Conflict("the draft was written on in another window", there)
    if not content:
        throw_away(connection, case.id, author, kind)
        return
    sealed = vault.seal(connection, case.owner_id, _place(case.id, author, kind), dict(content))
    values = {"content": sealed, "changed_at": now, "owner_id": case.owner_id, "page": page[:36] or None}
    if not connection.execute(update(case_draft).where(*_one(case.id, author, kind)).values(values)).rowcount:
        connection.execute(insert(case_draft).values(case_id=case.id, author=author, kind=kind, **values))


def _replaces(content: Mapping[str, Any], page: str, there: Draft) -> bool:
    """Whether nothing is lost when *content* takes the place of what is there."""
    return (bool(page) and there.page == page[:36]) or covers(content, there.content)


def covers(content: Mapping[str, Any], before: object) -> bool:
    """Whether everything written *before* is in *content* too."""
    if not isinstance(before, Mapping):
        return False
    for name, value in before.items():
        now = content.get(name)
        if value in (None, "", [], False) or value == now:
            continue
        if not (isinstance(value, str) and isinstance(now, str) and value.strip() in now):
            return False
    return True


def throw_away(connection: Connection, case_id: str, author: str, kind: str) -> None:
    connection.execute(delete(case_draft).where(*_one(case_id, author, kind)))


def throw_away_covered(
    connection: Connection,
    vault: Vault,
    *,
    case_id: str,
    author: str,
    kind: str,
    content: Mapping[str, Any],
    page: str = "",
) -> None:
    """What was written has become what it was to be: throw the draft away, unless it has words that are not in it."""
    there = find(connection, vault, case_id, author, kind)
    if there is not None and _replaces(content, page, there):
        throw_away(connection, case_id, author, kind)
    if page:
        throw_away(connection, case_id, author, aside(kind, page))


def aside(kind: str, page: str) -> str:
    """The kind of what was written on one page while another has newer words."""
    return f"{kind}~{page[:8]}"


def find(connection: Connection, vault: Vault, case_id: str, author: str, kind: str) -> Draft | None:
    """One draft."""
    row = connection.execute(select(case_draft).where(*_one(case_id, author, kind))).first()
    return None if row is None else _read(connection, vault, row)


def of_case(connection: Connection, vault: Vault, case_id: str) -> list[Draft]:
    """Everything anybody has begun to write in a case, newest first."""
    rows = connection.execute(
        select(case_draft).where(case_draft.c.case_id == case_id).order_by(case_draft.c.changed_at.desc())
    )
    return [_read(connection, vault, row) for row in rows]


def _read(connection: Connection, vault: Vault, row: Row[Any]) -> Draft:
    content = vault.open(connection, row.owner_id, _place(row.case_id, row.author, row.kind), row.content)
    return Draft(row.author, row.kind, content, row.changed_at, row.page or "")


def _one(case_id: str, author: str, kind: str) -> tuple[ColumnElement[bool], ...]:
    return case_draft.c.case_id == case_id, case_draft.c.author == author, case_draft.c.kind == kind


def _place(case_id: str, author: str, kind: str) -> str:
    return f"case_draft.content:{case_id}/{author}/{kind}"
