"""Everyday, messy and living with debt (R70-R72): budget, measures, plan and milestones. A whole path alone (R79)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.authorization.actor import Role
from engine.cases import queries
from engine.clock import OSLO
from engine.economy import sifo
from engine.economy.figures import Figures
from engine.economy.measures import Measure, MeasureKind, clean_up, effect
from engine.economy.money import ZERO
from engine.economy.overview import Overview
from engine.economy.phase import Standing, standing
from engine.economy.rates import UnknownYear
from engine.economy.repayment import Order, Plan, minimum, needed, plans, schedule
from engine.economy.signals import Signal, signals
from engine.evidence import harvest
from engine.evidence.datasets import own_data_sets
from engine.execution import data
from engine.guidance.contacts import contacts
from engine.guidance.tips import choose
from engine.web import view
from engine.web.enk import _task, finish, keep
from engine.web.guards import actor, guarded
from engine.web.overview import read_amount

blueprint = guarded("household", __name__, Role.CITIZEN.value)
ROWS = sifo.MAX_PERSONS


@dataclass(frozen=True, slots=True)
class Known:
    """What these pages work on."""

    case: Any
    overview: Overview
    figures: Figures
    plan: Mapping[str, Any]
    found: tuple[Signal, ...]
    standing: Standing


def _known(connection: Connection) -> Known | None:
    """``None`` before there is an overview."""
    house = view.house()
    who = actor().person_id
    case = queries.data_case_of(connection, who)
    newest = harvest.newest_snapshot(connection, house.vault, case.id, house.clock.now()) if case else None
    if case is None or newest is None:
        return None
    figures, _ = harvest.figures(connection, house.vault, case.id, own_data_sets(house.data_sets))
    plan = data.read_of_person(connection, house.vault, who, "plan") or {}
    found = signals(newest[0], figures, frozenset(plan.get("credits", ())))
    return Known(case, newest[0], figures, plan, found, standing(newest[0], found, bool(plan)))


def _nothing_yet() -> Any:
    return render_template("household_empty.html")


@blueprint.get("/hverdag")
def everyday() -> Any:
    """Where you stand, what shows early, what others in your place do, and whom to call."""
    with view.house().db.read() as connection:
        known = _known(connection)
    if known is None:
        return _nothing_yet()
    phase = known.standing.phase.value
    return render_template(
        "everyday.html",
        o=known.overview,
        standing=known.standing,
        signals=known.found,
        clean_up=clean_up(known.overview.debts, known.overview.as_of) if phase == "messy" else (),
        tips=choose(known.standing.situations, phase, known.overview.as_of),
        contacts=contacts(phase),
        largest=max([line.amount for line in known.overview.spending] or [Decimal(1)]),
    )


@blueprint.get("/budsjett")
def budget() -> Any:
    return _budget({}, [])


def _budget(given: Mapping[str, Any], faults: list[dict[str, str]]) -> Any:
    """The reference budget of this very household, beside what is used (R53, R57)."""
    house = view.house()
    with house.db.read() as connection:
        known = _known(connection)
        task = _task(connection, "household")
        kept = given or data.read_of_person(connection, house.vault, actor().person_id, "household") or {}
    if known is None:
        return _nothing_yet()
    lines: tuple[sifo.BudgetLine, ...] = ()
    compared: tuple[sifo.Comparison, ...] = ()
    unknown = None
    if kept.get("persons") and not faults:
        try:
            lines = sifo.budget(_household(kept), known.overview.as_of.year)
        except UnknownYear as error:
            unknown = error
        spent: dict[str, Decimal] = {}
        for line in known.overview.spending:
            spent[line.category] = spent.get(line.category, ZERO) + line.amount
        compared = sifo.compare(lines, spent) if lines else ()
    body = render_template(
        "budget.html",
        o=known.overview,
        kept=kept,
        rows=[*kept.get("persons", ()), *({} for _ in range(ROWS - len(kept.get("persons", ()))))],
        lines=lines,
        total=sifo.total(lines),
        compared=compared,
        unknown=unknown,
        task=task,
        faults=faults,
        scale=max([max(c.budget, c.used) for c in compared] or [Decimal(1)]),
    )
    return (body, 422) if faults else body


def _household(kept: Mapping[str, Any]) -> sifo.Household:
    return sifo.Household(
        tuple(
            sifo.Person(
                int(Decimal(str(p["age"])) * 12),
                p["sex"],
                kindergarten=bool(p.get("kindergarten")),
                after_school=bool(p.get("after_school")),
            )
            for p in kept["persons"]
        ),
        kept.get("cars", "none"),
    )


@blueprint.post("/budsjett")
def save_budget() -> Any:
    """Keep who lives here; the budget follows."""
    form = request.form
    persons: list[dict[str, Any]] = []
    faults = []
    for row in range(1, ROWS + 1):
        text = form.get(f"age-{row}", "").strip()
        if not text:
            continue
        if not text.isdigit() or int(text) > 120:
            label = view.t("budget.age", number=row)
            faults.append({"id": f"age-{row}", "path": f"age-{row}", "text": view.t("issue.number", label=label)})
        sex = form.get(f"sex-{row}", "woman")
        persons.append(
            {
                "age": int(text) if text.isdigit() else text,
                "sex": sex if sex in ("woman", "man") else "woman",
                "kindergarten": bool(form.get(f"kindergarten-{row}")),
                "after_school": bool(form.get(f"after-{row}")),
            }
        )
    if not persons:
        faults.append({"id": "age-1", "path": "age-1", "text": view.t("budget.nobody")})
    cars = form.get("cars", "none")
    content = {"persons": persons, "cars": cars if cars in ("petrol", "electric") else "none"}
    if faults:
        return _budget(content, faults)
    with view.house().db.write() as connection:
        known = _known(connection)
        if known is None:
            return _nothing_yet()
        keep(connection, known.case.id, "household", content)
    return redirect(url_for("household.budget") + "#budsjettet", 303)


@blueprint.post("/budsjett/ferdig")
def budget_done() -> Response:
    with view.house().db.read() as connection:
        task = _task(connection, "household")
    return finish(task, url_for("household.measures"))


@blueprint.get("/tiltak")
def measures() -> Any:
    return _measures({}, [])


def _read(kept: Mapping[str, Any]) -> list[Measure]:
    return [
        Measure(m["id"], MeasureKind(m["kind"]), m["name"], Decimal(m["amount"]), Decimal(m.get("rate", "0")))
        for m in kept.get("measures", ())
    ]


def _measures(given: Mapping[str, str], faults: list[dict[str, str]]) -> Any:
    """What a measure would do, before and after (R56). Nothing is decided until it is in the plan."""
    house = view.house()
    with house.db.read() as connection:
        known = _known(connection)
        task = _task(connection, "measures")
        kept = data.read_of_person(connection, house.vault, actor().person_id, "measures") or {}
    if known is None:
        return _nothing_yet()
    body = render_template(
        "measures.html",
        o=known.overview,
        effect=effect(known.overview, _read(kept)),
        kinds=list(MeasureKind),
        clean_up=clean_up(known.overview.debts, known.overview.as_of),
        spending=known.overview.spending[:6],
        given=given,
        faults=faults,
        task=task,
    )
    return (body, 422) if faults else body


@blueprint.post("/tiltak")
def add_measure() -> Any:
    form = request.form
    faults = []
    kind, name = form.get("kind", ""), form.get("name", "").strip()
    amount = read_amount(form.get("amount", ""))
    rate = read_amount(form.get("rate", "") or "0")
    if kind not in list(MeasureKind):
        faults.append({"id": "m-kind", "path": "kind", "text": view.t("measure.kind_missing")})
    if not name or len(name) > 80:
        faults.append({"id": "m-name", "path": "name", "text": view.t("issue.required", label=view.t("measure.name"))})
    if not amount:
        label = view.t("measure.amount")
        faults.append({"id": "m-amount", "path": "amount", "text": view.t("issue.number", label=label)})
    if rate is None or rate > 60 or (kind == "refinance" and not rate):
        faults.append({"id": "m-rate", "path": "rate", "text": view.t("measure.rate_wrong")})
    if faults:
        return _measures(form.to_dict(), faults)
    key = form.get("_key", "")
    new = {"id": key or str(uuid.uuid4()), "kind": kind, "name": name, "amount": str(amount), "rate": str(rate)}
    house = view.house()
    with house.db.write() as connection:
        known = _known(connection)
        if known is None:
            return _nothing_yet()
        kept = data.read_of_person(connection, house.vault, actor().person_id, "measures") or {}
        there = [m for m in kept.get("measures", ()) if m["id"] != new["id"]]
        keep(connection, known.case.id, "measures", {"measures": [*there, new][-20:]})
    return redirect(url_for("household.measures") + "#effekt", 303)


@blueprint.post("/tiltak/fjern/<measure_id>")
def remove_measure(measure_id: str) -> Response:
    house = view.house()
    with house.db.write() as connection:
        known = _known(connection)
        kept = data.read_of_person(connection, house.vault, actor().person_id, "measures") or {}
        if known is not None:
            left = [m for m in kept.get("measures", ()) if m["id"] != measure_id]
            keep(connection, known.case.id, "measures", {"measures": left})
    return redirect(url_for("household.measures"), 303)


@blueprint.post("/tiltak/ferdig")
def measures_done() -> Response:
    with view.house().db.read() as connection:
        task = _task(connection, "measures")
    return finish(task, url_for("household.plan"))


@blueprint.get("/plan")
def plan() -> Any:
    return _plan({}, [])


def _plan(given: Mapping[str, str], faults: list[dict[str, str]]) -> Any:
    """The plan with its milestones drawn (R58), and what it takes to be debt-free by a date (R131)."""
    house = view.house()
    with house.db.read() as connection:
        known = _known(connection)
        task = _task(connection, "plan")
    if known is None:
        return _nothing_yet()
    debts = plans(known.overview.debts, known.overview.as_of)
    kept = known.plan
    amount = Decimal(str(kept["monthly"])) if kept else None
    order: Order = kept.get("order", "dearest_first") if kept else "dearest_first"
    found = schedule(debts, amount, order) if amount is not None else None
    dream = _dream(debts, known.overview.as_of, order, faults)
    body = render_template(
        "plan.html",
        o=known.overview,
        debts=debts,
        least=minimum(debts),
        kept=kept,
        amount=amount,
        order=order,
        found=found,
        milestones=_milestones(known, debts, found.milestones if found else ()),
        curve=_curve(found.balances, sum((d.balance for d in debts), ZERO)) if found else "",
        month=lambda number: _month(known.overview.as_of, number),
        dream=dream,
        given=given,
        faults=faults,
        task=task,
        contacts=contacts("living"),
        tips=choose(known.standing.situations, "living", known.overview.as_of, 3),
    )
    return (body, 422) if given and faults else body


def _milestones(known: Known, debts: tuple[Plan, ...], ahead: Any) -> list[dict[str, Any]]:
    """Debts that are gone since the plan began, then those to come with their month."""
    there = {debt.id for debt in debts}
    reached = [
        {"name": one["name"], "state": "done", "month": None}
        for one in known.plan.get("debts", ())
        if one["id"] not in there
    ]
    coming = [
        {"name": m.name, "state": "now" if number == 0 else "todo", "month": _month(known.overview.as_of, m.month)}
        for number, m in enumerate(ahead)
    ]
    return reached + coming


def _month(start: date, number: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    return date(year, month + 1, 1)


def _curve(balances: tuple[Decimal, ...], start: Decimal) -> str:
    """Points of a line from today's debt to nothing, in a box of 100 by 100."""
    top = max(start, *balances, Decimal(1))
    points = [start, *balances]
    step = 100 / max(len(points) - 1, 1)
    return " ".join(f"{number * step:.2f},{100 - float(value / top) * 100:.2f}" for number, value in enumerate(points))


