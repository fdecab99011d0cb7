"""What can be done in a case beside its steps: written by its caseworkers and by the citizen, all through one door.

Each has its list of steps in ``engine.casework.sequence``; refusals are those of the engine's own commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from engine.workflow.execution.commands import CaseCommand, Command, Received


class OfficeCommand(Command):
    """About an office and not about one case: sent by somebody who works there."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class AddNote(CaseCommand):
    """A journal note. What its author has begun to write elsewhere and is not in it stays a draft.

    restricted  why the citizen may not read it, a code of ``journal.BARS``, or ""
    page        the page it was written on, see ``drafts``; "" for none
    """

    case_id: str
    text: str = field(repr=False)
    restricted: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class SetNoteAccess(CaseCommand):
    """Restrict a note for a reason, or with "" let the citizen read it after all."""

    case_id: str
    note_id: str
    restricted: str = ""


@dataclass(frozen=True, slots=True)
class SendMessage(CaseCommand):
    """From the citizen to the office, or the other way. Whoever may read a case may write to the other side."""

    action: ClassVar[str] = "read"

    case_id: str
    text: str = field(repr=False)
    page: str = ""


@dataclass(frozen=True, slots=True)
class ReadMessages(Command):
    """The actor has read every notice given to them, and in their own cases every message, up to *until*."""

    until: datetime


@dataclass(frozen=True, slots=True)
class OpenCase(CaseCommand):
    """Somebody of the office reads the case: written down once a day for each, and what they were told of it is read.

    The citizen's messages are read when whoever has the case opens it, or anybody while nobody has it.
    """

    action: ClassVar[str] = "read"

    case_id: str


@dataclass(frozen=True, slots=True)
class TakeCase(CaseCommand):
    """Become responsible for a case nobody has, with the tasks nobody has.

    Raises ``AlreadyDone`` with the colleague who was faster; for who has it already nothing changes.
    """

    case_id: str


@dataclass(frozen=True, slots=True)
class ReturnCase(CaseCommand):
    """Back in the queue for anybody to take; ``reason`` is kept as an internal note.

    Raises ``AlreadyDone`` when another has it and the actor does not lead the office, ``NotPossible`` without a reason.
    """

    case_id: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AssignCase(CaseCommand):
    """Give the case and its tasks to a colleague of the office, also when another has it: also to oneself."""

    case_id: str
    to: str
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PlanCase(CaseCommand):
    """When somebody means to look at it; ``None`` takes the plan away. Never in the past or beyond a deadline."""

    case_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class PauseCase(CaseCommand):
    """Nobody can go on for now. ``code`` is one of ``case_actions.PAUSES`` and says whom it waits for.

    until  the day somebody looks at the case again; two weeks when nobody says

    Not the engine's ``SuspendCase``: there an operator stops everything; here the caseworkers' tasks rest.
    """

    case_id: str
    code: str
    reason: str = field(repr=False)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnpauseCase(CaseCommand):
    """End the pause: the tasks go on."""

    case_id: str
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ExtendDeadline(CaseCommand):
    """Move the deadline of every open task that has one, with a reason. Warnings keep their distance."""

    case_id: str
    due_at: datetime
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CompleteCaseTask(CaseCommand):
    """Finish a task of the case, as ``CompleteTask`` does, and discard what the actor had begun to write for it.

    seen  version of the stored answers the form was filled in on; ``None`` when nobody can have changed them

    Raises ``AlreadyDone`` when a colleague has the case or has done the task, ``Conflict`` when the answers stored
    have changed since.
    """

    case_id: str
    task_id: str
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    seen: int | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class AskCitizen(CaseCommand):
    """Ask the owner of the case for something, until a day.

    pauses  the office's tasks rest until it is answered
    """

    case_id: str
    text: str = field(repr=False)
    due_at: datetime
    pauses: bool = False
    page: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawQuestion(CaseCommand):
    """The office does not need the answer any more. What the question held up goes on."""

    case_id: str
    question_id: str


@dataclass(frozen=True, slots=True)
class AnswerQuestion(CaseCommand):
    """The citizen answers what they were asked, once. Raises ``NotFound`` for another's question."""

    action: ClassVar[str] = "read"

    case_id: str
    question_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RegisterReply(CaseCommand):
    """Write down the citizen's answer to a question, as it came by phone, at the office or on paper.

    Raises ``NotPossible`` for what ``registration.require`` refuses, ``AlreadyDone`` where it is answered.
    """

    action: ClassVar[str] = "register"

    case_id: str
    question_id: str
    text: str = field(repr=False)
    received: Received


@dataclass(frozen=True, slots=True)
class BeginLetter(CaseCommand):
    """A draft from a template, with everything the case knows filled in. Raises ``NotFound`` for no such template."""

    case_id: str
    template: str


