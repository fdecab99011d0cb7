"""The decision (vedtak) of a case: when it was written, and whether the citizen has been sent it.

A decision that was not sent is none to whom it is about: until then nothing of it stands on their page, and the case
does not go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from engine.casework import templates
from engine.casework.complaint_right import DECISION
from engine.casework.models import letter
from engine.platform.vault import Vault
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.data import read_in_case
from engine.workflow.execution.models import user_task
from engine.workflow.instances.rows import CaseRow


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided. ``starts``: from which day it holds, where it grants something."""

    outcome: str
    starts: date | None
    reason: str


def step_of(bundle: Bundle) -> str:
    """The step a journey writes its decision in; "" where it has none, or no letter that tells of it."""
    kind = bundle.data_types.get(DECISION)
    told_by_letter = any(one.id == DECISION for one in templates.of(bundle, "letters"))
    return kind.task_id or "" if kind is not None and told_by_letter else ""


def waits_to_be_sent(connection: Connection, case_id: str, step: str) -> bool:
    """Whether a decision was written, and no letter that tells of it was sent since."""
    written = connection.execute(
        select(func.max(user_task.c.ended_at)).where(
            user_task.c.case_id == case_id, user_task.c.element_id == step, user_task.c.state == "completed"
        )
    ).scalar()
    if written is None:
        return False
    sent = select(letter.c.id).where(
        letter.c.case_id == case_id,
        letter.c.template == DECISION,
        letter.c.state == "sent",
        letter.c.sent_at >= written,
    )
    return connection.execute(sent.limit(1)).first() is None


def sent_to_citizen(connection: Connection, vault: Vault, case: CaseRow, bundle: Bundle) -> Decision | None:
    """What was decided, once the citizen has been sent it and while nobody writes another."""
    step = step_of(bundle)
    if not step or waits_to_be_sent(connection, case.id, step):
        return None
    states = connection.execute(
        select(user_task.c.state).where(user_task.c.case_id == case.id, user_task.c.element_id == step)
    ).scalars()
    if "completed" not in (found := list(states)) or {"ready", "claimed"} & set(found):
        return None
    fields = read_in_case(connection, vault, case.id, DECISION) or {}
    start = None if fields.get("outcome") == "rejected" else fields.get("startDate")
    return Decision(
        str(fields.get("outcome", "")), date.fromisoformat(str(start)) if start else None, str(fields.get("reason", ""))
    )
