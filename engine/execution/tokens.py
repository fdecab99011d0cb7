"""What moves through a process while a command runs: instances, element instances, and what they leave behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.bpmn.elements import Element, Process


@dataclass(slots=True)
class Instance:
    """A process instance; also the outermost scope of its element instances.

    children   how many element instances live directly in it
    data       arrivals at joining gateways: gateway id → {flow id: count}
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
    data: dict[str, Any] | None = None
    end_event: str | None = None
    ended_at: datetime | None = None
    new: bool = False
    changed: bool = False

    @property
    def is_case(self) -> bool:
        """The outermost instance is the case; the others are called by it."""
        return self.id == self.case_id


@dataclass(slots=True)
class Token:
    """One element instance. A subprocess or a multi-instance body is a scope of others.

    role   "" for an ordinary element, "body" for the outer instance of a multi-instance
    """

    id: str
    instance: Instance
    scope_id: str
    element: Element
    entered_at: datetime
    state: str = "ready"
    children: int = 0
    variables: dict[str, Any] | None = None
    data: dict[str, Any] | None = None
    new: bool = False
    changed: bool = False

    @property
    def is_body(self) -> bool:
        return bool(self.data and "body" in self.data)

    @property
    def is_inner(self) -> bool:
        return bool(self.data and "inner" in self.data)


Scope = Instance | Token


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the trace: an element changed state."""

    instance_id: str
    token_id: str
    parent_id: str | None
    element_id: str
    type: str
    state: str


@dataclass(frozen=True, slots=True)
class NewWork:
    """A row of due work to be written with the change that caused it. ``payload`` carries ids and settings only."""

    kind: str  # job | timer
    name: str
    token: Token
    element_id: str
    payload: dict[str, Any]
    due_at: datetime
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A wait for a message."""

    token: Token
    element_id: str
    message: str
    key: str


@dataclass(frozen=True, slots=True)
class NewTask:
    """A user task to be done by someone. ``person`` is set when it is another than the case's owner."""

    token: Token
    person: str | None
    due_at: datetime | None
    warn_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewIncident:
    """Something a person must look at."""

    token: Token
    code: str
    detail: str
    work_id: str | None = None