@dataclass(frozen=True, slots=True)
class ChangeLetter(CaseCommand):
    """Write a draft over. Raises ``Conflict`` with the ``Letter`` that stands when another has changed it since.

    version  the one it was written on, see ``letters.Letter.version``; ``None``: whatever stands there
    page     the page it was written on: one page may always write over what it wrote itself
    """

    case_id: str
    letter_id: str
    title: str = field(repr=False)
    body: str = field(repr=False)
    version: str | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class SendLetter(CaseCommand):
    """Write a draft over and send it. ``document`` is the PDF of this title and body.

    Raises ``letters.BlanksLeft``, ``Conflict`` as ``ChangeLetter`` does, ``AlreadyDone`` when it was sent.
    """

    case_id: str
    letter_id: str
    title: str = field(repr=False)
    body: str = field(repr=False)
    document: bytes = field(repr=False)
    version: str | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class DiscardLetter(CaseCommand):
    """Throw a draft away; a letter that was sent stays. Raises ``Conflict`` as ``ChangeLetter`` does."""

    case_id: str
    letter_id: str
    version: str | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class ReadLetter(CaseCommand):
    """The citizen has opened a letter of theirs: no second notice is sent. Only the first time counts."""

    action: ClassVar[str] = "read"

    case_id: str
    letter_id: str


@dataclass(frozen=True, slots=True)
class RecordDelivery(CaseCommand):
    """A letter went another way than digitally: posted or handed over, on a day in Norway.

    Raises ``NotPossible`` for a draft, a day that cannot be, and one that was notified of digitally.
    """

    case_id: str
    letter_id: str
    channel: str
    on: date


@dataclass(frozen=True, slots=True)
class AddDocument(CaseCommand):
    """Put a file in the case; it was checked before it came here, see ``uploads``.

    restricted  why the citizen may not read it, a code of ``journal.BARS``; "": they may, and are told
    why         what the caseworker writes beside that code; never for the citizen
    """

    case_id: str
    name: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)
    title: str = field(repr=False)
    kind: str
    restricted: str = ""
    why: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ShareDocument(CaseCommand):
    """Let the citizen read a document after all; they are told. Nothing changes where they could already."""

    case_id: str
    document_id: str


@dataclass(frozen=True, slots=True)
class RemoveDocument(CaseCommand):
    """Take a document away for good; the reason is kept in an internal note.

    Raises ``NotPossible`` once it is shared or was read by another, and without a reason.

    note  what the note says, with the reason in it
    """

    case_id: str
    document_id: str
    reason: str = field(repr=False)
    note: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenDocument(CaseCommand):
    """Somebody opens a document: written down every time. For a citizen a restricted one is not there."""

    action: ClassVar[str] = "read"

    case_id: str
    document_id: str


@dataclass(frozen=True, slots=True)
class OpenAttachment(CaseCommand):
    """Somebody of the office opens a file that came with a form: written down every time."""

    action: ClassVar[str] = "read"

    case_id: str
    attachment_id: str


@dataclass(frozen=True, slots=True)
class AddMeasure(CaseCommand):
    """Something agreed with the citizen; it is looked back at after 3, 9 and 15 months.

    monthly  NOK a month the citizen is expected to have more, or ``None``
    """

    case_id: str
    kind: str
    what: str = field(repr=False)
    begun_at: datetime
    monthly: Decimal | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class JudgeMeasure(CaseCommand):
    """How a measure went after so many months, once. Raises ``AlreadyDone`` with who said it first."""

    case_id: str
    measure_id: str
    months: int
    result: str
    monthly: Decimal | None = None
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LinkCases(CaseCommand):
    """Two cases of the office belong together; both say so. ``why`` is a code of ``links.REASONS``."""

    case_id: str
    other_id: str
    why: str


@dataclass(frozen=True, slots=True)
class UnlinkCases(CaseCommand):
    """They do not belong together after all."""

    case_id: str
    other_id: str


@dataclass(frozen=True, slots=True)
class RegisterComplaint(CaseCommand):
    """A complaint about the decision that came to the office, also in a closed case. The citizen is told.

    received_on  the day in Norway it was sent by post, or reached the office another way
    way          a code of ``complaints.WAYS``
    """

    case_id: str
    received_on: date
    text: str = field(repr=False)
    way: str = "paper"


