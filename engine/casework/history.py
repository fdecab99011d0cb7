"""The whole history of a case for its caseworkers: who did, saw and changed what, from what to what, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.casework.event_kinds import CaseworkEvent
from engine.platform.vault import ErasedError, Vault
from engine.workflow.audit.chain import audit_event
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.execution.models import task_change

#: Events that say from what to what, and what kind of thing that is.
CHANGES: Mapping[str, str] = {
    CaseworkEvent.CASE_TAKEN: "person",
    CaseworkEvent.CASE_RETURNED: "person",
    CaseworkEvent.CASE_ASSIGNED: "person",
    WorkflowEvent.TASK_CLAIMED: "person",
    WorkflowEvent.TASK_RELEASED: "person",
    WorkflowEvent.TASK_ASSIGNED: "person",
    WorkflowEvent.TASK_DELEGATED: "person",
    WorkflowEvent.TASK_GIVEN_BACK: "person",
    CaseworkEvent.CASE_PLANNED: "day",
    WorkflowEvent.TASK_EXTENDED: "day",
    CaseworkEvent.CASE_PAUSED: "pause",
    WorkflowEvent.CASE_RESUMED: "pause",
    CaseworkEvent.NOTE_BARRED: "bar",
    CaseworkEvent.NOTE_OPENED: "bar",
    CaseworkEvent.CASE_LINKED: "plain",
    CaseworkEvent.CASE_UNLINKED: "plain",
    CaseworkEvent.DOCUMENT_SHARED: "bar",
    CaseworkEvent.PARTY_CHANGED: "role",
}
#: What the machine does between people's acts, and what only says it again.
LEFT_OUT = frozenset({WorkflowEvent.TASK_PLANNED, WorkflowEvent.JOB_FINISHED, WorkflowEvent.TIMER_FIRED})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``old`` and ``new`` are ids, codes or dates of the kind ``what``."""

    seq: int
    at: datetime
    case_id: str
    actor_id: str
    role: str
    kind: str
    data: dict[str, Any]
    what: str
    old: Any
    new: Any
    reason: str


def of_case(
    connection: Connection, vault: Vault, case_id: str, owner_id: str, before: int | None = None, size: int = 100
) -> Sequence[Event]:
    """Newest first, *size* at a time; go on with the ``seq`` of the last one as *before*."""
    wanted = [
        audit_event.c.case_id == case_id,
        (audit_event.c.actor_role != "system")
        | audit_event.c.kind.in_((CaseworkEvent.NOTICE_GIVEN, WorkflowEvent.DEADLINE_PASSED)),
        audit_event.c.kind.not_in(LEFT_OUT),
    ]
    if before is not None:
        wanted.append(audit_event.c.seq < before)
    rows = connection.execute(select(audit_event).where(*wanted).order_by(audit_event.c.seq.desc()).limit(size)).all()
    why = _reasons(connection, vault, case_id, owner_id)
    found = []
    for row in rows:
        old = row.data.get("from", row.data.get("was"))
        new = row.data.get("to", row.data.get("due"))
        what = CHANGES.get(row.kind, "")
        found.append(
            Event(
                row.seq,
                row.at,
                row.case_id,
                row.actor_id,
                row.actor_role,
                row.kind,
                row.data,
                what,
                old,
                new,
                why.get((row.at, row.actor_id), ""),
            )
        )
    return found


def _reasons(connection: Connection, vault: Vault, case_id: str, owner_id: str) -> dict[tuple[datetime, str], str]:
    """What people gave as reasons with their tasks, by when and who."""
    found = {}
    for row in connection.execute(
        select(task_change).where(task_change.c.case_id == case_id, task_change.c.reason.is_not(None))
    ).all():
        try:
            found[(row.at, row.by)] = str(vault.open(connection, owner_id, f"task_change.reason:{row.id}", row.reason))
        except ErasedError:
            continue
    return found
