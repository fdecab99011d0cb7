"""Consent from the question to the open sources, and the ways it can end."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.advice.consent.models import consent_record, grant
from engine.workflow.errors import Invalid, NotFound
from tests.processes.conftest import NO, House, yes


def records(house: House) -> list[tuple[str, str, list[str]]]:
    with house.application.db.read() as connection:
        rows = connection.execute(select(consent_record).order_by(consent_record.c.decided_at))
        return [(row.basis, row.state, row.data_sets) for row in rows]


def test_a_yes_opens_just_the_kinds_that_were_ticked(house: House) -> None:
    case = house.start("consent")

    house.complete(case, "GiveConsent", consent_answer=yes("spending"))
    house.work()

    assert records(house) == [("consent", "given", ["bank.accounts"])]
    assert list(house.tasks(case)) == ["ApproveAtSources"]
    house.complete(case, "ApproveAtSources")
    assert house.state(case) == "completed"


def test_a_no_is_recorded_and_asks_no_source(house: House) -> None:
    case = house.start("consent")

    house.complete(case, "GiveConsent", consent_answer=NO)
    house.work()

    assert records(house) == [("consent", "refused", [])]
    assert house.state(case) == "completed"
    assert all(not channel.asked for channel in house.application.channels.values())  # type: ignore[attr-defined]


def test_a_yes_to_nothing_is_sent_back_and_nothing_is_recorded(house: House) -> None:
    case = house.start("consent")

    with pytest.raises(Invalid):
        house.complete(case, "GiveConsent", consent_answer=yes())

    assert records(house) == []
    assert list(house.tasks(case)) == ["GiveConsent"]


def test_the_record_holds_the_wording_and_the_fields_of_the_standard(house: House) -> None:
    case = house.start("consent")
    house.complete(case, "GiveConsent", consent_answer=yes("loans"))

    with house.application.db.read() as connection:
        row = connection.execute(select(consent_record)).one()
        content = house.application.vault.open(
            connection, row.person_id, f"consent_record.content:{row.id}", row.content
        )

    assert content["schema_version"] == "ISO/IEC TS 27560:2023"
    assert "Du får hjelp selv om du sier nei" in content["wording"] or "du får hjelp selv om" in content["wording"]
    assert content["privacy_notice"]["language"] == "nb"
    assert content["event"][0]["type"] == "consent_given"
    assert {"pii_controllers", "purposes", "withdrawal_method", "retention_period"} <= set(content)


def test_withdrawing_ends_the_grants_and_tells_the_sources_once(house: House) -> None:
    case = house.start("consent")
    house.complete(case, "GiveConsent", consent_answer=yes("loans", "spending"))
    house.work()
    house.approve(case)

    house.withdraw(case)
    house.withdraw(case)
    house.work()

    with house.application.db.read() as connection:
        assert set(connection.execute(select(grant.c.state)).scalars()) == {"revoked"}
    revoked = {name: channel.revoked for name, channel in house.application.channels.items()}  # type: ignore[attr-defined]
    assert revoked == {"altinn": ["grant-altinn"], "bank": ["grant-bank"], "norskgjeld": ["grant-norskgjeld"]}


def test_nobody_withdraws_for_another(house: House) -> None:
    case = house.start("consent")
    house.complete(case, "GiveConsent", consent_answer=yes("loans"))

    with pytest.raises(NotFound):
        house.withdraw(case, house.kari)
    assert records(house)[0][1] == "given"


def test_a_source_taken_away_after_the_yes_stops_none_of_the_others(house: House) -> None:
    case = house.start("consent")
    house.complete(case, "GiveConsent", consent_answer=yes("loans", "spending"))
    house.application.data_sets.pop("lanekassen.loans")  # type: ignore[attr-defined]

    house.work()

    with house.application.db.read() as connection:
        opened = {name for row in connection.execute(select(grant.c.data_sets)).scalars() for name in row}
    assert opened == {"bank.accounts", "gjeldsregister.debts", "skatteetaten.claims"}
