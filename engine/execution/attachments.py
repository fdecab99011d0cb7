"""Files filled in with a task's form: data elements of their own, as Altinn keeps them, under the component's id.

One file is two elements of the instance: ``<component>#<id>`` says what it is, ``<component>#<id>.body`` is the file.
Both are sealed with the key of whose task it is, and locked when the task ends.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from engine.execution import data
from engine.execution.models import data_element
from engine.vault import Vault

_BODY = ".body"


@dataclass(frozen=True, slots=True)
class Attachment:
    """``component`` is the data type it was filled in under, ``size`` in bytes, ``owner_id`` whose task it was."""

    id: str
    component: str
    name: str
    type: str
    size: int
    owner_id: str
    added_at: datetime


def add(
    connection: Connection, vault: Vault, *, instance_id: str, case_id: str, owner_id: str, component: str, name: str,
    content_type: str, content: bytes, now: datetime,
) -> tuple[str, str]:  # fmt: skip
    """Keep a file. Returns its id and its SHA-256."""
    identity, digest = uuid.uuid4().hex, hashlib.sha256(content).hexdigest()
    about = {"name": name, "type": content_type, "size": len(content), "digest": digest}
    body = {"body": base64.b64encode(content).decode()}
    for ending, kept in (("", about), (_BODY, body)):
        data.write(
            connection, vault, instance_id=instance_id, case_id=case_id, owner_id=owner_id,
            data_type=f"{component}#{identity}{ending}", content=kept, now=now,
        )  # fmt: skip
    return identity, digest


def remove(connection: Connection, instance_id: str, owner_id: str, attachment_id: str) -> str:
    """Take a file away that has not been sent. Returns its component, "" when there was none."""
    ours = (
        data_element.c.instance_id == instance_id,
        data_element.c.owner_id == owner_id,
        data_element.c.locked.is_(False),
    )
    names = connection.execute(
        select(data_element.c.data_type).where(*ours, data_element.c.data_type.contains("#"))
    ).scalars()
    found = [name for name in names if name.partition("#")[2].removesuffix(_BODY) == attachment_id]
    if found:
        connection.execute(delete(data_element).where(*ours, data_element.c.data_type.in_(found)))
    return found[0].partition("#")[0] if found else ""


def of_task(connection: Connection, vault: Vault, instance_id: str, owner_id: str) -> list[Attachment]:
    """What one person has filled in, in the order it came."""
    return _found(connection, vault, data_element.c.instance_id == instance_id, data_element.c.owner_id == owner_id)


def of_case(connection: Connection, vault: Vault, case_id: str) -> list[Attachment]:
    return _found(connection, vault, data_element.c.case_id == case_id)


def content(connection: Connection, vault: Vault, case_id: str, attachment_id: str) -> bytes | None:
    """The file itself; ``None`` when the case has no such file."""
    one = next((one for one in of_case(connection, vault, case_id) if one.id == attachment_id), None)
    if one is None:
        return None
    body = data.read_in_case(connection, vault, case_id, f"{one.component}#{one.id}{_BODY}")
    return base64.b64decode(body["body"]) if body else None


def lock(
    connection: Connection, instance_id: str, owner_id: str, components: Collection[str], *, locked: bool
) -> None:
    """As the form they were filled in with: locked when its task ends, unlocked when it is entered again."""
    for component in components:
        connection.execute(
            update(data_element)
            .where(
                data_element.c.instance_id == instance_id,
                data_element.c.owner_id == owner_id,
                data_element.c.data_type.startswith(f"{component}#", autoescape=True),
            )
            .values(locked=locked)
        )


def _found(connection: Connection, vault: Vault, *wanted: ColumnElement[bool]) -> list[Attachment]:
    rows = connection.execute(
        select(data_element)
        .where(*wanted, data_element.c.data_type.contains("#"), ~data_element.c.data_type.endswith(_BODY))
        .order_by(data_element.c.created_at, data_element.c.id)
    )
    return [_read(connection, vault, row) for row in rows]


def _read(connection: Connection, vault: Vault, row: Any) -> Attachment:
    component, _, identity = row.data_type.partition("#")
    about = vault.open(connection, row.owner_id, f"data_element.content:{row.id}", row.content)
    return Attachment(identity, component, about["name"], about["type"], about["size"], row.owner_id, row.created_at)
