"""Tasks the engine does itself: service, script, business rule and send tasks.

One with a task type leaves a row of due work and rests until the job that takes
it is done. One without passes on at once: no script is ever run. A send task
with a message sends it. Settings lie in the queue with the work, so one whose value
may be an answer of a person, ``body.amount``, is left for the job to work out.
"""

from __future__ import annotations

import uuid

from engine.workflow.execution import advance, correlation
from engine.workflow.execution.behaviours.behaviour import Behaviour, pass_through
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.tokens import NewWork, Token


def late(setting: str) -> bool:
    """Whether a setting is worked out when the job is performed: its name has a dot."""
    return "." in setting


def activate(execution: Execution, token: Token) -> None:
    extension = token.element.extension
    if not extension.task_type:
        pass_through(execution, token)
        return
    settings = {name: execution.evaluate(value, token) for name, value in extension.config.items() if not late(name)}
    execution.add_work(
        NewWork(
            "job",
            extension.task_type,
            token,
            token.element.id,
            settings,
            execution.now,
            str(uuid.uuid5(uuid.NAMESPACE_URL, token.id)),
        )
    )


def send(execution: Execution, token: Token) -> None:
    if token.element.message and not token.element.extension.task_type:
        execution.enqueue_when_idle(_send, token)
    else:
        activate(execution, token)


def _send(execution: Execution, token: Token) -> None:
    if not token.ended:
        element = token.element
        correlation.throw_message(
            execution, token, element.message, element.correlation_key, dict(token.variables or {})
        )
        execution.enqueue(advance.leave, token)


SERVICE_TASK = Behaviour(activate=activate)
SEND_TASK = Behaviour(activate=send)
