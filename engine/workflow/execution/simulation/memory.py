"""The store of a simulation: everything is already held by the execution."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.workflow.bpmn.elements import Definitions, Process
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.expressions import evaluate
from engine.workflow.execution.tokens import Instance, Scope, Token, Wait
from forms.values import Value


class Memory:
    """Definitions, and the messages nobody has taken yet."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.messages: list[tuple[str, str, Mapping[str, Any]]] = []

    def instance(self, instance_id: str) -> Instance:
        raise KeyError(instance_id)

    def token(self, token_id: str) -> Token | None:
        return None

    def tokens_in(self, scope_id: str) -> list[Token]:
        return []

    def called_by(self, token_id: str) -> Instance | None:
        return None

    def waits(self, instance: Instance, kind: str, name: str) -> Iterable[Wait]:
        return ()

    def definition(self, key: str, version: str, caller: Instance) -> tuple[str, Process]:
        process = self.definitions.processes.get(key)
        if process is None:
            raise ExecutionError("unknown_process", key)
        return key, process

    def buffered(self, message: str, key: str) -> Mapping[str, Any] | None:
        for index, (name, found, variables) in enumerate(self.messages):
            if (name, found) == (message, key):
                del self.messages[index]
                return variables
        return None

    def evaluate(self, expression: Value, scope: Scope, variables: Mapping[str, Any]) -> Value:
        return evaluate(expression, {"variables": variables}, "variables")
