"""The panels of the case page that show what was written in the case and put there, each with its one reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import g

from engine.casework import complaint_right, information_requests, journal, queries, templates, uploads
from engine.casework import complaints as case_complaints
from engine.casework import documents as case_documents
from engine.casework import letters as case_letters
from engine.casework import measures as case_measures
from engine.casework.complaint_right import Right
from engine.casework.complaints import Complaint
from engine.casework.documents import Document
from engine.casework.information_requests import Question
from engine.casework.journal import Written
from engine.casework.letters import Letter
from engine.casework.measures import Measure
from engine.platform.calendar import norwegian_day
from engine.studio import template_editor
from engine.web.office import merge_fields
from engine.web.office.case_panels import Reading, has_decision
from engine.web.shared.event_texts import SHOWN
from engine.workflow.audit.kinds import WorkflowEvent

#: Events after which a template may be proposed.
PROPOSING: tuple[str, ...] = (WorkflowEvent.TASK_COMPLETED, WorkflowEvent.TASK_REGISTERED, *template_editor.EVENTS)
#: How many texts a note may be begun from.
MAX_PROPOSALS = 4


def just_happened(at: Reading) -> list[str]:
    """The last thing people did in the case, a task they finished and the kind of event, for what to propose now."""
    happened = queries.history(at.connection, at.case.id, SHOWN, limit=3)
    last = next((event for event in happened if event.kind in PROPOSING), None)
    return [name for name in (last.data.get("task", ""), last.kind) if name] if last is not None else []


@dataclass(frozen=True, slots=True)
class Notes:
    """``by_others`` counts those of colleagues; ``proposals`` are (template, text) a note may be begun from."""

    written: list[Written]
    by_others: int
    proposals: list[tuple[str, str]]
    bars: Sequence[str] = journal.BARS


def notes(at: Reading, happened: Sequence[str]) -> Notes:
    """*happened* is what ``just_happened`` found."""
    written = journal.notes(at.connection, at.vault, at.case.id)
    values = merge_fields.values(at.connection, at.case, at.bundle, g.language)
    fitting = templates.fitting(templates.of(at.bundle, "notes"), happened)[:MAX_PROPOSALS]
    return Notes(
        written,
        by_others=sum(note.author != at.who.person_id for note in written),
        proposals=[(one.id, templates.fill(one.text(g.language), values)) for one in fitting],
    )


@dataclass(frozen=True, slots=True)
class Questions:
    """What the citizen was asked for; ``due`` is the day proposed for the next answer."""

    asked: list[Question]
    due: date


def questions(at: Reading) -> Questions:
    asked = information_requests.of_case(at.connection, at.vault, at.case.id)
    return Questions(asked, norwegian_day(at.now) + timedelta(days=7))


@dataclass(frozen=True, slots=True)
class Letters:
    """``templates`` are (id, name), those that fit what has just happened first."""

    letters: list[Letter]
    templates: list[tuple[str, str]]
    today: date

    @property
    def unnotified(self) -> list[Letter]:
        """Those that may have gone another way than digitally."""
        return [one for one in self.letters if one.state == "sent" and one.notified_at is None]


def letters(at: Reading, happened: Sequence[str]) -> Letters:
    """*happened* is what ``just_happened`` found."""
    proposed = templates.proposed(templates.of(at.bundle, "letters"), happened)
    found = case_letters.of_case(at.connection, at.vault, at.case.id)
    return Letters(found, [(one.id, one.named(g.language)) for one in proposed], norwegian_day(at.now))


@dataclass(frozen=True, slots=True)
class Complaints:
    """The right to complain of the decision that was sent, ``None`` before one was; and the complaints that came."""

    right: Right | None
    received: list[Complaint]
    today: date
    outcomes: Sequence[str] = case_complaints.OUTCOMES
    appeal_outcomes: Sequence[str] = case_complaints.APPEAL_OUTCOMES
    timeliness: Sequence[str] = case_complaints.TIMELINESS
    ways: Sequence[str] = case_complaints.WAYS[1:]


def complaints(at: Reading) -> Complaints | None:
    """``None`` in a journey that ends in no decision."""
    if not has_decision(at.bundle):
        return None
    right = complaint_right.newest_right(at.connection, at.case.id)
    received = case_complaints.of_case(at.connection, at.vault, at.case.id)
    return Complaints(right, received, norwegian_day(at.now))


@dataclass(frozen=True, slots=True)
class Documents:
    """``accept`` lists the endings a file may have, as a file field wants them."""

    documents: list[Document]
    kinds: Sequence[str] = case_documents.KINDS
    bars: Sequence[str] = journal.BARS
    accept: str = uploads.ACCEPT


def documents(at: Reading) -> Documents:
    return Documents(case_documents.of_case(at.connection, at.vault, at.case.id))


@dataclass(frozen=True, slots=True)
class Measures:
    """Each measure with its looks back; those that were due before ``now`` are asked for."""

    agreed: list[Measure]
    now: datetime
    today: date
    kinds: Sequence[str] = case_measures.KINDS
    results: Sequence[str] = case_measures.RESULTS


def measures(at: Reading) -> Measures:
    agreed = case_measures.of_case(at.connection, at.vault, at.case.id)
    return Measures(agreed, at.now, norwegian_day(at.now))
