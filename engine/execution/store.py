"""Instances from the database: reads just what a step asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from engine.bpmn.elements import Process
from engine.clock import Clock
from engine.definitions.library import Library, UnknownDefinition
from engine.execution.data import CaseData
from engine.execution.execution import Fault
from engine.execution.models import data_element, element_instance, message, process_instance
from engine.execution.tokens import Instance, Scope, Token
from engine.vault import Vault

#: Evaluates an Altinn expression: (expression, data models by type, default data type) → value.
Evaluate = Callable[[Any, Mapping[str, Any], str], Any]


class SqlStore:
    """One connection's view of the instances of one case."""

    def __init__(
        self, connection: Connection, library: Library, vault: Vault, clock: Clock, evaluate: Evaluate
    ) -> None:
        self._connection = connection
        self._library = library
        self._vault = vault
        self._clock = clock
        self._evaluate = evaluate
        self._instances: dict[str, Instance] = {}

    def instance(self, instance_id: str) -> Instance:
        found = self._instances.get(instance_id)
        if found is None:
            row = self._connection.execute(select(process_instance).where(process_instance.c.id == instance_id)).one()
            found = self._instances[instance_id] = self._instance(row)
        return found

    def _instance(self, row: Row[Any]) -> Instance:
        return Instance(
            row.id,
            row.definition_id,
            row.key,
            self._library.get(self._connection, row.definition_id).bundle.process,
            row.case_id,
            row.owner_id,
            row.parent_token,
            row.started_at,
            row.state,
            row.version,
            row.children,
            row.variables,
            row.data,
            row.end_event,
            row.ended_at,
        )

    def token(self, token_id: str) -> Token | None:
        row = self._connection.execute(select(element_instance).where(element_instance.c.id == token_id)).first()
        return None if row is None else self._token(row)

    def tokens_in(self, scope_id: str) -> list[Token]:
        rows = self._connection.execute(select(element_instance).where(element_instance.c.scope_id == scope_id))
        return [self._token(row) for row in rows]

    def _token(self, row: Row[Any]) -> Token:
        instance = self.instance(row.instance_id)
        return Token(
            row.id,
            instance,
            row.scope_id,
            instance.process.elements[row.element_id],
            row.entered_at,
            row.state,
            row.children,
            row.variables,
            row.data,
        )

    def called_by(self, token_id: str) -> Instance | None:
        row = self._connection.execute(
            select(process_instance).where(
                process_instance.c.parent_token == token_id, process_instance.c.state == "active"
            )
        ).first()
        return None if row is None else self._instances.setdefault(row.id, self._instance(row))

    def newest(self, key: str) -> tuple[str, Process]:
        try:
            deployed = self._library.newest(self._connection, key)
        except UnknownDefinition:
            raise Fault("unknown_process", key) from None
        return deployed.id, deployed.bundle.process

    def buffered(self, name: str, key: str) -> Mapping[str, Any] | None:
        now = self._clock.now()
        row = self._connection.execute(
            select(message.c.id, message.c.variables)
            .where(
                message.c.name == name,
                message.c.correlation_key == key,
                message.c.taken_at.is_(None),
                message.c.expires_at > now,
            )
            .order_by(message.c.received_at)
            .limit(1)
        ).first()
        if row is None:
            return None
        self._connection.execute(update(message).where(message.c.id == row.id).values(taken_at=now))
        taken: Mapping[str, Any] = row.variables
        return taken

    def evaluate(self, expression: Any, scope: Scope, variables: Mapping[str, Any]) -> Any:
        instance = scope if isinstance(scope, Instance) else scope.instance
        types = self._library.get(self._connection, instance.definition_id).bundle.data_types
        present = self._connection.execute(
            select(data_element.c.data_type).where(data_element.c.case_id == instance.case_id)
        ).scalars()
        known = frozenset(types) | frozenset(present)
        models = CaseData(self._connection, self._vault, instance.case_id, variables, known)
        default = next(iter(types), "variables")
        return self._evaluate(expression, models, default)
