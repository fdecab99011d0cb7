"""A process that chooses its own sources with the job ``fetch``: the legal basis decides, and a silence is its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.advice.economy.figures import Figures, RecordGap, RecordGapReason, Total
from engine.advice.economy.overview import Overview
from engine.advice.evidence import snapshots
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from engine.advice.evidence.models import harvest as harvest_table
from engine.advice.task_types.fetch import ask_again
from engine.platform.provider_errors import SourceUnavailableError
from engine.workflow.audit.chain import audit_event
from engine.workflow.execution.models import incident, process_instance
from tests.factories.bundles import bundle, flow, job, line
from tests.processes.conftest import Product, yes

OWN = (
    '<startEvent id="s"/><callActivity id="c" calledElement="consent"/>'
    '<serviceTask id="f">{fetch}</serviceTask><serviceTask id="o">{overview}</serviceTask><endEvent id="e"/>'
    '<boundaryEvent id="b" attachedToRef="f"><errorEventDefinition errorRef="err"/></boundaryEvent><endEvent id="no"/>'
    + line("s", "c", "f", "o", "e")
    + flow("b", "no")
)
#: The same, but a source that is silent is asked again later.
ASKING = OWN.replace(
    flow("o", "e"),
    '<exclusiveGateway id="g" default="g-w"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>'
    '["dataModel", "askAgain", "variables"]</timeDuration></timerEventDefinition></intermediateCatchEvent>'
    + flow("o", "g")
    + flow("g", "e", '["equals", ["dataModel", "answered", "variables"], true]')
    + line("g", "w", "f"),
)
HEAD = '<error id="err" errorCode="NO_BASIS"/>'


def begin(product: Product, sets: str, body: str = OWN) -> str:
    body = body.format(fetch=job("fetch", dataSets=sets), overview=job("overview"))
    with product.application.db.write() as connection:
        product.application.library.deploy(connection, bundle(body, key="own", head=HEAD), by="test")
    return product.start("own")


def consented(product: Product, sets: str, *kinds: str) -> str:
    """A case of a process of one's own, where the citizen has said yes to *kinds*."""
    case = begin(product, sets)
    product.complete(case, "GiveConsent", consent_answer=yes(*kinds))
    product.work()
    product.approve(case)
    if "ApproveAtSources" in product.tasks(case):
        product.complete(case, "ApproveAtSources")
    product.work()
    return case


def variables(product: Product, case: str) -> dict[str, Any]:
    with product.application.db.read() as connection:
        found: dict[str, Any] = connection.execute(
            select(process_instance.c.variables).where(process_instance.c.id == case)
        ).scalar_one()
    return found


def rows(product: Product, case: str) -> dict[str, str]:
    with product.application.db.read() as connection:
        found = connection.execute(select(harvest_table).where(harvest_table.c.case_id == case))
        return {row.data_set: row.state for row in found}


def overview(product: Product, case: str) -> Overview:
    with product.application.db.read() as connection:
        found = snapshots.newest(connection, product.application.vault, case, product.clock.now())
    assert found is not None
    return found[0]


def test_what_is_chosen_is_fetched_and_stands_in_the_overview_and_nothing_else_is_asked(product: Product) -> None:
    case = consented(product, "lanekassen.loans, brreg.enterprises", "loans", "income")

    assert sorted(product.sources.asked) == ["brreg.enterprises", "lanekassen.loans"]
    assert rows(product, case) == {"brreg.enterprises": "answered", "lanekassen.loans": "answered"}
    found = overview(product, case)
    assert {debt.id for debt in found.debts} == {"brreg.enterprises:1", "lanekassen.loans:1"}
    gaps = {gap.data_set for gap in found.gaps}
    assert "bank.accounts" in gaps and "lanekassen.loans" not in gaps, "what was not asked is not hidden"
    assert product.state(case) == "completed"
    with product.application.db.read() as connection:
        events = connection.execute(select(audit_event).where(audit_event.c.case_id == case)).all()
    (asked,) = [event.data for event in events if event.kind == "SourcesAsked"]
    assert set(asked["dataSets"]) == {"brreg.enterprises", "lanekassen.loans"}


def test_what_the_citizen_did_not_say_yes_to_is_never_asked(product: Product) -> None:
    case = consented(product, "lanekassen.loans, bank.accounts, nav.benefits, estate.bank", "loans")

    assert product.sources.asked == ["lanekassen.loans"], "no yes, no mandate, nobody who died"
    assert rows(product, case) == {"lanekassen.loans": "answered"}
    assert variables(product, case)["notAllowed"] == 3


def test_without_any_basis_the_diagram_is_told_and_nothing_is_noted(product: Product) -> None:
    case = consented(product, "bank.accounts", "loans")

    assert product.sources.asked == [] and rows(product, case) == {}
    with product.application.db.read() as connection:
        kinds = connection.execute(select(audit_event.c.kind).where(audit_event.c.case_id == case)).scalars().all()
    assert "ErrorThrown" in kinds and "SourcesAsked" not in kinds
    assert product.state(case) == "completed", "by the way of the boundary event"


