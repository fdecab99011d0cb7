"""The case page of a caseworker: where it is, what may be seen, what is next, what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.advice.commands import RecordAccess
from engine.advice.economy.statement import statement
from engine.advice.evidence import snapshots
from engine.advice.sharing import actions as sharing
from engine.casework import history, journal, openings, queries
from engine.casework.commands import AddNote, CompleteCaseTask, OpenCase, SendMessage, SetNoteAccess
from engine.web.citizen import attachments, overview_progress
from engine.web.citizen.overview_context import OverviewContext
from engine.web.office import case_drafts, session, task_conflict
from engine.web.office.case_content import Refused, read_page
from engine.web.shared import access, forms, view
from engine.web.shared.commands import send, sends
from engine.web.shared.forms import TaskForm
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import AlreadyDone, Conflict, Forbidden, Invalid, NotFound, Refusal, StageRefused
from engine.workflow.execution.commands import AttachFile, DetachFile
from engine.workflow.execution.data import Stored, read_in_case
from engine.workflow.instances.rows import CaseRow, TaskRow
from forms import formatting

blueprint = guarded("casework", __name__, Role.CASEWORKER.value)
session.only_members(blueprint, case_drafts.rescue)


def case_of(connection: Connection, number: str) -> CaseRow:
    """The case of this office with this number, for whom may read it.

    Raises ``NotFound``: those of others, and those the policy gives nobody here to read, are not there.
    """
    case = queries.case_by_number(connection, number, session.office())
    if case is None:
        raise NotFound(number)
    access.require(connection, case)
    return case


def case_id_of(number: str) -> str:
    """The id of the case of this office with this number. Raises ``NotFound``."""
    with view.application().db.read() as connection:
        found: str = case_of(connection, number).id
    return found


@blueprint.get("/saker/<number>")
@sends(OpenCase, RecordAccess)
def show(number: str) -> ResponseReturnValue:
    _note_opened(number)
    _note_plan_read(number)
    return page(number)


def _note_opened(number: str) -> None:
    """Who saw the case; sent only when there is anything to write down."""
    application = view.application()
    with application.db.read() as connection:
        case = case_of(connection, number)
        if not openings.changes_something(connection, case.id, actor().person_id, application.clock.now()):
            return
    send(OpenCase(case.id))


def _note_plan_read(number: str) -> None:
    """The owner sees that their plan was read: once a day for each reader, however often the page is opened."""
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        case = case_of(connection, number)
        read = sharing.in_force(connection, case.id, session.office(), now) is not None
        read = read and read_in_case(connection, application.vault, case.id, "business-plan") is not None
        if not read or sharing.looked_since(connection, actor(), case.id, "plan", now - timedelta(days=1)):
            return
    send(RecordAccess(case.id, "plan"))


def page(
    number: str,
    *,
    submitted: dict[str, Any] | None = None,
    error: str = "",
    message: str = "",
    written: dict[str, str] | None = None,
    errors: Sequence[dict[str, str]] = (),
    status: int = 422,
    held_by: str = "",
) -> ResponseReturnValue:
    """The whole page; what was written stands in its form whatever went wrong.

    error    text key of what went wrong
    message  what went wrong in words, when it is no key
    written  fields of the forms beside the task's, as they were sent
    held_by  the colleague who has what was to be done: the page offers to take the case over
    """
    application = view.application()
    now = application.clock.now()
    refused = Refused(error, message, list(errors), held_by)
    with application.db.read() as connection:
        case = case_of(connection, number)
        shown = read_page(connection, case, now, submitted=submitted, written=written, refused=refused)
        body = render_template("casework.html", case=case, page=shown)
    return (body, status) if refused else body


@blueprint.post("/saker/<number>/oppgave/<task_id>")
@case_drafts.keeps_draft("task.{task_id}")
@sends(AttachFile, DetachFile, CompleteCaseTask)
def complete(number: str, task_id: str) -> ResponseReturnValue:
    """Finish the stage's task. A refusal says which rule or who has it, and nothing written is lost."""
    application = view.application()
    with application.db.read() as connection:
        case = case_of(connection, number)
        task = case_drafts.task_of(connection, case.id, task_id)
        form = forms.of_task(connection, task) if task else None
        filled = forms.posted(form) if form else {}
        other_rows = forms.reshaped(form, filled)
    still_open = task if task is not None and task.state in queries.OPEN else None
    refused = attachments.take(still_open, form) if still_open and form and form.takes_files else []
    with application.db.read() as connection:  # the files that were just kept are in it now
        errors = refused
        if still_open and form and other_rows is None:
            errors = forms.with_others(refused, forms.field_errors(connection, still_open, filled))
    if attachments.pressed():
        case_drafts.save_draft(number, f"task.{task_id}")
        return page(number, submitted=filled, errors=refused)
    if errors or other_rows is not None:
        return page(number, submitted=filled, errors=errors)
    data = {form.stored: filled} if form else {}
    version = request.form.get("_version", "")
    command = CompleteCaseTask(
        case.id, task_id, data, int(version) if version.isdigit() else None, case_drafts.page_key()
    )
    try:
        send(command, once=True)
    except Invalid:
        return page(number, submitted=filled, error="case.form_faults")
    except StageRefused as refusal:
        return page(number, submitted=filled, error=refusal.key)
    except NotFound:
        raise
    except Refusal as refusal:
        case_drafts.save_draft(number, f"task.{task_id}")
        return _not_completed(number, task, form, filled, refusal)
    return session.done(number, "completed")


