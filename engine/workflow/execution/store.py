"""Instances from the database: reads just what a step asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select, update

from engine.platform.clock import Clock
from engine.platform.vault import Vault
from engine.workflow.bpmn.elements import Process
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Library, UnknownDefinitionError
from engine.workflow.execution.data import CaseData
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.models import (
    data_element,
    element_instance,
    message,
    process_instance,
    subscription,
)
from engine.workflow.execution.tokens import Instance, Scope, Token, Wait
from forms.values import Value

#: Evaluates an Altinn expression: (expression, data models by type, default data type) → value.
Evaluate = Callable[[Value, Mapping[str, Any], str], Value]
#: A row of an instance or element instance: its own, or what was cut out of the row read with a task.
Stored = Row[Any] | SimpleNamespace

_INSTANCE_COLUMNS = [column for column in process_instance.c if column.name != "id"]


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
        self.execution: Execution | None = None

    def instance(self, instance_id: str) -> Instance:
        found = self._instances.get(instance_id)
        if found is None:
            row = self._connection.execute(select(process_instance).where(process_instance.c.id == instance_id)).one()
            found = self._instances[instance_id] = self._instance(row)
        return found

    def _instance(self, row: Stored) -> Instance:
        bundle = self._library.get(self._connection, row.definition_id).bundle
        return Instance(
            row.id,
            row.definition_id,
            row.key,
            bundle.process if row.parent_token is None else called_process(bundle, row.key),
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

    def hold(self, execution: Execution, row: Row[*tuple[Any, ...]]) -> Instance:
        """Know the instance and element instance that were read with a task, see ``reading``."""
        values = {column.name: getattr(row, f"instance_{column.name}") for column in _INSTANCE_COLUMNS}
        instance = self._instance(SimpleNamespace(id=row.instance_id, **values))
        self._instances[instance.id] = execution.instances[instance.id] = instance
        if row.token_id is not None:
            values = {column.name: getattr(row, f"token_{column.name}") for column in element_instance.c}
            execution.hold(self._token(SimpleNamespace(**values)))
        return instance

    def token(self, token_id: str) -> Token | None:
        row = self._connection.execute(select(element_instance).where(element_instance.c.id == token_id)).first()
        return None if row is None else self._token(row)

    def tokens_in(self, scope_id: str) -> list[Token]:
        rows = self._connection.execute(select(element_instance).where(element_instance.c.scope_id == scope_id))
        return [self._token(row) for row in rows]

    def _token(self, row: Stored) -> Token:
        instance = self.instance(row.instance_id)
        return Token(
            row.id,
            instance,
            row.scope_id,
            instance.process.elements[row.element_id],
            row.entered_at,
            row.state,
            row.role,
            row.children,
            row.waits,
            row.variables,
            row.data,
        )

    def called_by(self, token_id: str) -> Instance | None:
        row = self._connection.execute(
            select(process_instance).where(
                process_instance.c.parent_token == token_id, process_instance.c.state.in_(("active", "suspended"))
            )
        ).first()
        return None if row is None else self._instances.setdefault(row.id, self._instance(row))

    def definition(self, key: str, version: str, caller: Instance) -> tuple[str, Process]:
        """The newest version, or the one the diagram binds to; what is in the caller's own file comes first."""
        own = self._library.get(self._connection, caller.definition_id).bundle.definitions.processes.get(key)
        if own is not None and own is not caller.process:
            return caller.definition_id, own
        try:
            if version and version != "latest":
                deployed = self._library.version(self._connection, key, version)
            else:
                deployed = self._library.newest(self._connection, key)
        except UnknownDefinitionError:
            raise ExecutionError("unknown_process", f"{key} {version}".strip()) from None
        return deployed.id, called_process(deployed.bundle, key)

    def waits(self, instance: Instance, kind: str, name: str) -> Iterable[Wait]:
        """Who in the case listened before, whose holder still lives, longest first."""
        if instance.new and instance.is_case:
            return
        assert self.execution is not None
        rows = self._connection.execute(
            select(subscription)
            .where(
                subscription.c.case_id == instance.case_id, subscription.c.kind == kind, subscription.c.message == name
            )
            .order_by(subscription.c.created_at, subscription.c.id)
        ).all()
        for row in rows:
            holder = holder_of(self.execution, row)
            if holder is not None:
                yield Wait(holder, row.element_id, row.kind, row.message, row.correlation_key, stored=True)

    def buffered(self, name: str, key: str) -> Mapping[str, Any] | None:
        now = self._clock.now()
        row = self._connection.execute(
            select(message.c.id, message.c.variables)
            .where(
                message.c.name == name,
                message.c.correlation_key == key,
                message.c.taken_at.is_(None),
                message.c.expires_at > now,
                message.c.kind == "message",
            )
            .order_by(message.c.received_at, message.c.id)
            .limit(1)
        ).first()
        if row is None:
            return None
        self._connection.execute(update(message).where(message.c.id == row.id).values(taken_at=now))
        taken: Mapping[str, Any] = row.variables
        return taken

    def evaluate(self, expression: Value, scope: Scope, variables: Mapping[str, Any]) -> Value:
        instance = scope if isinstance(scope, Instance) else scope.instance
        types = self._library.get(self._connection, instance.definition_id).bundle.data_types
        present = self._connection.execute(
            select(data_element.c.data_type).where(data_element.c.case_id == instance.case_id)
        ).scalars()
        known = frozenset(types) | frozenset(present)
        models = CaseData(self._connection, self._vault, instance.case_id, variables, known)
        default = next(iter(types), "variables")
        return self._evaluate(expression, models, default)


def called_process(bundle: Bundle, key: str) -> Process:
    """What a call activity means by *key* in a file of several processes: the one of that name, else the first."""
    return bundle.definitions.processes.get(key, bundle.process)


class Hanging(Protocol):
    """A stored wait, a piece of work or an incident: ``token_id`` is the instance's own id where it hangs on that."""

    @property
    def instance_id(self) -> str: ...
    @property
    def token_id(self) -> str: ...


def holder_of(execution: Execution, row: Hanging) -> Scope | None:
    """What a stored wait or piece of work hangs on: a live element instance, or the instance itself; else ``None``."""
    if row.token_id == row.instance_id:
        instance = execution.instance(row.instance_id)
        return None if instance.ended else instance
    return execution.token(row.token_id)
