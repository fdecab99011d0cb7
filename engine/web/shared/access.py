"""What whoever is logged in may read of a case: the policy's answer, for pages that show it.

A page that finds a case by itself asks here once; a part of it that belongs to a step asks for that step. See
``engine.workflow.authorization.pep`` for what reading is, and for what no policy takes from the owner.
"""

from __future__ import annotations

from sqlalchemy import Connection

from engine.advice.queries import data_case_of
from engine.casework import queries
from engine.web.shared import view
from engine.web.shared.guards import actor
from engine.workflow.authorization import pep, pip
from engine.workflow.authorization.pep import Reader
from engine.workflow.instances.rows import CaseRow, TaskRow


def require(connection: Connection, case: CaseRow) -> Reader:
    """The actor as a reader of this case. Raises ``NotFound`` where it is not theirs to read, see ``pep``."""
    return pep.require_read(connection, view.application().library, actor(), case)


def may_read(connection: Connection, case: CaseRow) -> bool:
    return pep.may_read(connection, view.application().library, actor(), case)


def reader(connection: Connection, case: CaseRow) -> Reader:
    """The actor before this case, when what is asked about is single steps of it."""
    return pep.reader(connection, actor(), case)


def step_readable(connection: Connection, found: Reader, definition_id: str, element_id: str) -> bool:
    """Whether what belongs to this step may be read; *definition_id* is the version the step is of."""
    return found.may_read_step(view.application().library.get(connection, definition_id), element_id)


def require_step(connection: Connection, task: TaskRow) -> None:
    """Return when what belongs to this task may be read. Raises as ``require``.

    task  row of the user task
    """
    found = reader(connection, queries.case_by_id(connection, task.case_id))
    found.require(step_readable(connection, found, task.definition_id, task.element_id))


def known_cases(connection: Connection) -> list[CaseRow]:
    """The cases a citizen knows of: every one of their own, and of the others those they may read."""
    who = actor().person_id
    every = queries.cases_of(connection, who)
    return [case for case in every if case.owner_id == who or may_read(connection, case)]


def own_readable_cases(connection: Connection) -> list[CaseRow]:
    """The cases a citizen owns and may read."""
    who = actor().person_id
    every = queries.cases_of(connection, who)
    return [case for case in every if case.owner_id == who and may_read(connection, case)]


def letter_cases(connection: Connection) -> list[CaseRow]:
    """The cases whose letters a citizen reads: their own, and those of whom they act for."""
    every = queries.cases_of(connection, actor().person_id)
    own = own_readable_cases(connection)
    return [*own, *(case for case in every if represents(connection, case) and may_read(connection, case))]


def data_case(connection: Connection) -> CaseRow | None:
    """The case the citizen's overview is of, ``None`` when there is none. Raises ``NotReadable``."""
    found = data_case_of(connection, actor().person_id)
    if found is not None:
        require(connection, found)
    return found


def represents(connection: Connection, case: CaseRow) -> bool:
    """Whether who is logged in acts for the owner of the case, as guardian or with a mandate of theirs."""
    return pip.represents(connection, actor(), case.owner_id, case.id)


def answers_as(connection: Connection, case: CaseRow) -> str:
    """Person id of the one whose tasks of the case who is logged in does: their own, or the owner's they act for."""
    return case.owner_id if represents(connection, case) else actor().person_id
