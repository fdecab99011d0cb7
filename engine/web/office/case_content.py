"""Everything the case page shows of a case, read in one go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import g, request, url_for
from sqlalchemy import Connection, select

from engine.advice.sharing import actions as sharing
from engine.advice.sharing.models import share
from engine.casework import (
    case_actions,
    complaints,
    documents,
    information_requests,
    journal,
    letters,
    links,
    measures,
    members,
    participants,
    queries,
    templates,
    uploads,
)
from engine.platform.calendar import norwegian_day
from engine.studio import template_editor
from engine.web.citizen.enk.assessment import Assessed, assessed
from engine.web.citizen.home import stage_rows
from engine.web.office import case_drafts, merge_fields, session
from engine.web.office.queue import FROM
from engine.web.shared import access, answers, forms, view
from engine.web.shared.event_texts import SHOWN
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization.pep import Reader
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Deployed
from engine.workflow.execution.data import read_in_case, stored
from engine.workflow.instances.rows import CaseRow, TaskRow

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
    "party_changed": "parter",
    "party_ended": "parter",
    "complaint_in_time": "klager",
    "complaint_late": "klager",
    "complaint_decided": "klager",
}


def _may_share(bundle: Bundle) -> bool:
    """Whether the journey asks the citizen to share the overview at all."""
    return any(element.extension.task_type == "share" for element in bundle.process.elements.values())


def _plan(connection: Connection, case: CaseRow) -> Assessed | None:
    """What the plan told of in this case comes to: what the guide is to talk about (R67). None without a plan."""
    plan = read_in_case(connection, view.application().vault, case.id, "business-plan")
    return assessed(connection, plan, case.id) if plan else None


def _form(
    connection: Connection, reader: Reader, task: TaskRow | None, submitted: dict[str, Any] | None
) -> forms.TaskForm | None:
    """The form of the task at hand, for whoever may read what is in it."""
    if task is None or not access.step_readable(connection, reader, task.definition_id, task.element_id):
        return None
    return forms.of_task(connection, task, submitted)


def _decision(connection: Connection, reader: Reader, deployed: Deployed, case_id: str) -> Any:
    """The decision that was written, for whoever may read the step it was written in."""
    kind = deployed.bundle.data_types.get("decision")
    if kind is None or not reader.may_read_step(deployed, kind.task_id):
        return None
    return read_in_case(connection, view.application().vault, case_id, "decision")


def content(
    connection: Connection, case: CaseRow, now: datetime, submitted: dict[str, Any] | None, written: dict[str, str]
) -> dict[str, Any]:
    """Everything the page shows of a case."""
    application = view.application()
    vault = application.vault
    who = session.who(connection, now)
    tasks = case_actions.tasks(connection, case.id)
    chosen = request.args.get("oppgave") or (request.view_args or {}).get("task_id")
    task = next((one for one in tasks if one.id == chosen), tasks[0] if tasks else None)
    deployed = application.library.get(connection, case.definition_id)
    bundle = deployed.bundle
    reader = access.reader(connection, case)
    found_letters = letters.of_case(connection, vault, case.id)
    open_letters = tuple(one.id for one in found_letters if one.state == "draft")
    begun = case_drafts.of_case(connection, case, tuple(one.id for one in tasks), open_letters)
    mine = begun.mine
    draft = mine.get(f"task.{task.id}") if task else None
    shared = sharing.in_force(connection, case.id, session.office(), now)
    ended = connection.execute(select(share.c.id).where(share.c.case_id == case.id).limit(1)).first()
    leads = members.leads(connection, who.office, who.person_id)
    happened = _just_happened(connection, case.id)
    values = merge_fields.values(connection, case, bundle, g.language)
    fields = {
        name: value for one in mine.values() if one.kind in case_drafts.FIELDS for name, value in one.content.items()
    }
    notes = journal.notes(connection, vault, case.id)
    back = request.cookies.get(FROM, "")
    loads = members.loads(connection, who.office, now)
    view.know(connection, [load.person_id for load in loads])
    return {
        "case": case,
        "owner": vault.person(connection, case.owner_id),
        "version": deployed.version,
        "stages": stage_rows(case),
        "tasks": tasks,
        "task": task,
        "form": _form(connection, reader, task, submitted or (draft.content if draft else None)),
        "draft_at": draft.changed_at if draft and not submitted else None,
        "task_help": _help(bundle, task),
        "shown": answers.of_case(connection, case, deployed),
        "plan": _plan(connection, case) if shared else None,
        "has_decision": "decision" in bundle.data_types,
        "decision": _decision(connection, reader, deployed, case.id),
        "shares": shared is not None or ended is not None or _may_share(bundle),
        "shared": shared,
        "was_shared": ended is not None,
        "notes": notes,
        "note_drafts": [
            (one.id, templates.fill(one.text(g.language), values))
            for one in templates.fitting(templates.of(bundle, "notes"), happened)[:4]
        ],
        "messages": journal.messages(connection, vault, case.id),
        "letters": found_letters,
        "letter_templates": [
            (one.id, one.named(g.language)) for one in templates.proposed(templates.of(bundle, "letters"), happened)
        ],
        "questions": information_requests.of_case(connection, vault, case.id),
        "measures": measures.of_case(connection, vault, case.id),
        "right": complaints.right(connection, case.id),
        "complaints": complaints.of_case(connection, vault, case.id),
        "complaint_outcomes": complaints.OUTCOMES,
        "documents": documents.of_case(connection, vault, case.id),
        "document_kinds": documents.KINDS,
        "accept": uploads.ACCEPT,
        "done": done if (done := request.args.get("gjort", "")) in DONE else "",
        "done_at": DONE.get(done, ""),
        "parties": participants.of_case(connection, vault, case),
        "parties_ended": participants.ended(connection, vault, case),
        "party_roles": participants.roles(bundle),
        "roles_with_access": participants.journey_roles(bundle),
        "linked": links.of_case(connection, case),
        "link_reasons": links.REASONS,
        "history": queries.history(connection, case.id, SHOWN, limit=12),
        "deadline": session.deadline(case.deadline_at, case.warn_at, now),
        "acts": case_actions.legal(case, who.person_id, leads),
        "mine": case.responsible == who.person_id,
        "stands_in": case.responsible in who.mine[1:],
        "loads": loads,
        "pauses": case_actions.PAUSES,
        "bars": journal.BARS,
        "kinds": measures.KINDS,
        "results": measures.RESULTS,
        "others_drafts": begun.others,
        "drafts_aside": begun.aside,
        "seen_draft": begun.seen,
        "page_key": case_drafts.this_page(),
        "data_version": _version(connection, task),
        "notes_by_others": sum(note.author != who.person_id for note in notes),
        "written": {**fields, **written},
        "today": norwegian_day(now),
        "in_a_week": norwegian_day(now) + timedelta(days=7),
        "back": f"{url_for('queue.show')}{'?' + back if back else ''}#sak-{case.number}",
    }


def _version(connection: Connection, task: TaskRow | None) -> str:
    """The version of the answers the form of the task is shown with: of a form shown again what it was shown with."""
    if task is None:
        return ""
    if (request.view_args or {}).get("task_id") == task.id and "_version" in request.form:
        return request.form["_version"]
    application = view.application()
    kind = application.library.get(connection, task.definition_id).bundle.data_type_of(task.element_id)
    there = stored(connection, application.vault, task.instance_id, kind.stored_as(task.owner_id)) if kind else None
    return str(there.version if there else 0)


def _help(bundle: Bundle, task: TaskRow | None) -> str:
    """What the journey says above the form of a task, if it says anything."""
    if task is None:
        return ""
    key = f"task.{task.element_id}.text"
    found = bundle.text(key, g.language)
    return "" if found == key else found


#: Events after which a template may be proposed.
PROPOSING: tuple[str, ...] = (WorkflowEvent.TASK_COMPLETED, *template_editor.EVENTS)


def _just_happened(connection: Connection, case_id: str) -> list[str]:
    """The last thing people did in the case: tasks they finished and kinds of events, for what to propose now."""
    rows = queries.history(connection, case_id, SHOWN, limit=3)
    found: list[str] = []
    for row in rows:
        if row.kind in PROPOSING and not found:
            found = [row.data.get("task", ""), row.kind]
    return [name for name in found if name]
