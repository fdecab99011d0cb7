"""Debt advice from inquiry to closing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.advice.sharing import actions as sharing
from engine.workflow.audit import chain
from engine.workflow.errors import NotFound, StageRefused
from engine.workflow.instances.models import case_file
from tests.processes.conftest import NO, OFFICE, House

STAGES = ["henvendelse", "samtykke", "kartlegging", "vedtak", "radgivning", "oppfolging", "avslutning"]


def file(house: House, case: str):  # type: ignore[no-untyped-def]
    with house.application.db.read() as connection:
        return connection.execute(select(case_file).where(case_file.c.id == case)).one()


def refused_everything(house: House) -> str:
    """A case where the citizen said no to all, waiting for the adviser."""
    case = house.start("advice")
    house.complete(case, "GiveConsent", consent_answer=NO)
    house.complete(case, "GiveMandate", mandate_answer=NO)
    house.work()
    house.complete(case, "Supplement")
    house.complete(case, "Share", share_answer=NO)
    return case


def test_saying_no_to_everything_still_leads_to_an_adviser(house: House) -> None:
    case = refused_everything(house)

    assert list(house.tasks(case)) == ["Assess"]
    assert house.sources.asked == []
    assert (file(house, case).waiting_for, file(house, case).office) == ("caseworker", OFFICE.orgno)


def test_advice_cannot_begin_before_the_decision_is_written(house: House) -> None:
    case = refused_everything(house)
    house.complete(case, "Assess", house.kari)

    with pytest.raises(StageRefused) as refused:
        house.complete(case, "Decide", house.kari, decision={"outcome": "granted", "reason": "Varige problemer"})
    assert refused.value.key == "stage.radgivning.needs_decision"
    assert list(house.tasks(case)) == ["Decide"]

    decision = {"outcome": "granted", "startDate": "2026-11-25", "reason": "Varige problemer"}
    house.complete(case, "Decide", house.kari, decision=decision)
    assert file(house, case).stage == "radgivning"


def test_who_is_refused_gets_a_reason_and_no_advice(house: House) -> None:
    case = refused_everything(house)
    house.complete(case, "Assess", house.kari)

    with pytest.raises(StageRefused) as refused:
        house.complete(case, "Decide", house.kari, decision={"outcome": "rejected"})
    assert refused.value.key == "stage.avslutning.needs_reason"

    house.complete(case, "Decide", house.kari, decision={"outcome": "rejected", "reason": "Bor i en annen kommune"})
    assert list(house.tasks(case)) == ["Close"]
    assert [entry["id"] for entry in file(house, case).stages][-2:] == ["vedtak", "avslutning"]


def test_the_case_passes_every_stage_and_closes(house: House) -> None:
    case = refused_everything(house)
    house.complete(case, "Assess", house.kari)
    decision = {"outcome": "granted", "startDate": "2026-11-25", "reason": "Varige problemer"}
    house.complete(case, "Decide", house.kari, decision=decision)
    house.complete(case, "Advise", house.kari, advice_plan={"plan": "Nedbetaling"})
    house.complete(case, "FollowUp", house.kari, follow_up={"result": "Går bra"})
    house.complete(case, "Close", house.kari, closing={"result": "Gjeldfri om tre år"})

    closed = file(house, case)
    assert [entry["id"] for entry in closed.stages] == STAGES
    assert (closed.state, closed.waiting_for) == ("closed", "nobody")
    with house.application.db.read() as connection:
        assert chain.verify(connection, case) is None


def test_an_adviser_of_another_office_and_the_citizen_cannot_do_the_advisers_task(house: House) -> None:
    from dataclasses import replace

    from engine.workflow.authorization.actor import Office
    from engine.workflow.errors import Forbidden

    case = refused_everything(house)

    with pytest.raises(NotFound):
        house.complete(case, "Assess", replace(house.kari, office=Office("999999999", "Annet kontor")))
    with pytest.raises(Forbidden):
        house.complete(case, "Assess", house.anne)


def test_a_share_lets_the_office_look_until_it_is_stopped_or_its_time_is_out(house: House) -> None:
    from datetime import timedelta

    case = house.start("advice")
    house.complete(case, "GiveConsent", consent_answer=NO)
    house.complete(case, "GiveMandate", mandate_answer=NO)
    house.work()
    house.complete(case, "Supplement")
    house.complete(case, "Share", share_answer={"answer": "yes", "kinds": [], "language": "nb"})

    def looks(days: int = 0) -> bool:
        with house.application.db.read() as connection:
            at = house.clock.now() + timedelta(days=days)
            return sharing.in_force(connection, case, OFFICE.orgno, at) is not None

    assert looks()
    assert not looks(days=91)
    with house.application.db.write() as connection:
        sharing.stop_all(connection, case, house.clock.now())
    assert not looks()
