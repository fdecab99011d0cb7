"""What citizens enter about themselves: stored for them, refused for all others, in every way the commands have."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine.advice import commands, sequence
from engine.advice.commands import (
    AddHouseholdMeasure,
    AddSupplement,
    AskSourcesAgain,
    CarryOver,
    CategorizePayee,
    CorrectFigure,
    DecideSameDebt,
    GiveConsentAgain,
    RemoveHouseholdMeasure,
    RemoveSupplement,
    SaveAssumptions,
    SaveBudget,
    SaveChecklist,
    SaveClosingSteps,
    SaveHousehold,
    SavePlan,
    SettleGrant,
    ShareAgain,
    StartSharing,
    TagAccounts,
)
from engine.advice.consent.ending import REBUILD_OVERVIEW
from engine.advice.economy.overview import Overview
from engine.advice.evidence import snapshots
from engine.advice.evidence.models import snapshot, supplement
from engine.advice.household import MAX_MEASURES
from engine.platform.db import Database
from engine.workflow.errors import Conflict, Forbidden, NotFound, NotPossible, Suspended
from engine.workflow.execution.commands import Command
from engine.workflow.execution.models import data_element
from engine.workflow.jobs.models import due_work
from tests.engine.advice.conftest import NO_GRANTS, Citizens

TODAY = date(2026, 11, 23)
NOK = Decimal(500)
ADULT = {"age": "37", "sex": "woman", "about": ""}

#: A command that goes well, of each kind: case id → command.
GOOD: dict[type[Command], Callable[[str], Command]] = {
    AddSupplement: lambda case: AddSupplement(case, "debt", "Lån av bror", NOK),
    CorrectFigure: lambda case: CorrectFigure(case, "debt:1", NOK),
    AskSourcesAgain: lambda case: AskSourcesAgain(case),
    DecideSameDebt: lambda case: DecideSameDebt(case, "debt:1", "debt:2", same=True),
    CategorizePayee: lambda case: CategorizePayee(case, "KIWI 505 STORO", "gambling"),
    RemoveSupplement: lambda case: RemoveSupplement(case, "none"),
    SaveHousehold: lambda case: SaveHousehold(case, (ADULT, {"age": "8 mnd", "sex": "man", "about": ""}), "petrol"),
    SaveBudget: lambda case: SaveBudget(case, {"food": NOK}),
    AddHouseholdMeasure: lambda case: AddHouseholdMeasure(case, "cut", "Mindre taxi", NOK),
    RemoveHouseholdMeasure: lambda case: RemoveHouseholdMeasure(case, "none"),
    SavePlan: lambda case: SavePlan(case, NOK, "avalanche"),
    TagAccounts: lambda case: TagAccounts(case, {"12345678903": "tax"}),
    SaveAssumptions: lambda case: SaveAssumptions(case, {"advanceTax": "1000"}, TODAY, {"2026-5": NOK}),
    SaveChecklist: lambda case: SaveChecklist(case, ("accounts",), ("vat",)),
    SaveClosingSteps: lambda case: SaveClosingSteps(case, ("tell_customers",)),
    StartSharing: lambda case: StartSharing(case),
}
#: A command that is refused for what it says.
BAD: list[Callable[[str], Command]] = [
    lambda case: AddSupplement(case, "correction", "x", NOK),
    lambda case: AddSupplement(case, "debt", "  ", NOK),
    lambda case: AddSupplement(case, "debt", "x" * 101, NOK),
    lambda case: AddSupplement(case, "debt", "x", Decimal(-1)),
    lambda case: AddSupplement(case, "debt", "x", Decimal("NaN")),
    lambda case: CorrectFigure(case, "", NOK),
    lambda case: CorrectFigure(case, "debt:1", Decimal(100_000_001)),
    lambda case: DecideSameDebt(case, "debt:1", "debt:1", same=True),
    lambda case: DecideSameDebt(case, "debt:1", "", same=False),
    lambda case: CategorizePayee(case, "KIWI", "yachts"),
    lambda case: CategorizePayee(case, " - ", "food"),
    lambda case: SaveHousehold(case, ()),
    lambda case: SaveHousehold(case, (ADULT,) * 8),
    lambda case: SaveHousehold(case, ({**ADULT, "age": "old"},)),
    lambda case: SaveHousehold(case, ({**ADULT, "about": "rich"},)),
    lambda case: SaveHousehold(case, (ADULT,), "steam"),
    lambda case: SaveBudget(case, {"yachts": NOK}),
    lambda case: SaveBudget(case, {"food": Decimal(-1)}),
    lambda case: AddHouseholdMeasure(case, "steal", "x", NOK),
    lambda case: AddHouseholdMeasure(case, "cut", "", NOK),
    lambda case: AddHouseholdMeasure(case, "cut", "x", Decimal(0)),
    lambda case: AddHouseholdMeasure(case, "refinance", "x", NOK, Decimal(61)),
    lambda case: SavePlan(case, Decimal(0), "avalanche"),
    lambda case: SavePlan(case, NOK, "never"),
    lambda case: TagAccounts(case, {"12345678903": "yacht"}),
    lambda case: SaveAssumptions(case, {}, TODAY, {"2026-5": Decimal("1e9")}),
    lambda case: SaveChecklist(case, ("dance",)),
    lambda case: SaveClosingSteps(case, ("dance",)),
]
ALL = pytest.mark.parametrize("kind", list(GOOD), ids=lambda kind: kind.__name__)


def rows(citizens: Citizens) -> tuple[int, ...]:
    return tuple(citizens.count(table) for table in (supplement, snapshot, data_element))


def test_every_entry_of_ones_own_is_in_these_tests() -> None:
    own = {
        command
        for command, steps in sequence.sequences({}, {}, Database("sqlite://")).items()
        if steps[: len(sequence.OWN_ENTRY)] == sequence.OWN_ENTRY
    }
    assert own == {*GOOD, CarryOver, GiveConsentAgain, SettleGrant, ShareAgain}
    assert own < {kind for kind in vars(commands).values() if isinstance(kind, type)}


@ALL
def test_one_enters_it_in_ones_own_case(citizens: Citizens, kind: type[Command]) -> None:
    case = citizens.start()
    citizens.overview(case)
    assert citizens.send(GOOD[kind](case)).case_id == case


@ALL
def test_nobody_enters_it_for_another(citizens: Citizens, kind: type[Command]) -> None:
    """Not another citizen, and not the adviser whom the policy lets write in the case."""
    case = citizens.start()
    citizens.overview(case)
    before = rows(citizens)
    for who in (citizens.truls, citizens.kari):
        with pytest.raises(NotFound):
            citizens.send(GOOD[kind](case), who)
    assert rows(citizens) == before


@ALL
def test_a_suspended_case_takes_nothing(citizens: Citizens, kind: type[Command]) -> None:
    case = citizens.start()
    citizens.overview(case)
    before = rows(citizens)
    citizens.suspend(case)
    with pytest.raises(Suspended):
        citizens.send(GOOD[kind](case))
    assert rows(citizens) == before


@ALL
def test_the_policy_decides_whether_one_may_enter_anything(citizens: Citizens, kind: type[Command]) -> None:
    case = citizens.start(key=NO_GRANTS)
    citizens.overview(case)
    before = rows(citizens)
    with pytest.raises(Forbidden):
        citizens.send(GOOD[kind](case))
    assert rows(citizens) == before


@ALL
def test_the_same_form_sent_twice_is_entered_once(citizens: Citizens, kind: type[Command]) -> None:
    case = citizens.start()
    citizens.overview(case)
    first = citizens.send(GOOD[kind](case), key="form")
    before = rows(citizens)
    again = citizens.send(GOOD[kind](case), key="form")
    assert again.repeated and again.made == first.made
    assert rows(citizens) == before


@pytest.mark.parametrize("make", BAD)
def test_what_cannot_be_is_refused_and_changes_nothing(citizens: Citizens, make: Callable[[str], Command]) -> None:
    case = citizens.start()
    citizens.overview(case)
    before = rows(citizens)
    with pytest.raises(NotPossible):
        citizens.send(make(case))
    assert rows(citizens) == before


@ALL
def test_what_people_write_is_in_no_log(kind: type[Command]) -> None:
    told = repr(GOOD[kind]("case"))
    assert not any(word in told for word in ("bror", "taxi", "500", "37", "12345678903", "1000"))


def overview(citizens: Citizens, case: str) -> Overview:
    application = citizens.application
    with application.db.read() as connection:
        found = snapshots.newest(connection, application.vault, case, citizens.clock.now())
    assert found is not None
    return found[0]


def test_a_supplement_stands_in_the_overview_until_it_is_removed(citizens: Citizens) -> None:
    case = citizens.start()
    made = citizens.send(AddSupplement(case, "debt", " Lån av bror ", NOK)).made
    assert [(debt.creditor, debt.balance.value) for debt in overview(citizens, case).debts] == [("Lån av bror", NOK)]

    other = citizens.start(citizens.truls)
    citizens.send(RemoveSupplement(other, made), citizens.truls)
    assert citizens.count(supplement) == 1, "nobody removes another's"

    for _ in range(2):
        citizens.send(RemoveSupplement(case, made))
    assert overview(citizens, case).debts == ()
    assert citizens.count(supplement) == 0


def test_household_and_budget_are_stored_as_they_are_shown_again(citizens: Citizens) -> None:
    case = citizens.start()
    citizens.send(SaveHousehold(case, (ADULT,), "electric"))
    citizens.send(SaveBudget(case, {"food": Decimal("4000.00"), "housing": NOK}))
    citizens.send(SaveBudget(case, {"food": Decimal("4500.00")}))

    assert citizens.stored("household") == {"persons": [ADULT], "cars": "electric"}
    assert citizens.stored("budget") == {"amounts": {"food": "4500.00"}}
    assert citizens.stored("budget", citizens.truls) is None


def test_measures_are_tried_up_to_a_limit_and_none_falls_out(citizens: Citizens) -> None:
    case = citizens.start()
    first = citizens.send(AddHouseholdMeasure(case, "cut", "Den første", NOK)).made
    for number in range(MAX_MEASURES - 1):
        citizens.send(AddHouseholdMeasure(case, "cut", f"Nummer {number}", NOK))
    with pytest.raises(NotPossible, match="no more than 20 measures"):
        citizens.send(AddHouseholdMeasure(case, "cut", "For mye", NOK))
    names = [measure["name"] for measure in citizens.stored("measures")["measures"]]
    assert names[0] == "Den første" and len(names) == MAX_MEASURES

    for _ in range(2):
        citizens.send(RemoveHouseholdMeasure(case, first))
    assert len(citizens.stored("measures")["measures"]) == MAX_MEASURES - 1


def test_a_plan_keeps_when_it_began_and_what_was_owed_then(citizens: Citizens) -> None:
    case = citizens.start()
    with pytest.raises(NotFound):
        citizens.send(SavePlan(case, NOK, "avalanche"))
    citizens.send(AddSupplement(case, "debt", "Lån av bror", NOK))
    citizens.send(SavePlan(case, NOK, "avalanche"))
    first = citizens.stored("plan")
    assert first["begun"] == "2026-11-23" and [debt["name"] for debt in first["debts"]] == ["Lån av bror"]

    citizens.send(AddSupplement(case, "debt", "Enda et", NOK))
    citizens.send(SavePlan(case, Decimal(700), "snowball"))
    second = citizens.stored("plan")
    assert (second["monthly"], second["order"]) == ("700", "snowball")
    assert {name: second[name] for name in ("begun", "debts", "credits")} == {
        name: first[name] for name in ("begun", "debts", "credits")
    }


def test_assumptions_keep_other_terms_and_the_year_before(citizens: Citizens) -> None:
    case = citizens.start()
    citizens.send(SaveAssumptions(case, {"advanceTax": "1000"}, TODAY, {"2026-4": NOK}))
    citizens.send(SaveAssumptions(case, {"advanceTax": "2000"}, TODAY, {"2026-5": Decimal(-70)}))
    assert citizens.stored("assumptions")["returns"] == {"2026-4": "500", "2026-5": "-70"}

    citizens.send(SaveAssumptions(case, {"advanceTax": "0"}, date(2027, 1, 5)))
    stored = citizens.stored("assumptions")
    assert (stored["year"], stored["lastYear"]["advanceTax"]) == (2027, "2000")


def test_the_press_that_stores_also_ends_the_task_or_does_neither(citizens: Citizens) -> None:
    case = citizens.start()
    task = citizens.task(case)
    other = citizens.start(citizens.truls)
    with pytest.raises((NotFound, Forbidden)):
        citizens.send(SaveChecklist(case, ("accounts",), task_id=citizens.task(other)))
    assert citizens.stored("checklist") is None, "what the task refuses takes the entry back"

    outcome = citizens.send(SaveChecklist(case, ("accounts",), task_id=task))

    assert outcome.state == "completed" and citizens.task_state(case) == "completed"
    assert citizens.stored("checklist") == {"done": ["accounts"], "later": []}


def test_what_is_locked_is_refused_as_a_conflict(citizens: Citizens) -> None:
    case = citizens.start()
    citizens.send(SaveBudget(case, {"food": NOK}))
    with citizens.application.db.write() as connection:
        connection.execute(data_element.update().values(locked=True))
    with pytest.raises(Conflict):
        citizens.send(SaveBudget(case, {"food": Decimal(1)}))


def test_an_entry_is_compiled_with_no_transaction_open(citizens: Citizens, monkeypatch: pytest.MonkeyPatch) -> None:
    case = citizens.start()
    compile_whole, others = snapshots.prepared, list[int]()

    def prepared(known: snapshots.Gathered) -> snapshots.Prepared:
        def another() -> None:
            with citizens.application.db.write():
                others.append(len(known.supplements))

        thread = threading.Thread(target=another, daemon=True)
        thread.start()
        thread.join(timeout=60)
        return compile_whole(known)

    monkeypatch.setattr(snapshots, "prepared", prepared)

    citizens.send(GOOD[AddSupplement](case))

    assert others == [1], "another wrote meanwhile, and the entry stood already"
    assert [debt.creditor for debt in overview(citizens, case).debts] == ["Lån av bror"]


def test_an_entry_that_could_not_be_compiled_stands_and_is_left_to_a_job(
    citizens: Citizens, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = citizens.start()

    def broken(_: snapshots.Gathered) -> snapshots.Prepared:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(snapshots, "prepared", broken)
        citizens.send(GOOD[AddSupplement](case))
    assert (citizens.count(supplement), citizens.count(snapshot)) == (1, 0)

    with citizens.application.db.read() as connection:
        found = connection.execute(select(due_work.c.name, due_work.c.due_at).where(due_work.c.state == "due")).one()
    assert found.name == REBUILD_OVERVIEW and found.due_at > citizens.clock.now()
