"""Files filled in with a task's form: data elements of their own, as Altinn keeps them, under the component's id.

One file is two elements of the instance: ``<component>#<id>`` says what it is, ``<component>#<id>.body`` is the file.
Both are sealed with the key of whose task it is, and locked when the task ends: only then have they been sent.
Files of an office's form are sealed with the key of whose case it is, so it takes the components to tell them apart.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from engine.platform.vault import Opener, Vault
from engine.workflow.execution import data
from engine.workflow.execution.models import data_element

_BODY = ".body"


@dataclass(frozen=True, slots=True)
class Attachment:
    """``component`` is the data type it was filled in under, ``size`` in bytes.

    owner_id  whose task it was, and whose key it is sealed with
    by        who put it in
    """

    id: str
    component: str
    name: str
    type: str
    size: int
    owner_id: str
    by: str
    added_at: datetime


def add(
    connection: Connection,
    vault: Vault,
    *,
    instance_id: str,
    case_id: str,
    owner_id: str,
    by: str,
    component: str,
    name: str,
    content_type: str,
    content: bytes,
    now: datetime,
) -> tuple[str, str]:
    """Keep a file. Returns its id and its SHA-256."""
    identity, digest = uuid.uuid4().hex, hashlib.sha256(content).hexdigest()
    about = {"name": name, "type": content_type, "size": len(content), "digest": digest, "by": by}
    body = {"body": base64.b64encode(content).decode()}
    for ending, stored in (("", about), (_BODY, body)):
        data.write(
            connection,
            vault,
            instance_id=instance_id,
            case_id=case_id,
            owner_id=owner_id,
            data_type=f"{component}#{identity}{ending}",
            content=stored,
            now=now,
        )
    return identity, digest


def remove(
    connection: Connection, instance_id: str, owner_id: str, components: Collection[str], attachment_id: str
) -> str:
    """Take a file of these components away that has not been sent. Returns its component, "" when there was none."""
    ours = (
        data_element.c.instance_id == instance_id,
        data_element.c.owner_id == owner_id,
        data_element.c.locked.is_(False),
    )
    names = connection.execute(
        select(data_element.c.data_type).where(*ours, data_element.c.data_type.contains("#"))
    ).scalars()
    wanted = {f"{component}#{attachment_id}{ending}" for component in components for ending in ("", _BODY)}
    found = [name for name in names if name in wanted]
    if found:
        connection.execute(delete(data_element).where(*ours, data_element.c.data_type.in_(found)))
    return found[0].partition("#")[0] if found else ""


def of_task(
    connection: Connection, vault: Vault, instance_id: str, owner_id: str, components: Collection[str]
) -> list[Attachment]:
    """What has been filled in under these components of a task, sent or not, in the order it came."""
    if not components:
        return []  # most tasks take no files: not even a condition is built for them
    ours = data_element.c.instance_id == instance_id, data_element.c.owner_id == owner_id
    return [one for one in _found(connection, vault, *ours) if one.component in components]


def sent(connection: Connection, vault: Vault, case_id: str) -> list[Attachment]:
    """Those of a case that were sent with their form, in the order they came."""
    return _found(connection, vault, data_element.c.case_id == case_id, data_element.c.locked)


def content(connection: Connection, vault: Vault, case_id: str, one: Attachment) -> bytes | None:
    """The file itself; ``None`` when it has been taken away."""
    body = data.read_in_case(connection, vault, case_id, f"{one.component}#{one.id}{_BODY}")
    return base64.b64decode(body["body"]) if body else None


def lock(connection: Connection, instance_id: str, owner_id: str, components: Collection[str], *, locked: bool) -> None:
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
    opened = vault.opener(connection)
    return [_read(opened, row) for row in rows]


def _read(opened: Opener, row: Row[Any]) -> Attachment:
    component, _, identity = row.data_type.partition("#")
    about = opened(row.owner_id, f"data_element.content:{row.id}", row.content)
    return Attachment(
        identity,
        component,
        about["name"],
        about["type"],
        about["size"],
        row.owner_id,
        about.get("by", row.owner_id),
        row.created_at,
    )
