"""The case page of a caseworker: where it is, what may be seen, what is next, what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import g, render_template, request
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.advice.commands import RecordAccess
from engine.advice.evidence import harvest
from engine.advice.sharing import actions as sharing
from engine.casework import case_actions, drafts, history, journal, notices, queries
from engine.casework.commands import AddNote, SendMessage, SetNoteAccess
from engine.casework.event_kinds import CaseworkEvent
from engine.web.citizen import attachments
from engine.web.citizen.charts import panels
from engine.web.office import case_drafts, session
from engine.web.office.case_content import content
from engine.web.shared import forms, view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.audit import chain
from engine.workflow.audit.chain import audit_event
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import Forbidden, Invalid, NotFound, Refusal, StageRefused
from engine.workflow.execution.commands import AttachFile, CompleteTask, DetachFile
from engine.workflow.execution.data import read_in_case
from forms import formatting

blueprint = guarded("casework", __name__, Role.CASEWORKER.value)
session.only_members(blueprint, case_drafts.rescue)


def case_of(connection: Connection, number: str) -> Any:
    """The case of this office with this number. Raises ``NotFound``: those of others are not there."""
    case = queries.case_by_number(connection, number, session.office())
    if case is None:
        raise NotFound(number)
    return case


def case_id_of(number: str) -> str:
    """The id of the case of this office with this number. Raises ``NotFound``."""
    with view.house().db.read() as connection:
        found: str = case_of(connection, number).id
    return found


@blueprint.get("/saker/<number>")
@sends(RecordAccess)
def show(number: str) -> Any:
    _note_opened(number)
    _note_plan_read(number)
    return page(number)


def _note_opened(number: str) -> None:
    """Who saw the case, once a day for each reader; and what she was told about it is read."""
    house = view.house()
    now = house.clock.now()
    me = actor().person_id
    with house.db.read() as connection:
        case = case_of(connection, number)
        seen = connection.execute(
            select(audit_event.c.seq)
            .where(
                audit_event.c.case_id == case.id,
                audit_event.c.kind == CaseworkEvent.CASE_OPENED,
                audit_event.c.actor_id == me,
                audit_event.c.at > now - timedelta(days=1),
            )
            .limit(1)
        ).first()
        told = notices.unread_in_case(connection, case.id, me)
        new = journal.unread(connection, case.id, Role.CASEWORKER)
    if seen is not None and not told and not new:
        return
    with house.db.write() as connection:
        if seen is None:
            chain.append(connection, case.id, now, actor(), CaseworkEvent.CASE_OPENED, {})
        notices.mark_read(connection, me, now, case.id)
        if case.responsible in (None, me):
            journal.mark_read(connection, case.id, Role.CASEWORKER, now)


def _note_plan_read(number: str) -> None:
    """The owner sees that her plan was read: once a day for each reader, however often the page is opened."""
    house = view.house()
    now = house.clock.now()
    with house.db.read() as connection:
        case = case_of(connection, number)
        read = sharing.in_force(connection, case.id, session.office(), now) is not None
        read = read and read_in_case(connection, house.vault, case.id, "business-plan") is not None
        if not read or sharing.looked_since(connection, actor(), case.id, "plan", now - timedelta(days=1)):
            return
    send(RecordAccess(case.id, "plan"))


def page(
    number: str,
    *,
    given: dict[str, Any] | None = None,
    fault: str = "",
    said: str = "",
    written: dict[str, str] | None = None,
    faults: Sequence[dict[str, str]] = (),
    status: int = 422,
) -> Any:
    """The whole page; what was written stands in its form whatever went wrong.

    fault    text key of what went wrong
    said     what went wrong in words, when it is no key
    written  fields of the forms beside the task's, as they were sent
    """
    house = view.house()
    now = house.clock.now()
    with house.db.read() as connection:
        case = case_of(connection, number)
        body = render_template("casework.html", **content(connection, case, now, given, written or {}),
                               faults=list(faults), fault=fault, said=said, now=now)  # fmt: skip
    return (body, status) if fault or faults or said else body


@blueprint.post("/saker/<number>/oppgave/<task_id>")
@sends(AttachFile, DetachFile, CompleteTask)
def complete(number: str, task_id: str) -> Any:
    """Finish the stage's task. A refusal says which rule or who has it, and nothing written is lost."""
    house = view.house()
    with house.db.read() as connection:
        case = case_of(connection, number)
        found = case_actions.tasks(connection, case.id)
        task = next((task for task in found if task.id == task_id), None)
        form = forms.of_task(connection, task) if task else None
        filled = forms.posted(form) if form else {}
        other_rows = forms.reshaped(form, filled)
    refused = attachments.take(task, form) if form and form.takes_files else []
    with house.db.read() as connection:  # the files that were just kept are in it now
        judged = forms.judged(connection, task, filled) if form and other_rows is None else []
        wrong = forms.with_others(refused, judged)
    if attachments.pressed():
        case_drafts.keep(number, f"task.{task_id}")
        return page(number, given=filled, faults=refused)
    if wrong or other_rows is not None:
        return page(number, given=filled, faults=wrong)
    data = {form.stored: filled} if form else {}
    try:
        send(CompleteTask(task_id, data=data), once=True)
    except Invalid:
        return page(number, given=filled, fault="case.form_faults")
    except StageRefused as refused:
        return page(number, given=filled, fault=refused.key)
    except NotFound:
        raise
    except Refusal as refused:
        case_drafts.keep(number, f"task.{task_id}")
        words = session.why_not(refused)
        kept = view.t("draft.kept") if filled else ""
        return page(number, given=filled or None, said=f"{words} {kept}".strip(), status=409)
    with house.db.write() as connection:
        drafts.throw_away(connection, case.id, actor().person_id, f"task.{task_id}")
    return session.done(number, "completed")


