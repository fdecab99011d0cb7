"""Collection: one branch per source, a slow one holds nobody up, and a withdrawn consent stops it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from engine.advice.evidence import harvest
from engine.advice.evidence.datasets import about
from engine.advice.evidence.models import harvest as harvest_table
from engine.platform.provider_errors import SourceUnavailable
from engine.workflow.execution.models import incident
from tests.processes.conftest import House, yes


def collecting(house: House) -> str:
    """A case of advice whose collection has begun."""
    case = house.start("advice")
    house.complete(case, "GiveConsent", consent_answer=yes("loans", "income", "spending", "property"))
    house.work()
    house.approve(case)
    house.complete(case, "ApproveAtSources")
    house.complete(case, "GiveMandate", mandate_answer=yes("loans", "income", "property"))
    return case


def states(house: House, case: str) -> dict[str, str]:
    with house.application.db.read() as connection:
        rows = connection.execute(select(harvest_table).where(harvest_table.c.case_id == case))
        return {row.data_set: row.state for row in rows}


def test_every_source_is_asked_once_and_the_overview_holds_them_all(house: House) -> None:
    case = collecting(house)

    house.work()

    assert sorted(house.sources.asked) == sorted(about(house.application.data_sets))
    with house.application.db.read() as connection:
        found = harvest.newest_snapshot(connection, house.application.vault, case, house.clock.now())
    assert found is not None
    assert (len(found[0].debts), found[0].gaps) == (10, ())


def test_a_silent_source_is_a_gap_that_is_asked_again_and_fills(house: House) -> None:
    house.sources.failing["bank.accounts"] = SourceUnavailable("timeout")
    case = collecting(house)

    house.work()
    assert states(house, case)["bank.accounts"] == "unavailable"
    with house.application.db.read() as connection:
        found = harvest.newest_snapshot(connection, house.application.vault, case, house.clock.now())
        assert connection.execute(select(incident)).first() is None, "waiting is not failing"
    assert found is not None
    assert [gap.data_set for gap in found[0].gaps] == ["bank.accounts"]

    house.work(timedelta(seconds=15))
    assert house.sources.asked.count("bank.accounts") == 2
    house.sources.failing.clear()
    house.work(timedelta(seconds=15))

    assert states(house, case)["bank.accounts"] == "answered"
    assert all(
        house.sources.asked.count(name) == 1 for name in about(house.application.data_sets) if name != "bank.accounts"
    )


def test_a_withdrawn_consent_stops_the_collection_and_deletes_what_it_brought(house: House) -> None:
    house.sources.failing["bank.accounts"] = SourceUnavailable("timeout")
    case = collecting(house)
    house.work()

    house.withdraw(case)
    asked = len(house.sources.asked)
    house.work(timedelta(days=1))

    assert len(house.sources.asked) == asked, "nobody is asked after a withdrawal"
    assert set(states(house, case)) == {"inkasso.claims", "kartverket.property", "nav.benefits", "brreg.enterprises"}
    with house.application.db.read() as connection:
        assert harvest.newest_snapshot(connection, house.application.vault, case, house.clock.now()) is None


def test_a_source_that_never_answers_is_given_up_after_thirty_days(house: House) -> None:
    house.sources.failing["bank.accounts"] = SourceUnavailable("timeout")
    case = collecting(house)
    house.work()

    for _ in range(31):
        house.work(timedelta(days=1))
    asked = house.sources.asked.count("bank.accounts")
    house.work(timedelta(days=1))

    assert house.sources.asked.count("bank.accounts") == asked
    assert "Supplement" in house.tasks(case), "the case goes on without it"
