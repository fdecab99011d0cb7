"""Signing in person: who signed what, for whom, when and how surely they were identified. One signature a task."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert

from engine.platform.vault import Vault
from engine.workflow.audit import chain
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution import attachments
from engine.workflow.execution.attachments import Attachment
from engine.workflow.execution.commands import CompleteTask
from engine.workflow.execution.context import Context
from engine.workflow.execution.data import read_in_case
from engine.workflow.instances.models import signature


def signed_content(
    connection: Connection, vault: Vault, case_id: str, bundle: Bundle, own: Iterable[Attachment] = ()
) -> dict[str, Mapping[str, Any]]:
    """What a signature covers: the newest content of every data type the case shares, and what each file is.

    *own* are the files of the form that is signed, which are not sent before it is. Whoever has a form of their own
    has its files alone.
    """
    found = {}
    apart = {kind.task_id for kind in bundle.data_types.values() if kind.per_party}
    for kind in bundle.data_types.values():
        content = None if kind.per_party else read_in_case(connection, vault, case_id, kind.id)
        if content is not None:
            found[kind.id] = content
    for one in (*attachments.sent(connection, vault, case_id), *own):
        attachment_type = bundle.attachment_types.get(one.component)
        if attachment_type is not None and attachment_type.task_id in apart:
            continue
        name = f"{one.component}#{one.id}"
        found[name] = read_in_case(connection, vault, case_id, name) or {}
    return found


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of what is signed."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def sign_hook(ctx: Context) -> None:
    """Task type ``signing``: keep the signature, or that it was refused. Leaves ``signed`` for the diagram.

    In a multi-instance task ``signed`` is the inner instance's own, to be collected.
    """
    assert isinstance(ctx.command, CompleteTask) and ctx.task is not None and ctx.token is not None
    refused = ctx.command.action == "reject"
    bundle = ctx.deployed(ctx.task.definition_id).bundle
    files = bundle.attachments_of(ctx.task.element_id)
    own = attachments.of_task(ctx.connection, ctx.services.vault, ctx.live.id, ctx.task.owner_id, files)
    content = signed_content(ctx.connection, ctx.services.vault, ctx.case_id, bundle, own)
    item = (ctx.token.variables or {}).get("party")
    on_behalf = item.get("person", "") if isinstance(item, Mapping) else ""
    identity = str(uuid.uuid4())
    ctx.connection.execute(
        insert(signature).values(
            id=identity,
            case_id=ctx.case_id,
            task_id=ctx.task.id,
            person_id=ctx.actor.person_id,
            on_behalf_of=on_behalf or ctx.actor.person_id,
            answer="refused" if refused else "signed",
            digest=digest(content),
            level=ctx.actor.level,
            at=ctx.now,
        )
    )
    kind = WorkflowEvent.SIGNATURE_REFUSED if refused else WorkflowEvent.SIGNED
    chain.append(ctx.connection, ctx.case_id, ctx.now, ctx.actor, kind, {"signature": identity}, ctx.batch)
    if ctx.token.variables is None:
        ctx.execution.set_variables(ctx.live, {"signed": not refused})
    else:
        ctx.token.variables["signed"] = not refused
        ctx.token.changed = True