@blueprint.post("/saker/<number>/notat")
@sends(AddNote)
def note(number: str) -> Any:
    text = request.form.get("note", "").strip()
    restricted = request.form.get("barred", "")
    if not text or len(text) > journal.LONGEST:
        return page(number, fault="case.note_empty" if not text else "message.long", written={"note": text})
    send(AddNote(case_id_of(number), text, restricted if restricted in journal.BARS else ""))
    return session.done(number, "note")


@blueprint.post("/saker/<number>/notat/<note_id>/innsyn")
@sends(SetNoteAccess)
def bar(number: str, note_id: str) -> Response:
    """Bar a note with a reason, or let the citizen read it after all."""
    why = request.form.get("barred", "")
    send(SetNoteAccess(case_id_of(number), note_id, why if why in journal.BARS else ""))
    return session.done(number, "access")


@blueprint.post("/saker/<number>/melding")
@sends(SendMessage)
def message(number: str) -> Any:
    text = request.form.get("text", "").strip()
    if not text or len(text) > journal.LONGEST:
        return page(number, fault="message.empty" if not text else "message.long", written={"text": text})
    send(SendMessage(case_id_of(number), text))
    return session.done(number, "message")


@blueprint.get("/saker/<number>/historikk")
def whole_history(number: str) -> Any:
    """Everything people did, saw and changed, with what it was and what it became."""
    house = view.house()
    before = request.args.get("for", "")
    with house.db.read() as connection:
        case = case_of(connection, number)
        found = history.of_case(
            connection, house.vault, case.id, case.owner_id, int(before) if before.isdigit() else None
        )
        shown = [(event, _thing(case, event.what, event.old), _thing(case, event.what, event.new)) for event in found]
        name = view.name_of(case.owner_id)
    return render_template("case_history.html", case=case, name=name, events=shown, size=100)


def _thing(case: Any, what: str, value: Any) -> str:
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
def overview(number: str) -> Any:
    """View-only, while the share holds. The citizen sees that it was opened (R44-R46)."""
    house = view.house()
    now = house.clock.now()
    with house.db.read() as connection:
        case = case_of(connection, number)
        if sharing.in_force(connection, case.id, session.office(), now) is None:
            raise Forbidden("share")
        found = harvest.newest_snapshot(connection, house.vault, case.id, now)
    if found is None:
        raise NotFound("overview")
    send(RecordAccess(case.id, "overview"))
    shown, built_at, version = found
    return render_template(
        "overview.html",
        case=case,
        overview=shown,
        panels=panels(shown),
        built_at=built_at,
        version=version,
        sources=(),
        entries=(),
        shares=(),
        task=None,
        waiting=False,
        given={},
        fault="",
        view_only=True,
        owner=view.name_of(case.owner_id),
    )