def _dream(debts: tuple[Plan, ...], today: date, order: Order, faults: list[dict[str, str]]) -> dict[str, Any] | None:
    """``?innen=2029-06``: the least a month to owe nothing by then."""
    text = request.args.get("innen", "")
    if not text:
        return None
    try:
        year, month = (int(part) for part in text.split("-")[:2])
        months = (year - today.year) * 12 + month - today.month
        wanted = date(year, month, 1)
    except ValueError:
        months, wanted = 0, today
    if not 1 <= months <= 480:
        faults.append({"id": "innen", "path": "innen", "text": view.t("dream.date_wrong")})
        return None
    amount = needed(debts, months, order)
    return {"amount": amount, "by": wanted, "interest": schedule(debts, amount, order).interest, "text": text}


@blueprint.post("/plan")
def save_plan() -> Any:
    """Keep the plan: an amount a month, an order, and what was owed when it began."""
    form = request.form
    amount = read_amount(form.get("monthly", ""))
    order = form.get("order", "dearest_first")
    house = view.house()
    with house.db.write() as connection:
        known = _known(connection)
        if known is None:
            return _nothing_yet()
        task = _task(connection, "plan")
        debts = plans(known.overview.debts, known.overview.as_of)
        if amount:
            begun = known.plan.get("begun") or house.clock.now().astimezone(OSLO).date().isoformat()
            content = {
                "monthly": str(amount),
                "order": order if order in ("dearest_first", "smallest_first") else "dearest_first",
                "begun": begun,
                "debts": list(known.plan.get("debts") or ({"id": d.id, "name": d.name} for d in debts)),
                "credits": list(known.plan.get("credits") or (d.id for d in known.overview.debts)),
            }
            keep(connection, known.case.id, "plan", content)
    if not amount:
        label = view.t("plan.monthly")
        faults = [{"id": "monthly", "path": "monthly", "text": view.t("issue.number", label=label)}]
        return _plan(form.to_dict(), faults)
    if form.get("action") == "done":
        return finish(task, url_for("household.plan"))
    return redirect(url_for("household.plan") + "#milepaler", 303)
