"""Whom a caseworker says takes part in a case: put there, given another role, ended with a reason.

A role of the journey gives what its policy says, so it needs a person with a number, who can log in. The roles of the
application only tell who somebody is: they give access to nothing.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from engine.platform.vault import Vault
from engine.workflow.authorization import role_codes
from engine.workflow.authorization.policy import PolicyError, policy_of
from engine.workflow.authorization.policy_queries import roles_named
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import NotFound, NotPossible, Reason
from engine.workflow.instances import parties
from engine.workflow.instances.models import case_party
from engine.workflow.instances.parties import OFFICE
from engine.workflow.instances.rows import CaseRow

#: Roles of every case; their titles are texts of ours.
HOUSE_ROLES = ("spouse", "representative", "guardian", "contact", "creditor")
MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class Part:
    """One who takes part now. ``name`` is set for who is known by name alone; ``ours``: put there by the office."""

    id: str
    person_id: str
    name: str
    role: str
    acts_by: str
    added_at: datetime
    ours: bool


def journey_roles(bundle: Bundle) -> tuple[str, ...]:
    """The roles that the journey's policy speaks of and that have a title: who holds one may log in to the case.

    None where not all of the policy is evaluated.
    """
    try:
        named = roles_named(policy_of(bundle.files))
    except PolicyError:
        return ()
    return tuple(
        role
        for role in named
        if role not in role_codes.BUILT_IN and bundle.text(f"role.{role}", "nb") != f"role.{role}"
    )


def roles(bundle: Bundle) -> tuple[str, ...]:
    """Every role a caseworker may give in a case of this journey."""
    return tuple(dict.fromkeys((*journey_roles(bundle), *HOUSE_ROLES)))


def of_case(connection: Connection, vault: Vault, case: CaseRow) -> list[Part]:
    """Those who take part now, oldest first."""
    rows = connection.execute(
        select(case_party)
        .where(case_party.c.case_id == case.id, case_party.c.ended_at.is_(None))
        .order_by(case_party.c.added_at, case_party.c.id)
    )
    return [_read(connection, vault, case, row) for row in rows]


def representatives(connection: Connection, case_id: str) -> list[str]:
    """Person ids of the owner's guardian and other representatives who log in to the case."""
    acting = (role_codes.REPRESENTATIVE, role_codes.GUARDIAN)
    rows = parties.of_case(connection, case_id)
    return list(dict.fromkeys(row.acts_by for row in rows if row.role in acting and row.acts_by))


def add(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case: CaseRow,
    bundle: Bundle,
    role: str,
    now: datetime,
    person_id: str = "",
    name: str = "",
) -> dict[str, Any]:
    """Somebody takes part from now on: a person we know, or one by *name* alone. Raises ``NotPossible``.

    Returns what the trail says of it: {"party", "role", "access"}.
    """
    access = _may(connection, vault, author, case, bundle, role, person_id, name)
    if person_id and person_id == case.owner_id:
        raise NotPossible(Reason("", "is-owner", "this is the owner of the case"))
    party_id = str(uuid.uuid4())
    sealed = None if person_id else vault.seal(connection, case.owner_id, f"case_party.name:{party_id}", name)
    connection.execute(
        insert(case_party).values(
            id=party_id,
            case_id=case.id,
            person_id=person_id,
            role=role,
            acts_by=person_id if access else "",
            reference=OFFICE,
            added_at=now,
            name=sealed,
        )
    )
    return {"party": party_id, "role": role, "access": access}


def change(
    connection: Connection, vault: Vault, *, author: str, case: CaseRow, bundle: Bundle, party_id: str, role: str
) -> dict[str, Any] | None:
    """Give another role. Returns what the trail says of it, ``None`` when it is the one there was.

    Raises ``NotPossible``.
    """
    row = _ours(connection, case, party_id)
    if row.role == role:
        return None
    name = _read(connection, vault, case, row).name
    access = _may(connection, vault, author, case, bundle, role, row.person_id, name)
    connection.execute(
        update(case_party).where(case_party.c.id == row.id).values(role=role, acts_by=row.person_id if access else "")
    )
    return {"party": row.id, "from": row.role, "to": role, "access": access}


def _may(
    connection: Connection,
    vault: Vault,
    author: str,
    case: CaseRow,
    bundle: Bundle,
    role: str,
    person_id: str,
    name: str,
) -> bool:
    """Whether the role gives access, once *author* may give it to this person now. Raises ``NotPossible``."""
    if role not in roles(bundle):
        raise NotFound(role)
    if case.state != "open":
        raise NotPossible(Reason("", "case-closed", "the case is closed"))
    access = role in journey_roles(bundle)
    if access and not person_id:
        raise NotPossible(Reason("", "needs-number", "the role needs a person who can log in"))
    if person_id == author:
        raise NotPossible(Reason("", "own-part", "nobody gives themselves a part in a case"))
    there = of_case(connection, vault, case)
    if any(one.role == role and (one.person_id, one.name) == (person_id, name) for one in there):
        raise NotPossible(Reason("", "takes-part", "they take part in that role already"))
    return access


def end(
    connection: Connection, vault: Vault, *, case: CaseRow, party_id: str, reason: str, now: datetime
) -> dict[str, Any]:
    """They take part no more, from now on. Returns what the trail says of it."""
    row = _ours(connection, case, party_id)
    sealed = vault.seal(connection, case.owner_id, f"case_party.reason:{row.id}", reason)
    connection.execute(update(case_party).where(case_party.c.id == row.id).values(ended_at=now, reason=sealed))
    return {"party": row.id, "role": row.role, "said_why": True}


def ended(connection: Connection, vault: Vault, case: CaseRow) -> list[tuple[Part, datetime, str]]:
    """Those whom the office ended, with when and why; newest first."""
    rows = connection.execute(
        select(case_party)
        .where(case_party.c.case_id == case.id, case_party.c.reference == OFFICE, case_party.c.reason.is_not(None))
        .order_by(case_party.c.ended_at.desc())
    )
    return [
        (
            _read(connection, vault, case, row),
            row.ended_at,
            str(vault.open(connection, case.owner_id, f"case_party.reason:{row.id}", row.reason)),
        )
        for row in rows
    ]


def _ours(connection: Connection, case: CaseRow, party_id: str) -> Row[Any]:
    """A row of this case that goes on. What a register says is the register's own to change."""
    row = connection.execute(
        select(case_party).where(
            case_party.c.id == party_id, case_party.c.case_id == case.id, case_party.c.ended_at.is_(None)
        )
    ).first()
    if row is None:
        raise NotFound(party_id)
    if row.reference != OFFICE:
        raise NotPossible(Reason("", "from-register", "a register says so"))
    return row


def _read(connection: Connection, vault: Vault, case: CaseRow, row: Row[Any]) -> Part:
    name = vault.open(connection, case.owner_id, f"case_party.name:{row.id}", row.name) if row.name else ""
    return Part(row.id, row.person_id, name, row.role, row.acts_by, row.added_at, row.reference == OFFICE)
