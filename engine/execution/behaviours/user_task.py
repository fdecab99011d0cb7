"""User and manual task: rests until a person completes it."""

from __future__ import annotations

from engine.bpmn.timing import add_duration
from engine.execution.behaviours.behaviour import Behaviour
from engine.execution.execution import Execution
from engine.execution.tokens import NewTask, Token


def activate(x: Execution, token: Token) -> None:
    extension = token.element.extension
    due = add_duration(x.now, extension.due_after) if extension.due_after else None
    warn = add_duration(due, extension.warn_before, back=True) if due and extension.warn_before else None
    x.tasks.append(NewTask(token, due, warn))


USER_TASK = Behaviour(activate=activate)
