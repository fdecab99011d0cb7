"""What can be asked of the engine. A page, the API, a job, a timer and a message all send these.

dispatch.send(command, actor) → Outcome        or raises a ``Refusal`` (``engine.workflow.errors``)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Connection

EMPTY: Mapping[str, Any] = {}


class Command:
    """What may be sent. Each room that has commands lists their steps, see ``execution.sequence``.

    stored_name  what idempotency and the metrics know the command by, where its class was renamed since
    """

    __slots__ = ()
    stored_name: ClassVar[str] = ""


def name_of(command: Command) -> str:
    """The name under which a command is stored and counted."""
    return command.stored_name or type(command).__name__


class TaskCommand(Command):
    """About one user task."""

    __slots__ = ()
    task_id: str


class WorkCommand(Command):
    """About one row of due work."""

    __slots__ = ()
    work_id: str


class CaseCommand(Command):
    """About a case as a whole, by whoever takes part in it.

    action  what the policy is asked for, on any step of the case
    """

    __slots__ = ()
    case_id: str
    action: ClassVar[str] = "write"


@dataclass(frozen=True, slots=True)
class StartInstance(Command):
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
class SaveTaskData(TaskCommand):
    """Keep what was filled in, valid or not; the task goes on. ``page`` is where the person is.

    seen  version of the stored data the form was filled in on; when it is another now, ``Conflict`` carries what is
          stored (``data.Stored``). ``None``: nobody else can have written
    """

    task_id: str
    data_type: str
    data: Mapping[str, Any]
    page: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class AttachFile(TaskCommand):
    """Put a file in the form of a task, under one of its components. It was validated before it came here."""

    task_id: str
    component: str
    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DetachFile(TaskCommand):
    """Take a file out of the form again."""

    task_id: str
    attachment_id: str


@dataclass(frozen=True, slots=True)
class CompleteTask(TaskCommand):
    """A person is done with a task. ``data`` is saved first; errors in it stop everything.

    seen  as for ``SaveTaskData``
    """

    task_id: str
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    action: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """How the words of somebody who does not log in came to an office.

    channel      a code of the room that takes them
    on           the day they came, in Norway
    document_id  the paper they stand on, "" for none
    """

    channel: str
    on: date
    document_id: str = ""


@dataclass(frozen=True, slots=True)
class CompleteOnBehalf(CompleteTask):
    """An employee does a task of the citizen's, as the citizen said it: the policy is asked for ``register``.

    The event says who did it and how the answer came; what it means is the citizen's.
    """

    received: Received | None = None


@dataclass(frozen=True, slots=True)
class ClaimTask(TaskCommand):
    task_id: str


@dataclass(frozen=True, slots=True)
class ReleaseTask(TaskCommand):
    task_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AssignTask(TaskCommand):
    """Give a task to a person."""

    task_id: str
    assignee: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DelegateTask(TaskCommand):
    """Let another do it for a while; they give it back, or do it."""

    task_id: str
    to: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GiveBackTask(TaskCommand):
    """Hand a delegated task back to who delegated it."""

    task_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PauseTask(TaskCommand):
    """Nobody can do it for now. The deadline stands still only if the definition says so."""

    task_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeTask(TaskCommand):
    task_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlanTask(TaskCommand):
    """When somebody means to look at it (``None`` = no plan). Never later than the deadline."""

    task_id: str
    follow_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExtendTask(TaskCommand):
    """Move a task's deadline, with a reason. The warning keeps its distance to it."""

    task_id: str
    due_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PassDeadline(WorkCommand):
    """A task's warning window begins, or its deadline has passed. Sent by the worker."""

    work_id: str


@dataclass(frozen=True, slots=True)
class FinishJob(WorkCommand):
    """A job is done. Sent by the worker only, inside the transaction that holds its fence.

    effect  writes what the job found, in the same transaction
    """

    work_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    effect: Callable[[Connection], None] | None = None


