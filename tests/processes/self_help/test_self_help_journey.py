"""Self-help on a fixed clock: from consent to a watched plan, new credit told once, a pause, debt-free (R79)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine.advice.economy.figures import Debt, DebtKind, Figures
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence import baseline
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from engine.platform.provider_errors import SourceUnavailable
from engine.workflow.execution import data
from engine.workflow.instances.models import notice
from tests.processes.conftest import House, yes

MONTH = timedelta(days=32)
REGISTER = "gjeldsregister.debts"


def register(house: House, *credits: str) -> None:
    """The debt register tells of these cards from now on, and the other sources of no debt."""

    def tell(names: tuple[str, ...]) -> object:
        def fetch(request: EvidenceRequest) -> Evidence:
            source = Source(REGISTER, "Gjeldsregisteret", request.as_of, "consent")
            debts = tuple(
                Debt(f"g:{name}", DebtKind.CREDIT_CARD, name, Sourced(Decimal(9_000), (source,))) for name in names
            )
            return Evidence(EvidenceState.ANSWERED, Figures(debts=debts))

        return fetch

    sets = house.application.data_sets
    for name, found in list(sets.items()):
        sets[name] = replace(found, fetch=tell(credits if name == REGISTER else ()))  # type: ignore[index,arg-type]


@pytest.fixture
def following(house: House) -> tuple[House, str]:
    """A case whose plan is made and watched."""
    register(house, "Kortbanken")
    case = house.start("self_help", purpose="self_help", debtFree=False)
    agree(house, case)
    assert list(house.tasks(case)) == ["Household"]
    house.complete(case, "Household")
    house.complete(case, "Measures")
    keep_plan(house, case, "g:Kortbanken")
    house.complete(case, "Plan")
    house.work()
    return house, case


def agree(house: House, case: str) -> None:
    house.complete(case, "GiveConsent", consent_answer=yes("loans", "income", "spending", "property"))
    house.work()
    house.approve(case)
    house.complete(case, "ApproveAtSources")
    house.complete(case, "GiveMandate", mandate_answer=yes("loans", "income", "property"))
    house.work()


def keep_plan(house: House, case: str, *ids: str) -> None:
    content = {
        "monthly": "3000", "order": "dearest_first", "begun": "2026-11-24",
        "debts": [{"id": one, "name": one.removeprefix("g:")} for one in ids], "credits": list(ids),
    }  # fmt: skip
    with house.application.db.write() as connection:
        data.write(
            connection, house.application.vault, instance_id=case, case_id=case, owner_id=house.anne.person_id,
            data_type="plan", content=content, now=house.clock.now(),
        )  # fmt: skip


def told(house: House, case: str) -> list[str]:
    with house.application.db.read() as connection:
        return list(connection.execute(select(notice.c.kind).where(notice.c.case_id == case)).scalars())


def test_every_month_is_looked_at_and_new_credit_is_told_once(following: tuple[House, str]) -> None:
    house, case = following
    assert told(house, case) == []

    register(house, "Kortbanken", "Raske Penger")
    house.work(MONTH)
    assert told(house, case) == ["signal.new_credit"]
    house.work(timedelta(hours=1))
    assert told(house, case) == ["signal.new_credit"]


def test_a_milestone_is_told_and_the_end_of_the_debt_ends_the_case(following: tuple[House, str]) -> None:
    house, case = following

    register(house)
    house.work(MONTH)

    assert told(house, case) == ["milestone"]
    assert house.state(case) == "completed"


def test_a_withdrawn_consent_pauses_and_a_new_one_goes_on(following: tuple[House, str]) -> None:
    house, case = following
    assert remembered(house, case) == {"g:Kortbanken"}
    house.withdraw(case)
    house.work()
    assert list(house.tasks(case)) == ["Resume"]
    assert remembered(house, case) == set()

    house.complete(case, "Resume")
    assert list(house.tasks(case)) == ["GiveConsent"]


def remembered(house: House, case: str) -> set[str]:
    with house.application.db.read() as connection:
        return set(baseline.known_before(connection, house.application.vault, case, {}))


def test_a_source_that_is_late_is_never_taken_for_new_credit(house: House) -> None:
    register(house, "Kortbanken")
    sets = house.application.data_sets
    answering = sets[REGISTER]

    def silent(request: EvidenceRequest) -> Evidence:
        raise SourceUnavailable("silent")

    sets[REGISTER] = replace(answering, fetch=silent)  # type: ignore[index]
    case = house.start("self_help", purpose="self_help", debtFree=False)
    agree(house, case)
    assert remembered(house, case) == set()

    sets[REGISTER] = answering  # type: ignore[index]
    house.work(timedelta(minutes=1))
    assert remembered(house, case) == {"g:Kortbanken"}
