"""What every BPMN element must say: how it begins, how it goes on when what it waited for is done."""

from __future__ import annotations

from dataclasses import dataclass

from engine.workflow.execution import advance
from engine.workflow.execution.execution import Act, Execution
from engine.workflow.execution.tokens import Token


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How an element behaves.

    activate  the element has begun
    complete  what it waited for is done (default: leave)
    emptied   for a scope: nothing lives in it any more (default: leave)
    """

    activate: Act
    complete: Act = advance.leave
    emptied: Act = advance.leave


def pass_through(execution: Execution, token: Token) -> None:
    """Nothing to wait for: leave at once."""
    advance.leave(execution, token)
