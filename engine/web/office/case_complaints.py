"""Complaints about the decision of a case: written down as they come, and what became of each."""

from __future__ import annotations

from datetime import date

from flask import request
from flask.typing import ResponseReturnValue

from engine.casework import complaints, journal
from engine.casework.commands import DecideComplaint, RegisterComplaint
from engine.platform.calendar import norwegian_today
from engine.web.office import session
from engine.web.office.case_page import case_id_of, page
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import AlreadyDone

blueprint = guarded("case_complaints", __name__, Role.CASEWORKER.value)
session.only_members(blueprint)


def _received(text: str) -> date | None:
    """A day that has come. ``None`` for any other text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return None if day > norwegian_today(view.application().clock) else day


@blueprint.post("/saker/<number>/klager")
@sends(RegisterComplaint)
def register(number: str) -> ResponseReturnValue:
    form = request.form
    received, text = _received(form.get("received", "")), form.get("text", "").strip()
    error_keys = {}
    if received is None:
        error_keys["complaint-received"] = "complaint.no_day"
    if not text or len(text) > journal.MAX_TEXT:
        error_keys["complaint-text"] = "complaint.no_text"
    if error_keys or received is None:
        errors = [{"id": at, "path": at, "text": view.t(key)} for at, key in error_keys.items()]
        written = {"complaint_open": "1", "complaint_text": text, "received": form.get("received", "")}
        return page(number, errors=errors, written=written)
    application = view.application()
    case_id = case_id_of(number)
    made = send(RegisterComplaint(case_id, received, text), once=True).made
    with application.db.read() as connection:
        one = complaints.of(connection, application.vault, case_id, made)
    return session.done(number, "complaint_in_time" if one.in_time else "complaint_late")


@blueprint.post("/saker/<number>/klager/<complaint_id>")
@sends(DecideComplaint)
def decide(number: str, complaint_id: str) -> ResponseReturnValue:
    outcome, answer = request.form.get("outcome", ""), request.form.get("answer", "").strip()
    at = f"complaint-{complaint_id}"
    if outcome not in complaints.OUTCOMES or not answer or len(answer) > journal.MAX_TEXT:
        errors = [{"id": at, "path": at, "text": view.t("complaint.no_outcome")}]
        return page(number, errors=errors, written={at: answer, f"{at}-outcome": outcome})
    try:
        send(DecideComplaint(case_id_of(number), complaint_id, outcome, answer))
    except AlreadyDone as done:
        return page(number, message=view.t("complaint.was_decided", who=view.name_of(done.by)), status=409)
    return session.done(number, "complaint_decided")
