"""What happens when somebody does case work, and in which order: one list per command, see the engine's own
``engine.workflow.execution.sequence`` for what the shared steps mean."""

from __future__ import annotations

from collections.abc import Mapping

from engine.casework import commands
from engine.casework.steps.case_actions import (
    assign_case,
    extend_deadlines,
    limit_reason,
    note_return,
    notify_assignee,
    pause_case,
    plan_case,
    require_open_case,
    require_reason,
    return_case,
    take_case,
    unpause_case,
)
from engine.casework.steps.complaints import (
    assess_timeliness,
    decide_complaint,
    make_complaint,
    notify_case_holder,
    notify_complainant,
    record_appeal,
    register_complaint,
)
from engine.casework.steps.documents import (
    add_document,
    note_removal,
    notify_of_document,
    open_attachment,
    open_document,
    remove_document,
    share_document,
)
from engine.casework.steps.drafts import (
    begin_note,
    discard_case_draft,
    discard_letter_draft,
    discard_measure_draft,
    discard_message_draft,
    discard_note_draft,
    discard_question_draft,
    discard_task_draft,
    save_case_draft,
)
from engine.casework.steps.information_requests import (
    answer_question,
    ask_citizen,
    continue_case,
    notify_asker,
    require_coming_day,
    withdraw_question,
)
from engine.casework.steps.intake import begin_case, note_reason, notify_owner, take_new_case
from engine.casework.steps.journal import add_note, read_messages, send_message, set_note_access
from engine.casework.steps.letters import (
    begin_letter,
    change_letter,
    discard_letter,
    notify_of_letter,
    read_letter,
    record_delivery,
    send_letter,
)
from engine.casework.steps.links import link_cases, unlink_cases
from engine.casework.steps.measures import add_measure, evaluate_measure
from engine.casework.steps.members import require_member
from engine.casework.steps.offices import (
    end_absence,
    end_membership,
    look_up_person,
    remove_queue_view,
    require_caseworker,
    require_own_or_leader,
    save_queue_view,
    set_absence,
    store_search,
    write_office_audit,
)
from engine.casework.steps.openings import open_case
from engine.casework.steps.participants import (
    add_party,
    change_party_role,
    end_party,
    follow_guardianship,
    require_staff,
)
from engine.casework.steps.registration import register_reply, require_holder, require_received
from engine.casework.steps.reopening import note_reopening, reopen_case
from engine.casework.steps.tasks import complete_task, require_case_holder, require_decision_sent
from engine.workflow.execution.commands import Command
from engine.workflow.execution.context import Step
from engine.workflow.execution.sequence import (
    CASE_ACT,
    COMMIT,
    OPEN_CASE_ACT,
    RECORD_ACT,
    relay_outbox,
)
from engine.workflow.execution.steps.assignment import assign_new_tasks
from engine.workflow.execution.steps.recording import enter_stages, update_case
from engine.workflow.execution.steps.tasks import unlock_task_data

MEMBER_ACT: tuple[Step, ...] = (*OPEN_CASE_ACT, require_member)

OPEN_CASE: tuple[Step, ...] = (*CASE_ACT, require_member, open_case, *RECORD_ACT)

ADD_NOTE: tuple[Step, ...] = (*MEMBER_ACT, add_note, discard_note_draft, *RECORD_ACT)

SET_NOTE_ACCESS: tuple[Step, ...] = (*MEMBER_ACT, set_note_access, *RECORD_ACT)

SEND_MESSAGE: tuple[Step, ...] = (*MEMBER_ACT, send_message, discard_message_draft, *RECORD_ACT)

TAKE_CASE: tuple[Step, ...] = (*MEMBER_ACT, require_open_case, take_case, *RECORD_ACT)

RETURN_CASE: tuple[Step, ...] = (
    *MEMBER_ACT,
    require_open_case,
    require_reason,
    return_case,
    note_return,
    *RECORD_ACT,
)

ASSIGN_CASE: tuple[Step, ...] = (
    *MEMBER_ACT,
    require_open_case,
    limit_reason,
    assign_case,
    notify_assignee,
    *RECORD_ACT,
)

PLAN_CASE: tuple[Step, ...] = (*MEMBER_ACT, require_open_case, plan_case, *RECORD_ACT)

PAUSE_CASE: tuple[Step, ...] = (*MEMBER_ACT, require_open_case, require_reason, pause_case, *RECORD_ACT)

UNPAUSE_CASE: tuple[Step, ...] = (*MEMBER_ACT, require_open_case, limit_reason, unpause_case, *RECORD_ACT)

EXTEND_DEADLINE: tuple[Step, ...] = (*MEMBER_ACT, require_open_case, require_reason, extend_deadlines, *RECORD_ACT)

COMPLETE_CASE_TASK: tuple[Step, ...] = (
    *MEMBER_ACT,
    require_case_holder,  # whoever has the case has its tasks
    require_decision_sent,  # nothing comes after a decision nobody was sent
    complete_task,  # CompleteTask's own sequence, in this transaction
    discard_task_draft,
    *RECORD_ACT,
)

