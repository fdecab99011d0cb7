"""The whole history of a case for its caseworkers: who did, saw and changed what, from what to what, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.platform.vault import Erased, Vault
from engine.workflow.audit.chain import audit_event
from engine.workflow.execution.models import task_change

#: Events that say from what to what, and what kind of thing that is.
CHANGES = {
    "CaseTaken": "person", "CaseReturned": "person", "CaseAssigned": "person", "TaskClaimed": "person",
    "TaskReleased": "person", "TaskAssigned": "person", "TaskDelegated": "person", "TaskGivenBack": "person",
    "CasePlanned": "day", "TaskExtended": "day", "CasePaused": "pause", "CaseResumed": "pause",
    "NoteBarred": "bar", "NoteOpened": "bar", "CaseLinked": "plain", "CaseUnlinked": "plain",
    "DocumentShared": "bar", "PartyChanged": "role",
}  # fmt: skip
#: What the machine does between people's acts, and what only says it again.
_LEFT_OUT = frozenset({"TaskPlanned", "JobFinished", "TimerFired", "WorkDone"})


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
        (audit_event.c.actor_role != "system") | audit_event.c.kind.in_(("NoticeGiven", "DeadlinePassed")),
        audit_event.c.kind.not_in(_LEFT_OUT),
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
                row.seq, row.at, row.case_id, row.actor_id, row.actor_role, row.kind, row.data, what, old, new,
                why.get((row.at, row.actor_id), ""),
            )
        )  # fmt: skip
    return found


def _reasons(connection: Connection, vault: Vault, case_id: str, owner_id: str) -> dict[tuple[datetime, str], str]:
    """What people gave as reasons with their tasks, by when and who."""
    found = {}
    for row in connection.execute(
        select(task_change).where(task_change.c.case_id == case_id, task_change.c.reason.is_not(None))
    ).all():
        try:
            found[(row.at, row.by)] = str(vault.open(connection, owner_id, f"task_change.reason:{row.id}", row.reason))
        except Erased:
            continue
    return found
