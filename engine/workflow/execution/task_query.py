"""What a command on a user task reads, in one go: the task, its instances, the case, the end of its audit chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, literal_column, select

from engine.platform.compiled_statements import Batch, Prepared
from engine.workflow.audit.chain import audit_head
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.models import element_instance, process_instance, user_task
from engine.workflow.instances.case_projection import READ, OpenTask
from engine.workflow.instances.models import case_file
from engine.workflow.instances.rows import TaskRow

#: Written out, so that both databases see that the partial index on open tasks serves.
OPEN: ColumnElement[bool] = literal_column("user_task.state IN ('ready', 'claimed')")
#: As many open tasks of a case as are looked at one by one.
MAX_READ = 30

_case_of_task = select(user_task.c.case_id).where(user_task.c.id == bindparam("task")).scalar_subquery()
_LOCK = Prepared(select(process_instance.c.id).where(process_instance.c.id == _case_of_task).with_for_update())
_TASK = Prepared(
    select(
        *user_task.c,
        *(column.label(f"instance_{column.name}") for column in process_instance.c if column.name != "id"),
        *(column.label(f"token_{column.name}") for column in element_instance.c),
        *(column.label(f"case_{column.name}") for column in case_file.c if column.name != "id"),
        audit_head.c.seq.label("head_seq"),
        audit_head.c.hash.label("head_hash"),
    )
    .join(process_instance, process_instance.c.id == user_task.c.instance_id)
    .outerjoin(element_instance, element_instance.c.id == user_task.c.id)
    .outerjoin(case_file, case_file.c.id == user_task.c.case_id)
    .outerjoin(audit_head, audit_head.c.case_id == user_task.c.case_id)
    .where(user_task.c.id == bindparam("task"))
)


_COLUMNS = (
    user_task.c.id,
    user_task.c.performer,
    user_task.c.element_id,
    user_task.c.due_at,
    user_task.c.warn_at,
    user_task.c.follow_up_at,
    user_task.c.paused_at,
)


def _open_tasks(case: ColumnElement[Any]) -> Prepared:
    return Prepared(
        select(*_COLUMNS)
        .where(user_task.c.case_id == case, OPEN)
        .order_by(user_task.c.performer, user_task.c.created_at)
        .limit(bindparam("limit"))
    )


_OPEN_BESIDE = _open_tasks(_case_of_task)
_OPEN_IN_CASE = _open_tasks(bindparam("case"))
_EARLIEST = Prepared(
    select(*_COLUMNS)
    .where(
        user_task.c.case_id == bindparam("case"),
        user_task.c.performer == bindparam("performer"),
        OPEN,
        literal_column("user_task.due_at IS NOT NULL"),
    )
    .order_by(user_task.c.due_at)
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class LockedTask:
    """A task as it stands under the lock of its case.

    row         the task's columns by their names; before those of its instance, its element instance and its case stand
                ``instance_``, ``token_`` and ``case_``, before the end of the audit chain ``head_``
    open_tasks  of the case
    """

    row: Row[*tuple[Any, ...]]
    open_tasks: list[OpenTask]

    @property
    def task(self) -> TaskRow:
        return self.row

    def case(self) -> dict[str, Any]:
        """The case file as it is, by column."""
        return {name: getattr(self.row, f"case_{name}") for name in READ}


def lock_and_read(connection: Connection, task_id: str) -> LockedTask | None:
    """Lock the case of a task, then read the task and the case's open tasks. ``None`` when there is no such task.

    SQLite's write transaction is the lock. What is read is read after the lock
    was got, so what is checked is what is changed.
    """
    batch = Batch(connection)
    values = {"task": task_id}
    if connection.dialect.name != "sqlite":
        batch.add(_LOCK, values)
    batch.add(_TASK, values)
    batch.add(_OPEN_BESIDE, {**values, "limit": MAX_READ})
    *_, found, tasks = batch.send()
    return LockedTask(found[0], [OpenTask(*row) for row in tasks]) if found else None


def open_tasks(
    connection: Connection, execution: Execution, case_id: str, known: list[OpenTask] | None
) -> list[OpenTask]:
    """The open tasks of a case as they will be after *execution*, the longest open of each performer first.

    *known* is what was read before, ``None`` when nothing was. Of very many open tasks
    those of the first performer and their earliest deadline are there, which is what is asked.
    """
    if known is None:
        known = _rows(connection, _OPEN_IN_CASE, case=case_id, limit=MAX_READ)
    ended = set(execution.gone)
    if len(known) == MAX_READ:
        known = _of_many(connection, case_id, known, ended)
    tasks = [task for task in known if task.id not in ended]
    for task in execution.tasks:
        if not task.token.ended:
            performer = task.token.element.extension.performer or "citizen"
            dates = (task.due_at, task.warn_at, task.follow_up_at)
            tasks.append(OpenTask(task.token.id, performer, task.token.element.id, *dates, new=True))
    return tasks


def _of_many(connection: Connection, case_id: str, known: list[OpenTask], ended: set[str]) -> list[OpenTask]:
    """Of a case with very many open tasks those it is summed up by.

    The rows come by performer, the caseworker's first, so the first that stays
    says whose tasks count; of those the earliest deadline may be further back.
    """
    if all(task.id in ended for task in known):
        known = _rows(connection, _OPEN_IN_CASE, case=case_id, limit=len(ended) + 1)
    first = next((task for task in known if task.id not in ended), None)
    if first is None:
        return []
    return [
        *known,
        *_rows(connection, _EARLIEST, case=case_id, performer=first.performer, limit=len(ended) + 1),
    ]


def _rows(connection: Connection, statement: Prepared, **values: object) -> list[OpenTask]:
    batch = Batch(connection)
    batch.add(statement, values)
    return [OpenTask(*row) for row in batch.send()[0]]
