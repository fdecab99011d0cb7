"""Everyday and messy (R70, R71): where a person stands, what shows early, and what a measure would do (R56)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.advice.commands import AddHouseholdMeasure, RemoveHouseholdMeasure
from engine.advice.economy import payees
from engine.advice.economy.measures import Measure, MeasureKind, clean_up, effect
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.overview import Overview
from engine.advice.economy.page_figures import PageFigures
from engine.advice.economy.payees import DEBT_SERVICE
from engine.advice.economy.phase import Phase, Standing, standing
from engine.advice.economy.plan_payments import PlanPayments, plan_payments, shares
from engine.advice.economy.repayment import order_of, plans
from engine.advice.economy.signals import Signal, signals
from engine.advice.evidence import baseline, snapshots
from engine.advice.evidence.page_data import PageData
from engine.advice.guidance.contacts import contacts
from engine.advice.guidance.tips import choose
from engine.advice.household import MAX_MEASURES, MAX_RATE
from engine.casework import queries
from engine.web.citizen.overview_progress import nothing_yet
from engine.web.citizen.own_pages import finish, is_done, open_task
from engine.web.shared import access, view
from engine.web.shared.amounts import FieldErrors, amount_field, rate_field
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotPossible
from engine.workflow.execution import data
from engine.workflow.execution.commands import CompleteTask
from engine.workflow.instances.rows import CaseRow

blueprint = guarded("household", __name__, Role.CITIZEN.value)


@dataclass(frozen=True, slots=True)
class Known:
    """What these pages work on.

    pages     what is made of all movements;  data: more of it, to be asked for while the connection is open
    journeys  the keys of the person's open cases
    """

    case: CaseRow
    overview: Overview
    pages: PageFigures
    data: PageData
    plan: Mapping[str, Any]
    found: tuple[Signal, ...]
    standing: Standing
    journeys: frozenset[str]


def known_of(connection: Connection) -> Known | None:
    """``None`` before there is an overview."""
    application = view.application()
    who = actor().person_id
    case = access.data_case(connection)
    newest = snapshots.newest(connection, application.vault, case.id, application.clock.now()) if case else None
    if case is None or newest is None:
        return None
    overview, _, version = newest
    about = PageData(connection, application.vault, case.id, application.data_sets, overview, version)
    plan = data.read_of_person(connection, application.vault, who, "plan") or {}
    before = baseline.known_before(connection, application.vault, case.id, plan)
    found = signals(overview, about.pages.figures, before, _not_set_aside(about))
    journeys = frozenset(c.key for c in queries.cases_of(connection, who) if c.state == "open" and c.owner_id == who)
    return Known(case, overview, about.pages, about, plan, found, standing(overview, found, bool(plan)), journeys)


def _not_set_aside(about: PageData) -> list[tuple[Money, date]]:
    """What the owner of a business lacks for tax and VAT, once the accounts are tagged."""
    if not about.pages.figures.enterprises:
        return []
    found = about.business(actor().person_id, view.application().clock.now())
    return [(one.gap, one.due.due) for one in found.cover.dues if one.gap > 0] if found.tagged else []


def payments_of(known: Known) -> PlanPayments | None:
    """The plan held against what was paid since; ``None`` without a plan."""
    if not known.plan:
        return None
    debts = plans(known.overview.debts, known.overview.as_of)
    given = shares(debts, Decimal(str(known.plan["monthly"])), order_of(known.plan.get("order", "")))
    began = date.fromisoformat(known.plan["begun"]) if known.plan.get("begun") else known.overview.as_of
    return plan_payments(known.pages.figures, known.overview.debts, debts, given, began, known.overview.as_of)


@blueprint.get("/hverdag")
def everyday() -> ResponseReturnValue:
    """Where you stand, what shows early, what others in your place do, and whom to call."""
    with view.application().db.read() as connection:
        known = known_of(connection)
    if known is None:
        return nothing_yet()
    phase = known.standing.phase.value
    advised = Phase.EVERYDAY.value if known.standing.phase is Phase.UNKNOWN else phase
    return render_template(
        "everyday.html",
        o=known.overview,
        standing=known.standing,
        signals=known.found,
        journeys=known.journeys,
        clean_up=clean_up(known.overview.debts, known.overview.as_of) if phase == "messy" else (),
        stored_plan=known.plan,
        payments=payments_of(known),
        tips=choose(known.standing.situations, advised, known.overview.as_of),
        contacts=contacts(advised),
        categories=payees.categories(),
        largest=max([line.amount for line in known.overview.spending] or [Decimal(1)]),
    )


@blueprint.get("/tiltak")
def measures() -> ResponseReturnValue:
    return _measures({}, [])


def read_measures(stored: Mapping[str, Any]) -> list[Measure]:
    """Measures as they are stored."""
    return [
        Measure(m["id"], MeasureKind(m["kind"]), m["name"], Decimal(m["amount"]), Decimal(m.get("rate", "0")))
        for m in stored.get("measures", ())
    ]


def _measures(submitted: Mapping[str, str], errors: list[dict[str, str]]) -> ResponseReturnValue:
    """What a measure would do, before and after (R56). Nothing is decided until it is in the plan."""
    application = view.application()
    with application.db.read() as connection:
        known = known_of(connection)
        task = open_task(connection, "measures")
        stored = data.read_of_person(connection, application.vault, actor().person_id, "measures") or {}
    if known is None:
        return nothing_yet()
    body = render_template(
        "measures.html",
        o=known.overview,
        effect=effect(known.overview, read_measures(stored)),
        paid_now=sum((o.amount for o in known.overview.spending if o.category == DEBT_SERVICE), ZERO),
        kinds=list(MeasureKind),
        clean_up=clean_up(known.overview.debts, known.overview.as_of),
        stored_plan=known.plan,
        spending=known.overview.spending[:6],
        submitted=submitted,
        errors=errors,
        task=task,
    )
    return (body, 422) if errors else body


@blueprint.post("/tiltak")
@sends(AddHouseholdMeasure, CompleteTask)
def add_measure() -> ResponseReturnValue:
    """One measure more. The button that ends the page's task adds what is typed first."""
    form = request.form
    if is_done() and not any(form.get(name, "").strip() for name in ("name", "amount", "rate")):
        return measures_done()
    errors: FieldErrors = []
    kind, name = form.get("kind", ""), form.get("name", "").strip()
    if kind not in list(MeasureKind):
        errors.append({"id": "m-kind", "path": "kind", "text": view.t("measure.kind_missing")})
    if not name or len(name) > 80:
        errors.append({"id": "m-name", "path": "name", "text": view.t("issue.required", label=view.t("measure.name"))})
    label = view.t("measure.amount")
    amount = amount_field(form.get("amount", ""), label, errors, "m-amount", path="amount")
    if amount == 0:
        errors.append({"id": "m-amount", "path": "amount", "text": view.t("amount.zero", label=label)})
    written = form.get("rate", "").strip() or "0"
    rate = rate_field(written, view.t("measure.rate"), errors, "m-rate", path="rate", limit=Decimal(MAX_RATE))
    if rate == 0 and kind == "refinance":
        errors.append({"id": "m-rate", "path": "rate", "text": view.t("measure.rate_wrong")})
    if errors or amount is None or rate is None:
        return _measures(form.to_dict(), errors)
    with view.application().db.read() as connection:
        known = known_of(connection)
    if known is None:
        return nothing_yet()
    try:
        send(AddHouseholdMeasure(known.case.id, kind, name, amount, rate), once=True)
    except NotPossible as refused:
        if "measures-max" not in {reason.rule for reason in refused.reasons}:
            raise
        full = {"id": "m-name", "path": "name", "text": view.t("measure.full", most=MAX_MEASURES)}
        return _measures(form.to_dict(), [full])
    if is_done():
        return measures_done()
    return redirect(url_for("household.measures") + "#effekt", 303)


@blueprint.post("/tiltak/fjern/<measure_id>")
@sends(RemoveHouseholdMeasure)
def remove_measure(measure_id: str) -> Response:
    with view.application().db.read() as connection:
        known = known_of(connection)
    if known is not None:
        send(RemoveHouseholdMeasure(known.case.id, measure_id))
    return redirect(url_for("household.measures"), 303)


@blueprint.post("/tiltak/ferdig")
@sends(CompleteTask)
def measures_done() -> Response:
    with view.application().db.read() as connection:
        task = open_task(connection, "measures")
    return finish(task, url_for("plan.show"))
