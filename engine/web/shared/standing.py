"""What the population register says of whoever logs in as a citizen, besides who they are: whether they live.

And who is under age: they meet a page that says what applies to them, in place of the start of a case of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Protocol

from flask import current_app
from sqlalchemy import Connection

from engine.casework import queries
from engine.casework.commands import FollowGuardianship
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceError
from engine.web.shared import view
from engine.web.shared.guards import actor
from engine.workflow.authorization import role_codes
from engine.workflow.instances import parties
from engine.workflow.instances.rows import CaseRow

log = logging.getLogger(__name__)

#: Years. Who is younger is under age (vergemålsloven section 8).
OF_AGE = 18


class Registered(Protocol):
    """A person as the register knows them, see ``integrations.folkeregisteret.client.RegisteredPerson``."""

    @property
    def name(self) -> str: ...
    @property
    def born(self) -> date: ...
    @property
    def dead(self) -> bool: ...
    @property
    def pid(self) -> str: ...
    @property
    def guardian(self) -> str: ...


class DeadPersonError(Exception):
    """The register says that whoever logs in is dead: somebody else holds their log-in."""

    code = "dead"


def identified(pid: str) -> tuple[str, date]:
    """Name and day of birth of a citizen who logs in. Raises a ``SourceError``, and ``DeadPersonError``."""
    register: Callable[[str], Registered] | None = current_app.extensions["registered"]
    if register is None:
        found: tuple[str, date] = current_app.extensions["identify"](pid)
        return found
    told = register(pid)
    if told.dead:
        raise DeadPersonError
    return told.name, told.born


def is_minor() -> bool:
    """Whether the citizen who is logged in is under age today."""
    application = view.application()
    with application.db.read() as connection:
        born = application.vault.person(connection, actor().person_id).birth_date
    today = norwegian_day(application.clock.now())
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < OF_AGE


def guardianship(connection: Connection, case: CaseRow) -> FollowGuardianship | None:
    """What the register says now of who acts for the owner of a case; ``None`` where no register is asked.

    Raises a ``SourceError``.
    """
    register: Callable[[str], Registered] | None = current_app.extensions["registered"]
    if register is None:
        return None
    owner = view.application().vault.person(connection, case.owner_id)
    number = register(owner.pid).guardian
    if not number:
        return FollowGuardianship(case.id)
    guardian = register(number)
    return FollowGuardianship(case.id, guardian.pid, guardian.name, guardian.born)


def guardianships_of(pid: str) -> list[FollowGuardianship]:
    """For a guardian who logs in: what the register says now of each case they act in by its word.

    A case whose register does not answer is left as it is until the next log-in.
    """
    application = view.application()
    found = []
    with application.db.read() as connection:
        person = application.vault.person_by_pid(connection, pid)
        for case_id in parties.cases_of(connection, person.id) if person else ():
            roles = parties.of_case(connection, case_id, role_codes.GUARDIAN)
            if person is None or all(row.acts_by != person.id or row.reference == parties.OFFICE for row in roles):
                continue
            try:
                told = guardianship(connection, queries.case_by_id(connection, case_id))
            except SourceError as error:
                log.warning("the guardian of a case could not be asked for: %s", error.code)
                continue
            if told is not None:
                found.append(told)
    return found
