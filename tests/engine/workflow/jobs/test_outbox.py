"""Leases and fences: whoever lost a row can do nothing with it any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from engine.application import Application
from engine.platform.clock import FixedClock
from engine.workflow.jobs import outbox
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import LEASE, LeaseLostError
from engine.workflow.jobs.retry import DEFAULT


@pytest.fixture
def row(application: Application, clock: FixedClock) -> str:
    with application.db.write() as connection:
        connection.execute(
            insert(due_work).values(
                id="w",
                kind="outbox",
                name="test",
                case_id="c",
                instance_id="c",
                token_id="",
                element_id="",
                payload={},
                due_at=clock.now(),
                state="due",
                fence=0,
                attempts=0,
                reclaims=0,
                idempotency_key="k",
                created_at=clock.now(),
            )
        )
    return "w"


def take(application: Application, clock: FixedClock) -> list[outbox.Work]:
    with application.db.write() as connection:
        return outbox.claim(connection, clock.now(), limit=10)


def test_a_row_is_claimed_by_one(application: Application, clock: FixedClock, row: str) -> None:
    assert [work.id for work in take(application, clock)] == [row]
    assert take(application, clock) == []


def test_a_row_that_is_not_due_is_left_alone(application: Application, clock: FixedClock, row: str) -> None:
    clock.advance(timedelta(seconds=-1))
    assert take(application, clock) == []


def test_a_lease_that_ran_out_is_taken_over_and_the_first_holder_is_fenced_off(
    application: Application, clock: FixedClock, row: str
) -> None:
    first = take(application, clock)[0]
    clock.advance(LEASE + timedelta(seconds=1))
    second = take(application, clock)[0]

    for act in (outbox.finish, lambda c, w: outbox.renew(c, w, clock.now())):
        with pytest.raises(LeaseLostError), application.db.write() as connection:
            act(connection, first)
    with application.db.write() as connection:
        outbox.finish(connection, second)
        assert connection.execute(select(due_work.c.state)).scalar_one() == "done"


def test_a_renewed_lease_is_not_taken_over(application: Application, clock: FixedClock, row: str) -> None:
    work = take(application, clock)[0]
    clock.advance(LEASE - timedelta(seconds=1))
    with application.db.write() as connection:
        outbox.renew(connection, work, clock.now())
    clock.advance(timedelta(seconds=2))

    assert take(application, clock) == []


def test_a_row_that_keeps_killing_its_workers_is_poison(application: Application, clock: FixedClock, row: str) -> None:
    for _ in range(outbox.MAX_RECLAIMS + 1):
        work = take(application, clock)[0]
        clock.advance(LEASE + timedelta(seconds=1))

    assert outbox.is_poison(work)


def test_pauses_double_up_to_five_minutes_and_a_sources_wish_comes_first(clock: FixedClock) -> None:
    now = clock.now()
    for attempts, expected in ((1, 1), (2, 2), (5, 16), (50, 300), (10**6, 300)):
        pause = (DEFAULT.again_at(now, attempts) - now).total_seconds()
        assert 0.79 * expected <= pause <= 1.21 * expected
    assert DEFAULT.again_at(now, 1, retry_after=42) == now + timedelta(seconds=42)
