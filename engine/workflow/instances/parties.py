"""Who takes part in a case, and as what: heirs, a deceased, a guardian. Person ids only; names are in the vault."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from engine.platform.compiled_statements import Batch, Prepared
from engine.workflow.instances.models import case_party

#: The reference of those whom a caseworker put there, and no register.
OFFICE = "office"


@dataclass(frozen=True, slots=True)
class CaseParty:
    """One part in a case. ``acts_by`` is the person, or their guardian; ``reference`` is the register's own.

    id  of the row, once there is one
    """

    person_id: str
    role: str
    acts_by: str
    reference: str = ""
    id: str = field(default="", compare=False)


def of_case(connection: Connection, case_id: str, role: str = "") -> list[CaseParty]:
    """Those who take part now, oldest first; with *role* those alone."""
    wanted = [case_party.c.case_id == case_id, case_party.c.ended_at.is_(None)]
    if role:
        wanted.append(case_party.c.role == role)
    rows = connection.execute(select(case_party).where(*wanted).order_by(case_party.c.added_at, case_party.c.id))
    return [CaseParty(row.person_id, row.role, row.acts_by, row.reference, row.id) for row in rows]


def named(connection: Connection, case_id: str, role: str = "") -> list[CaseParty]:
    """Those a register says take part now: whom a caseworker put there is left out."""
    return [row for row in of_case(connection, case_id, role) if row.reference != OFFICE]


_ROLES = Prepared(
    select(case_party.c.role).where(
        case_party.c.case_id == bindparam("case"),
        case_party.c.acts_by == bindparam("person"),
        case_party.c.ended_at.is_(None),
    )
)


def roles_of(connection: Connection, case_id: str, person_id: str) -> set[str]:
    """The roles a person holds or acts in for another."""
    batch = Batch(connection)
    batch.add(_ROLES, {"case": case_id, "person": person_id})
    return {row.role for row in batch.send()[0]}


def cases_of(connection: Connection, person_id: str) -> Sequence[str]:
    """The cases a person takes part in, in their own name or as a guardian."""
    return (
        connection.execute(
            select(case_party.c.case_id)
            .where(
                or_(case_party.c.person_id == person_id, case_party.c.acts_by == person_id),
                case_party.c.ended_at.is_(None),
                case_party.c.acts_by != "",
            )
            .distinct()
        )
        .scalars()
        .all()
    )


def has_part(connection: Connection, case_id: str, person_id: str) -> bool:
    """Whether somebody takes part in a case now, in whatever role, or acts for one who does."""
    part = or_(case_party.c.person_id == person_id, case_party.c.acts_by == person_id)
    found = select(case_party.c.id).where(case_party.c.case_id == case_id, part, case_party.c.ended_at.is_(None))
    return connection.execute(found.limit(1)).first() is not None


def having_part(connection: Connection, person_id: str) -> Sequence[str]:
    """The cases somebody takes part in now, in whatever role, or acts for one who does."""
    part = or_(case_party.c.person_id == person_id, case_party.c.acts_by == person_id)
    found = select(case_party.c.case_id).where(part, case_party.c.ended_at.is_(None))
    return connection.execute(found.distinct()).scalars().all()


def agree(
    connection: Connection, case_id: str, wanted: Collection[CaseParty], now: datetime, reference: str = ""
) -> bool:
    """Make those a register names the *wanted*; whoever is not among them any more has their part ended.

    Roles given later (``change_role``) stand as long as the person does. Whom the office put there is its own to end,
    and says nothing of what a register names. True when something changed.

    reference  one register's word, of several: those of the others stand
    """
    current = [row for row in named(connection, case_id) if not reference or row.reference == reference]
    there = {(row.person_id, row.acts_by) for row in current}
    wanted_keys = {(row.person_id, row.acts_by) for row in wanted}
    for person_id, acts_by in there - wanted_keys:
        connection.execute(
            update(case_party)
            .where(
                case_party.c.case_id == case_id,
                case_party.c.person_id == person_id,
                case_party.c.acts_by == acts_by,
                case_party.c.reference == reference if reference else case_party.c.reference != OFFICE,
                case_party.c.ended_at.is_(None),
            )
            .values(ended_at=now)
        )
    fresh = [row for row in wanted if (row.person_id, row.acts_by) not in there]
    for row in fresh:
        _insert(connection, case_id, row, now)
    return bool(fresh) or not there <= wanted_keys


def change_role(connection: Connection, case_id: str, old: str, new: str, now: datetime) -> int:
    """Everyone in role *old* gets *new* instead. Returns how many.

    A row of the office's is changed where it stands, as the office itself does: a name is sealed for its row.
    """
    found = of_case(connection, case_id, old)
    in_role = [case_party.c.case_id == case_id, case_party.c.role == old, case_party.c.ended_at.is_(None)]
    connection.execute(update(case_party).where(*in_role, case_party.c.reference == OFFICE).values(role=new))
    connection.execute(update(case_party).where(*in_role).values(ended_at=now))
    for row in found:
        if row.reference != OFFICE:
            _insert(connection, case_id, CaseParty(row.person_id, new, row.acts_by, row.reference), now)
    return len(found)


def _insert(connection: Connection, case_id: str, row: CaseParty, now: datetime) -> None:
    connection.execute(
        insert(case_party).values(
            id=str(uuid.uuid4()),
            case_id=case_id,
            person_id=row.person_id,
            role=row.role,
            acts_by=row.acts_by,
            reference=row.reference,
            added_at=now,
        )
    )