def _not_completed(
    number: str, task: TaskRow | None, form: TaskForm | None, filled: dict[str, Any], refusal: Refusal
) -> ResponseReturnValue:
    """Who was faster or has the case; with both sets of answers where another has filled in the same form."""
    if task and isinstance(refusal, Conflict) and isinstance(refusal.current, Stored) and form:
        return task_conflict.page(number, task, form, filled, refusal.current)
    if task and isinstance(refusal, AlreadyDone) and refusal.state not in ("claimed", "taken"):
        return task_conflict.page(number, task, form, filled, None, by=refusal.by, at=refusal.at)
    held_by = refusal.by if isinstance(refusal, AlreadyDone) else ""
    words = view.t("desk.no.task_held", who=view.name_of(held_by)) if held_by else session.why_not(refusal)
    stored = view.t("draft.kept") if filled else ""
    return page(number, submitted=filled or None, message=f"{words} {stored}".strip(), status=409, held_by=held_by)


@blueprint.post("/saker/<number>/notat")
@case_drafts.keeps_draft("note")
@sends(AddNote)
def note(number: str) -> ResponseReturnValue:
    """Says besides when a colleague has written one since the page was opened: both stand."""
    text = request.form.get("note", "").strip()
    restricted = request.form.get("barred", "")
    if not text or len(text) > journal.MAX_TEXT:
        error = "case.note_empty" if not text else "message.long"
        return page(number, error=error, written={"note": text, "barred": restricted})
    restricted = restricted if restricted in journal.BARS else ""
    command = AddNote(case_id_of(number), text, restricted, case_drafts.page_key())
    return session.sent(command, number, lambda: "note_beside" if _others_wrote(command.case_id) else "note", page)


def _others_wrote(case_id: str) -> bool:
    """Whether a colleague has added a note since the page was shown."""
    before = request.form.get("_notes", "")
    with view.application().db.read() as connection:
        return before.isdigit() and journal.notes_by_others(connection, case_id, actor().person_id) > int(before)


@blueprint.post("/saker/<number>/notat/<note_id>/innsyn")
@sends(SetNoteAccess)
def bar(number: str, note_id: str) -> Response:
    """Bar a note with a reason, or let the citizen read it after all."""
    why = request.form.get("barred", "")
    send(SetNoteAccess(case_id_of(number), note_id, why if why in journal.BARS else ""))
    return session.done(number, "access")


@blueprint.post("/saker/<number>/melding")
@case_drafts.keeps_draft("message")
@sends(SendMessage)
def message(number: str) -> ResponseReturnValue:
    text = request.form.get("text", "").strip()
    if not text or len(text) > journal.MAX_TEXT:
        return page(number, error="message.empty" if not text else "message.long", written={"text": text})
    return session.sent(SendMessage(case_id_of(number), text, case_drafts.page_key()), number, "message", page)


@blueprint.get("/saker/<number>/historikk")
def whole_history(number: str) -> ResponseReturnValue:
    """Everything people did, saw and changed, with what it was and what it became."""
    application = view.application()
    before = request.args.get("for", "")
    with application.db.read() as connection:
        case = case_of(connection, number)
        found = history.of_case(
            connection, application.vault, case.id, case.owner_id, int(before) if before.isdigit() else None
        )
        shown = [(event, _thing(case, event.what, event.old), _thing(case, event.what, event.new)) for event in found]
        name = view.name_of(case.owner_id)
    return render_template("case_history.html", case=case, name=name, events=shown, size=100)


def _thing(case: CaseRow, what: str, value: object) -> str:
    """An old or new value in words."""
    if not what:
        return ""
    if value is None:
        return view.t("queue.nobody") if what == "person" else view.t("history.nothing")
    if what == "person":
        return view.name_of(str(value))
    if what == "role":
        return view.role_title(case.definition_id, str(value))
    if what == "day":
        return formatting.long_date(datetime.fromisoformat(str(value)), g.language)
    return str(value) if what == "plain" else view.t(f"{what}.{value}")


@blueprint.get("/saker/<number>/oversikt")
@sends(RecordAccess)
def overview(number: str) -> ResponseReturnValue:
    """View-only, while the share holds. The citizen sees that it was opened (R44-R46)."""
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        case = case_of(connection, number)
        if sharing.in_force(connection, case.id, session.office(), now) is None:
            raise Forbidden("share")
        found = snapshots.newest(connection, application.vault, case.id, now)
        progress = overview_progress.progress(connection, case.id, now)
    if found is None and progress is not overview_progress.Progress.NOTHING:
        return render_template("overview_not_made.html", case=case)
    if found is None:
        raise NotFound("overview")
    send(RecordAccess(case.id, "overview"))
    shown, built_at, version = found
    page = OverviewContext(case, statement(shown), built_at, version, owner=view.name_of(case.owner_id))
    return page.drawn()
