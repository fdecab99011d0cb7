"""A process that chooses its own sources with the job ``fetch``: the legal basis decides, and a silence is its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.advice.evidence import harvest
from engine.advice.evidence.datasets import Evidence, EvidenceRequest
from engine.advice.evidence.models import harvest as harvest_table
from engine.platform.provider_errors import SourceUnavailable
from engine.workflow.audit.chain import audit_event
from engine.workflow.execution.models import incident, process_instance
from tests.factories.bundles import bundle, flow, job, line
from tests.processes.conftest import House, yes

OWN = (
    '<startEvent id="s"/><callActivity id="c" calledElement="consent"/>'
    '<serviceTask id="f">{fetch}</serviceTask><serviceTask id="o">{overview}</serviceTask><endEvent id="e"/>'
    '<boundaryEvent id="b" attachedToRef="f"><errorEventDefinition errorRef="err"/></boundaryEvent><endEvent id="no"/>'
    + line("s", "c", "f", "o", "e") + flow("b", "no")
)  # fmt: skip
#: The same, but a source that is silent is asked again later.
ASKING = OWN.replace(
    flow("o", "e"),
    '<exclusiveGateway id="g" default="g-w"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>'
    '["dataModel", "askAgain", "variables"]</timeDuration></timerEventDefinition></intermediateCatchEvent>'
    + flow("o", "g") + flow("g", "e", '["equals", ["dataModel", "answered", "variables"], true]') + line("g", "w", "f"),
)  # fmt: skip
HEAD = '<error id="err" errorCode="NO_BASIS"/>'


def begin(house: House, sets: str, body: str = OWN) -> str:
    body = body.format(fetch=job("fetch", dataSets=sets), overview=job("overview"))
    with house.application.db.write() as connection:
        house.application.library.deploy(connection, bundle(body, key="own", head=HEAD), by="test")
    return house.start("own")


def consented(house: House, sets: str, *kinds: str) -> str:
    """A case of a process of one's own, where the citizen has said yes to *kinds*."""
    case = begin(house, sets)
    house.complete(case, "GiveConsent", consent_answer=yes(*kinds))
    house.work()
    house.approve(case)
    if "ApproveAtSources" in house.tasks(case):
        house.complete(case, "ApproveAtSources")
    house.work()
    return case


def variables(house: House, case: str) -> dict[str, Any]:
    with house.application.db.read() as connection:
        found: dict[str, Any] = connection.execute(
            select(process_instance.c.variables).where(process_instance.c.id == case)
        ).scalar_one()
    return found


def rows(house: House, case: str) -> dict[str, str]:
    with house.application.db.read() as connection:
        found = connection.execute(select(harvest_table).where(harvest_table.c.case_id == case))
        return {row.data_set: row.state for row in found}


def overview(house: House, case: str) -> Any:
    with house.application.db.read() as connection:
        found = harvest.newest_snapshot(connection, house.application.vault, case, house.clock.now())
    assert found is not None
    return found[0]


def test_what_is_chosen_is_fetched_and_stands_in_the_overview_and_nothing_else_is_asked(house: House) -> None:
    case = consented(house, "lanekassen.loans, brreg.enterprises", "loans", "income")

    assert sorted(house.sources.asked) == ["brreg.enterprises", "lanekassen.loans"]
    assert rows(house, case) == {"brreg.enterprises": "answered", "lanekassen.loans": "answered"}
    found = overview(house, case)
    assert {debt.id for debt in found.debts} == {"brreg.enterprises:1", "lanekassen.loans:1"}
    gaps = {gap.data_set for gap in found.gaps}
    assert "bank.accounts" in gaps and "lanekassen.loans" not in gaps, "what was not asked is not hidden"
    assert house.state(case) == "completed"
    with house.application.db.read() as connection:
        events = connection.execute(select(audit_event).where(audit_event.c.case_id == case)).all()
    (asked,) = [event.data for event in events if event.kind == "SourcesAsked"]
    assert set(asked["dataSets"]) == {"brreg.enterprises", "lanekassen.loans"}


