"""What can be asked of the engine. A page, the API, a job, a timer and a message all send these.

dispatch.send(command, actor) → Outcome        or raises a ``Refusal``

Refusal                 nothing was changed
├── NotFound            no such task or case, or not for this actor: the same answer
├── Forbidden           the policy says no
├── AlreadyDone         somebody was faster; says who and when
├── Invalid             the data has faults; carries the issues
├── StageRefused        a rule of the case's stages says no; carries the text key
└── Conflict            changed by another in the meantime; carries what is there now
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class StartInstance:
    """Begin a case: a new instance of the newest version of *key* for its owner.

    data         data type → form data put in before the first step
    start_event  the event that happened, when the case begins with one that is waited for
    """

    key: str
    owner_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    start_event: str = ""


@dataclass(frozen=True, slots=True)
class SaveTaskData:
    """Keep what was filled in, valid or not; the task goes on. ``page`` is where the person is."""

    task_id: str
    data_type: str
    data: Mapping[str, Any]
    page: str = ""


@dataclass(frozen=True, slots=True)
class CompleteTask:
    """A person is done with a task. ``data`` is saved first; faults in it stop everything."""

    task_id: str
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    action: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimTask:
    task_id: str


@dataclass(frozen=True, slots=True)
class ReleaseTask:
    task_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AssignTask:
    task_id: str
    assignee: str


@dataclass(frozen=True, slots=True)
class FinishJob:
    """A job is done. Sent by the worker only, inside the transaction that holds its fence.

    effect  writes what the job found, in the same transaction
    """

    work_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    effect: Callable[[Connection], None] | None = None


@dataclass(frozen=True, slots=True)
class ThrowError:
    """A job ended with a BPMN error; the nearest boundary event that catches *code* takes over."""

    work_id: str
    code: str
    effect: Callable[[Connection], None] | None = None


@dataclass(frozen=True, slots=True)
class RaiseIncident:
    """A job cannot go on without a person. ``detail`` is impersonal."""

    work_id: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RaiseStuck:
    """A live instance waits for nothing at all, which is a bug: an incident, judged again under the case's lock."""

    instance_id: str


@dataclass(frozen=True, slots=True)
class FireTimer:
    work_id: str


@dataclass(frozen=True, slots=True)
class BeginByTimer:
    """The timer of a start event ran out: a new case of the newest version, and the next firing of a cycle."""

    work_id: str


@dataclass(frozen=True, slots=True)
class CorrelateMessage:
    """A message came in. The same (source, message id) is accepted once.

    It goes to who has waited longest for its name and key; else it begins a case
    of *owner_id* when a process starts with it; else it is buffered for its time to live.
    """

    name: str
    key: str
    source: str
    message_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    time_to_live: timedelta = timedelta(days=30)
    owner_id: str = ""


@dataclass(frozen=True, slots=True)
class BroadcastSignal:
    """A signal from outside: told to everybody who listens, in every case. The same (source, id) counts once."""

    name: str
    source: str
    message_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    owner_id: str = ""


@dataclass(frozen=True, slots=True)
class PassOn:
    """A message or signal a case threw goes on: to another case, to begin one, or into the buffer."""

    work_id: str


@dataclass(frozen=True, slots=True)
class TellSignal:
    """One listener of another case hears a signal."""

    work_id: str


@dataclass(frozen=True, slots=True)
class CancelCase:
    """End a case before its time."""

    case_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ResolveIncident:
    """``how`` is "retry" or "skip"; a skip says why. For those who run the house only."""

    incident_id: str
    how: str
    reason: str = ""


Command = (
    StartInstance
    | SaveTaskData
    | CompleteTask
    | ClaimTask
    | ReleaseTask
    | AssignTask
    | FinishJob
    | ThrowError
    | RaiseIncident
    | RaiseStuck
    | FireTimer
    | BeginByTimer
    | CorrelateMessage
    | BroadcastSignal
    | PassOn
    | TellSignal
    | CancelCase
    | ResolveIncident
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command.

    next_tasks  ids of user tasks of the case that are open after it, oldest first
    repeated    the same command under the same idempotency key was done before
    """

    case_id: str = ""
    instance_id: str = ""
    state: str = ""
    next_tasks: tuple[str, ...] = ()
    repeated: bool = False


class Refusal(Exception):
    """The command was not carried out and nothing was changed."""

    code = "refused"


class NotFound(Refusal):
    code = "not_found"


class Forbidden(Refusal):
    code = "forbidden"


class AlreadyDone(Refusal):
    """Somebody was faster. ``by`` is a person id, "" when unknown."""

    code = "already_done"

    def __init__(self, by: str = "", at: datetime | None = None, state: str = "") -> None:
        super().__init__(state)
        self.by = by
        self.at = at
        self.state = state


class Invalid(Refusal):
    """``issues`` are ``forms.validation.Issue``; errors among them stopped the command."""

    code = "invalid"

    def __init__(self, issues: tuple[Any, ...]) -> None:
        super().__init__(f"{len(issues)} issues")
        self.issues = issues


class StageRefused(Refusal):
    """``key`` is the text key of the sentence that says which rule and what would satisfy it."""

    code = "stage_refused"

    def __init__(self, stage: str, key: str) -> None:
        super().__init__(stage)
        self.stage = stage
        self.key = key


class Conflict(Refusal):
    code = "conflict"