def test_a_source_that_is_silent_is_asked_again_and_the_fresh_answers_are_left_alone(product: Product) -> None:
    product.sources.failing["bank.accounts"] = SourceUnavailableError("timeout")
    case = begin(product, "bank.accounts, lanekassen.loans", ASKING)
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "spending"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    product.work()
    assert rows(product, case) == {"bank.accounts": "unavailable", "lanekassen.loans": "answered"}
    assert [gap.data_set for gap in overview(product, case).gaps if gap.reason.value == "not_answered"] == [
        "bank.accounts"
    ]

    product.work(timedelta(seconds=15))
    del product.sources.failing["bank.accounts"]
    product.work(timedelta(seconds=15))

    assert product.sources.asked.count("lanekassen.loans") == 1 and product.sources.asked.count("bank.accounts") == 3
    assert product.state(case) == "completed"


@pytest.mark.parametrize(
    ("tries", "wait", "pause"),
    [(0, 0, "PT15S"), (7, 15, "PT15S"), (0, 30.2, "PT31S"), (8, 30, "PT5M"), (20, 0, "PT1H"), (99, 90_000, "PT90000S")],
)
def test_a_source_is_never_asked_again_sooner_than_it_asked_for(tries: int, wait: float, pause: str) -> None:
    assert ask_again(tries, wait) == pause


def test_a_source_that_asks_for_a_pause_gets_it(product: Product) -> None:
    product.sources.failing["bank.accounts"] = SourceUnavailableError("http_429", retry_after=120)
    case = begin(product, "bank.accounts", ASKING)
    product.complete(case, "GiveConsent", consent_answer=yes("spending"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    product.work()

    product.work(timedelta(seconds=100))
    assert product.sources.asked.count("bank.accounts") == 1
    product.work(timedelta(seconds=25))
    assert product.sources.asked.count("bank.accounts") == 2


@pytest.mark.parametrize(("missing", "times"), [((), 1), (("Kortbanken",), 3)])
def test_a_record_that_cannot_be_read_is_not_asked_for_again_but_a_creditor_that_is_silent_is(
    product: Product, missing: tuple[str, ...], times: int
) -> None:
    whole = product.application.data_sets["bank.accounts"]
    asked: list[EvidenceRequest] = []

    def partly(request: EvidenceRequest) -> Evidence:
        asked.append(request)
        gap = RecordGap("bank.accounts", "account", RecordGapReason.FOREIGN_CURRENCY, feeds=(Total.ASSETS,))
        return Evidence(EvidenceState.PARTIAL, Figures(record_gaps=(gap,)), missing)

    product.application.data_sets["bank.accounts"] = replace(whole, fetch=partly)  # type: ignore[index]
    case = begin(product, "bank.accounts", ASKING)
    product.complete(case, "GiveConsent", consent_answer=yes("spending"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    product.work()
    for _ in range(2):
        product.work(timedelta(seconds=15))

    assert rows(product, case) == {"bank.accounts": "partial"} and len(asked) == times
    assert (product.state(case) == "completed") == (not missing)


def test_what_is_withdrawn_while_it_is_asked_for_is_not_kept_and_not_asked_again(product: Product) -> None:
    application = product.application
    case = begin(product, "lanekassen.loans", ASKING)
    product.complete(case, "GiveConsent", consent_answer=yes("loans"))
    product.work()
    product.approve(case)
    whole = application.data_sets["lanekassen.loans"]

    def withdrawn(request: EvidenceRequest) -> Evidence:
        product.withdraw(case)
        product.sources.failing["lanekassen.loans"] = SourceUnavailableError("timeout")
        return whole.fetch(request)

    application.data_sets["lanekassen.loans"] = replace(whole, fetch=withdrawn)  # type: ignore[index]
    product.complete(case, "ApproveAtSources")
    product.work()
    assert rows(product, case) == {}

    product.work(timedelta(minutes=5))

    assert product.sources.asked == ["lanekassen.loans"] and rows(product, case) == {}
    assert product.state(case) == "completed", "by the way of the boundary event"


def test_a_data_set_that_is_not_there_and_a_role_nobody_has_are_told_to_a_person(product: Product) -> None:
    body = '<startEvent id="s"/><serviceTask id="f">{fetch}</serviceTask><endEvent id="e"/>' + line("s", "f", "e")
    begin(product, "brreg.enterprises, kirken", body)
    product.work()
    begin(product, "", body.replace("{fetch}", job("overview", subject="avdode")))
    product.work()

    with product.application.db.read() as connection:
        found = connection.execute(select(incident.c.code, incident.c.detail)).all()
    assert sorted(map(tuple, found)) == [("nobody_in_role", "avdode"), ("unknown_data_set", "kirken")]
    assert product.sources.asked == []
