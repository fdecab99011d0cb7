"""The case file: kept in step with the process by every command, in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from engine.cases.models import case_file, case_number
from engine.clock import OSLO
from engine.execution.models import due_work, user_task
from engine.execution.tokens import Instance

_OPEN = ("ready", "claimed")


def next_number(connection: Connection, now: datetime) -> str:
    """The next case number of the year in Norway: ``2026-0412``."""
    year = now.astimezone(OSLO).year
    last = connection.execute(
        update(case_number)
        .where(case_number.c.year == year)
        .values(last=case_number.c.last + 1)
        .returning(case_number.c.last)
    ).scalar()
    if last is None:
        last = 1
        connection.execute(insert(case_number).values(year=year, last=1))
    return f"{year}-{last:04d}"


def open_case(connection: Connection, case: Instance, now: datetime) -> None:
    connection.execute(
        insert(case_file).values(
            id=case.id,
            number=next_number(connection, now),
            key=case.key,
            definition_id=case.definition_id,
            owner_id=case.owner_id,
            office=case.variables.get("office"),
            state="open",
            stages=[],
            waiting_for="nobody",
            waiting_since=now,
            opened_at=now,
        )
    )


def stage_of(connection: Connection, case_id: str) -> str | None:
    return connection.execute(select(case_file.c.stage).where(case_file.c.id == case_id)).scalar()


def refresh(connection: Connection, case: Instance, entered: Sequence[str], now: datetime) -> None:
    """Who waits for whom: a person with an open task comes before a source that has not answered.

    A caseworker's task counts before the citizen's, since only one of them can be named first
    and the citizen's page always shows her own tasks besides.
    """
    row = connection.execute(select(case_file).where(case_file.c.id == case.id)).one()
    values: dict[str, object] = {}
    if entered:
        values["stage"] = entered[-1]
        values["stages"] = [*row.stages, *({"id": stage, "at": now.isoformat()} for stage in entered)]
    waiting = _waiting(connection, case)
    if (waiting[0], waiting[1]) != (row.waiting_for, row.waiting_task):
        values["waiting_for"], values["waiting_task"] = waiting[0], waiting[1]
        values["waiting_since"] = now
    if (waiting[2], waiting[3]) != (row.deadline_at, row.warn_at):
        values["deadline_at"], values["warn_at"] = waiting[2], waiting[3]
    if case.state != "active" and row.state == "open":
        values["state"] = "closed" if case.state == "completed" else "cancelled"
        values["closed_at"] = now
    if values:
        connection.execute(update(case_file).where(case_file.c.id == case.id).values(**values))


def _waiting(connection: Connection, case: Instance) -> tuple[str, str | None, datetime | None, datetime | None]:
    if case.state != "active":
        return "nobody", None, None, None
    tasks = connection.execute(
        select(user_task.c.performer, user_task.c.element_id, user_task.c.due_at, user_task.c.warn_at)
        .where(user_task.c.case_id == case.id, user_task.c.state.in_(_OPEN))
        .order_by(user_task.c.created_at)
    ).all()
    for performer in ("caseworker", "citizen"):
        mine = [task for task in tasks if task.performer == performer]
        if mine:
            due = min((task for task in mine if task.due_at), key=lambda t: t.due_at, default=None)
            return (
                performer,
                mine[0].element_id,
                due.due_at if due else None,
                due.warn_at if due else None,
            )
    job = connection.execute(
        select(due_work.c.element_id)
        .where(due_work.c.case_id == case.id, due_work.c.state.in_(("due", "leased")))
        .limit(1)
    ).scalar()
    return ("source", job, None, None) if job else ("nobody", None, None, None)
