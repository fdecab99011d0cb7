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
from engine.platform.provider_errors import SourceUnavailableError
from engine.workflow.execution import data
from engine.workflow.instances.models import notice
from tests.processes.conftest import Product, yes

MONTH = timedelta(days=32)
REGISTER = "gjeldsregister.debts"


def register(product: Product, *credits: str) -> None:
    """The debt register tells of these cards from now on, and the other sources of no debt."""

    def tell(names: tuple[str, ...]) -> object:
        def fetch(request: EvidenceRequest) -> Evidence:
            source = Source(REGISTER, "Gjeldsregisteret", request.as_of, "consent")
            debts = tuple(
                Debt(f"g:{name}", DebtKind.CREDIT_CARD, name, Sourced(Decimal(9_000), (source,))) for name in names
            )
            return Evidence(EvidenceState.ANSWERED, Figures(debts=debts))

        return fetch

    sets = product.application.data_sets
    for name, found in list(sets.items()):
        sets[name] = replace(found, fetch=tell(credits if name == REGISTER else ()))  # type: ignore[index,arg-type]


@pytest.fixture
def following(product: Product) -> tuple[Product, str]:
    """A case whose plan is made and watched."""
    register(product, "Kortbanken")
    case = product.start("self_help", purpose="self_help", debtFree=False)
    agree(product, case)
    assert list(product.tasks(case)) == ["Household"]
    product.complete(case, "Household")
    product.complete(case, "Measures")
    keep_plan(product, case, "g:Kortbanken")
    product.complete(case, "Plan")
    product.work()
    return product, case


def agree(product: Product, case: str) -> None:
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "income", "spending", "property"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    product.complete(case, "GiveMandate", mandate_answer=yes("loans", "income", "property"))
    product.work()


def keep_plan(product: Product, case: str, *ids: str) -> None:
    content = {
        "monthly": "3000",
        "order": "avalanche",
        "begun": "2026-11-24",
        "debts": [{"id": one, "name": one.removeprefix("g:")} for one in ids],
        "credits": list(ids),
    }
    with product.application.db.write() as connection:
        data.write(
            connection,
            product.application.vault,
            instance_id=case,
            case_id=case,
            owner_id=product.anne.person_id,
            data_type="plan",
            content=content,
            now=product.clock.now(),
        )


def told(product: Product, case: str) -> list[str]:
    with product.application.db.read() as connection:
        return list(connection.execute(select(notice.c.kind).where(notice.c.case_id == case)).scalars())


def test_every_month_is_looked_at_and_new_credit_is_told_once(following: tuple[Product, str]) -> None:
    product, case = following
    assert told(product, case) == []

    register(product, "Kortbanken", "Raske Penger")
    product.work(MONTH)
    assert told(product, case) == ["signal.new_credit"]
    product.work(timedelta(hours=1))
    assert told(product, case) == ["signal.new_credit"]


def test_a_milestone_is_told_and_the_end_of_the_debt_ends_the_case(following: tuple[Product, str]) -> None:
    product, case = following

    register(product)
    product.work(MONTH)

    assert told(product, case) == ["milestone"]
    assert product.state(case) == "completed"


def test_a_withdrawn_consent_pauses_and_a_new_one_goes_on(following: tuple[Product, str]) -> None:
    product, case = following
    assert "g:Kortbanken" in remembered(product, case)
    product.withdraw(case)
    product.work()
    assert list(product.tasks(case)) == [], "the mandate stands: what it allows is followed still"
    product.withdraw(case, basis="mandate")
    product.work()
    assert list(product.tasks(case)) == ["Resume"]
    assert remembered(product, case) == set()

    product.complete(case, "Resume")
    assert list(product.tasks(case)) == ["GiveConsent"]
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "income", "spending", "property"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    product.work(timedelta(minutes=3))
    assert list(product.tasks(case)) == [], "budget and plan stand: the plan is followed on"
    product.work(MONTH)
    assert list(product.tasks(case)) == [] and product.state(case) == "active"


def remembered(product: Product, case: str) -> set[str]:
    with product.application.db.read() as connection:
        return set(baseline.known_before(connection, product.application.vault, case, {}))


def test_a_source_that_is_late_is_never_taken_for_new_credit(product: Product) -> None:
    register(product, "Kortbanken")
    sets = product.application.data_sets
    answering = sets[REGISTER]

    def silent(request: EvidenceRequest) -> Evidence:
        raise SourceUnavailableError("silent")

    sets[REGISTER] = replace(answering, fetch=silent)  # type: ignore[index]
    case = product.start("self_help", purpose="self_help", debtFree=False)
    agree(product, case)
    assert remembered(product, case) == set()

    sets[REGISTER] = answering  # type: ignore[index]
    product.work(timedelta(minutes=1))
    assert "g:Kortbanken" in remembered(product, case)
