"""Debt advice from inquiry to closing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.advice.sharing import actions as sharing
from engine.workflow.audit import chain
from engine.workflow.errors import NotFound, StageRefused
from engine.workflow.instances.models import case_file
from tests.processes.conftest import NO, OFFICE, Product

STAGES = ["henvendelse", "samtykke", "kartlegging", "vedtak", "radgivning", "oppfolging", "avslutning"]


def file(product: Product, case: str):  # type: ignore[no-untyped-def]
    with product.application.db.read() as connection:
        return connection.execute(select(case_file).where(case_file.c.id == case)).one()


def refused_everything(product: Product) -> str:
    """A case where the citizen said no to all, waiting for the adviser."""
    case = product.start("advice")
    product.complete(case, "GiveConsent", consent_answer=NO)
    product.complete(case, "GiveMandate", mandate_answer=NO)
    product.work()
    product.complete(case, "Supplement")
    product.complete(case, "Share", share_answer=NO)
    return case


def test_saying_no_to_everything_still_leads_to_an_adviser(product: Product) -> None:
    case = refused_everything(product)

    assert list(product.tasks(case)) == ["Assess"]
    assert product.sources.asked == []
    assert (file(product, case).waiting_for, file(product, case).office) == ("caseworker", OFFICE.orgno)


def test_advice_cannot_begin_before_the_decision_is_written(product: Product) -> None:
    case = refused_everything(product)
    product.complete(case, "Assess", product.kari)

    with pytest.raises(StageRefused) as refused:
        product.complete(case, "Decide", product.kari, decision={"outcome": "granted", "reason": "Varige problemer"})
    assert refused.value.key == "stage.radgivning.needs_decision"
    assert list(product.tasks(case)) == ["Decide"]

    decision = {"outcome": "granted", "startDate": "2026-11-25", "reason": "Varige problemer"}
    product.complete(case, "Decide", product.kari, decision=decision)
    assert file(product, case).stage == "radgivning"


def test_who_is_refused_gets_a_reason_and_no_advice(product: Product) -> None:
    case = refused_everything(product)
    product.complete(case, "Assess", product.kari)

    with pytest.raises(StageRefused) as refused:
        product.complete(case, "Decide", product.kari, decision={"outcome": "rejected"})
    assert refused.value.key == "stage.avslutning.needs_reason"

    product.complete(case, "Decide", product.kari, decision={"outcome": "rejected", "reason": "Bor i en annen kommune"})
    assert list(product.tasks(case)) == ["Close"]
    assert [entry["id"] for entry in file(product, case).stages][-2:] == ["vedtak", "avslutning"]


def test_the_case_passes_every_stage_and_closes(product: Product) -> None:
    case = refused_everything(product)
    product.complete(case, "Assess", product.kari)
    decision = {"outcome": "granted", "startDate": "2026-11-25", "reason": "Varige problemer"}
    product.complete(case, "Decide", product.kari, decision=decision)
    product.complete(case, "Advise", product.kari, advice_plan={"plan": "Nedbetaling"})
    product.complete(case, "FollowUp", product.kari, follow_up={"result": "Går bra"})
    product.complete(case, "Close", product.kari, closing={"result": "Gjeldfri om tre år"})

    closed = file(product, case)
    assert [entry["id"] for entry in closed.stages] == STAGES
    assert (closed.state, closed.waiting_for) == ("closed", "nobody")
    with product.application.db.read() as connection:
        assert chain.verify(connection, case) is None


def test_an_adviser_of_another_office_and_the_citizen_cannot_do_the_advisers_task(product: Product) -> None:
    from dataclasses import replace

    from engine.workflow.authorization.actor import Office
    from engine.workflow.errors import Forbidden

    case = refused_everything(product)

    with pytest.raises(NotFound):
        product.complete(case, "Assess", replace(product.kari, office=Office("999999999", "Annet kontor")))
    with pytest.raises(Forbidden):
        product.complete(case, "Assess", product.anne)


def test_a_share_lets_the_office_look_until_it_is_stopped_or_its_time_is_out(product: Product) -> None:
    from datetime import timedelta

    case = product.start("advice")
    product.complete(case, "GiveConsent", consent_answer=NO)
    product.complete(case, "GiveMandate", mandate_answer=NO)
    product.work()
    product.complete(case, "Supplement")
    product.complete(case, "Share", share_answer={"answer": "yes", "kinds": [], "language": "nb"})

    def looks(days: int = 0) -> bool:
        with product.application.db.read() as connection:
            at = product.clock.now() + timedelta(days=days)
            return sharing.in_force(connection, case, OFFICE.orgno, at) is not None

    assert looks()
    assert not looks(days=91)
    with product.application.db.write() as connection:
        sharing.stop_all(connection, case, product.clock.now())
    assert not looks()
