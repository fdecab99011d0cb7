"""Withdrawing a consent: at once, by whose it is and nobody else, whatever the journey's policy says."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from engine.advice.commands import SettleGrant, WithdrawConsent
from engine.advice.consent.channels import ChannelState
from engine.advice.consent.models import grant
from engine.advice.evidence.models import snapshot
from engine.advice.sharing.models import share
from engine.workflow.errors import NotFound, Suspended
from engine.workflow.execution.commands import CancelCase
from engine.workflow.jobs.models import due_work
from tests.engine.advice.conftest import NO_GRANTS, Citizens


def opened(citizens: Citizens, case_id: str, record_id: str, state: str = "active", grant_id: str = "g1") -> str:
    """A grant of a record at the bank's channel."""
    with citizens.application.db.write() as connection:
        connection.execute(
            insert(grant).values(
                id=grant_id,
                record_id=record_id,
                case_id=case_id,
                channel="bank",
                data_sets=["bank.accounts"],
                reference="r",
                redirect="",
                state=state,
                created_at=citizens.clock.now(),
            )
        )
    return grant_id


def grant_state(citizens: Citizens, grant_id: str = "g1") -> str:
    with citizens.application.db.read() as connection:
        return str(connection.execute(select(grant.c.state).where(grant.c.id == grant_id)).scalar_one())


def test_it_ends_everything_the_consent_allowed_in_one_transaction(citizens: Citizens) -> None:
    case = citizens.start()
    record = citizens.consent(case)
    opened(citizens, case, record)
    citizens.share(case)
    citizens.overview(case)

    citizens.send(WithdrawConsent(case, record))

    assert citizens.consent_state(record) == "withdrawn"
    assert grant_state(citizens) == "revoked"
    assert citizens.count(snapshot) == 0
    with citizens.application.db.read() as connection:
        assert set(connection.execute(select(share.c.state)).scalars()) == {"stopped"}
        work = connection.execute(select(due_work.c.name).where(due_work.c.case_id == case)).scalars().all()
    assert work == ["revoke_grant"], "the source is told by a job, after the commit"
    assert citizens.events(case, "ConsentWithdrawn") == [{"record": record, "basis": "consent"}]


def test_a_second_time_does_nothing_more_and_is_no_error(citizens: Citizens) -> None:
    case = citizens.start()
    record = citizens.consent(case)
    opened(citizens, case, record)

    for _ in range(2):
        assert citizens.send(WithdrawConsent(case, record)).case_id == case

    assert len(citizens.events(case, "ConsentWithdrawn")) == 1
    assert citizens.count(due_work) == 1


def test_it_is_withdrawn_also_where_the_policy_grants_nothing(citizens: Citizens) -> None:
    case = citizens.start(key=NO_GRANTS)
    record = citizens.consent(case)

    citizens.send(WithdrawConsent(case, record))

    assert citizens.consent_state(record) == "withdrawn"


def test_it_is_withdrawn_also_in_a_suspended_case(citizens: Citizens) -> None:
    case = citizens.start()
    record = citizens.consent(case)
    citizens.suspend(case)

    citizens.send(WithdrawConsent(case, record))

    assert citizens.consent_state(record) == "withdrawn"


def test_nobody_withdraws_anothers_nor_ones_own_by_another_case(citizens: Citizens) -> None:
    case, other = citizens.start(), citizens.start()
    record = citizens.consent(case)

    for who, where in ((citizens.truls, case), (citizens.kari, case), (citizens.anne, other), (citizens.anne, "no")):
        with pytest.raises(NotFound):
            citizens.send(WithdrawConsent(where, record), who)

    assert citizens.consent_state(record) == "given"
    assert citizens.events(case, "ConsentWithdrawn") == []


def test_the_last_source_that_says_yes_ends_the_wait(citizens: Citizens) -> None:
    case = citizens.start()
    record = citizens.consent(case)
    first, second = (opened(citizens, case, record, "pending", grant_id) for grant_id in ("g1", "g2"))

    citizens.send(SettleGrant(case, first, ChannelState.ACTIVE))
    citizens.send(SettleGrant(case, second, ChannelState.REFUSED))
    citizens.send(SettleGrant(case, second, ChannelState.ACTIVE))

    assert (grant_state(citizens, first), grant_state(citizens, second)) == ("active", "refused"), "settled stays"


def test_a_grant_of_another_case_is_not_there(citizens: Citizens) -> None:
    case, other = citizens.start(), citizens.start(citizens.truls)
    grant_id = opened(citizens, case, citizens.consent(case), "pending")

    for who, where in ((citizens.truls, case), (citizens.truls, other), (citizens.kari, case)):
        with pytest.raises(NotFound):
            citizens.send(SettleGrant(where, grant_id, ChannelState.ACTIVE), who)
    citizens.suspend(case)
    with pytest.raises(Suspended):
        citizens.send(SettleGrant(case, grant_id, ChannelState.ACTIVE))

    assert grant_state(citizens) == "pending"


def test_a_case_that_is_stopped_takes_its_consents_and_what_they_allowed_with_it(citizens: Citizens) -> None:
    case, other = citizens.start(), citizens.start()
    consented, mandated = citizens.consent(case), citizens.consent(case, basis="mandate", data_sets=("nav.benefits",))
    elsewhere = citizens.consent(other)
    opened(citizens, case, consented)
    citizens.share(case)
    citizens.overview(case)
    citizens.overview(other)

    citizens.send(CancelCase(case, "stopped by the citizen"))

    assert (citizens.consent_state(consented), citizens.consent_state(mandated)) == ("withdrawn", "withdrawn")
    assert citizens.consent_state(elsewhere) == "given", "another purpose is another consent"
    assert grant_state(citizens) == "revoked" and citizens.count(snapshot) == 1
    with citizens.application.db.read() as connection:
        assert set(connection.execute(select(share.c.state)).scalars()) == {"stopped"}
        work = connection.execute(select(due_work.c.name).where(due_work.c.case_id == case)).scalars().all()
    assert work == ["revoke_grant"], "the source is told though the case is over"
    assert [event["basis"] for event in citizens.events(case, "ConsentWithdrawn")] == ["consent", "mandate"]
