"""Collection: one branch per source, a slow one holds nobody up, and a withdrawn consent stops it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine.advice.economy.figures import Figures
from engine.advice.evidence import harvest, snapshots
from engine.advice.evidence.datasets import about
from engine.advice.evidence.models import harvest as harvest_table
from engine.platform.provider_errors import SourceUnavailableError
from engine.workflow.execution.models import incident
from engine.workflow.jobs import outbox
from tests.processes.conftest import Product, yes


def collecting(product: Product) -> str:
    """A case of advice whose collection has begun."""
    case = product.start("advice")
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "income", "spending", "property"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    product.complete(case, "GiveMandate", mandate_answer=yes("loans", "income", "property"))
    return case


def states(product: Product, case: str) -> dict[str, str]:
    with product.application.db.read() as connection:
        rows = connection.execute(select(harvest_table).where(harvest_table.c.case_id == case))
        return {row.data_set: row.state for row in rows}


def test_every_source_is_asked_once_and_the_overview_holds_them_all(product: Product) -> None:
    case = collecting(product)

    product.work()

    assert sorted(product.sources.asked) == sorted(about(product.application.data_sets))
    with product.application.db.read() as connection:
        found = snapshots.newest(connection, product.application.vault, case, product.clock.now())
    assert found is not None
    assert (len(found[0].debts), found[0].gaps) == (10, ())


def test_overviews_that_wait_together_are_compiled_once_and_one_for_another_subject_is_not_forgotten(
    product: Product,
) -> None:
    case = collecting(product)
    product.work()

    def version() -> int:
        with product.application.db.read() as connection:
            found = snapshots.newest(connection, product.application.vault, case, product.clock.now())
        assert found is not None
        return found[2]

    def waiting(*subjects: str) -> None:
        with product.application.db.write() as connection:
            for subject in subjects:
                key, now = str(uuid.uuid4()), product.clock.now()
                payload = {"subject": subject}
                outbox.enqueue(connection, name="overview", case_id=case, payload=payload, key=key, now=now)

    def answered_anew() -> None:
        product.clock.advance(timedelta(seconds=1))
        with product.application.db.write() as connection:
            anew = update(harvest_table).where(harvest_table.c.data_set == "lanekassen.loans")
            connection.execute(anew.values(answered_at=product.clock.now()))

    before = version()
    waiting("", "", "", "")
    product.work()
    assert version() == before, "all is compiled already"

    answered_anew()
    waiting("", "", "", "")
    product.work()
    assert version() == before + 1

    answered_anew()
    waiting("", "nobody")
    product.work()
    assert version() == before + 2
    with product.application.db.read() as connection:
        assert connection.execute(select(incident.c.code)).scalars().all() != [], "the one about nobody had its turn"


def test_an_answer_is_encoded_and_sealed_with_no_transaction_open(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = []
    encode = harvest.to_json

    def watched(value: object) -> object:
        if isinstance(value, Figures):
            pool = product.application.db.engine.pool
            writing.append(pool.checkedout())  # type: ignore[attr-defined]
        return encode(value)

    monkeypatch.setattr(harvest, "to_json", watched)
    collecting(product)
    product.work()

    assert set(writing) == {0}


def test_a_silent_source_is_a_gap_that_is_asked_again_and_fills(product: Product) -> None:
    product.sources.failing["bank.accounts"] = SourceUnavailableError("timeout")
    case = collecting(product)

    product.work()
    assert states(product, case)["bank.accounts"] == "unavailable"
    with product.application.db.read() as connection:
        found = snapshots.newest(connection, product.application.vault, case, product.clock.now())
        assert connection.execute(select(incident)).first() is None, "waiting is not failing"
    assert found is not None
    assert [gap.data_set for gap in found[0].gaps] == ["bank.accounts"]

    product.work(timedelta(seconds=15))
    assert product.sources.asked.count("bank.accounts") == 2
    product.sources.failing.clear()
    product.work(timedelta(seconds=15))

    assert states(product, case)["bank.accounts"] == "answered"
    assert all(
        product.sources.asked.count(name) == 1
        for name in about(product.application.data_sets)
        if name != "bank.accounts"
    )


def test_a_withdrawn_consent_stops_the_collection_and_deletes_what_it_brought(product: Product) -> None:
    product.sources.failing["bank.accounts"] = SourceUnavailableError("timeout")
    case = collecting(product)
    product.work()

    product.withdraw(case)
    asked = len(product.sources.asked)
    product.work(timedelta(days=1))

    assert len(product.sources.asked) == asked, "nobody is asked after a withdrawal"
    assert set(states(product, case)) == {"inkasso.claims", "kartverket.property", "nav.benefits", "brreg.enterprises"}
    with product.application.db.read() as connection:
        found = snapshots.newest(connection, product.application.vault, case, product.clock.now())
    assert found is not None, "the mandate stands: what it allows is compiled anew"
    consented = {one for one in about(product.application.data_sets) if one not in states(product, case)}
    assert {gap.data_set for gap in found[0].gaps} == consented and "bank.accounts" in consented


def test_a_source_that_never_answers_is_given_up_after_thirty_days(product: Product) -> None:
    product.sources.failing["bank.accounts"] = SourceUnavailableError("timeout")
    case = collecting(product)
    product.work()

    for _ in range(31):
        product.work(timedelta(days=1))
    asked = product.sources.asked.count("bank.accounts")
    product.work(timedelta(days=1))

    assert product.sources.asked.count("bank.accounts") == asked
    assert "Supplement" in product.tasks(case), "the case goes on without it"
