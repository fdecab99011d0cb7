"""What the steps of one command share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from engine.platform.clock import Clock
from engine.platform.compiled_statements import Batch
from engine.platform.vault import Vault
from engine.workflow.audit.kinds import EventKind
from engine.workflow.authorization.actor import Actor
from engine.workflow.definitions.library import Deployed, Library
from engine.workflow.execution.commands import Command, Outcome
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.migration import Fit
from engine.workflow.execution.store import Evaluate, SqlStore
from engine.workflow.execution.tokens import Instance, Scope, Token
from engine.workflow.instances.case_projection import OpenTask
from engine.workflow.instances.rows import CaseRow, IncidentRow, TaskRow
from engine.workflow.jobs.outbox import Work
from forms.validation import Issue

#: The policy enforcement point: returns when the actor may do the action on the element, else raises.
Enforce = Callable[["Context", str, str], None]
#: Validates form data of a task: the issues found; errors among them stop the command.
Validate = Callable[["Context", Mapping[str, Mapping[str, Any]]], tuple[Issue, ...]]
#: (process key, element id, task type) → what to do when the task ends, or ``None``.
Hooks = Callable[[str, str, str], Callable[["Context"], None] | None]


class Sender(Protocol):
    """The door commands are sent through."""

    def send(
        self, command: Command, actor: Actor, *, key: str = "", connection: Connection | None = None
    ) -> Outcome: ...


#: The class of what a lock step of another room finds.
Found = TypeVar("Found")

#: One named step of a command.
Step = Callable[["Context"], None]


#: (connection, office, person id) → whether the person still works at the office.
WorksAt = Callable[[Connection, str, str], bool]


@dataclass(frozen=True, slots=True)
class Services:
    """What commands need from the application, the same for every command."""

    clock: Clock
    library: Library
    vault: Vault
    evaluate: Evaluate
    enforce: Enforce
    validate: Validate
    hooks: Hooks
    works_at: WorksAt


@dataclass(slots=True)
class Context:
    """One command on its way through its steps.

    batch        writes that wait for ``write_rows``, which sends them together
    case_before  the case file as it was read under the lock, and the case's open tasks then
    work    the row of due work a job or timer command is about
    incident  the incident that is resolved
    wakes_workers  work was left that the execution does not know of
    holder  what that work hangs on: an element instance, or the instance itself
    case    the case file's row, where a command is about the case as a whole
    locked  what a lock step of another room has found: a draft, a batch
    dispatch  the door this command came through
    fit     how an instance fits into the version it is migrated to
    undo_data  what an undo of that migration puts back
    """

    command: Command
    actor: Actor
    services: Services
    connection: Connection
    now: datetime
    execution: Execution
    batch: Batch
    store: SqlStore
    dispatch: Sender
    case_id: str = ""
    case: CaseRow | None = None
    locked: object = None
    instance: Instance | None = None
    token: Token | None = None
    holder: Scope | None = None
    task: TaskRow | None = None
    work: Work | None = None
    incident: IncidentRow | None = None
    outcome: Outcome = field(default_factory=Outcome)
    case_before: dict[str, Any] | None = None
    open_tasks: list[OpenTask] | None = None
    wakes_workers: bool = False
    audit_kind: EventKind | None = None
    audit_data: dict[str, Any] = field(default_factory=dict)
    fit: Fit | None = None
    undo_data: dict[str, Any] = field(default_factory=dict)

    def deployed(self, definition_id: str) -> Deployed:
        return self.services.library.get(self.connection, definition_id)

    def send(self, command: Command, actor: Actor | None = None) -> Outcome:
        """Carry out another command in this transaction, for the same actor where none is named."""
        return self.dispatch.send(command, actor or self.actor, connection=self.connection)

    @property
    def live(self) -> Instance:
        """The instance, once a step has found it."""
        assert self.instance is not None
        return self.instance

    def found(self, kind: type[Found]) -> Found:
        """What a lock step of another room has found, which is of this class."""
        assert isinstance(self.locked, kind)
        return self.locked

    @property
    def opened(self) -> CaseRow:
        """The case file, once a step has found it."""
        assert self.case is not None
        return self.case
