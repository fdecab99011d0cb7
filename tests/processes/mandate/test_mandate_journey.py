"""Mandate: its own record, its own grant, needed by sources that answer to nobody else."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.consent.gate import may_ask
from tests.processes.conftest import NO, House, yes


def allowed(house: House, case: str, data_set: str) -> bool:
    with house.application.db.read() as connection:
        found = house.application.data_sets[data_set]
        return may_ask(connection, case, found, house.clock.now()) is not None


def test_a_mandate_opens_the_collectors_and_nothing_that_needs_consent(house: House) -> None:
    case = house.start("mandate")

    house.complete(case, "GiveMandate", mandate_answer=yes("loans"))

    assert house.state(case) == "completed"
    assert allowed(house, case, "inkasso.claims")
    assert not allowed(house, case, "kartverket.property")
    assert not allowed(house, case, "bank.accounts")


def test_a_mandate_ends_by_itself_when_its_time_is_out(house: House) -> None:
    case = house.start("mandate")
    house.complete(case, "GiveMandate", mandate_answer=yes("loans"))

    house.clock.advance(timedelta(days=91))

    assert not allowed(house, case, "inkasso.claims")


def test_a_no_opens_nothing_and_ends_the_question(house: House) -> None:
    case = house.start("mandate")

    house.complete(case, "GiveMandate", mandate_answer=NO)

    assert house.state(case) == "completed"
    assert not allowed(house, case, "inkasso.claims")