def test_what_the_citizen_did_not_say_yes_to_is_never_asked(house: House) -> None:
    case = consented(house, "lanekassen.loans, bank.accounts, nav.benefits, estate.bank", "loans")

    assert house.sources.asked == ["lanekassen.loans"], "no yes, no mandate, nobody who died"
    assert rows(house, case) == {"lanekassen.loans": "answered"}
    assert variables(house, case)["notAllowed"] == 3


def test_without_any_basis_the_diagram_is_told_and_nothing_is_noted(house: House) -> None:
    case = consented(house, "bank.accounts", "loans")

    assert house.sources.asked == [] and rows(house, case) == {}
    with house.application.db.read() as connection:
        kinds = connection.execute(select(audit_event.c.kind).where(audit_event.c.case_id == case)).scalars().all()
    assert "ErrorThrown" in kinds and "SourcesAsked" not in kinds
    assert house.state(case) == "completed", "by the way of the boundary event"


def test_a_source_that_is_silent_is_asked_again_and_the_fresh_answers_are_left_alone(house: House) -> None:
    house.sources.failing["bank.accounts"] = SourceUnavailable("timeout")
    case = begin(house, "bank.accounts, lanekassen.loans", ASKING)
    house.complete(case, "GiveConsent", consent_answer=yes("loans", "spending"))
    house.work()
    house.approve(case)
    house.complete(case, "ApproveAtSources")
    house.work()
    assert rows(house, case) == {"bank.accounts": "unavailable", "lanekassen.loans": "answered"}
    assert [gap.data_set for gap in overview(house, case).gaps if gap.reason.value == "not_answered"] == [
        "bank.accounts"
    ]

    house.work(timedelta(seconds=15))
    del house.sources.failing["bank.accounts"]
    house.work(timedelta(seconds=15))

    assert house.sources.asked.count("lanekassen.loans") == 1 and house.sources.asked.count("bank.accounts") == 3
    assert house.state(case) == "completed"


def test_what_is_withdrawn_while_it_is_asked_for_is_not_kept_and_not_asked_again(house: House) -> None:
    application = house.application
    case = begin(house, "lanekassen.loans", ASKING)
    house.complete(case, "GiveConsent", consent_answer=yes("loans"))
    house.work()
    house.approve(case)
    whole = application.data_sets["lanekassen.loans"]

    def withdrawn(request: EvidenceRequest) -> Evidence:
        house.withdraw(case)
        house.sources.failing["lanekassen.loans"] = SourceUnavailable("timeout")
        return whole.fetch(request)

    application.data_sets["lanekassen.loans"] = replace(whole, fetch=withdrawn)  # type: ignore[index]
    house.complete(case, "ApproveAtSources")
    house.work()
    assert rows(house, case) == {}

    house.work(timedelta(minutes=5))

    assert house.sources.asked == ["lanekassen.loans"] and rows(house, case) == {}
    assert house.state(case) == "completed", "by the way of the boundary event"


def test_a_data_set_that_is_not_there_and_a_role_nobody_has_are_told_to_a_person(house: House) -> None:
    body = (
        '<startEvent id="s"/><serviceTask id="f">{fetch}</serviceTask><endEvent id="e"/>' + line("s", "f", "e")
    )  # fmt: skip
    begin(house, "brreg.enterprises, kirken", body)
    house.work()
    begin(house, "", body.replace("{fetch}", job("overview", subject="avdode")))
    house.work()

    with house.application.db.read() as connection:
        found = connection.execute(select(incident.c.code, incident.c.detail)).all()
    assert sorted(map(tuple, found)) == [("nobody_in_role", "avdode"), ("unknown_data_set", "kirken")]
    assert house.sources.asked == []
