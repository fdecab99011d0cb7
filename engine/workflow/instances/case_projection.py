"""The case file: kept in step with the process by every command, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, insert, select, update

from engine.platform.clock import OSLO
from engine.platform.compiled_statements import Batch, Prepared
from engine.workflow.instances.models import case_file, case_number


class LiveCase(Protocol):
    """What the case file asks of the process instance it belongs to."""

    @property
    def id(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def definition_id(self) -> str: ...

    @property
    def owner_id(self) -> str: ...

    @property
    def variables(self) -> Mapping[str, Any]: ...

    @property
    def state(self) -> str: ...

    @property
    def ended(self) -> bool: ...


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


def open_case(connection: Connection, case: LiveCase, now: datetime) -> None:
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


#: The reason of a pause that the command set alone: nobody said whom the case waits for.
UNSAID = "other"
COLUMNS = (
    "state",
    "stage",
    "stages",
    "waiting_for",
    "waiting_task",
    "waiting_since",
    "deadline_at",
    "warn_at",
    "closed_at",
    "follow_up_at",
    "paused_at",
    "pause_reason",
)
#: What else a command wants to know of the case file: who has the case, and at which office.
READ = (*COLUMNS, "responsible", "office")


@cache
def _update(changed: tuple[str, ...]) -> Prepared:
    """The statement that writes these columns and no others: each index a column stands in costs a step."""
    return Prepared(
        update(case_file)
        .where(case_file.c.id == bindparam("which"))
        .values({name: bindparam(f"new_{name}") for name in changed})
    )


@dataclass(frozen=True, slots=True)
class OpenTask:
    """What the case file wants to know of a task somebody should do. ``new``: this command opened it."""

    id: str
    performer: str
    element_id: str
    due_at: datetime | None
    warn_at: datetime | None
    follow_up_at: datetime | None = None
    paused_at: datetime | None = None
    new: bool = False


def stage_of(connection: Connection, case_id: str) -> str | None:
    return connection.execute(select(case_file.c.stage).where(case_file.c.id == case_id)).scalar()


def read(connection: Connection, case_id: str) -> dict[str, Any]:
    """The columns of ``READ`` as they are."""
    columns = [case_file.c[name] for name in READ]
    return dict(connection.execute(select(*columns).where(case_file.c.id == case_id)).mappings().one())


def refresh(
    batch: Batch,
    case: LiveCase,
    before: Mapping[str, Any],
    entered: Sequence[str],
    tasks: Sequence[OpenTask],
    works: Callable[[], str | None],
    now: datetime,
) -> None:
    """Stage, state, and who waits for whom: a person with an open task comes before a source that has not answered.

    A caseworker's task counts before the citizen's, since only one of them can be
    named first and the citizen's page always shows their own tasks besides.

    A pause of the task the case waits for is the case's, whoever set it; a new task brings its own planned day.

    before  the case file as it was, by column
    tasks   the open tasks of the case, longest open first
    works   gives the element of a piece of due work of the case, if any
    """
    after = dict(before)
    if entered:
        after["stage"] = entered[-1]
        after["stages"] = [*before["stages"], *({"id": stage, "at": now.isoformat()} for stage in entered)]
    waiting, first, after["deadline_at"], after["warn_at"] = _waiting(case, tasks)
    task = first.element_id if first else None
    if first is None and not case.ended and (task := works()) is not None:
        waiting = "source"
    if task != before["waiting_task"] or (first.new if first else waiting == "nobody"):
        after.update(follow_up_at=first.follow_up_at if first else None, paused_at=None, pause_reason=None)
    if first is not None and first.paused_at is not None and first.performer == "caseworker":
        if after["paused_at"] is None:
            after.update(paused_at=first.paused_at, pause_reason=UNSAID)
            waiting = "other"
        else:
            waiting = before["waiting_for"]  # it is still in its pause, and waits for whom that said
    else:
        after.update(paused_at=None, pause_reason=None)
    if (waiting, task) != (before["waiting_for"], before["waiting_task"]):
        after.update(waiting_for=waiting, waiting_task=task, waiting_since=now)
    if case.ended and before["state"] == "open":
        after.update(state="closed" if case.state == "completed" else "cancelled", closed_at=now)
    if not case.ended and before["state"] != "open":
        after.update(state="open", closed_at=None)
    changed = tuple(name for name in COLUMNS if after[name] != before[name])
    if changed:
        batch.add(_update(changed), {"which": case.id, **{f"new_{name}": after[name] for name in changed}})


def _waiting(
    case: LiveCase, tasks: Sequence[OpenTask]
) -> tuple[str, OpenTask | None, datetime | None, datetime | None]:
    """Whom the case waits for, by its open tasks: the first of them, and the earliest deadline of that side."""
    for performer in ("caseworker", "citizen"):
        mine = [task for task in tasks if task.performer == performer]
        if mine and not case.ended:
            due = min((task for task in mine if task.due_at), key=_due, default=None)
            return performer, mine[0], due.due_at if due else None, due.warn_at if due else None
    return "nobody", None, None, None


def _due(task: OpenTask) -> datetime:
    assert task.due_at is not None
    return task.due_at
