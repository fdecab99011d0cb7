"""Kinds of events that case work writes: queue, journal, questions, documents, parties, offices."""

from __future__ import annotations

from engine.workflow.audit.kinds import EventKind, WorkflowEvent


class CaseworkEvent(EventKind):
    """What caseworkers and citizens do with a case of any service."""

    CASE_OPENED = "CaseOpened"
    CASE_TAKEN = "CaseTaken"
    CASE_RETURNED = "CaseReturned"
    CASE_ASSIGNED = "CaseAssigned"
    CASE_PLANNED = "CasePlanned"
    CASE_PAUSED = "CasePaused"
    CASE_REOPENED = "CaseReopened"
    CASE_LINKED = "CaseLinked"
    CASE_UNLINKED = "CaseUnlinked"

    NOTE_WRITTEN = "NoteWritten"
    NOTE_BARRED = "NoteBarred"
    NOTE_OPENED = "NoteOpened"
    MESSAGE_SENT = "MessageSent"
    NOTICE_GIVEN = "NoticeGiven"

    QUESTION_ASKED = "QuestionAsked"
    QUESTION_ANSWERED = "QuestionAnswered"
    REPLY_REGISTERED = "ReplyRegistered"
    QUESTION_WITHDRAWN = "QuestionWithdrawn"

    DOCUMENT_ADDED = "DocumentAdded"
    DOCUMENT_OPENED = "DocumentOpened"
    DOCUMENT_SHARED = "DocumentShared"
    DOCUMENT_REMOVED = "DocumentRemoved"
    FILE_OPENED = "FileOpened"
    LETTER_SENT = "LetterSent"
    LETTER_NOTIFIED = "LetterNotified"
    LETTER_NOT_NOTIFIED = "LetterNotNotified"
    LETTER_DELIVERED = "LetterDelivered"
    LETTER_OPENED = "LetterOpened"

    COMPLAINT_REGISTERED = "ComplaintRegistered"
    COMPLAINT_ASSESSED = "ComplaintAssessed"
    COMPLAINT_DECIDED = "ComplaintDecided"
    APPEAL_ANSWERED = "AppealAnswered"
    MEASURE_ADDED = "MeasureAdded"
    MEASURE_JUDGED = "MeasureJudged"

    PARTY_ADDED = "PartyAdded"
    PARTY_CHANGED = "PartyChanged"
    PARTY_ENDED = "PartyEnded"
    GUARDIANSHIP_CHANGED = "GuardianshipChanged"


class OfficeEvent(EventKind):
    """What people of an office do there; these stand in the chain of no case."""

    PERSON_LOOKED_UP = "PersonLookedUp"
    OFFICE_CHOSEN = "OfficeChosen"
    SUBSTITUTE_SET = "SubstituteSet"
    CAME_BACK = "CameBack"
    MEMBER_ENDED = "MemberEnded"


#: What the short history of a case tells, to the citizen too.
SHOWN: tuple[EventKind, ...] = (
    WorkflowEvent.CASE_STARTED,
    WorkflowEvent.TASK_COMPLETED,
    WorkflowEvent.TASK_REGISTERED,
    WorkflowEvent.FILE_ATTACHED,
    WorkflowEvent.FILE_DETACHED,
    CaseworkEvent.CASE_OPENED,
    CaseworkEvent.CASE_ASSIGNED,
    CaseworkEvent.CASE_PAUSED,
    CaseworkEvent.CASE_REOPENED,
    WorkflowEvent.CASE_RESUMED,
    WorkflowEvent.TASK_EXTENDED,
    CaseworkEvent.QUESTION_ASKED,
    CaseworkEvent.QUESTION_ANSWERED,
    CaseworkEvent.REPLY_REGISTERED,
    CaseworkEvent.QUESTION_WITHDRAWN,
    CaseworkEvent.LETTER_SENT,
    CaseworkEvent.LETTER_NOTIFIED,
    CaseworkEvent.LETTER_NOT_NOTIFIED,
    CaseworkEvent.LETTER_DELIVERED,
    CaseworkEvent.LETTER_OPENED,
    CaseworkEvent.COMPLAINT_REGISTERED,
    CaseworkEvent.COMPLAINT_ASSESSED,
    CaseworkEvent.COMPLAINT_DECIDED,
    CaseworkEvent.APPEAL_ANSWERED,
    CaseworkEvent.DOCUMENT_ADDED,
    CaseworkEvent.DOCUMENT_OPENED,
    CaseworkEvent.DOCUMENT_SHARED,
    CaseworkEvent.DOCUMENT_REMOVED,
    CaseworkEvent.NOTE_BARRED,
    CaseworkEvent.NOTE_OPENED,
    CaseworkEvent.MEASURE_ADDED,
    CaseworkEvent.MEASURE_JUDGED,
    CaseworkEvent.NOTE_WRITTEN,
    CaseworkEvent.MESSAGE_SENT,
    CaseworkEvent.CASE_TAKEN,
    CaseworkEvent.CASE_RETURNED,
    WorkflowEvent.CASE_CANCELLED,
    CaseworkEvent.NOTICE_GIVEN,
    CaseworkEvent.PARTY_ADDED,
    CaseworkEvent.PARTY_CHANGED,
    WorkflowEvent.SIGNED,
    WorkflowEvent.SIGNATURE_REFUSED,
    CaseworkEvent.PARTY_ENDED,
    CaseworkEvent.GUARDIANSHIP_CHANGED,
)
