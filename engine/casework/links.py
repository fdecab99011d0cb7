"""Cases that belong together: another of the same person's, of their household, of the same matter. Both ways."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, or_, select

from engine.casework.models import case_link
from engine.workflow.instances.models import case_file
from engine.workflow.instances.rows import CaseRow

REASONS = ("household", "continues", "same_matter")


def link(connection: Connection, *, by: str, case: CaseRow, other: CaseRow, why: str, now: datetime) -> bool:
    """Say that two cases belong together. False when they were linked already, or are the same."""
    if case.id == other.id or connection.execute(_between(case.id, other.id)).first() is not None:
        return False
    connection.execute(
        insert(case_link).values(id=str(uuid.uuid4()), case_id=case.id, other_id=other.id, why=why, by=by, at=now)
    )
    return True


def unlink(connection: Connection, case: CaseRow, other: CaseRow) -> bool:
    """They do not belong together after all. False when they did not."""
    row = connection.execute(_between(case.id, other.id)).first()
    if row is None:
        return False
    connection.execute(delete(case_link).where(case_link.c.id == row.id))
    return True


def _between(one: str, other: str) -> Select[Any]:
    return select(case_link).where(
        or_(
            (case_link.c.case_id == one) & (case_link.c.other_id == other),
            (case_link.c.case_id == other) & (case_link.c.other_id == one),
        )
    )


def of_case(connection: Connection, case: CaseRow) -> Sequence[tuple[CaseRow, str]]:
    """Cases of the same office that belong to this one, with why: said by somebody, or "owner", the same person's."""
    reasons = {}
    for row in connection.execute(
        select(case_link).where(or_(case_link.c.case_id == case.id, case_link.c.other_id == case.id))
    ):
        reasons[row.other_id if row.case_id == case.id else row.case_id] = row.why
    rows = connection.execute(
        select(case_file)
        .where(
            case_file.c.office == case.office,
            case_file.c.id != case.id,
            or_(case_file.c.owner_id == case.owner_id, case_file.c.id.in_(list(reasons))),
        )
        .order_by(case_file.c.opened_at.desc())
        .limit(20)
    ).all()
    return [(row, reasons.get(row.id, "owner")) for row in rows]
