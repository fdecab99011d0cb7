"""What a caseworker does with the case as a whole, asks its citizen, agrees with them and links it to."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.casework import journal, links, measures, queries
from engine.casework.commands import (
    AddMeasure,
    AskCitizen,
    ExtendDeadline,
    JudgeMeasure,
    LinkCases,
    UnlinkCases,
    WithdrawQuestion,
)
from engine.platform.clock import OSLO
from engine.web.office import case_drafts, session
from engine.web.office.case_page import case_id_of, case_of, page
from engine.web.office.queue import CASE_ACTS, FROM, command_of, day_of
from engine.web.shared import view
from engine.web.shared.amounts import FieldErrors, amount_field
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound, Refusal

blueprint = guarded("case_acts", __name__, Role.CASEWORKER.value)
session.only_members(blueprint, case_drafts.rescue)


@blueprint.post("/saker/<number>/gjor/<act>")
@sends(*CASE_ACTS, ExtendDeadline)
def act(number: str, act: str) -> ResponseReturnValue:
    """Take, assign, return, plan, pause, resume or extend. A refusal is said on the page, with what was written."""
    case_id = case_id_of(number)
    try:
        send(_extension(case_id) if act == "extend" else command_of(act, case_id, request.form))
    except NotFound:
        raise
    except Refusal as refusal:
        return page(number, message=session.why_not(refusal), written=request.form.to_dict(), status=409)
    if act == "return":
        return redirect(f"{url_for('queue.show')}?{request.cookies.get(FROM, '')}", 303)
    return session.done(number, act)


def _extension(case_id: str) -> ExtendDeadline:
    return ExtendDeadline(case_id, day_of(request.form.get("dag", "")), request.form.get("grunn", "").strip())


@blueprint.post("/saker/<number>/sporsmal")
@case_drafts.keeps_draft("question")
@sends(AskCitizen)
def ask(number: str) -> ResponseReturnValue:
    """Ask the citizen for something, as a task of theirs."""
    text = request.form.get("question", "").strip()
    due = session.evening(request.form.get("due", ""))
    if not text or len(text) > journal.MAX_TEXT:
        error = "case.question_empty" if not text else "message.long"
        return page(number, error=error, written=request.form.to_dict())
    if due is None or due < view.application().clock.now():
        return page(number, error="case.question_due", written=request.form.to_dict())
    rest = request.form.get("rest") == "ja"
    command = AskCitizen(case_id_of(number), text, due, pauses=rest, page=case_drafts.page_key())
    return session.sent(command, number, "ask", page)


@blueprint.post("/saker/<number>/sporsmal/<question_id>/trekk")
@sends(WithdrawQuestion)
def withdraw(number: str, question_id: str) -> Response:
    send(WithdrawQuestion(case_id_of(number), question_id))
    return session.done(number, "withdraw")


def _monthly(errors: FieldErrors, at: str) -> Decimal | None:
    """NOK a month more or less, as written in the field *at*; ``None`` for nothing, or with one more of *faults*."""
    text = request.form.get("monthly", "").strip()
    return amount_field(text, view.t("agreed.monthly"), errors, at, negative=True) if text else None


@blueprint.post("/saker/<number>/tiltak")
@case_drafts.keeps_draft("measure")
@sends(AddMeasure)
def add_measure(number: str) -> ResponseReturnValue:
    form = request.form
    what, kind = form.get("what", "").strip(), form.get("kind", "")
    begun = session.evening(form.get("begun", ""))
    errors: FieldErrors = []
    monthly = _monthly(errors, "monthly")
    if errors:
        return page(number, errors=errors, written=form.to_dict())
    if not what or kind not in measures.KINDS or begun is None:
        return page(number, error="case.measure_missing", written=form.to_dict())
    noon = datetime.combine(begun.date(), time(12), OSLO)
    command = AddMeasure(case_id_of(number), kind, what, noon, monthly, page=case_drafts.page_key())
    return session.sent(command, number, "measure", page)


@blueprint.post("/saker/<number>/tiltak/<measure_id>/<int:months>")
@sends(JudgeMeasure)
def look_back(number: str, measure_id: str, months: int) -> ResponseReturnValue:
    """How a measure went after so many months."""
    form = request.form
    errors: FieldErrors = []
    monthly = _monthly(errors, f"a-{measure_id}-{months}")
    if errors:
        return page(number, errors=errors, written={})
    if form.get("result") not in measures.RESULTS:
        return page(number, error="case.outcome_missing", written={})
    text = form.get("outcome", "").strip()
    send(JudgeMeasure(case_id_of(number), measure_id, months, form["result"], monthly, text))
    return session.done(number, "outcome")


@blueprint.post("/saker/<number>/koblinger")
@sends(LinkCases)
def link(number: str) -> ResponseReturnValue:
    why = request.form.get("why", "")
    with view.application().db.read() as connection:
        case = case_of(connection, number)
        other = queries.case_by_number(connection, request.form.get("other", "").strip(), session.office())
    if other is None or other.id == case.id:
        return page(number, error="case.link_unknown", written=request.form.to_dict())
    send(LinkCases(case.id, other.id, why if why in links.REASONS else links.REASONS[0]))
    return session.done(number, "link")


@blueprint.post("/saker/<number>/koblinger/<other>/fjern")
@sends(UnlinkCases)
def unlink(number: str, other: str) -> Response:
    send(UnlinkCases(case_id_of(number), case_id_of(other)))
    return session.done(number, "unlink")
