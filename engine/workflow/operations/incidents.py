"""Incidents seen from the outside: which are open, and letting many of them go on, each as a command of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine.platform.db import Database
from engine.workflow.authorization.actor import SYSTEM, Actor
from engine.workflow.errors import Refusal
from engine.workflow.execution.commands import ResolveIncident
from engine.workflow.execution.dispatch import Dispatch
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.models import incident, process_instance
from engine.workflow.jobs.models import due_work

OUTCOMES = {"retry": "retried", "skip": "skipped"}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the open incidents. Empty = not asked for."""

    code: str = ""
    process: str = ""
    kind: str = ""
    ids: Sequence[str] = ()
    limit: int = 1000
    element: str = ""

    @property
    def narrows(self) -> bool:
        return bool(self.code or self.process or self.kind or self.ids or self.element)


@dataclass(frozen=True, slots=True)
class Group:
    """Open incidents of one kind: the same code, at the same step of the same process, in the same sort of work.

    work  name of the task type whose work failed, "" where no work did
    """

    code: str
    process: str
    element: str
    kind: str
    work: str
    count: int
    oldest: datetime
    newest: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """One open incident. Ids and codes, nothing of a person."""

    id: str
    code: str
    detail: str
    process: str
    element: str
    kind: str
    case: str
    instance: str
    raised_at: datetime

    @property
    def text(self) -> str:
        return f"{self.id}  {self.code}  {self.process} {self.element}  case {self.case or '-'}  {self.detail}".rstrip()

    def row(self) -> dict[str, Any]:
        return {**asdict(self), "raised_at": self.raised_at.isoformat()}


_PROCESS = func.coalesce(process_instance.c.key, due_work.c.name, "")
_KIND = func.coalesce(due_work.c.kind, "element")


def groups(connection: Connection) -> list[Group]:
    """The open incidents by kind, the largest group first."""
    work = func.coalesce(due_work.c.name, "")
    by = (incident.c.code, _PROCESS, incident.c.element_id, _KIND, work)
    count = func.count()
    query = (
        select(*by, count, func.min(incident.c.raised_at), func.max(incident.c.raised_at))
        .outerjoin(process_instance, process_instance.c.id == incident.c.instance_id)
        .outerjoin(due_work, due_work.c.id == incident.c.work_id)
        .where(incident.c.state == "open")
        .group_by(*by)
        .order_by(count.desc(), *by)
    )
    return [Group(*row) for row in connection.execute(query)]


def find(connection: Connection, chosen: Selection) -> list[Found]:
    """The open incidents, oldest first."""
    process, kind = _PROCESS, _KIND
    query = (
        select(
            incident.c.id,
            incident.c.code,
            incident.c.detail,
            process,
            incident.c.element_id,
            kind,
            incident.c.case_id,
            incident.c.instance_id,
            incident.c.raised_at,
        )
        .outerjoin(process_instance, process_instance.c.id == incident.c.instance_id)
        .outerjoin(due_work, due_work.c.id == incident.c.work_id)
        .where(incident.c.state == "open")
        .order_by(incident.c.raised_at, incident.c.id)
        .limit(chosen.limit)
    )
    if chosen.code:
        query = query.where(incident.c.code == chosen.code)
    if chosen.process:
        query = query.where(process == chosen.process)
    if chosen.kind:
        query = query.where(kind == chosen.kind)
    if chosen.element:
        query = query.where(incident.c.element_id == chosen.element)
    if chosen.ids:
        query = query.where(incident.c.id.in_(chosen.ids))
    return [Found(*row) for row in connection.execute(query)]


def resolve(
    database: Database, dispatch: Dispatch, chosen: Selection, how: str, reason: str = "", actor: Actor = SYSTEM
) -> Iterator[tuple[Found, str]]:
    """Retry or skip each, one transaction and one event in the audit trail for each.

    Gives each incident with what became of it: ``retried``, ``skipped``, or the code of the refusal.
    """
    with database.read() as connection:
        found = find(connection, chosen)
    for one in found:
        try:
            dispatch.send(ResolveIncident(one.id, how, reason), actor)
            yield one, OUTCOMES[how]
        except (Refusal, ExecutionError) as refusal:
            yield one, refusal.code
