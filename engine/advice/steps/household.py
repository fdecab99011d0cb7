"""The household, a budget of one's own, measures of everyday life, and the plan."""

from __future__ import annotations

import uuid
from typing import get_args

from engine.advice.commands import AddHouseholdMeasure, RemoveHouseholdMeasure, SaveBudget, SaveHousehold, SavePlan
from engine.advice.economy import sifo
from engine.advice.economy.measures import MeasureKind
from engine.advice.economy.repayment import Order, plans
from engine.advice.evidence import snapshots
from engine.advice.household import ABOUT, CARS, MAX_MEASURES, MAX_RATE, SEXES, age_in_months
from engine.advice.steps.own_case import refuse_unless, require_amount, store, stored
from engine.platform.calendar import norwegian_day
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context

MAX_NAME = 80


def save_household(ctx: Context) -> None:
    """Who lives there; the reference budget follows from it."""
    assert isinstance(ctx.command, SaveHousehold)
    persons, cars = ctx.command.persons, ctx.command.cars
    refuse_unless(0 < len(persons) <= sifo.MAX_PERSONS, "household-size", f"from 1 to {sifo.MAX_PERSONS} persons")
    refuse_unless(cars in CARS, "household-cars", "no such kind of car")
    for person in persons:
        refuse_unless(age_in_months(person.get("age", "")) is not None, "household-age", "no age")
        refuse_unless(
            person.get("sex") in SEXES and person.get("about", "") in ABOUT, "household-person", "not a known value"
        )
    store(ctx, "household", {"persons": [dict(person) for person in persons], "cars": cars})


def save_budget(ctx: Context) -> None:
    """Group by group."""
    assert isinstance(ctx.command, SaveBudget)
    for group, amount in ctx.command.amounts.items():
        refuse_unless(group in sifo.OWN_GROUPS, "budget-group", "no such group")
        require_amount(amount)
    store(ctx, "budget", {"amounts": {group: str(amount) for group, amount in ctx.command.amounts.items()}})


def add_household_measure(ctx: Context) -> None:
    """It is tried, not decided, until it is in the plan."""
    command = ctx.command
    assert isinstance(command, AddHouseholdMeasure)
    refuse_unless(command.kind in list(MeasureKind), "measure-kind", "no such kind of measure")
    refuse_unless(0 < len(command.name) <= MAX_NAME, "measure-name", f"a name has from 1 to {MAX_NAME} characters")
    require_amount(command.amount)
    refuse_unless(command.amount > 0, "measure-amount", "a measure of nothing")
    refuse_unless(0 <= command.rate <= MAX_RATE, "measure-rate", f"a rate is from 0 to {MAX_RATE} per cent")
    there = list(stored(ctx, "measures").get("measures", ()))
    refuse_unless(len(there) < MAX_MEASURES, "measures-max", f"no more than {MAX_MEASURES} measures at once")
    new = {
        "id": str(uuid.uuid4()),
        "kind": command.kind,
        "name": command.name,
        "amount": str(command.amount),
        "rate": str(command.rate),
    }
    store(ctx, "measures", {"measures": [*there, new]})
    ctx.outcome = Outcome(ctx.case_id, made=new["id"])


def remove_household_measure(ctx: Context) -> None:
    """Take one away."""
    assert isinstance(ctx.command, RemoveHouseholdMeasure)
    there = list(stored(ctx, "measures").get("measures", ()))
    left = [measure for measure in there if measure["id"] != ctx.command.measure_id]
    if left != there:
        store(ctx, "measures", {"measures": left})


def save_plan(ctx: Context) -> None:
    """When it began, and what was owed then, stand as the first saving found them."""
    command = ctx.command
    assert isinstance(command, SavePlan)
    require_amount(command.monthly)
    refuse_unless(command.monthly > 0, "plan-monthly", "a plan of nothing")
    refuse_unless(command.order in get_args(Order), "plan-order", "no such order")
    newest = snapshots.newest(ctx.connection, ctx.services.vault, ctx.case_id, ctx.now)
    if newest is None:
        raise NotFound("overview")
    overview, before = newest[0], stored(ctx, "plan")
    debts = plans(overview.debts, overview.as_of)
    content = {
        "monthly": str(command.monthly),
        "order": command.order,
        "begun": before.get("begun") or norwegian_day(ctx.now).isoformat(),
        "debts": list(before.get("debts") or ({"id": debt.id, "name": debt.name} for debt in debts)),
        "credits": list(before.get("credits") or (key for debt in overview.debts for key in (debt.id, *debt.records))),
    }
    store(ctx, "plan", content)
