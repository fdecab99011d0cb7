"""A consent or mandate given again: on the journey's own step where it asks, by work of its own where it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.advice.commands import GiveConsentAgain, SettleGrant, WithdrawConsent
from engine.advice.consent.channels import ChannelState
from engine.advice.consent.models import consent_record, grant
from engine.advice.evidence import snapshots
from engine.advice.evidence.models import harvest
from engine.workflow.errors import NotFound, NotPossible
from tests.processes.conftest import NO, Product, yes


def records(product: Product, case: str, basis: str) -> list[tuple[str, str]]:
    """State and id of every record of the case, newest first."""
    with product.application.db.read() as connection:
        found = select(consent_record.c.state, consent_record.c.id).where(
            consent_record.c.case_id == case, consent_record.c.basis == basis
        )
        rows = connection.execute(found.order_by(consent_record.c.decided_at.desc()))
        return [(row.state, row.id) for row in rows]


def answered(product: Product, case: str) -> set[str]:
    with product.application.db.read() as connection:
        found = select(harvest.c.data_set).where(harvest.c.case_id == case, harvest.c.state == "answered")
        return set(connection.execute(found).scalars())


def come_back(product: Product, case: str) -> None:
    """From the page of every source that waits, where the citizen has said yes."""
    for channel in product.application.channels.values():
        channel.answer = ChannelState.ACTIVE  # type: ignore[attr-defined]
    with product.application.db.read() as connection:
        waiting = select(grant.c.id).where(grant.c.case_id == case, grant.c.state == "pending")
        ids = connection.execute(waiting).scalars().all()
    for one in ids:
        product.application.dispatch.send(SettleGrant(case, one, ChannelState.ACTIVE), product.anne)
    product.work()


def in_advice(product: Product) -> str:
    """Anne's case of debt advice, where all was agreed to and has answered."""
    case = product.start("advice")
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "income", "spending", "property"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    product.complete(case, "GiveMandate", mandate_answer=yes("loans", "income", "spending", "property"))
    product.work()
    return case


def end_by_time(product: Product, days: int = 91) -> None:
    product.work(timedelta(days=days))
    with product.application.db.write() as connection:
        for purge in product.application.housekeeping:
            purge(connection, product.clock.now())


@pytest.mark.parametrize("by_time", [False, True])
@pytest.mark.parametrize("basis", ["consent", "mandate"])
def test_what_has_ended_is_given_again_and_fetched_again(product: Product, basis: str, by_time: bool) -> None:
    case = in_advice(product)
    before = answered(product, case)
    [(_, record)] = records(product, case, basis)
    if by_time:
        end_by_time(product)
    else:
        product.application.dispatch.send(WithdrawConsent(case, record), product.anne)
        product.work(timedelta(minutes=1))
    assert answered(product, case) < before

    product.application.dispatch.send(GiveConsentAgain(case, record), product.anne)
    product.work()
    come_back(product, case)

    states = [state for state, _ in records(product, case, basis)]
    assert states == ["given", "expired" if by_time else "withdrawn"]
    with product.application.db.read() as connection:
        theirs = connection.execute(select(consent_record.c.data_sets).where(consent_record.c.state == "given"))
        assert {one for sets in theirs.scalars() for one in sets} <= answered(product, case)
        assert snapshots.newest(connection, product.application.vault, case, product.clock.now()) is not None
    if not by_time:
        assert answered(product, case) == before


def test_a_second_press_gives_nothing_more(product: Product) -> None:
    case = in_advice(product)
    [(_, record)] = records(product, case, "mandate")
    product.application.dispatch.send(WithdrawConsent(case, record), product.anne)
    product.work(timedelta(hours=1))

    for _ in range(2):
        product.application.dispatch.send(GiveConsentAgain(case, record), product.anne)
        product.work(timedelta(minutes=1))

    assert [state for state, _ in records(product, case, "mandate")] == ["given", "withdrawn"]


def test_one_that_stands_is_replaced_and_nothing_of_the_overview_goes(product: Product) -> None:
    case = in_advice(product)
    [(_, record)] = records(product, case, "consent")
    product.work(timedelta(days=80))
    before = answered(product, case)

    product.application.dispatch.send(GiveConsentAgain(case, record), product.anne)
    product.work()

    assert [state for state, _ in records(product, case, "consent")] == ["given", "replaced"]
    assert answered(product, case) == before
    end_by_time(product, 20)
    assert [state for state, _ in records(product, case, "consent")] == ["given", "replaced"]
    assert {"bank.accounts"} <= answered(product, case), "what the new one allows is kept when the old one's day comes"


def test_a_no_becomes_a_yes_for_what_is_chosen(product: Product) -> None:
    case = product.start("advice")
    product.complete(case, "GiveConsent", consent_answer=NO)
    product.complete(case, "GiveMandate", mandate_answer=NO)
    product.work()
    [(_, record)] = records(product, case, "consent")
    with pytest.raises(NotPossible):
        product.application.dispatch.send(GiveConsentAgain(case, record), product.anne)

    product.application.dispatch.send(GiveConsentAgain(case, record, ("bank.accounts",)), product.anne)
    product.work()
    come_back(product, case)

    assert "bank.accounts" in answered(product, case)
    assert not any(one.startswith("nav") for one in answered(product, case)), "no mandate was given"


def test_where_the_journey_waits_for_the_answer_it_is_given_there(product: Product) -> None:
    case = product.start("enk_run", purpose="enk_control", kinds=["loans", "income", "spending"], tagged=True)
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "income", "spending"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    product.work()
    [(_, record)] = records(product, case, "consent")
    product.application.dispatch.send(WithdrawConsent(case, record), product.anne)
    product.work()
    assert set(product.tasks(case)) == {"Resume"}
    with product.application.db.read() as connection:
        sets = connection.execute(select(consent_record.c.data_sets).where(consent_record.c.id == record)).scalar_one()

    product.application.dispatch.send(GiveConsentAgain(case, record), product.anne)
    product.work()

    assert set(product.tasks(case)) == {"ApproveAtSources"}
    with product.application.db.read() as connection:
        again = select(consent_record.c.data_sets).where(consent_record.c.state == "given")
        assert connection.execute(again).scalar_one() == sets, "the same as before, and no more"


def test_only_ones_own_is_given_again(product: Product) -> None:
    case = in_advice(product)
    [(_, record)] = records(product, case, "consent")
    other = product.start("self_help", purpose="self_help")
    with pytest.raises(NotFound):
        product.application.dispatch.send(GiveConsentAgain(other, record), product.anne)
