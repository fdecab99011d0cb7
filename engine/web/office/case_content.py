"""Everything the case page shows of a case, read in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import Connection

from engine.casework import case_actions, journal, queries
from engine.casework.journal import Written
from engine.web.office import case_drafts, case_panels, case_record
from engine.web.office.case_drafts import Drafts
from engine.web.office.case_panels import Facts, Header, Links, Parties, Sharing, Task
from engine.web.office.case_record import Complaints, Documents, Letters, Measures, Notes, Questions
from engine.web.shared import answers
from engine.web.shared.answers import Answered
from engine.web.shared.event_texts import SHOWN
from engine.workflow.audit.rows import EventRow
from engine.workflow.instances.rows import CaseRow

#: What was done, for the page that is shown after it: action → the part of the page that shows it; "" is the top.
#: The texts are ``done.<act>``.
DONE = {
    "opened": "",
    "completed": "",
    "take": "",
    "assign": "",
    "plan": "",
    "pause": "",
    "resume": "",
    "extend": "",
    "note": "notater",
    "note_beside": "notater",
    "access": "notater",
    "message": "meldinger",
    "ask": "be-om",
    "withdraw": "be-om",
    "measure": "tiltak",
    "outcome": "tiltak",
    "link": "koblinger",
    "unlink": "koblinger",
    "document_added": "dokumenter",
    "document_shared": "dokumenter",
    "document_removed": "dokumenter",
    "party_added": "parter",
    "guardian_asked": "parter",
    "party_changed": "parter",
    "party_ended": "parter",
    "complaint_in_time": "klager",
    "reopened": "klager",
    "complaint_assessed": "klager",
    "delivered": "brev",
    "complaint_late": "klager",
    "complaint_decided": "klager",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What was just done, one of ``DONE`` or "", and the part of the page that shows it."""

    act: str
    at: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why what was sent was not done; nothing of it when the page is only looked at.

    error    text key of what went wrong
    message  what went wrong in words, when it is no key
    errors   of the fields of a form: {"path", "id", "text"}
    held_by  the colleague who has what was to be done: the page offers to take the case over
    """

    error: str = ""
    message: str = ""
    errors: Sequence[Mapping[str, str]] = ()
    held_by: str = ""

    def __bool__(self) -> bool:
        return bool(self.error or self.errors or self.message)


@dataclass(frozen=True, slots=True)
class CasePage:
    """The case page of a caseworker, one part for each panel.

    answers   the forms of the case that were filled in
    written   fields of the forms beside the task's by name: as they were sent, else as the reader's draft has them
    key       which page this is, for the drafts that are written on it
    """

    header: Header
    facts: Facts
    sharing: Sharing
    answers: Sequence[Answered]
    task: Task
    drafts: Drafts
    notes: Notes
    messages: Sequence[Written]
    questions: Questions
    letters: Letters
    complaints: Complaints | None
    documents: Documents
    measures: Measures
    parties: Parties
    links: Links
    history: Sequence[EventRow]
    done: Done
    refused: Refused
    written: Mapping[str, str]
    key: str


def read_page(
    connection: Connection,
    case: CaseRow,
    now: datetime,
    *,
    submitted: dict[str, Any] | None = None,
    written: Mapping[str, str] | None = None,
    refused: Refused | None = None,
) -> CasePage:
    """The page of a case for whoever is logged in.

    submitted  content of the task's form that was sent and refused
    written    fields of the other forms that were sent and refused
    """
    at = case_panels.reading(connection, case, now)
    open_tasks = case_actions.tasks(connection, case.id)
    happened = case_record.just_happened(at)
    letters = case_record.letters(at, happened)
    drafts = case_drafts.of_case(
        connection,
        case,
        tuple(one.id for one in open_tasks),
        tuple(one.id for one in letters.letters if one.state == "draft"),
    )
    return CasePage(
        header=case_panels.header(at),
        facts=case_panels.facts(at),
        sharing=case_panels.sharing(at),
        answers=answers.of_case(connection, case, at.deployed),
        task=case_panels.task(at, open_tasks, drafts.mine, submitted),
        drafts=drafts,
        notes=case_record.notes(at, happened),
        messages=journal.messages(connection, at.vault, case.id),
        questions=case_record.questions(at),
        letters=letters,
        complaints=case_record.complaints(at),
        documents=case_record.documents(at),
        measures=case_record.measures(at),
        parties=case_panels.parties(at),
        links=case_panels.links(at),
        history=queries.history(connection, case.id, SHOWN, limit=12),
        done=_done(request.args.get("gjort", "")),
        refused=refused or Refused(),
        written={**drafts.fields(), **(written or {})},
        key=case_drafts.this_page(),
    )


def _done(act: str) -> Done:
    """What the address says was done; nothing for an act that does not exist."""
    return Done(act, DONE[act]) if act in DONE else Done("", "")
