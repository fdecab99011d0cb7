"""Living with debt (R72): a plan, its milestones drawn (R58), and what it takes to be debt-free by a date (R131)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.advice.commands import SavePlan
from engine.advice.documents import plan_payments as plan_document
from engine.advice.economy.measures import available, eased, is_known
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.overview import Overview
from engine.advice.economy.plan_payments import PlanPayments
from engine.advice.economy.repayment import (
    Milestone,
    Order,
    Plan,
    known_by,
    left_out,
    minimum,
    needed,
    order_of,
    plans,
    schedule,
)
from engine.advice.guidance.contacts import contacts
from engine.advice.guidance.tips import choose
from engine.web.citizen import own_pages
from engine.web.citizen.household import Known, known_of, payments_of, read_measures
from engine.web.citizen.overview_progress import nothing_yet
from engine.web.citizen.own_pages import open_task
from engine.web.shared import view
from engine.web.shared.amounts import FieldErrors, amount_field, as_typed
from engine.web.shared.commands import sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.execution import data

blueprint = guarded("plan", __name__, Role.CITIZEN.value)
ORDERS: tuple[Order, ...] = ("avalanche", "snowball")
MAX_MONTHS = 480  # months ahead the calculator looks


@blueprint.get("/plan")
def show() -> ResponseReturnValue:
    return _page({}, [])


def _page(submitted: Mapping[str, str], errors: FieldErrors) -> ResponseReturnValue:
    application = view.application()
    with application.db.read() as connection:
        known = known_of(connection)
        task = open_task(connection, "plan")
        chosen = data.read_of_person(connection, application.vault, actor().person_id, "measures") or {}
    if known is None:
        return nothing_yet()
    as_of = known.overview.as_of
    debts = plans(known.overview.debts, as_of)
    amount = Decimal(str(known.plan["monthly"])) if known.plan else None
    order = order_of(known.plan.get("order", ""))
    found = schedule(debts, amount, order) if amount is not None else None
    have = have_now(known.overview)
    more = eased(read_measures(chosen))
    room = None if have is None else have + more
    body = render_template(
        "plan.html",
        o=known.overview,
        debts=debts,
        left_out=left_out(known.overview.debts),
        owed=sum((debt.balance for debt in debts), ZERO),
        least=minimum(debts),
        have=None if have is None else max(have, ZERO),
        more=more,
        room=room,
        stored=known.plan,
        payments=payments_of(known),
        amount=amount,
        typed="" if amount is None else as_typed(amount),
        order=order,
        orders=ORDERS,
        found=found,
        milestones=_milestones(known, debts, found.milestones if found else ()),
        curve=_curve(found.balances, sum((d.balance for d in debts), ZERO)) if found else "",
        month=lambda number: month_after(as_of, number),
        year_numbers=[date(as_of.year, number, 1) for number in range(1, 13)],
        dream=_dream(debts, as_of, order, room, errors) if debts else None,
        submitted=submitted,
        errors=errors,
        task=task,
        journeys=known.journeys,
        contacts=contacts("living"),
        tips=choose(known.standing.situations, "living", as_of, 3),
    )
    return (body, 422) if errors else body


def have_now(overview: Overview) -> Money | None:
    """Whole NOK a month that can go to the plan; ``None`` while income or spending is not known in full."""
    return available(overview).quantize(Decimal(1)) if is_known(overview) else None


def _milestones(known: Known, debts: tuple[Plan, ...], ahead: tuple[Milestone, ...]) -> list[dict[str, Any]]:
    """Debts that are gone since the plan began, then those to come with their month."""
    there = known_by(known.overview, debts)
    reached = [
        {"name": one["name"], "state": "done", "month": None}
        for one in known.plan.get("debts", ())
        if one["id"] not in there
    ]
    coming = [
        {"name": m.name, "state": "now" if number == 0 else "todo", "month": month_after(known.overview.as_of, m.month)}
        for number, m in enumerate(ahead)
    ]
    return reached + coming


def month_after(start: date, number: int) -> date:
    """The first day of the month *number* months after that of *start*."""
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    return date(year, month + 1, 1)


def _curve(balances: tuple[Money, ...], start: Money) -> str:
    """Points of a line from today's debt to nothing, in a box of 100 by 100."""
    top = max(start, *balances, Decimal(1))
    points = [start, *balances]
    step = 100 / max(len(points) - 1, 1)
    return " ".join(f"{number * step:.2f},{100 - float(value / top) * 100:.2f}" for number, value in enumerate(points))