@dataclass(frozen=True, slots=True)
class ThrowError(WorkCommand):
    """A job ended with a BPMN error; the nearest boundary event that catches *code* takes over.

    detail  what the incident says besides when nobody does; impersonal
    """

    work_id: str
    code: str
    effect: Callable[[Connection], None] | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RaiseIncident(WorkCommand):
    """A job cannot go on without a person. ``detail`` is impersonal."""

    work_id: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RaiseStuck(Command):
    """A live instance waits for nothing at all, which is a bug: an incident, checked again under the case's lock."""

    instance_id: str


@dataclass(frozen=True, slots=True)
class RaisePolicyIncident(Command):
    """Somebody was refused because not all of an instance's policy is evaluated. ``detail`` is impersonal.

    Raised once for a case and definition while it is open. Sent by the dispatch itself, after the refusal.
    """

    instance_id: str
    detail: str


@dataclass(frozen=True, slots=True)
class FireTimer(WorkCommand):
    work_id: str


@dataclass(frozen=True, slots=True)
class BeginByTimer(WorkCommand):
    """The timer of a start event ran out: a new case of the newest version, and the next firing of a cycle."""

    work_id: str


@dataclass(frozen=True, slots=True)
class CorrelateMessage(Command):
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
class BroadcastSignal(Command):
    """A signal from outside: delivered to everybody who listens, in every case. The same (source, id) counts once."""

    name: str
    source: str
    message_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    owner_id: str = ""


@dataclass(frozen=True, slots=True)
class PassOn(WorkCommand):
    """A message or signal a case threw goes on: to another case, to begin one, or into the buffer."""

    work_id: str


@dataclass(frozen=True, slots=True)
class DeliverSignal(WorkCommand):
    """One listener of another case hears a signal."""

    stored_name: ClassVar[str] = "TellSignal"
    work_id: str


@dataclass(frozen=True, slots=True)
class CancelCase(Command):
    """End a case before its time."""

    case_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SuspendCase(Command):
    """Let a case stand still: what comes in meanwhile waits and happens when it is resumed."""

    case_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeCase(Command):
    case_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StartAt:
    """Where a modification puts a token.

    scope      id of the element instance it shall be in; "" = the one there is, or a new one when there is none
    variables  set in that scope
    """

    element: str
    scope: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModifyInstance(Command):
    """Move tokens of a running instance by hand.

    cancel  element ids (every one that lives) or ids of element instances, ended without taking a flow
    start   where tokens are put instead
    """

    instance_id: str
    cancel: tuple[str, ...] = ()
    start: tuple[StartAt, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MigrateInstance(Command):
    """Go on in another version of the process.

    mapping  old element or flow id → new id; those not named keep theirs. "" drops what an event waits for
    """

    instance_id: str
    definition_id: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    batch_id: str = ""


@dataclass(frozen=True, slots=True)
class UndoMigration(Command):
    """Put an instance back as it was before it was migrated. ``before`` is what the migration kept."""

    instance_id: str
    before: Mapping[str, Any]
    batch_id: str = ""


@dataclass(frozen=True, slots=True)
class ResolveIncident(Command):
    """``how`` is "retry" or "skip"; a skip says why. For those who run the installation only."""

    incident_id: str
    how: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command.

    next_tasks  ids of user tasks of the case that are open after it, oldest first
    repeated    the same command under the same idempotency key was done before
    made        id of the row the command made: a note, a letter, a question …
    tokens      after a modification: (element, element instance, state) of everything that lives
    detail      after a migration: what an undo needs, and how the case's audit trail stood
    """

    case_id: str = ""
    instance_id: str = ""
    state: str = ""
    next_tasks: tuple[str, ...] = ()
    repeated: bool = False
    tokens: tuple[tuple[str, str, str], ...] = ()
    detail: Mapping[str, Any] | None = None
    made: str = ""

    def with_tokens(self, tokens: tuple[tuple[str, str, str], ...]) -> Outcome:
        """The same, and where everything stands."""
        return replace(self, tokens=tokens)

    def with_detail(self, detail: Mapping[str, Any]) -> Outcome:
        """The same, and what an undo needs."""
        return replace(self, detail=detail)
