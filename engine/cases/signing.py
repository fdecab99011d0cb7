"""Signing in person: who signed what, for whom, when and how surely she was known. One signature a task."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from engine.cases.models import signature
from engine.execution import attachments
from engine.execution.commands import CompleteTask
from engine.execution.context import Context
from engine.execution.data import read_in_case
from engine.vault import Vault


def signed_content(
    connection: Connection, vault: Vault, case_id: str, data_types: Mapping[str, Any]
) -> dict[str, Mapping[str, Any]]:
    """What a signature covers: the newest content of every data type the case shares, and what each file is."""
    found = {}
    for data_type in data_types:
        content = read_in_case(connection, vault, case_id, data_type)
        if content is not None:
            found[data_type] = content
    for one in attachments.of_case(connection, vault, case_id):
        name = f"{one.component}#{one.id}"
        found[name] = read_in_case(connection, vault, case_id, name) or {}
    return found


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of what is signed."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def sign_hook(c: Context) -> None:
    """Task type ``signing``: keep the signature, or that it was refused. Leaves ``signed`` for the diagram.

    In a multi-instance task ``signed`` is the inner instance's own, to be collected.
    """
    assert isinstance(c.command, CompleteTask) and c.task is not None and c.token is not None
    refused = c.command.action == "reject"
    bundle = c.deployed(c.task.definition_id).bundle
    shared = {key: kind for key, kind in bundle.data_types.items() if not kind.per_party}
    content = signed_content(c.connection, c.services.vault, c.case_id, shared)
    item = (c.token.variables or {}).get("party")
    on_behalf = item.get("person", "") if isinstance(item, Mapping) else ""
    c.connection.execute(
        insert(signature).values(
            id=str(uuid.uuid4()),
            case_id=c.case_id,
            task_id=c.task.id,
            person_id=c.actor.person_id,
            on_behalf_of=on_behalf or c.actor.person_id,
            answer="refused" if refused else "signed",
            digest=digest(content),
            level=c.actor.level,
            at=c.now,
        )
    )
    if c.token.variables is None:
        c.execution.set_variables(c.live, {"signed": not refused})
    else:
        c.token.variables["signed"] = not refused
        c.token.changed = True


def of_case(connection: Connection, case_id: str) -> list[Any]:
    """Every signature of a case, oldest first."""
    return list(
        connection.execute(select(signature).where(signature.c.case_id == case_id).order_by(signature.c.at)).all()
    )