@dataclass(frozen=True, slots=True)
class Dream:
    """What it takes: NOK a month to owe nothing by a month, and the interest of it.

    short      NOK a month more than there is room for; ``None`` when that is not known, 0 or less when it is enough
    otherwise  the month it comes to with what there is room for; ``None`` when the debt would not shrink
    """

    amount: Money
    by: date
    interest: Money
    short: Money | None
    otherwise: date | None


def _dream(debts: tuple[Plan, ...], today: date, order: Order, room: Money | None, errors: FieldErrors) -> Dream | None:
    """Read ``?maaned=6&aar=2029`` and compute. A wrong month or year is an error, and nothing is computed."""
    month, year = request.args.get("maaned", "").strip(), request.args.get("aar", "").strip()
    if not month and not year:
        return None
    if not (month.isdigit() and 1 <= int(month) <= 12 and year.isdigit() and len(year) == 4):
        errors.append({"id": "aar", "path": "aar", "text": view.t("dream.date_wrong")})
        return None
    months = (int(year) - today.year) * 12 + int(month) - today.month
    if not 1 <= months <= MAX_MONTHS:
        text = view.t("dream.past" if months < 1 else "dream.far", years=MAX_MONTHS // 12)
        errors.append({"id": "aar", "path": "aar", "text": text})
        return None
    amount = needed(debts, months, order)
    short = None if room is None else amount - max(room, ZERO)
    otherwise = None
    if room is not None and short is not None and short > 0 and room > 0:
        ended = schedule(debts, room, order).months
        otherwise = month_after(today, ended) if ended is not None else None
    return Dream(amount, date(int(year), int(month), 1), schedule(debts, amount, order).interest, short, otherwise)


@blueprint.get("/plan.csv")
def csv() -> ResponseReturnValue:
    """What was planned and what was paid, as a table for a spreadsheet."""
    found = _payments()
    if found is None:
        return redirect(url_for("plan.show"), 303)
    return _file(plan_document.to_csv(found, view.words()), "text/csv; charset=utf-8", "plan.csv")


@blueprint.get("/plan.pdf")
def pdf() -> ResponseReturnValue:
    """The same on paper."""
    found = _payments()
    if found is None:
        return redirect(url_for("plan.show"), 303)
    now = view.application().clock.now()
    made = plan_document.render(found, name=actor().name, words=view.words(), made_at=now)
    return _file(made, "application/pdf", "plan.pdf")


def _payments() -> PlanPayments | None:
    with view.application().db.read() as connection:
        known = known_of(connection)
    return payments_of(known) if known else None


def _file(content: str | bytes, kind: str, name: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@blueprint.post("/plan")
@sends(SavePlan)
def save() -> ResponseReturnValue:
    """Keep the plan: an amount a month, an order, and what was owed when it began."""
    form = request.form
    errors: FieldErrors = []
    amount = amount_field(form.get("monthly", ""), view.t("plan.monthly"), errors, "monthly")
    if amount == 0:
        errors.append({"id": "monthly", "path": "monthly", "text": view.t("amount.zero", label=view.t("plan.monthly"))})
    if errors or amount is None:
        return _page(form.to_dict(), errors)
    order = form.get("order", "")
    with view.application().db.read() as connection:
        known = known_of(connection)
        task = open_task(connection, "plan") if form.get("action") == "done" else None
    if known is None:
        return nothing_yet()
    ends = task.id if task else ""
    command = SavePlan(known.case.id, amount, order if order in ORDERS else ORDERS[0], ends)
    otherwise = url_for("plan.show") + ("" if form.get("action") == "done" else "#milepaler")
    return own_pages.save(command, ends, otherwise)
