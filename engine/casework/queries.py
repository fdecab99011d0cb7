"""What people look up about cases. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import Connection, func, or_, select

from engine.workflow.audit.chain import audit_event
from engine.workflow.audit.kinds import EventKind
from engine.workflow.audit.rows import EventRow
from engine.workflow.execution.models import user_task
from engine.workflow.instances import parties
from engine.workflow.instances.models import case_file, notice
from engine.workflow.instances.rows import CaseRow, TaskRow
from engine.workflow.jobs.models import due_work

OPEN = ("ready", "claimed")


def case_of(connection: Connection, owner_id: str) -> CaseRow | None:
    """The citizen's open case, else the last one."""
    return connection.execute(
        select(case_file)
        .where(case_file.c.owner_id == owner_id)
        .order_by((case_file.c.state == "open").desc(), case_file.c.opened_at.desc())
        .limit(1)
    ).first()


def cases_of(connection: Connection, person_id: str) -> Sequence[CaseRow]:
    """Every case a citizen owns or takes part in, open ones first, newest first."""
    taking_part = parties.cases_of(connection, person_id)
    return connection.execute(
        select(case_file)
        .where(or_(case_file.c.owner_id == person_id, case_file.c.id.in_(taking_part)))
        .order_by((case_file.c.state == "open").desc(), case_file.c.opened_at.desc())
    ).all()


def open_case_of(connection: Connection, owner_id: str, key: str) -> CaseRow | None:
    """The open case of one journey, if any."""
    return connection.execute(
        select(case_file)
        .where(case_file.c.owner_id == owner_id, case_file.c.key == key, case_file.c.state == "open")
        .order_by(case_file.c.opened_at.desc())
        .limit(1)
    ).first()


def tasks_of(connection: Connection, person_id: str) -> Sequence[TaskRow]:
    """Every open task that waits for this citizen, in whatever case, nearest deadline first."""
    far = datetime(9999, 1, 1, tzinfo=UTC)
    return connection.execute(
        select(user_task)
        .where(user_task.c.owner_id == person_id, user_task.c.performer == "citizen", user_task.c.state.in_(OPEN))
        .order_by(func.coalesce(user_task.c.due_at, far), user_task.c.created_at)
    ).all()


def version_of_step(connection: Connection, case_id: str, element_id: str) -> str | None:
    """The definition a step of a case ran on, its own version or that of a journey the case calls."""
    return connection.execute(
        select(user_task.c.definition_id)
        .where(user_task.c.case_id == case_id, user_task.c.element_id == element_id)
        .order_by(user_task.c.created_at.desc())
        .limit(1)
    ).scalar()


def asks_now(connection: Connection, case_id: str, now: datetime) -> bool:
    """Whether a job of the case is to be done now. A timer that waits for its day is no work anybody waits for."""
    found = select(due_work.c.id).where(
        due_work.c.case_id == case_id,
        due_work.c.kind == "job",
        due_work.c.state.in_(("due", "leased")),
        due_work.c.due_at <= now,
    )
    return connection.execute(found.limit(1)).first() is not None


def case_by_id(connection: Connection, case_id: str) -> CaseRow:
    return connection.execute(select(case_file).where(case_file.c.id == case_id)).one()


def partial_cases(connection: Connection, person_id: str) -> tuple[str, ...]:
    """Ids of the cases an employee is disqualified from: their own, and those they take part in."""
    own = connection.execute(select(case_file.c.id).where(case_file.c.owner_id == person_id)).scalars()
    return tuple({*own, *parties.having_part(connection, person_id)})


def case_by_number(connection: Connection, number: str, office: str) -> CaseRow | None:
    """A case of this office. Those of others are not there."""
    return connection.execute(
        select(case_file).where(case_file.c.number == number, case_file.c.office == office)
    ).first()


def open_tasks(connection: Connection, case_id: str, performer: str, person_id: str = "") -> Sequence[TaskRow]:
    """Open tasks of a case for one side, oldest first; with *person_id* those of that citizen alone."""
    wanted = [user_task.c.case_id == case_id, user_task.c.performer == performer, user_task.c.state.in_(OPEN)]
    if person_id:
        wanted.append(user_task.c.owner_id == person_id)
    return connection.execute(select(user_task).where(*wanted).order_by(user_task.c.created_at)).all()


def done_tasks(connection: Connection, case_id: str, performer: str) -> Sequence[TaskRow]:
    return connection.execute(
        select(user_task)
        .where(user_task.c.case_id == case_id, user_task.c.performer == performer, user_task.c.state == "completed")
        .order_by(user_task.c.ended_at.desc())
    ).all()


def history(
    connection: Connection, case_id: str, shown: Collection[EventKind], reader: str = "", limit: int = 30
) -> Sequence[EventRow]:
    """What people did in the case, newest first; what machines did is in the audit trail.

    shown   the kinds of events that are shown, of every room there is
    reader  a citizen of the case: of the notices they see their own alone; "" sees that they were given
    """
    hidden: set[str] = set()
    if reader:
        others = select(notice.c.id).where(notice.c.case_id == case_id, notice.c.person_id != reader)
        hidden.update(connection.execute(others).scalars())
    happened = connection.execute(
        select(audit_event)
        .where(audit_event.c.case_id == case_id, audit_event.c.kind.in_(shown))
        .order_by(audit_event.c.seq.desc())
    )
    return list(islice((event for event in happened if event.data.get("notice") not in hidden), limit))
