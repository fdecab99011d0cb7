"""Which tasks a person may take, which they have, and what has become of one: reads only, by keyset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, tuple_

from engine.platform.vault import ErasedError, Vault
from engine.workflow.authorization import candidates, role_codes
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.definitions.library import Library
from engine.workflow.execution.models import task_change, user_task
from engine.workflow.instances.models import case_file
from engine.workflow.instances.rows import TaskRow

PAGE = 50
OPEN = ("ready", "claimed")
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TaskChange:
    """One line of a task's history.

    kind    claim | release | assign | delegate | give_back | pause | resume | plan | extend | warn | escalate
    reason  what the person wrote, "" when nothing was written or the owner's data is erased
    """

    kind: str
    at: datetime
    by: str
    from_person: str | None
    to_person: str | None
    reason: str


def changes(connection: Connection, vault: Vault, task_id: str, owner_id: str) -> list[TaskChange]:
    """Who had a task, from whom to whom, when and why, oldest first."""
    found = connection.execute(select(task_change).where(task_change.c.task_id == task_id).order_by(task_change.c.seq))
    return [
        TaskChange(
            row.kind,
            row.at,
            row.by,
            row.from_person,
            row.to_person,
            _reason(connection, vault, owner_id, row.id, row.reason),
        )
        for row in found.all()
    ]


def _reason(connection: Connection, vault: Vault, owner_id: str, identity: str, sealed: bytes | None) -> str:
    if sealed is None:
        return ""
    try:
        return str(vault.open(connection, owner_id, f"task_change.reason:{identity}", sealed))
    except ErasedError:
        return ""


def claimable(
    connection: Connection, library: Library, actor: Actor, after: tuple[datetime, str] | None = None
) -> tuple[Sequence[TaskRow], bool]:
    """Open tasks nobody has that *actor* may take, nearest deadline first; the second value: whether there are more.

    A caseworker's are those of their office's cases that policy and diagram leave to them.
    """
    if actor.role is not Role.CASEWORKER or actor.office is None:
        return [], False
    held = frozenset({role_codes.CASEWORKER})
    office = actor.office.orgno
    waiting = connection.execute(
        select(user_task.c.definition_id, user_task.c.element_id)
        .join(case_file, case_file.c.id == user_task.c.case_id)
        .where(case_file.c.office == office, user_task.c.performer == "caseworker", user_task.c.state == "ready")
        .distinct()
    ).all()
    mine = [
        (row.definition_id, row.element_id)
        for row in waiting
        if candidates.of_task(library.get(connection, row.definition_id).bundle, row.element_id).admit(held, office)
    ]
    where = [
        case_file.c.office == office,
        user_task.c.performer == "caseworker",
        user_task.c.state == "ready",
        tuple_(user_task.c.definition_id, user_task.c.element_id).in_(mine),
    ]
    return _page(connection, where, after)


def of_assignee(
    connection: Connection, person_id: str, after: tuple[datetime, str] | None = None
) -> tuple[Sequence[TaskRow], bool]:
    """Open tasks a person has, nearest deadline first."""
    return _page(connection, [user_task.c.assignee == person_id, user_task.c.state.in_(OPEN)], after)


def _page(
    connection: Connection, where: list[ColumnElement[bool]], after: tuple[datetime, str] | None
) -> tuple[Sequence[TaskRow], bool]:
    deadline = func.coalesce(user_task.c.due_at, _FAR)
    if after is not None:
        where = [*where, or_(deadline > after[0], and_(deadline == after[0], user_task.c.id > after[1]))]
    rows = connection.execute(
        select(user_task)
        .join(case_file, case_file.c.id == user_task.c.case_id)
        .where(*where)
        .order_by(deadline, user_task.c.id)
        .limit(PAGE + 1)
    ).all()
    return rows[:PAGE], len(rows) > PAGE


def place_of(row: TaskRow) -> tuple[datetime, str]:
    """Where the next page begins: after this task."""
    return row.due_at or _FAR, row.id
