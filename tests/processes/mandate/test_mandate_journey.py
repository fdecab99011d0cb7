"""Mandate: its own record, its own grant, needed by sources that answer to nobody else."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.consent.gate import may_ask
from tests.processes.conftest import NO, Product, yes


def allowed(product: Product, case: str, data_set: str) -> bool:
    with product.application.db.read() as connection:
        found = product.application.data_sets[data_set]
        return may_ask(connection, case, found, product.clock.now()) is not None


def test_a_mandate_opens_the_collectors_and_nothing_that_needs_consent(product: Product) -> None:
    case = product.start("mandate")

    product.complete(case, "GiveMandate", mandate_answer=yes("loans"))

    assert product.state(case) == "completed"
    assert allowed(product, case, "inkasso.claims")
    assert not allowed(product, case, "kartverket.property")
    assert not allowed(product, case, "bank.accounts")


def test_a_mandate_ends_by_itself_when_its_time_is_out(product: Product) -> None:
    case = product.start("mandate")
    product.complete(case, "GiveMandate", mandate_answer=yes("loans"))

    product.clock.advance(timedelta(days=91))

    assert not allowed(product, case, "inkasso.claims")


def test_a_no_opens_nothing_and_ends_the_question(product: Product) -> None:
    case = product.start("mandate")

    product.complete(case, "GiveMandate", mandate_answer=NO)

    assert product.state(case) == "completed"
    assert not allowed(product, case, "inkasso.claims")
