"""What a caseworker does with the case as a whole, asks its citizen, agrees with her and links it to."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from engine.casework import case_actions, drafts, information_requests, links, measures, queries
from engine.casework.commands import AddNote
from engine.platform.clock import OSLO
from engine.web.office import case_drafts, session
from engine.web.office.case_page import case_of, page
from engine.web.office.queue import FROM, do
from engine.web.shared import view
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound, NotPossible, Reason, Refusal

blueprint = guarded("case_acts", __name__, Role.CASEWORKER.value)
session.only_members(blueprint, case_drafts.rescue)


@blueprint.post("/saker/<number>/gjor/<act>")
def act(number: str, act: str) -> Any:
    """Take, assign, return, plan, pause, resume or extend. A refusal is said on the page, with what was written."""
    if act not in (*case_actions.ACTS, "extend"):
        raise NotFound(act)
    house = view.house()
    try:
        with house.db.write() as connection:
            case = case_of(connection, number)
            if act == "extend":
                at = session.evening(request.form.get("dag", ""))
                if at is None:
                    raise NotPossible(Reason("", "not-a-date", "no date"))
                case_actions.extend(session.desk(connection), case, at, request.form.get("grunn", "").strip())
            else:
                do(act, connection, case, request.form)
            if act == "return":
                reason = request.form.get("grunn", "").strip()
                house.dispatch.send(AddNote(case.id, reason, "internal"), actor(), connection=connection)
    except NotFound:
        raise
    except Refusal as refusal:
        return page(number, said=session.why_not(refusal), written=request.form.to_dict(), status=409)
    if act == "return":
        return redirect(f"{url_for('queue.show')}?{request.cookies.get(FROM, '')}", 303)
    return session.done(number, act)


@blueprint.post("/saker/<number>/sporsmal")
def ask(number: str) -> Any:
    """Ask the citizen for something, as a task of hers."""
    text = request.form.get("question", "").strip()
    due = session.evening(request.form.get("due", ""))
    if not text or len(text) > information_requests.LONGEST:
        fault = "case.question_empty" if not text else "message.long"
        return page(number, fault=fault, written=request.form.to_dict())
    if due is None or due < view.house().clock.now():
        return page(number, fault="case.question_due", written=request.form.to_dict())
    with view.house().db.write() as connection:
        case = case_of(connection, number)
        information_requests.ask(session.desk(connection), case, text, due, rest=request.form.get("rest") == "ja")
        drafts.throw_away(connection, case.id, actor().person_id, "question")
    return session.done(number, "ask")


@blueprint.post("/saker/<number>/sporsmal/<question_id>/trekk")
def withdraw(number: str, question_id: str) -> Response:
    with view.house().db.write() as connection:
        information_requests.withdraw(session.desk(connection), case_of(connection, number), question_id)
    return session.done(number, "withdraw")


def _kroner(text: str) -> Decimal | None:
    """An amount as people write it; ``None`` for nothing. Raises ``InvalidOperation`` for what is no amount."""
    plain = text.replace("\u00a0", "").replace(" ", "").removesuffix("kr").replace("\u2212", "-").replace(",", ".")
    return Decimal(plain).quantize(Decimal("0.01")) if plain else None


@blueprint.post("/saker/<number>/tiltak")
def add_measure(number: str) -> Any:
    form = request.form
    what, kind = form.get("what", "").strip(), form.get("kind", "")
    begun = session.evening(form.get("begun", ""))
    try:
        monthly = _kroner(form.get("monthly", ""))
    except InvalidOperation:
        return page(number, fault="case.measure_amount", written=form.to_dict())
    if not what or kind not in measures.KINDS or begun is None:
        return page(number, fault="case.measure_missing", written=form.to_dict())
    house = view.house()
    with house.db.write() as connection:
        case = case_of(connection, number)
        measures.add(
            connection, house.vault, actor=actor(), case=case, kind=kind, what=what, monthly=monthly,
            begun=datetime.combine(begun.date(), time(12), OSLO), now=house.clock.now(),
        )  # fmt: skip
        drafts.throw_away(connection, case.id, actor().person_id, "measure")
    return session.done(number, "measure")


@blueprint.post("/saker/<number>/tiltak/<measure_id>/<int:months>")
def look_back(number: str, measure_id: str, months: int) -> Any:
    """How a measure went after so many months."""
    form = request.form
    try:
        monthly = _kroner(form.get("monthly", ""))
    except InvalidOperation:
        return page(number, fault="case.measure_amount", written={})
    if form.get("result") not in measures.RESULTS:
        return page(number, fault="case.outcome_missing", written={})
    house = view.house()
    with house.db.write() as connection:
        measures.look_back(
            connection, house.vault, actor=actor(), case=case_of(connection, number), measure_id=measure_id,
            months=months, result=form["result"], monthly=monthly, text=form.get("outcome", "").strip(),
            now=house.clock.now(),
        )  # fmt: skip
    return session.done(number, "outcome")


@blueprint.post("/saker/<number>/koblinger")
def link(number: str) -> Any:
    other_number = request.form.get("other", "").strip()
    why = request.form.get("why", "")
    house = view.house()
    with house.db.write() as connection:
        case = case_of(connection, number)
        other = queries.case_by_number(connection, other_number, session.office())
        if other is not None and other.id != case.id:
            why = why if why in links.REASONS else links.REASONS[0]
            links.link(connection, actor=actor(), case=case, other=other, why=why, now=house.clock.now())
    if other is None or other.id == case.id:
        return page(number, fault="case.link_unknown", written=request.form.to_dict())
    return session.done(number, "link")


@blueprint.post("/saker/<number>/koblinger/<other>/fjern")
def unlink(number: str, other: str) -> Response:
    house = view.house()
    with house.db.write() as connection:
        case, linked = case_of(connection, number), case_of(connection, other)
        links.unlink(connection, actor=actor(), case=case, other=linked, now=house.clock.now())
    return session.done(number, "unlink")
