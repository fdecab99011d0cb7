"""Service task: leaves a row of due work and rests until the job that takes it is done.

One without a task type has nothing to do and passes on at once.
"""

from __future__ import annotations

import uuid

from engine.execution.behaviours.behaviour import Behaviour, pass_through
from engine.execution.execution import Execution
from engine.execution.tokens import NewWork, Token


def activate(x: Execution, token: Token) -> None:
    extension = token.element.extension
    if not extension.task_type:
        pass_through(x, token)
        return
    settings = {name: x.evaluate(value, token) for name, value in extension.config.items()}
    x.work.append(
        NewWork(
            "job",
            extension.task_type,
            token,
            token.element.id,
            settings,
            x.now,
            str(uuid.uuid5(uuid.NAMESPACE_URL, token.id)),
        )
    )


SERVICE_TASK = Behaviour(activate=activate)
