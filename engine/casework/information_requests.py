"""Asking the citizen for something: a task of theirs with a day, answered on their own page.

The question may let the caseworker's task rest meanwhile; the answer sets it going again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from engine.casework.journal import require_text
from engine.casework.models import question
from engine.platform.lifecycle import Lifecycle
from engine.platform.vault import Vault
from engine.workflow.authorization.actor import Actor
from engine.workflow.errors import AlreadyDone, NotFound
from engine.workflow.instances.rows import CaseRow

MAX_TEXT = 4000
QUESTION = Lifecycle("question", "open", [("answer", "open", "answered"), ("withdraw", "open", "withdrawn")])


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked of whom, until when, and what they answered ("" before).

    registered_by  who wrote the answer down, and ``channel`` how it came; "" where the citizen answered themselves
    """

    id: str
    case_id: str
    person_id: str
    author: str
    state: str
    text: str
    answer: str
    asked_at: datetime
    due_at: datetime
    ended_at: datetime | None
    registered_by: str = ""
    channel: str = ""


def ask(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case: CaseRow,
    text: str,
    due: datetime,
    pauses: bool,
    now: datetime,
) -> str:
    """Ask the owner of the case. Returns the question's id. *pauses*: the office's tasks rest until it is answered."""
    require_text(text)
    question_id = str(uuid.uuid4())
    connection.execute(
        insert(question).values(
            id=question_id,
            case_id=case.id,
            person_id=case.owner_id,
            author=author,
            state="open",
            asked=vault.seal(connection, case.owner_id, f"question.asked:{question_id}", text),
            pauses=pauses,
            asked_at=now,
            due_at=due,
        )
    )
    return question_id


def answer(
    connection: Connection, vault: Vault, *, case_id: str, question_id: str, who: Actor, text: str, now: datetime
) -> None:
    """The citizen answers. Raises ``NotFound`` for another's question, ``AlreadyDone`` when too late."""
    require_text(text)
    row = _own(connection, question_id, who)
    if row.case_id != case_id:
        raise NotFound(question_id)
    sealed = vault.seal(connection, row.person_id, f"question.answer:{row.id}", text)
    _end(connection, row, "answer", now, answer=sealed)


def register_answer(
    connection: Connection,
    vault: Vault,
    *,
    case_id: str,
    question_id: str,
    text: str,
    by: str,
    channel: str,
    now: datetime,
) -> None:
    """Somebody at the office writes down what the citizen answered. Raises ``NotFound`` or ``AlreadyDone``.

    channel  how it came, a code of ``registration.CHANNELS``
    """
    require_text(text)
    row = _of_case(connection, case_id, question_id)
    sealed = vault.seal(connection, row.person_id, f"question.answer:{row.id}", text)
    _end(connection, row, "answer", now, answer=sealed, registered_by=by, channel=channel)


def withdraw(connection: Connection, case_id: str, question_id: str, now: datetime) -> None:
    """The office does not need it any more. Raises ``NotFound`` or ``AlreadyDone``."""
    _end(connection, _of_case(connection, case_id, question_id), "withdraw", now)


def _of_case(connection: Connection, case_id: str, question_id: str) -> Row[Any]:
    row = connection.execute(
        select(question).where(question.c.id == question_id, question.c.case_id == case_id)
    ).first()
    if row is None:
        raise NotFound(question_id)
    return row


def _end(connection: Connection, row: Row[Any], trigger: str, now: datetime, **values: object) -> None:
    if row.state != "open":
        raise AlreadyDone(row.person_id, row.ended_at, row.state)
    connection.execute(
        update(question)
        .where(question.c.id == row.id)
        .values(state=QUESTION.after("open", trigger), ended_at=now, **values)
    )


def held_up(connection: Connection, case: CaseRow, question_id: str) -> bool:
    """Whether the case rested only for a question that has ended: nothing else is asked of the citizen."""
    if not find(connection, question_id).pauses or case.pause_reason != "citizen":
        return False
    still = select(question.c.id).where(question.c.case_id == case.id, question.c.state == "open")
    return connection.execute(still.limit(1)).first() is None


def find(connection: Connection, question_id: str) -> Row[Any]:
    """The row of a question that is there."""
    return connection.execute(select(question).where(question.c.id == question_id)).one()


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


def _read(connection: Connection, vault: Vault, row: Row[Any]) -> Question:
    answer = row.answer and vault.open(connection, row.person_id, f"question.answer:{row.id}", row.answer)
    return Question(
        row.id,
        row.case_id,
        row.person_id,
        row.author,
        row.state,
        vault.open(connection, row.person_id, f"question.asked:{row.id}", row.asked),
        answer or "",
        row.asked_at,
        row.due_at,
        row.ended_at,
        row.registered_by or "",
        row.channel or "",
    )
