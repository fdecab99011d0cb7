"""What the population register says of whoever logs in as a citizen, besides who they are: whether they live.

And who is under age: they meet a page that says what applies to them, in place of the start of a case of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from flask import current_app

from engine.platform.calendar import norwegian_day
from engine.web.shared import view
from engine.web.shared.guards import actor

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
