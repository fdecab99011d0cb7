"""Consent from the question to the open sources, and the ways it can end."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.advice.consent.models import consent_record, grant
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.errors import Invalid, NotFound
from engine.workflow.execution.commands import CancelCase
from tests.processes.conftest import NO, Product, yes


def records(product: Product) -> list[tuple[str, str, list[str]]]:
    with product.application.db.read() as connection:
        rows = connection.execute(select(consent_record).order_by(consent_record.c.decided_at))
        return [(row.basis, row.state, row.data_sets) for row in rows]


def test_a_yes_opens_just_the_kinds_that_were_ticked(product: Product) -> None:
    case = product.start("consent")

    product.complete(case, "GiveConsent", consent_answer=yes("spending"))
    product.work()

    assert records(product) == [("consent", "given", ["bank.accounts"])]
    assert list(product.tasks(case)) == ["ApproveAtSources"]
    product.complete(case, "ApproveAtSources")
    assert product.state(case) == "completed"


def test_a_no_is_recorded_and_asks_no_source(product: Product) -> None:
    case = product.start("consent")

    product.complete(case, "GiveConsent", consent_answer=NO)
    product.work()

    assert records(product) == [("consent", "refused", [])]
    assert product.state(case) == "completed"
    assert all(not channel.asked for channel in product.application.channels.values())  # type: ignore[attr-defined]


def test_a_yes_to_nothing_is_sent_back_and_nothing_is_recorded(product: Product) -> None:
    case = product.start("consent")

    with pytest.raises(Invalid):
        product.complete(case, "GiveConsent", consent_answer=yes())

    assert records(product) == []
    assert list(product.tasks(case)) == ["GiveConsent"]


def test_the_record_holds_the_wording_and_the_fields_of_the_standard(product: Product) -> None:
    case = product.start("consent")
    product.complete(case, "GiveConsent", consent_answer=yes("loans"))

    with product.application.db.read() as connection:
        row = connection.execute(select(consent_record)).one()
        content = product.application.vault.open(
            connection, row.person_id, f"consent_record.content:{row.id}", row.content
        )

    assert content["schema_version"] == "ISO/IEC TS 27560:2023"
    assert "Du får hjelp selv om du sier nei" in content["wording"] or "du får hjelp selv om" in content["wording"]
    assert content["privacy_notice"]["language"] == "nb"
    assert content["event"][0]["type"] == "consent_given"
    assert {"pii_controllers", "purposes", "withdrawal_method", "retention_period"} <= set(content)


def test_withdrawing_ends_the_grants_and_tells_the_sources_once(product: Product) -> None:
    case = product.start("consent")
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "spending"))
    product.work()
    product.approve(case)

    product.withdraw(case)
    product.withdraw(case)
    product.work()

    with product.application.db.read() as connection:
        assert set(connection.execute(select(grant.c.state)).scalars()) == {"revoked"}
    revoked = {name: channel.revoked for name, channel in product.application.channels.items()}  # type: ignore[attr-defined]
    assert revoked == {"altinn": ["grant-altinn"], "bank": ["grant-bank"], "norskgjeld": ["grant-norskgjeld"]}


def test_a_case_that_is_stopped_ends_its_grants_at_the_sources_too(product: Product) -> None:
    case = product.start("consent")
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "spending"))
    product.work()
    product.approve(case)

    product.application.dispatch.send(CancelCase(case, "stopped"), SYSTEM)
    product.work()

    with product.application.db.read() as connection:
        rows = connection.execute(select(grant.c.state, grant.c.ended_at)).all()
    assert {row.state for row in rows} == {"revoked"} and all(row.ended_at for row in rows)


def test_nobody_withdraws_for_another(product: Product) -> None:
    case = product.start("consent")
    product.complete(case, "GiveConsent", consent_answer=yes("loans"))

    with pytest.raises(NotFound):
        product.withdraw(case, product.kari)
    assert records(product)[0][1] == "given"


def test_a_source_taken_away_after_the_yes_stops_none_of_the_others(product: Product) -> None:
    case = product.start("consent")
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "spending"))
    product.application.data_sets.pop("lanekassen.loans")  # type: ignore[attr-defined]

    product.work()

    with product.application.db.read() as connection:
        opened = {name for row in connection.execute(select(grant.c.data_sets)).scalars() for name in row}
    assert opened == {"bank.accounts", "gjeldsregister.debts", "skatteetaten.claims"}