@dataclass(frozen=True, slots=True)
class MakeComplaint(CaseCommand):
    """The citizen complains of the decision from their own page, also in a closed case. The office is told."""

    action: ClassVar[str] = "read"

    case_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AssessTimeliness(CaseCommand):
    """What a person finds of a complaint that came late, and why: a code of ``complaints.TIMELINESS``."""

    case_id: str
    complaint_id: str
    timeliness: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DecideComplaint(CaseCommand):
    """What became of a complaint, once, and why. ``outcome`` is one of ``complaints.OUTCOMES``."""

    case_id: str
    complaint_id: str
    outcome: str
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RecordAppeal(CaseCommand):
    """What the appeal body answered, once. ``outcome`` is one of ``complaints.APPEAL_OUTCOMES``."""

    case_id: str
    complaint_id: str
    outcome: str
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReopenCase(CaseCommand):
    """A case that has ended is decided anew: it stands where its decision is written, with whoever had it.

    Raises ``NotPossible`` for an open case, one without a decision, and without a reason.
    """

    case_id: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AddParty(CaseCommand):
    """Somebody takes part from now on: by the number the population register knows, or by name alone.

    birth_date  as the register says; needed with ``pid``
    former      numbers the register says they had before
    """

    case_id: str
    role: str
    name: str = field(repr=False)
    pid: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)
    former: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class FollowGuardianship(CaseCommand):
    """Make the guardian of the case's owner whom the population register names, in matters of money, or nobody.

    What a register said before and says no more ends. Sent by who works with the case, and by the system when a
    guardian logs in.

    pid, name, birth_date  of the guardian; ``pid`` is "" where the register names none
    """

    action: ClassVar[str] = "read"

    case_id: str
    pid: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    birth_date: date | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ChangePartyRole(CaseCommand):
    """Another role for somebody the office put in the case."""

    case_id: str
    party_id: str
    role: str


@dataclass(frozen=True, slots=True)
class EndParty(CaseCommand):
    """Somebody takes part no more."""

    case_id: str
    party_id: str
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SaveCaseDraft(CaseCommand):
    """Store what somebody has begun to write, their own for each case and kind; an empty one is discarded.

    Raises ``Conflict`` with the ``Draft`` that stands when the same person has written other words on another page.

    version  the one the page was shown with, "" for none; ``None``: whatever stands there
    page     the page it is written on: one page may always write over what it wrote itself
    """

    action: ClassVar[str] = "read"

    case_id: str
    kind: str
    content: Mapping[str, Any] = field(repr=False)
    version: str | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class BeginNote(CaseCommand):
    """Put a text behind what the actor has begun to write as a note.

    kind  of the actor's own draft the text comes from, which is discarded; "" for none
    """

    case_id: str
    text: str = field(repr=False)
    kind: str = ""


@dataclass(frozen=True, slots=True)
class DiscardCaseDraft(CaseCommand):
    """Throw away what the actor themselves have begun to write."""

    action: ClassVar[str] = "read"

    case_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class BeginCaseForCitizen(OfficeCommand):
    """A new case of a journey with the citizen as owner, who is told. ``Outcome.case_id`` is the case.

    way     how the citizen came to the office, a code of ``intake.CHANNELS``
    reason  why, in the caseworker's words; the citizen reads it
    take    the actor becomes responsible at once
    former  numbers the register says they had before: who is known by one of them is the same person

    Raises ``AlreadyDone`` when there is an open one, ``NotPossible`` for oneself, ``Forbidden`` where the policy of
    the journey says no.
    """

    key: str
    pid: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    way: str
    reason: str = field(repr=False)
    take: bool = False
    former: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class LookUpPerson(OfficeCommand):
    """Write down that a number is looked up, before any register is asked. ``Outcome.made`` is the person we know.

    Raises ``person_lookup.TooManyLookupsError``.
    """

    pid: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoreSearch(OfficeCommand):
    """Keep for an hour what was searched for, so that it stands in no address. ``Outcome.made`` stands for it."""

    text: str = field(repr=False)
    purpose: str


@dataclass(frozen=True, slots=True)
class SaveQueueView(OfficeCommand):
    """Keep a view of the queue under a name, one's own or, ``shared``, the office's."""

    name: str
    query: Mapping[str, str]
    shared: bool = False


@dataclass(frozen=True, slots=True)
class RemoveQueueView(OfficeCommand):
    """Raises ``NotFound`` for one that is neither the actor's own nor theirs to remove."""

    view_id: str


@dataclass(frozen=True, slots=True)
class SetAbsence(OfficeCommand):
    """A colleague is away for some days and another has the cases meanwhile.

    For oneself, or by who leads the office.
    """

    person_id: str
    substitute: str
    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class EndAbsence(OfficeCommand):
    """Back again."""

    person_id: str


@dataclass(frozen=True, slots=True)
class EndMembership(OfficeCommand):
    """A colleague's part at the office ends now. By who leads the office, and never one's own."""

    person_id: str
