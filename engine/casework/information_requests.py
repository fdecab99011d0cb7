"""Asking the citizen for something: a task of hers with a day, answered on her own page.

The question may let the caseworker's task rest meanwhile; her answer sets it going again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from engine.casework import case_actions
from engine.casework.event_kinds import CaseworkEvent
from engine.casework.models import question
from engine.platform.lifecycle import Lifecycle
from engine.platform.vault import Vault
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import SYSTEM, Actor
from engine.workflow.errors import AlreadyDone, NotFound, Refusal

LONGEST = 4000
QUESTION = Lifecycle("question", "open", [("answer", "open", "answered"), ("withdraw", "open", "withdrawn")])


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked of whom, until when, and what she answered ("" before)."""

    id: str
    case_id: str
    person_id: str
    author: str
    state: str
    asked: str
    answer: str
    asked_at: datetime
    due_at: datetime
    ended_at: datetime | None


def ask(desk: case_actions.Desk, case: Any, text: str, due: datetime, *, rest: bool) -> str:
    """Ask the owner of the case. *rest* pauses the caseworker's tasks until she has answered, where there are any."""
    question_id = str(uuid.uuid4())
    if rest:
        try:
            case_actions.pause(desk, case, "citizen", text[:200])
        except Refusal:
            rest = False  # there is nothing to pause; the question stands all the same
    desk.connection.execute(
        insert(question).values(
            id=question_id, case_id=case.id, person_id=case.owner_id, author=desk.actor.person_id, state="open",
            asked=desk.vault.seal(desk.connection, case.owner_id, f"question.asked:{question_id}", text[:LONGEST]),
            pauses=rest, asked_at=desk.now, due_at=due,
        )
    )  # fmt: skip
    chain.append(
        desk.connection, case.id, desk.now, desk.actor, CaseworkEvent.QUESTION_ASKED, {"question": question_id}
    )
    return question_id


def answer(desk: case_actions.Desk, question_id: str, text: str) -> str:
    """The citizen tells. Returns the case's id. Raises ``NotFound`` for another's, ``AlreadyDone`` when too late."""
    row = _own(desk.connection, question_id, desk.actor)
    if row.state != "open":
        raise AlreadyDone(row.person_id, row.ended_at, row.state)
    sealed = desk.vault.seal(desk.connection, row.person_id, f"question.answer:{row.id}", text[:LONGEST])
    desk.connection.execute(
        update(question)
        .where(question.c.id == row.id)
        .values(state=QUESTION.after("open", "answer"), answer=sealed, ended_at=desk.now)
    )
    chain.append(
        desk.connection, row.case_id, desk.now, desk.actor, CaseworkEvent.QUESTION_ANSWERED, {"question": row.id}
    )
    case = _case(desk.connection, row.case_id)
    _go_on(desk, case, row)
    case_actions.tell(desk, case, case.responsible or row.author, "answered", {"by": row.person_id})
    return str(row.case_id)


def withdraw(desk: case_actions.Desk, case: Any, question_id: str) -> None:
    """The caseworker does not need it any more."""
    row = desk.connection.execute(
        select(question).where(question.c.id == question_id, question.c.case_id == case.id)
    ).first()
    if row is None:
        raise NotFound(question_id)
    if row.state != "open":
        raise AlreadyDone(row.person_id, row.ended_at, row.state)
    desk.connection.execute(
        update(question)
        .where(question.c.id == row.id)
        .values(state=QUESTION.after("open", "withdraw"), ended_at=desk.now)
    )
    chain.append(desk.connection, case.id, desk.now, desk.actor, CaseworkEvent.QUESTION_WITHDRAWN, {"question": row.id})
    _go_on(desk, case, row)


def _go_on(desk: case_actions.Desk, case: Any, row: Any) -> None:
    """Nobody is asked any more: what the question held up goes on."""
    still = select(question.c.id).where(question.c.case_id == case.id, question.c.state == "open")
    if not row.pauses or case.pause_reason != "citizen" or desk.connection.execute(still.limit(1)).first():
        return
    case_actions.resume(case_actions.Desk(desk.dispatch, desk.connection, desk.vault, SYSTEM, desk.now), case)


def _case(connection: Connection, case_id: str) -> Row[Any]:
    from engine.casework.queries import case_by_id

    return case_by_id(connection, case_id)


def _own(connection: Connection, question_id: str, who: Actor) -> Row[Any]:
    row = connection.execute(
        select(question).where(question.c.id == question_id, question.c.person_id == who.person_id)
    ).first()
    if row is None:
        raise NotFound(question_id)
    return row


def of_case(connection: Connection, vault: Vault, case_id: str) -> list[Question]:
    """Newest first."""
    rows = connection.execute(
        select(question).where(question.c.case_id == case_id).order_by(question.c.asked_at.desc())
    )
    return [_read(connection, vault, row) for row in rows]


def open_of(connection: Connection, vault: Vault, person_id: str) -> list[Question]:
    """What a citizen is asked and has not answered, nearest day first."""
    rows = connection.execute(
        select(question)
        .where(question.c.person_id == person_id, question.c.state == "open")
        .order_by(question.c.due_at)
    )
    return [_read(connection, vault, row) for row in rows]


def own(connection: Connection, vault: Vault, question_id: str, who: Actor) -> Question:
    """One question to this citizen. Raises ``NotFound``."""
    return _read(connection, vault, _own(connection, question_id, who))


def _read(connection: Connection, vault: Vault, row: Any) -> Question:
    told = row.answer and vault.open(connection, row.person_id, f"question.answer:{row.id}", row.answer)
    return Question(
        row.id, row.case_id, row.person_id, row.author, row.state,
        vault.open(connection, row.person_id, f"question.asked:{row.id}", row.asked), told or "",
        row.asked_at, row.due_at, row.ended_at,
    )  # fmt: skip
