"""Starting (R67): can the private economy carry it, on paper too, and what to set up from day one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.cases import queries
from engine.clock import OSLO
from engine.economy.enk.startup import Plan, assess
from engine.economy.money import ZERO
from engine.economy.rates import UnknownYear, rates
from engine.evidence import harvest
from engine.execution import data
from engine.execution.commands import NotFound
from engine.guidance.contacts import contacts
from engine.guidance.tips import choose
from engine.web import view
from engine.web.enk.desk import blueprint, known_of
from engine.web.guards import actor
from engine.web.own_pages import finish, keep, open_task

STEPS = ("accounts", "tax_card", "vat", "insurance", "bookkeeping")


@blueprint.get("/enk/start")
def startup() -> Any:
    """Can the private economy carry it (R67): three scenarios, told kindly."""
    house = view.house()
    with house.db.read() as connection:
        task = open_task(connection, "startup_review")
        found = _assess(connection)
    if found is None:
        return redirect(url_for("citizen.home"), 303)
    return render_template(
        "enk_startup.html", task=task, contacts=contacts("enk_start"), tips=found.tips, **found.values
    )


@dataclass(frozen=True, slots=True)
class Assessed:
    values: dict[str, Any]
    tips: Any


def _assess(connection: Connection) -> Assessed | None:
    house = view.house()
    who = actor().person_id
    kept = data.read_of_person(connection, house.vault, who, "business-plan")
    case = queries.data_case_of(connection, who)
    if kept is None or case is None:
        return None
    newest = harvest.newest_snapshot(connection, house.vault, case.id, house.clock.now())
    private = newest[0] if newest else None
    number: Callable[[str], Decimal] = lambda name: Decimal(str(kept.get(name) or 0))  # noqa: E731
    told = kept.get("spending")
    spending = Decimal(str(told)) if told is not None else private.monthly_spending if private else ZERO
    plan = Plan(
        number("turnover"),
        number("costs"),
        number("startCosts"),
        number("savings"),
        number("otherIncome"),
        spending,
        int(kept.get("ramp", 6)),
    )
    today = house.clock.now().astimezone(OSLO).date()
    try:
        found, unknown = assess(plan, today.year), None
    except UnknownYear as error:
        found, unknown = None, error
    tips = choose({"spending_over_income"} if found and found.verdict != "carries" else (), "enk_start", today)
    values = {"plan": plan, "found": found, "unknown": unknown, "private": private, "year": today.year}
    return Assessed(values, tips)


@blueprint.post("/enk/start")
def decided() -> Response:
    house = view.house()
    with house.db.read() as connection:
        task = open_task(connection, "startup_review")
    return finish(task, url_for("enk.startup"))


@blueprint.get("/enk/start.pdf")
def startup_pdf() -> Response:
    """The assessment on paper, to take to the bank or the business guidance."""
    from engine.documents.startup import render

    house = view.house()
    with house.db.read() as connection:
        found = _assess(connection)
    if found is None or found.values["found"] is None:
        raise NotFound("plan")
    body = render(
        found.values["plan"],
        found.values["found"],
        name=actor().name,
        words=view.t,
        language=g.language,
        made_at=house.clock.now(),
    )
    answer = make_response(body)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = "attachment; filename=oppstart.pdf"
    return answer


@blueprint.get("/enk/sjekkliste")
def checklist() -> Any:
    """Set-up from day one (R67): each step ticked by the owner, those a source can see watched for her."""
    house = view.house()
    with house.db.read() as connection:
        known = known_of(connection)
        if known is None:
            return redirect(url_for("citizen.home"), 303)
        task = open_task(connection, "checklist")
        kept = data.read_of_person(connection, house.vault, actor().person_id, "checklist") or {}
        guided = data.read_of_person(connection, house.vault, actor().person_id, "guidance") or {}
    o = known.overview
    seen = {"accounts": o.tagged, "vat": any(e.vat_registered for e in o.enterprises)}
    limit = rates(o.as_of.year).get("vat", "registration_threshold") if o.unknown_year is None else None
    return render_template(
        "enk_checklist.html",
        steps=STEPS,
        done=set(kept.get("done", ())),
        seen=seen,
        o=o,
        limit=limit,
        advice=guided.get("advice", ""),
        task=task,
    )


@blueprint.post("/enk/sjekkliste")
def check() -> Response:
    house = view.house()
    done = [step for step in request.form.getlist("step") if step in STEPS]
    with house.db.write() as connection:
        known = known_of(connection)
        if known is None:
            raise NotFound("case")
        task = open_task(connection, "checklist")
        keep(connection, known.case.id, "checklist", {"done": done})
    if request.form.get("action") == "save":
        return redirect(url_for("enk.checklist"), 303)
    return finish(task, url_for("enk.checklist"))