ASK_CITIZEN: tuple[Step, ...] = (*MEMBER_ACT, require_coming_day, ask_citizen, discard_question_draft, *RECORD_ACT)

WITHDRAW_QUESTION: tuple[Step, ...] = (*MEMBER_ACT, withdraw_question, continue_case, *RECORD_ACT)

ANSWER_QUESTION: tuple[Step, ...] = (*OPEN_CASE_ACT, answer_question, continue_case, notify_asker, *RECORD_ACT)

#: Written down for a citizen who does not log in, by who has the case.
REGISTRATION: tuple[Step, ...] = (*MEMBER_ACT, require_open_case, require_holder, require_received)

REGISTER_REPLY: tuple[Step, ...] = (*REGISTRATION, register_reply, continue_case, *RECORD_ACT)

BEGIN_LETTER: tuple[Step, ...] = (*MEMBER_ACT, begin_letter, *RECORD_ACT)

CHANGE_LETTER: tuple[Step, ...] = (*MEMBER_ACT, change_letter, discard_letter_draft, *RECORD_ACT)

SEND_LETTER: tuple[Step, ...] = (
    *MEMBER_ACT,
    change_letter,
    send_letter,
    discard_letter_draft,
    notify_of_letter,
    *RECORD_ACT,
)

DISCARD_LETTER: tuple[Step, ...] = (*MEMBER_ACT, discard_letter, discard_letter_draft, *RECORD_ACT)

RECORD_DELIVERY: tuple[Step, ...] = (*MEMBER_ACT, record_delivery, *RECORD_ACT)

READ_LETTER: tuple[Step, ...] = (*CASE_ACT, read_letter, *RECORD_ACT)

ADD_DOCUMENT: tuple[Step, ...] = (*MEMBER_ACT, add_document, notify_of_document, *RECORD_ACT)

SHARE_DOCUMENT: tuple[Step, ...] = (*MEMBER_ACT, share_document, notify_of_document, *RECORD_ACT)

REMOVE_DOCUMENT: tuple[Step, ...] = (*MEMBER_ACT, require_reason, remove_document, note_removal, *RECORD_ACT)

OPEN_DOCUMENT: tuple[Step, ...] = (*CASE_ACT, require_member, open_document, *RECORD_ACT)

OPEN_ATTACHMENT: tuple[Step, ...] = (*CASE_ACT, require_member, open_attachment, *RECORD_ACT)

ADD_MEASURE: tuple[Step, ...] = (*MEMBER_ACT, add_measure, discard_measure_draft, *RECORD_ACT)

EVALUATE_MEASURE: tuple[Step, ...] = (*MEMBER_ACT, evaluate_measure, *RECORD_ACT)

LINK_CASES: tuple[Step, ...] = (*MEMBER_ACT, link_cases, *RECORD_ACT)

UNLINK_CASES: tuple[Step, ...] = (*MEMBER_ACT, unlink_cases, *RECORD_ACT)

REGISTER_COMPLAINT: tuple[Step, ...] = (*MEMBER_ACT, register_complaint, notify_complainant, *RECORD_ACT)

MAKE_COMPLAINT: tuple[Step, ...] = (
    *OPEN_CASE_ACT,
    make_complaint,
    notify_case_holder,
    notify_complainant,
    *RECORD_ACT,
)

ASSESS_TIMELINESS: tuple[Step, ...] = (*MEMBER_ACT, assess_timeliness, notify_complainant, *RECORD_ACT)

RECORD_APPEAL: tuple[Step, ...] = (*MEMBER_ACT, record_appeal, notify_complainant, *RECORD_ACT)

DECIDE_COMPLAINT: tuple[Step, ...] = (*MEMBER_ACT, decide_complaint, notify_complainant, *RECORD_ACT)

REOPEN_CASE: tuple[Step, ...] = (
    *MEMBER_ACT,
    require_reason,
    note_reopening,
    reopen_case,  # a token stands where the decision is written
    unlock_task_data,
    enter_stages,
    update_case,
    assign_new_tasks,
    *RECORD_ACT,
)

ADD_PARTY: tuple[Step, ...] = (*MEMBER_ACT, add_party, *RECORD_ACT)

FOLLOW_GUARDIANSHIP: tuple[Step, ...] = (*MEMBER_ACT, require_staff, follow_guardianship, *RECORD_ACT)

CHANGE_PARTY_ROLE: tuple[Step, ...] = (*MEMBER_ACT, change_party_role, *RECORD_ACT)

END_PARTY: tuple[Step, ...] = (*MEMBER_ACT, require_reason, end_party, *RECORD_ACT)

#: Also in a suspended case, and by whose part at the office has ended: nothing that is written is lost.
SAVE_CASE_DRAFT: tuple[Step, ...] = (*CASE_ACT, save_case_draft, *RECORD_ACT)

DISCARD_CASE_DRAFT: tuple[Step, ...] = (*CASE_ACT, require_member, discard_case_draft, *RECORD_ACT)

