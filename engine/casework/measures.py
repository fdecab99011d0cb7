"""Measures of a case, and how each went after 3, 9 and 15 months (R56): also when the case is closed long since."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from engine.casework.journal import require_text
from engine.casework.models import measure, measure_outcome
from engine.platform.vault import Vault
from engine.workflow.bpmn.timing import add_duration
from engine.workflow.errors import AlreadyDone, NotFound
from engine.workflow.instances.models import case_file
from engine.workflow.instances.rows import CaseRow

MONTHS = (3, 9, 15)
KINDS = ("payment_plan", "debt_agreement", "refinancing", "budget", "income", "administration", "other")
#: Characters in what was agreed, or in how it went.
MAX_TEXT = 1000
RESULTS = ("holds", "partly", "broken", "unknown")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One look back. ``result`` is "" until it is made; ``monthly`` is NOK a month more to live on, as it became."""

    months: int
    due_at: datetime
    result: str
    monthly: Decimal | None
    text: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Measure:
    """``monthly`` is the effect that is expected: NOK a month more to live on."""

    id: str
    kind: str
    what: str
    monthly: Decimal | None
    begun_on: datetime
    author: str
    outcomes: tuple[Outcome, ...]


def add(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case: CaseRow,
    kind: str,
    what: str,
    monthly: Decimal | None,
    begun: datetime,
    now: datetime,
) -> str:
    """A measure that begins on a day; its three looks back are due from then on. Returns its id.

    Raises ``NotFound`` for a kind there is none of, ``NotPossible`` without words or with too many.
    """
    if kind not in KINDS:
        raise NotFound(kind)
    require_text(what, MAX_TEXT)
    measure_id = str(uuid.uuid4())
    content = {"what": what, "monthly": None if monthly is None else str(monthly)}
    sealed = vault.seal(connection, case.owner_id, f"measure.content:{measure_id}", content)
    connection.execute(
        insert(measure).values(
            id=measure_id,
            case_id=case.id,
            person_id=case.owner_id,
            office=case.office or "",
            author=author,
            kind=kind,
            content=sealed,
            begun_on=begun,
            made_at=now,
        )
    )
    rows = [
        {
            "measure_id": measure_id,
            "months": months,
            "case_id": case.id,
            "office": case.office or "",
            "person_id": case.owner_id,
            "due_at": add_duration(begun, f"P{months}M"),
        }
        for months in MONTHS
    ]
    connection.execute(insert(measure_outcome), rows)
    return measure_id


def look_back(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case: CaseRow,
    measure_id: str,
    months: int,
    result: str,
    monthly: Decimal | None,
    text: str,
    now: datetime,
) -> None:
    """How it went. Once for each time; raises ``AlreadyDone`` with who wrote it."""
    if result not in RESULTS:
        raise NotFound(result)
    if text.strip():
        require_text(text, MAX_TEXT)
    which = (
        measure_outcome.c.measure_id == measure_id,
        measure_outcome.c.months == months,
        measure_outcome.c.case_id == case.id,
    )
    row = connection.execute(select(measure_outcome).where(*which)).first()
    if row is None:
        raise NotFound(measure_id)
    content = {"monthly": None if monthly is None else str(monthly), "text": text}
    sealed = vault.seal(connection, case.owner_id, f"measure_outcome.content:{measure_id}/{months}", content)
    done = connection.execute(
        update(measure_outcome)
        .where(*which, measure_outcome.c.at.is_(None))
        .values(result=result, content=sealed, by=author, at=now)
    )
    if done.rowcount != 1:
        raise AlreadyDone(row.by or "", row.at, "answered")


def of_case(connection: Connection, vault: Vault, case_id: str) -> list[Measure]:
    """Oldest first, each with its looks back."""
    looks: dict[str, list[Outcome]] = {}
    opened = vault.opener(connection)
    rows = connection.execute(
        select(measure_outcome).where(measure_outcome.c.case_id == case_id).order_by(measure_outcome.c.months)
    )
    for row in rows.all():
        place = f"measure_outcome.content:{row.measure_id}/{row.months}"
        content = opened(row.person_id, place, row.content) if row.content else {}
        amount = content.get("monthly")
        looks.setdefault(row.measure_id, []).append(
            Outcome(
                row.months,
                row.due_at,
                row.result or "",
                None if amount is None else Decimal(amount),
                content.get("text", ""),
                row.by or "",
                row.at,
            )
        )
    found = []
    for row in connection.execute(
        select(measure).where(measure.c.case_id == case_id).order_by(measure.c.made_at)
    ).all():
        content = opened(row.person_id, f"measure.content:{row.id}", row.content)
        amount = None if content["monthly"] is None else Decimal(content["monthly"])
        mine = tuple(looks.get(row.id, ()))
        found.append(Measure(row.id, row.kind, content["what"], amount, row.begun_on, row.author, mine))
    return found


def due(connection: Connection, office: str, now: datetime, limit: int = 50) -> Sequence[Row[Any]]:
    """Looks back of an office whose day has come, oldest first, with the case's number."""
    return connection.execute(
        select(measure_outcome, case_file.c.number, case_file.c.owner_id)
        .join(case_file, case_file.c.id == measure_outcome.c.case_id)
        .where(measure_outcome.c.office == office, measure_outcome.c.at.is_(None), measure_outcome.c.due_at <= now)
        .order_by(measure_outcome.c.due_at)
        .limit(limit)
    ).all()
