"""Form data of a case: sealed, versioned, locked when its task ends.

A case's data are visible to every expression of the case by data type; the
process variables are the data type ``variables``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from engine.platform.vault import Vault
from engine.workflow.execution.models import data_element


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored, and who changed it last (a person id, "" when it is not known) and when."""

    content: Mapping[str, Any]
    version: int
    changed_by: str
    changed_at: datetime


class DataLockedError(Exception):
    """The task that owned this data is done; it can no longer be changed."""


def stored(connection: Connection, vault: Vault, instance_id: str, data_type: str) -> Stored | None:
    """One data element of one instance."""
    row = connection.execute(
        select(data_element).where(data_element.c.instance_id == instance_id, data_element.c.data_type == data_type)
    ).first()
    if row is None:
        return None
    return Stored(_open(connection, vault, row), row.version, row.changed_by or "", row.changed_at)


def read_in_case(connection: Connection, vault: Vault, case_id: str, data_type: str) -> Mapping[str, Any] | None:
    """The newest data element of this type anywhere in the case."""
    row = connection.execute(
        select(data_element)
        .where(data_element.c.case_id == case_id, data_element.c.data_type == data_type)
        .order_by(data_element.c.created_at.desc())
        .limit(1)
    ).first()
    return None if row is None else _open(connection, vault, row)


def read_of_person(connection: Connection, vault: Vault, owner_id: str, data_type: str) -> Mapping[str, Any] | None:
    """The newest data element of this type in any case the person owns: their tags, their plan."""
    row = connection.execute(
        select(data_element)
        .where(data_element.c.owner_id == owner_id, data_element.c.data_type == data_type)
        .order_by(data_element.c.changed_at.desc())
        .limit(1)
    ).first()
    return None if row is None else _open(connection, vault, row)


def _open(connection: Connection, vault: Vault, row: Row[Any]) -> Mapping[str, Any]:
    content: Mapping[str, Any] = vault.open(connection, row.owner_id, f"data_element.content:{row.id}", row.content)
    return content


def write(
    connection: Connection,
    vault: Vault,
    *,
    instance_id: str,
    case_id: str,
    owner_id: str,
    data_type: str,
    content: Mapping[str, Any],
    now: datetime,
    by: str | None = None,
) -> None:
    """Create or replace. Raises ``DataLockedError`` when its task has ended. ``by`` is a person id."""
    row = connection.execute(
        select(data_element.c.id, data_element.c.locked, data_element.c.version).where(
            data_element.c.instance_id == instance_id, data_element.c.data_type == data_type
        )
    ).first()
    if row is not None and row.locked:
        raise DataLockedError(data_type)
    element_id = row.id if row else str(uuid.uuid4())
    sealed = vault.seal(connection, owner_id, f"data_element.content:{element_id}", dict(content))
    if row is not None:
        connection.execute(
            update(data_element)
            .where(data_element.c.id == element_id)
            .values(content=sealed, version=row.version + 1, changed_at=now, changed_by=by)
        )
        return
    connection.execute(
        insert(data_element).values(
            id=element_id,
            instance_id=instance_id,
            case_id=case_id,
            owner_id=owner_id,
            data_type=data_type,
            content=sealed,
            locked=False,
            version=1,
            created_at=now,
            changed_at=now,
            changed_by=by,
        )
    )


def lock(connection: Connection, instance_id: str, data_type: str, *, locked: bool) -> None:
    """Lock at the end of a task, unlock when it is entered again."""
    connection.execute(
        update(data_element)
        .where(data_element.c.instance_id == instance_id, data_element.c.data_type == data_type)
        .values(locked=locked)
    )


class CaseData(Mapping[str, Mapping[str, Any]]):
    """The data models an expression sees, read only when it asks for them."""

    def __init__(
        self, connection: Connection, vault: Vault, case_id: str, variables: Mapping[str, Any], known: frozenset[str]
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._case_id = case_id
        self._known = known
        self._loaded: dict[str, Mapping[str, Any]] = {"variables": variables}

    def __getitem__(self, data_type: str) -> Mapping[str, Any]:
        if data_type not in self._loaded:
            if data_type not in self._known:
                raise KeyError(data_type)
            content = read_in_case(self._connection, self._vault, self._case_id, data_type)
            self._loaded[data_type] = {} if content is None else content
        return self._loaded[data_type]

    def put(self, data_type: str, content: Mapping[str, Any]) -> None:
        """Let expressions see *content* for this data type, saved or not."""
        self._loaded[data_type] = content

    def __iter__(self) -> Iterator[str]:
        return iter({"variables"} | self._known)

    def __len__(self) -> int:
        return len(self._known | {"variables"})
