"""What may be done with a case as a whole, and which tasks go with it. The commands are ``casework.commands``.

A case and its open tasks for caseworkers go together: whoever has the case has its tasks.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from engine.workflow.execution.models import user_task
from engine.workflow.instances.rows import CaseRow, TaskRow

#: Why a task is in a pause, and whom the case waits for meanwhile.
PAUSES = {"citizen": "citizen", "creditor": "other", "agency": "other", "court": "other", "other": "other"}
ACTS = ("take", "assign", "return", "plan", "pause", "resume")


def legal(case: CaseRow, person_id: str, leads: bool) -> tuple[str, ...]:
    """The actions that are possible with a case as it stands."""
    if case.state != "open":
        return ()
    own = case.responsible == person_id
    found = ["take"] if case.responsible is None else []
    found += ["assign", "plan"]
    if own or (leads and case.responsible is not None):
        found.append("return")
    if case.paused_at is not None:
        found.append("resume")
    elif case.waiting_for == "caseworker":
        found.append("pause")
    return tuple(found)


def tasks(connection: Connection, case_id: str) -> Sequence[TaskRow]:
    """The open tasks of a case that a caseworker does, oldest first."""
    return connection.execute(
        select(user_task)
        .where(
            user_task.c.case_id == case_id,
            user_task.c.performer == "caseworker",
            user_task.c.state.in_(("ready", "claimed")),
        )
        .order_by(user_task.c.created_at)
    ).all()
