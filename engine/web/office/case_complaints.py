"""Complaints about the decision of a case: written down as they come, assessed, and what became of each."""

from __future__ import annotations

from datetime import date

from flask import request
from flask.typing import ResponseReturnValue

from engine.casework import complaints, journal
from engine.casework.commands import AssessTimeliness, DecideComplaint, RecordAppeal, RegisterComplaint, ReopenCase
from engine.platform.calendar import norwegian_today
from engine.web.office import session
from engine.web.office.case_page import case_id_of, page
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import AlreadyDone, NotPossible
from engine.workflow.execution.commands import Command

blueprint = guarded("case_complaints", __name__, Role.CASEWORKER.value)
session.only_members(blueprint)

#: Rule of a refusal → the text that says it.
_REFUSED = {"not-assessed": "complaint.assess_first", "too-late": "complaint.year_passed"}


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
    received, text, way = _received(form.get("received", "")), form.get("text", "").strip(), form.get("way", "paper")
    error_keys = {}
    if received is None or way not in complaints.WAYS:
        error_keys["complaint-received"] = "complaint.no_day"
    if not text or len(text) > journal.MAX_TEXT:
        error_keys["complaint-text"] = "complaint.no_text"
    if error_keys or received is None:
        errors = [{"id": at, "path": at, "text": view.t(key)} for at, key in error_keys.items()]
        written = {"complaint_open": "1", "complaint_text": text, "received": form.get("received", ""), "way": way}
        return page(number, errors=errors, written=written)
    application = view.application()
    case_id = case_id_of(number)
    made = send(RegisterComplaint(case_id, received, text, way), once=True).made
    with application.db.read() as connection:
        one = complaints.of(connection, application.vault, case_id, made)
    return session.done(number, "complaint_late" if one.late else "complaint_in_time")


@blueprint.post("/saker/<number>/klager/<complaint_id>/vurdering")
@sends(AssessTimeliness)
def assess(number: str, complaint_id: str) -> ResponseReturnValue:
    """What a person finds of a complaint that came late."""
    found, reason = request.form.get("timeliness", ""), request.form.get("reason", "").strip()
    at = f"assess-{complaint_id}"
    if found not in complaints.TIMELINESS or not reason or len(reason) > journal.MAX_TEXT:
        return _refused(number, at, found, reason, "complaint.no_assessment")
    command = AssessTimeliness(case_id_of(number), complaint_id, found, reason)
    return _sent(command, number, at, found, reason, "complaint_assessed")


@blueprint.post("/saker/<number>/klager/<complaint_id>")
@sends(DecideComplaint)
def decide(number: str, complaint_id: str) -> ResponseReturnValue:
    outcome, answer = request.form.get("outcome", ""), request.form.get("answer", "").strip()
    at = f"complaint-{complaint_id}"
    if outcome not in complaints.OUTCOMES or not answer or len(answer) > journal.MAX_TEXT:
        return _refused(number, at, outcome, answer, "complaint.no_outcome")
    command = DecideComplaint(case_id_of(number), complaint_id, outcome, answer)
    return _sent(command, number, at, outcome, answer, "complaint_decided")


@blueprint.post("/saker/<number>/klager/<complaint_id>/klageinstans")
@sends(RecordAppeal)
def appeal(number: str, complaint_id: str) -> ResponseReturnValue:
    """What the appeal body answered."""
    outcome, answer = request.form.get("outcome", ""), request.form.get("answer", "").strip()
    at = f"appeal-{complaint_id}"
    if outcome not in complaints.APPEAL_OUTCOMES or not answer or len(answer) > journal.MAX_TEXT:
        return _refused(number, at, outcome, answer, "complaint.no_outcome")
    command = RecordAppeal(case_id_of(number), complaint_id, outcome, answer)
    return _sent(command, number, at, outcome, answer, "complaint_decided")


@blueprint.post("/saker/<number>/gjenopne")
@sends(ReopenCase)
def reopen(number: str) -> ResponseReturnValue:
    """A closed case is decided anew."""
    reason = request.form.get("reason", "").strip()
    command = ReopenCase(case_id_of(number), reason)
    return session.sent(command, number, "reopened", page)


def _refused(number: str, at: str, chosen: str, text: str, key: str) -> ResponseReturnValue:
    """The page again, with what was written and why it is not stored at the form it was written in."""
    errors = [{"id": at, "path": at, "text": view.t(key)}]
    return page(number, errors=errors, written={at: text, f"{at}-outcome": chosen})


def _sent(command: Command, number: str, at: str, chosen: str, text: str, act: str) -> ResponseReturnValue:
    try:
        send(command)
    except AlreadyDone as done:
        return page(number, message=view.t("complaint.was_decided", who=view.name_of(done.by)), status=409)
    except NotPossible as refusal:
        key = next((_REFUSED[reason.rule] for reason in refusal.reasons if reason.rule in _REFUSED), "")
        if not key:
            raise
        return _refused(number, at, chosen, text, key)
    return session.done(number, act)
