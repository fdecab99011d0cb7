"""A chain tells when an event was changed, taken out of the middle or cut off at the end."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import delete, update

from engine.application import Application
from engine.workflow.audit.chain import append, audit_event, verify, verify_all
from engine.workflow.authorization.actor import SYSTEM


@pytest.fixture
def chained(application: Application) -> Application:
    with application.db.write() as connection:
        for number in range(5):
            told = {"number": number, "navn": "æøå", "amount": Decimal("12.50")}
            append(connection, "case", application.clock.now(), SYSTEM, "Tested", told)
    return application


def test_an_untouched_chain_is_whole(chained: Application) -> None:
    with chained.db.read() as connection:
        assert verify(connection, "case") is None
        assert list(verify_all(connection)) == [("case", None)]


def test_a_changed_event_is_found(chained: Application) -> None:
    with chained.db.write() as connection:
        connection.execute(update(audit_event).where(audit_event.c.seq == 3).values(data={"number": 99}))
        found = verify(connection, "case")

    assert found is not None and (found.seq, found.reason) == (3, "the event was changed")


def test_an_event_taken_out_is_found(chained: Application) -> None:
    with chained.db.write() as connection:
        connection.execute(delete(audit_event).where(audit_event.c.seq == 2))
        found = verify(connection, "case")

    assert found is not None and (found.seq, found.reason) == (2, "an event is missing")


def test_a_cut_off_end_is_found(chained: Application) -> None:
    with chained.db.write() as connection:
        connection.execute(delete(audit_event).where(audit_event.c.seq == 5))
        found = verify(connection, "case")

    assert found is not None and found.reason == "the end of the chain was cut off"
