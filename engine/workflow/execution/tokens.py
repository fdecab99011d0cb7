"""What moves through a process while a command runs: instances, element instances, and what they leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.workflow.bpmn.elements import Element, Process
from engine.workflow.execution.scope_state import ScopeState

#: ``Token.role``: the outer instance of a multi-instance or loop, one of its inner ones,
#: or an activity that is being compensated.
BODY, INNER, COMPENSATING = "body", "inner", "compensating"


#: ``Token.waits``, added up: what hangs on an element instance and goes with it.
WORK, SUBSCRIPTION, TASK, INCIDENT = 1, 2, 4, 8
ANYTHING = 15


@dataclass(slots=True)
class Instance:
    """A process instance; also the outermost scope of its element instances.

    children   how many element instances and waiting arrivals live directly in it
    data       what the scope remembers
    """

    id: str
    definition_id: str
    key: str
    process: Process
    case_id: str
    owner_id: str
    parent_token: str | None
    started_at: datetime
    state: str = "active"
    version: int = 0
    children: int = 0
    variables: dict[str, Any] = field(default_factory=dict)
    data: ScopeState | None = None
    end_event: str | None = None
    ended_at: datetime | None = None
    new: bool = False
    changed: bool = False

    @property
    def is_case(self) -> bool:
        """The outermost instance is the case; the others are called by it."""
        return self.id == self.case_id

    @property
    def instance(self) -> Instance:
        return self

    @property
    def scope_key(self) -> str:
        """The id under which the process knows this scope."""
        return self.process.id

    @property
    def ended(self) -> bool:
        return self.state not in ("active", "suspended")


@dataclass(slots=True, eq=False)
class Token:
    """One element instance. A subprocess or the body of a multi-instance is a scope of others.

    role   "" for an ordinary element, else ``BODY``, ``INNER`` or ``COMPENSATING``
    waits  which kinds of rows hang on it: ``WORK`` and the like, added up
    scope  the scope itself once it is known; ``scope_id`` always is
    """

    id: str
    instance: Instance
    scope_id: str
    element: Element
    entered_at: datetime
    state: str = "ready"
    role: str = ""
    children: int = 0
    waits: int = 0
    variables: dict[str, Any] | None = None
    data: ScopeState | None = None
    scope: Instance | Token | None = None
    new: bool = False
    changed: bool = False
    ended: bool = False

    @property
    def scope_key(self) -> str:
        """The id under which the process knows this scope."""
        return self.element.id


Scope = Instance | Token


@dataclass(slots=True, eq=False)
class NewWork:
    """A row of due work to be written with the change that caused it. ``payload`` carries ids and settings only."""

    kind: str  # job | timer | deadline
    name: str
    holder: Scope
    element_id: str
    payload: dict[str, Any]
    due_at: datetime
    idempotency_key: str
    gone: bool = False


@dataclass(slots=True, eq=False)
class Wait:
    """Somebody listens: for a message with a key, or for a signal.

    holder      the element instance or scope that is triggered
    element_id  its own element, a boundary event on it, an event subprocess' start in it, or an event after its gateway
    """

    holder: Scope
    element_id: str
    kind: str  # message | signal
    name: str
    key: str = ""
    stored: bool = False
    gone: bool = False

    @property
    def listener(self) -> tuple[str, str, str]:
        """What one message is given to; a wait that was stored is read anew each time somebody asks."""
        return self.holder.id, self.element_id, self.name


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message or signal that leaves the case: for other cases, or to begin a new one.

    heard  ids of the elements of the case that heard a signal
    """

    kind: str
    name: str
    key: str
    variables: Mapping[str, Any]
    source: Scope
    heard: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewTask:
    """A user task to be done by someone.

    person    whose it is when that is another than the case's owner
    assignee  the caseworker it is given to when it is made, "" for anybody who may take it
    """

    token: Token
    person: str | None
    due_at: datetime | None
    warn_at: datetime | None
    follow_up_at: datetime | None = None
    assignee: str = ""


@dataclass(frozen=True, slots=True)
class NewIncident:
    """Something a person must look at."""

    token: Token
    code: str
    detail: str
    work_id: str | None = None
