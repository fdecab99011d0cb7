"""From self-help to an adviser with all that was given: nothing is fetched, asked for or agreed to twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine.advice.commands import AddSupplement, CarryOver, WithdrawConsent
from engine.advice.consent.models import consent_record
from engine.advice.evidence import harvest, snapshots
from engine.advice.sharing import actions as sharing
from engine.workflow.errors import NotPossible
from engine.workflow.execution.commands import CancelCase
from tests.processes.conftest import OFFICE, Product
from tests.processes.self_help.test_self_help_journey import agree
from tests.processes.test_renewal import answered, records

VARIABLES = {"office": OFFICE.orgno, "officeName": OFFICE.name, "pending": 0}


def carried(product: Product) -> tuple[str, str]:
    """The case of self-help and the case of advice that began with what was in it."""
    old = product.start("self_help", purpose="self_help", debtFree=False)
    agree(product, old)
    product.application.dispatch.send(AddSupplement(old, "debt", "Lån av mor", Decimal(50_000)), product.anne)
    product.work(timedelta(hours=1))
    product.sources.asked.clear()
    new = product.application.dispatch.send(CarryOver(old, "advice", VARIABLES), product.anne).case_id
    product.work()
    return old, new


def test_all_that_was_given_follows_and_the_adviser_sees_it_at_once(product: Product) -> None:
    old, new = carried(product)

    assert new != old and set(product.tasks(new)) == {"Assess"}
    assert product.sources.asked == [], "answers that are there are not fetched again"
    assert answered(product, new) == answered(product, old)
    with product.application.db.read() as connection:
        vault, now = product.application.vault, product.clock.now()
        assert [one.name for _, one in harvest.supplements(connection, vault, new)] == ["Lån av mor"]
        overviews = [snapshots.newest(connection, vault, case, now) for case in (old, new)]
        assert all(overviews) and len({len(found[0].debts) for found in overviews if found}) == 1
        assert sharing.in_force(connection, new, OFFICE.orgno, now) is not None
        assert sharing.in_force(connection, old, OFFICE.orgno, now) is None
        rows = connection.execute(select(consent_record).where(consent_record.c.case_id.in_((old, new)))).all()
    purposes = {(row.basis, row.purpose, row.valid_to) for row in rows}
    ends = {row.basis: row.valid_to for row in rows if row.case_id == old}
    assert {(basis, "debt_advice", day) for basis, day in ends.items()} <= purposes, "not longer than it was given for"


def test_what_one_purpose_ends_the_other_keeps_until_it_ends_too(product: Product) -> None:
    old, new = carried(product)
    channels = [product.application.channels[name] for name in ("altinn", "bank")]

    product.application.dispatch.send(CancelCase(old, "stopped by the citizen"), product.anne)
    product.work()
    assert [one.revoked for one in channels] == [[], []], "advice still uses what was opened"  # type: ignore[attr-defined]
    assert answered(product, old) == set() and answered(product, new)

    for basis in ("consent", "mandate"):
        product.application.dispatch.send(WithdrawConsent(new, records(product, new, basis)[0][1]), product.anne)
    product.work()
    assert [one.revoked for one in channels] == [["grant-altinn"], ["grant-bank"]]  # type: ignore[attr-defined]


def test_where_nothing_stands_there_is_nothing_to_carry(product: Product) -> None:
    old = product.start("self_help", purpose="self_help", debtFree=False)
    with pytest.raises(NotPossible):
        product.application.dispatch.send(CarryOver(old, "advice", VARIABLES), product.anne)
