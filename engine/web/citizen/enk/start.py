"""Starting (R67): can the private economy carry it, on paper too, and what to set up from day one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.advice.commands import SaveChecklist
from engine.advice.economy.enk.overview import EnkOverview
from engine.advice.economy.enk.startup import SETUP_STEPS as STEPS
from engine.advice.economy.rates import rates
from engine.advice.guidance.contacts import contacts
from engine.advice.guidance.tips import choose
from engine.platform.calendar import norwegian_today
from engine.web.citizen import own_pages
from engine.web.citizen.enk.assessment import Assessed, assessed
from engine.web.citizen.enk.session import blueprint, known_of
from engine.web.citizen.overview_progress import being_made
from engine.web.citizen.own_pages import finish, open_task
from engine.web.shared import access, view
from engine.web.shared.commands import sends
from engine.web.shared.guards import actor
from engine.workflow.errors import NotFound
from engine.workflow.execution import data
from engine.workflow.execution.commands import CompleteTask


@blueprint.get("/enk/start")
def startup() -> ResponseReturnValue:
    """Can the private economy carry it (R67): three scenarios, in kind words."""
    application = view.application()
    with application.db.read() as connection:
        task = open_task(connection, "startup_review")
        found = _assess(connection)
    if found is None:
        return redirect(url_for("citizen.home"), 303)
    if found.spending == "none" and (wait := being_made()):
        return wait
    troubled = found.found is not None and found.found.verdict != "carries"
    today = norwegian_today(application.clock)
    return render_template(
        "enk_startup.html",
        task=task,
        contacts=contacts("enk_start"),
        tips=choose({"spending_over_income"} if troubled else (), "enk_start", today),
        plan=found.plan,
        found=found.found,
        unknown=found.unknown,
        private=found.private,
    )


def _assess(connection: Connection) -> Assessed | None:
    application = view.application()
    who = actor().person_id
    stored = data.read_of_person(connection, application.vault, who, "business-plan")
    case = access.data_case(connection)
    if stored is None or case is None:
        return None
    return assessed(connection, stored, case.id)


@blueprint.post("/enk/start")
@sends(CompleteTask)
def decided() -> Response:
    application = view.application()
    with application.db.read() as connection:
        task = open_task(connection, "startup_review")
    return finish(task, url_for("enk.startup"))


@blueprint.get("/enk/start.pdf")
def startup_pdf() -> Response:
    """The assessment on paper, to take to the bank or the business guidance."""
    from engine.advice.documents.startup import render

    application = view.application()
    with application.db.read() as connection:
        found = _assess(connection)
    if found is None or found.found is None:
        raise NotFound("plan")
    body = render(
        found.plan,
        found.found,
        name=actor().name,
        words=view.t,
        language=g.language,
        made_at=application.clock.now(),
    )
    answer = make_response(body)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = "attachment; filename=oppstart.pdf"
    return answer


@blueprint.get("/enk/sjekkliste")
def checklist() -> ResponseReturnValue:
    return _checklist_page()


def _checklist_page(
    done: Collection[str] | None = None, later: Collection[str] = (), missing: Sequence[str] = ()
) -> ResponseReturnValue:
    """Set-up from day one (R67): each step ticked or set aside by the owner, those a source can see ticked already."""
    application = view.application()
    with application.db.read() as connection:
        known = known_of(connection)
        if known is None:
            return redirect(url_for("citizen.home"), 303)
        task = open_task(connection, "checklist")
        stored = data.read_of_person(connection, application.vault, actor().person_id, "checklist") or {}
        guided = data.read_of_person(connection, application.vault, actor().person_id, "guidance") or {}
    o = known.overview
    limit = rates(o.as_of.year).get("vat", "registration_threshold") if o.unknown_year is None else None
    body = render_template(
        "enk_checklist.html",
        steps=STEPS,
        done=set(stored.get("done", ()) if done is None else done),
        later=set(stored.get("later", ()) if done is None else later),
        missing=missing,
        seen=_seen(o),
        o=o,
        limit=limit,
        advice=guided.get("advice", ""),
        task=task,
    )
    return (body, 422) if missing else body


def _seen(o: EnkOverview) -> dict[str, bool]:
    """The steps a source can see: done, whoever ticks."""
    return {"accounts": o.tagged, "vat": any(e.vat_registered for e in o.enterprises)}


@blueprint.post("/enk/sjekkliste")
@sends(SaveChecklist)
def check() -> ResponseReturnValue:
    """Save the ticks; the last press ends the task when each step is done, seen, or marked as not relevant yet."""
    application = view.application()
    done = [step for step in request.form.getlist("step") if step in STEPS]
    later = [step for step in request.form.getlist("later") if step in STEPS and step not in done]
    with application.db.read() as connection:
        known = known_of(connection)
        task = open_task(connection, "checklist")
    if known is None:
        raise NotFound("case")
    saves, seen = request.form.get("action") == "save", _seen(known.overview)
    missing = [step for step in STEPS if not (saves or step in done or step in later or seen.get(step))]
    ends = task.id if task and not saves and not missing else ""
    command = SaveChecklist(known.case.id, tuple(done), tuple(later), ends)
    answer = own_pages.save(command, ends, url_for("enk.checklist"))
    return _checklist_page(done, later, missing) if missing else answer