BEGIN_NOTE: tuple[Step, ...] = (*MEMBER_ACT, begin_note, *RECORD_ACT)

OFFICE_ACT: tuple[Step, ...] = (require_caseworker, require_member)

BEGIN_CASE_FOR_CITIZEN: tuple[Step, ...] = (
    *OFFICE_ACT,
    begin_case,  # StartInstance's own sequence, in this transaction
    note_reason,
    notify_owner,
    take_new_case,
    COMMIT,
    relay_outbox,
)

LOOK_UP_PERSON: tuple[Step, ...] = (*OFFICE_ACT, look_up_person, COMMIT)

STORE_SEARCH: tuple[Step, ...] = (*OFFICE_ACT, store_search, COMMIT)

SAVE_QUEUE_VIEW: tuple[Step, ...] = (*OFFICE_ACT, save_queue_view, COMMIT)

REMOVE_QUEUE_VIEW: tuple[Step, ...] = (*OFFICE_ACT, remove_queue_view, COMMIT)

SET_ABSENCE: tuple[Step, ...] = (*OFFICE_ACT, require_own_or_leader, set_absence, write_office_audit, COMMIT)

END_ABSENCE: tuple[Step, ...] = (*OFFICE_ACT, require_own_or_leader, end_absence, write_office_audit, COMMIT)

END_MEMBERSHIP: tuple[Step, ...] = (*OFFICE_ACT, require_own_or_leader, end_membership, write_office_audit, COMMIT)

READ_MESSAGES: tuple[Step, ...] = (read_messages, COMMIT)  # of a person, and of no single case

SEQUENCES: Mapping[type[Command], tuple[Step, ...]] = {
    commands.OpenCase: OPEN_CASE,
    commands.AddNote: ADD_NOTE,
    commands.SetNoteAccess: SET_NOTE_ACCESS,
    commands.SendMessage: SEND_MESSAGE,
    commands.ReadMessages: READ_MESSAGES,
    commands.TakeCase: TAKE_CASE,
    commands.ReturnCase: RETURN_CASE,
    commands.AssignCase: ASSIGN_CASE,
    commands.PlanCase: PLAN_CASE,
    commands.PauseCase: PAUSE_CASE,
    commands.UnpauseCase: UNPAUSE_CASE,
    commands.ExtendDeadline: EXTEND_DEADLINE,
    commands.CompleteCaseTask: COMPLETE_CASE_TASK,
    commands.AskCitizen: ASK_CITIZEN,
    commands.WithdrawQuestion: WITHDRAW_QUESTION,
    commands.AnswerQuestion: ANSWER_QUESTION,
    commands.RegisterReply: REGISTER_REPLY,
    commands.BeginLetter: BEGIN_LETTER,
    commands.ChangeLetter: CHANGE_LETTER,
    commands.SendLetter: SEND_LETTER,
    commands.DiscardLetter: DISCARD_LETTER,
    commands.RecordDelivery: RECORD_DELIVERY,
    commands.ReadLetter: READ_LETTER,
    commands.AddDocument: ADD_DOCUMENT,
    commands.ShareDocument: SHARE_DOCUMENT,
    commands.RemoveDocument: REMOVE_DOCUMENT,
    commands.OpenDocument: OPEN_DOCUMENT,
    commands.OpenAttachment: OPEN_ATTACHMENT,
    commands.AddMeasure: ADD_MEASURE,
    commands.JudgeMeasure: EVALUATE_MEASURE,
    commands.LinkCases: LINK_CASES,
    commands.UnlinkCases: UNLINK_CASES,
    commands.RegisterComplaint: REGISTER_COMPLAINT,
    commands.MakeComplaint: MAKE_COMPLAINT,
    commands.AssessTimeliness: ASSESS_TIMELINESS,
    commands.DecideComplaint: DECIDE_COMPLAINT,
    commands.RecordAppeal: RECORD_APPEAL,
    commands.ReopenCase: REOPEN_CASE,
    commands.AddParty: ADD_PARTY,
    commands.FollowGuardianship: FOLLOW_GUARDIANSHIP,
    commands.ChangePartyRole: CHANGE_PARTY_ROLE,
    commands.EndParty: END_PARTY,
    commands.SaveCaseDraft: SAVE_CASE_DRAFT,
    commands.DiscardCaseDraft: DISCARD_CASE_DRAFT,
    commands.BeginNote: BEGIN_NOTE,
    commands.BeginCaseForCitizen: BEGIN_CASE_FOR_CITIZEN,
    commands.LookUpPerson: LOOK_UP_PERSON,
    commands.StoreSearch: STORE_SEARCH,
    commands.SaveQueueView: SAVE_QUEUE_VIEW,
    commands.RemoveQueueView: REMOVE_QUEUE_VIEW,
    commands.SetAbsence: SET_ABSENCE,
    commands.EndAbsence: END_ABSENCE,
    commands.EndMembership: END_MEMBERSHIP,
}
