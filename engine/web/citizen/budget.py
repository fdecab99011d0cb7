"""A reference budget made personal, a budget of one's own, and how it goes month by month (R53, R57, R72)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.advice.commands import SaveBudget, SaveHousehold
from engine.advice.economy import sifo
from engine.advice.economy.claims import LivingCosts, living_costs
from engine.advice.economy.compilation import MONTHS
from engine.advice.economy.measures import monthly_debt_cost
from engine.advice.economy.money import ZERO, Money
from engine.advice.household import ABOUT, CARS, SEXES, age_in_months
from engine.web.citizen.household import Known, known_of
from engine.web.citizen.overview_progress import nothing_yet
from engine.web.citizen.own_pages import finish, is_done, open_task
from engine.web.shared import view
from engine.web.shared.amounts import FieldErrors, amount_field, as_typed
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.execution import data
from engine.workflow.execution.commands import CompleteTask

blueprint = guarded("budget", __name__, Role.CITIZEN.value)
ROWS = sifo.MAX_PERSONS


@blueprint.get("/budsjett")
def show() -> ResponseReturnValue:
    return _page({}, {}, [])


def _page(household: Mapping[str, Any], own: Mapping[str, str], errors: FieldErrors) -> ResponseReturnValue:
    """Who lives here, the reference beside what is used, the person's own budget, and the last months against it.

    household, own   what was just typed and could not be saved; empty = what is stored
    """
    application = view.application()
    with application.db.read() as connection:
        known = known_of(connection)
        task = open_task(connection, "household")
        stored = data.read_of_person(connection, application.vault, actor().person_id, "household") or {}
        budget = data.read_of_person(connection, application.vault, actor().person_id, "budget") or {}
    if known is None:
        return nothing_yet()
    shown = household or stored
    edition = sifo.edition_of(known.overview.as_of.year)
    lines = sifo.budget(_household(stored), edition) if stored.get("persons") else ()
    amounts = {group: Decimal(amount) for group, amount in budget.get("amounts", {}).items()}
    used = sifo.used_by_group(_used(known))
    compared = {c.group: c for c in sifo.compare(lines, _used(known))}
    body = render_template(
        "budget.html",
        o=known.overview,
        stored=shown,
        rows=[*shown.get("persons", ()), *({} for _ in range(ROWS - len(shown.get("persons", ()))))],
        abouts=ABOUT,
        cars=CARS,
        lines=lines,
        total=sifo.total(lines),
        compared=compared,
        used=used,
        own=own or {group: as_typed(amount) for group, amount in amounts.items()},
        amounts=amounts,
        followed=_followed(known, amounts),
        months=list(_months(known)),
        least=monthly_debt_cost(known.overview),
        protected=_protected(stored, known.overview.as_of),
        edition=edition,
        task=task,
        errors=errors,
    )
    return (body, 422) if errors else body


def _used(known: Known) -> dict[str, Money]:
    """NOK a month on average by category."""
    spent: dict[str, Money] = {}
    for line in known.overview.spending:
        spent[line.category] = spent.get(line.category, ZERO) + line.amount
    return spent


def _months(known: Known) -> dict[date, Mapping[str, Money]]:
    return known.pages.last_months(MONTHS)


def _followed(known: Known, amounts: Mapping[str, Money]) -> tuple[sifo.Followed, ...]:
    """The last whole months against the person's own budget; nothing before the bank has reported any movement."""
    if not amounts or not known.pages.movements:
        return ()
    return sifo.follow(amounts, list(_months(known).values()))


def _protected(stored: Mapping[str, Any], as_of: date) -> LivingCosts | None:
    ages = [age // 12 for p in stored.get("persons", ()) if (age := age_in_months(p["age"])) is not None]
    return living_costs(ages, as_of) if ages else None


def _household(stored: Mapping[str, Any]) -> sifo.Household:
    persons = []
    for one in stored["persons"]:
        about = one.get("about", "")
        persons.append(
            sifo.Person(
                age_in_months(one["age"]) or 0,
                one["sex"],
                pregnant=about == "pregnant",
                nursing=about == "nursing",
                student=about == "student",
                kindergarten=about.startswith("kindergarten"),
                after_school=about == "after_school",
            )
        )
    low = any(one.get("about") == "kindergarten_low" for one in stored["persons"])
    return sifo.Household(tuple(persons), stored.get("cars", "none"), low_income=low)


@blueprint.post("/budsjett")
@sends(SaveHousehold)
def save_household() -> ResponseReturnValue:
    """Keep who lives here; the reference follows."""
    form = request.form
    persons: list[dict[str, Any]] = []
    errors: FieldErrors = []
    for row in range(1, ROWS + 1):
        text = form.get(f"age-{row}", "").strip()
        if not text:
            continue
        sex, about = form.get(f"sex-{row}", ""), form.get(f"about-{row}", "")
        persons.append(
            {
                "age": text,
                "sex": sex if sex in SEXES else SEXES[0],
                "about": about if about in ABOUT else "",
            }
        )
        if age_in_months(text) is None:
            field = f"age-{len(persons)}"
            errors.append({"id": field, "path": field, "text": view.t("budget.age_wrong", number=len(persons))})
    if not persons:
        errors.append({"id": "age-1", "path": "age-1", "text": view.t("budget.nobody")})
    cars = form.get("cars", "")
    cars = cars if cars in CARS else CARS[0]
    if errors:
        return _page({"persons": persons, "cars": cars}, {}, errors)
    with view.application().db.read() as connection:
        known = known_of(connection)
    if known is None:
        return nothing_yet()
    send(SaveHousehold(known.case.id, tuple(persons), cars))
    return redirect(url_for("budget.show") + "#mitt", 303)


@blueprint.post("/budsjett/mitt")
@sends(SaveBudget, CompleteTask)
def save_own() -> ResponseReturnValue:
    """Keep the person's own budget, group by group. An empty field takes the group out of it.

    The button that ends the page's task saves it too.
    """
    typed = {group: request.form.get(f"own-{group}", "").strip() for group in sifo.OWN_GROUPS}
    amounts: dict[str, Decimal] = {}
    errors: FieldErrors = []
    for group, text in typed.items():
        if not text:
            continue
        amount = amount_field(text, view.t(f"budget.group.{group}"), errors, f"own-{group}", path=group)
        if amount is not None:
            amounts[group] = amount
    if errors:
        return _page({}, typed, errors)
    with view.application().db.read() as connection:
        known = known_of(connection)
        before = data.read_of_person(connection, view.application().vault, actor().person_id, "budget")
    if known is None:
        return nothing_yet()
    if amounts or before or not is_done():
        send(SaveBudget(known.case.id, amounts))
    if is_done():
        return done()
    return redirect(url_for("budget.show") + "#folg", 303)


@blueprint.post("/budsjett/ferdig")
@sends(CompleteTask)
def done() -> Response:
    with view.application().db.read() as connection:
        task = open_task(connection, "household")
    return finish(task, url_for("household.measures"))
