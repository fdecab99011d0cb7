"""A user task's warning and deadline: each is one row of due work, so each happens once.

A deadline that passes is written down and, when the definition says so, thrown
as an escalation from the task: a boundary event then does what the journey wants.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from engine.workflow.execution import error_propagation
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.tokens import NewWork, Token

KIND = "deadline"
WARNING, DEADLINE = "warning", "deadline"


def watch(execution: Execution, token: Token, due: datetime | None, warn: datetime | None) -> None:
    """Leave the work for a warning and a deadline. The id tells apart a deadline moved by a pause."""
    for name, at in ((WARNING, warn), (DEADLINE, due)):
        if at is not None:
            key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{token.id}/{name}/{at.isoformat()}"))
            execution.add_work(NewWork(KIND, name, token, token.element.id, {}, at, key))


def passed(execution: Execution, token: Token) -> bool:
    """The deadline is behind us. True when somebody caught the escalation."""
    code = token.element.extension.escalate
    return bool(code) and error_propagation.throw_escalation(execution, token, code)
