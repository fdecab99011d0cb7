"""What the request needs to be complete: the roles an actor has in this case."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.workflow.authorization import role_codes
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.instances import parties
from engine.workflow.instances.models import case_file


def roles(connection: Connection, actor: Actor, owner_id: str, case_id: str) -> frozenset[str]:
    """Role codes of *actor* in the case.

    The owner's for oneself, the caseworker's at the office that has the case where it is not a case of their own or
    one they take part in, and for a
    citizen who takes part in it the roles they hold or act for as guardian.
    """
    found: set[str] = set()
    if actor.role is Role.CITIZEN and actor.person_id == owner_id:
        found.add(role_codes.OWNER)
    if actor.role is Role.CITIZEN:
        found |= parties.roles_of(connection, case_id, actor.person_id)
        if role_codes.GUARDIAN in found:
            found.add(role_codes.REPRESENTATIVE)  # a guardian may what any representative may
    if actor.role is Role.CASEWORKER and actor.office is not None:
        office = connection.execute(select(case_file.c.office).where(case_file.c.id == case_id)).scalar()
        if office == actor.office.orgno and not _is_partial(connection, actor.person_id, owner_id, case_id):
            found.add(role_codes.CASEWORKER)
    if actor.role is Role.ADMINISTRATOR:
        found.add(role_codes.ADMINISTRATOR)
    return frozenset(found)


def _is_partial(connection: Connection, person_id: str, owner_id: str, case_id: str) -> bool:
    """Whether it is an employee's own case, or one they take part in: they are disqualified (forvaltningsloven § 6)."""
    return person_id == owner_id or parties.has_part(connection, case_id, person_id)


def represents(connection: Connection, actor: Actor, owner_id: str, case_id: str) -> bool:
    """Whether the actor is another citizen than the owner of the case, and acts for them in it."""
    if actor.role is not Role.CITIZEN or actor.person_id == owner_id:
        return False
    return role_codes.REPRESENTATIVE in roles(connection, actor, owner_id, case_id)
