"""Who takes part in a case: by number and by name, roles, ends, what each role opens, and who is told."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from engine.casework import participants, queries
from engine.workflow.audit.chain import audit_event, verify
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import NotPossible
from engine.workflow.execution.commands import CancelCase
from engine.workflow.instances import parties
from engine.workflow.instances.models import case_party
from engine.workflow.instances.parties import CaseParty
from tests.engine.web.test_case_pages import Client, Read, Send, client, read
from tests.engine.web.test_casework import kari, number, send
from tests.engine.web.test_intake import TRULS, Register, register
from tests.processes.conftest import OFFICE, Product, product
from tests.processes.test_estate_settlement import EXAMPLES, begin, estate, person

__all__ = ["client", "estate", "product", "kari", "number", "read", "register", "send"]


def case_and_parts(product: Product, number: str) -> tuple[Any, list[participants.Part]]:  # noqa: F811
    with product.application.db.read() as connection:
        case = queries.case_by_number(connection, number, OFFICE.orgno)
        assert verify(connection, case.id) is None
        return case, participants.of_case(connection, product.application.vault, case)


def events(product: Product, number: str) -> list[tuple[str, dict[str, Any]]]:  # noqa: F811
    case, _ = case_and_parts(product, number)
    with product.application.db.read() as connection:
        rows = connection.execute(
            select(audit_event.c.kind, audit_event.c.data)
            .where(audit_event.c.case_id == case.id, audit_event.c.kind.like("Party%"))
            .order_by(audit_event.c.seq)
        )
        return [(row.kind, row.data) for row in rows]


def test_one_without_a_number_is_there_by_name_until_ended_with_a_reason(
    product: Product,
    kari: Actor,
    number: str,
    read: Read,
    send: Send,  # noqa: F811
) -> None:
    assert send(kari, f"/saker/{number}/parter", role="contact", name="Per Nabo").status_code == 303
    _, [part] = case_and_parts(product, number)
    page = read(product.anne, "/saken-min")
    assert "Per Nabo" in page and "Kontaktperson" in page
    with product.application.db.read() as connection:
        assert b"Nabo" not in connection.execute(select(case_party.c.name)).scalar_one()

    address = f"/saker/{number}/parter/{part.id}"
    assert send(kari, f"{address}/rolle", role="representative").status_code == 303
    assert "Fullmektig" in read(kari, f"/saker/{number}")
    assert "Kontaktperson" in (history := read(kari, f"/saker/{number}/historikk")) and "Fullmektig" in history
    assert (
        send(kari, f"{address}/avslutt", reason=" ").status_code == 409 and len(case_and_parts(product, number)[1]) == 1
    )
    assert send(kari, f"{address}/avslutt", reason="ville ikke mer").status_code == 303

    assert case_and_parts(product, number)[1] == [] and "ville ikke mer" in read(kari, f"/saker/{number}")
    after = read(product.anne, "/saken-min")
    assert "Per Nabo" not in after and "ville ikke mer" not in after and "avsluttet en deltakelse" in after
    assert [kind for kind, _ in events(product, number)] == ["PartyAdded", "PartyChanged", "PartyEnded"]
    assert not re.search("Nabo|ville", str(events(product, number)))


def test_one_with_a_number_is_confirmed_first_and_a_role_of_the_house_opens_nothing(
    product: Product,
    kari: Actor,
    number: str,
    register: Register,
    read: Read,
    send: Send,
    client: Client,  # noqa: F811
) -> None:
    page = send(kari, f"/saker/{number}/parter", role="spouse", pid=TRULS).get_data(as_text=True)
    assert "Truls Eksempel" in page and "1972" in page and TRULS not in page
    assert case_and_parts(product, number)[1] == []
    kept = re.search(r'name="person" value="([^"]+)"', page)
    assert kept
    assert send(kari, f"/saker/{number}/parter/bekreft", role="spouse", person=kept[1]).status_code == 303

    _, [part] = case_and_parts(product, number)
    truls = Actor(Role.CITIZEN, part.person_id, "Truls Eksempel", level="high")
    assert "Truls Eksempel" in read(product.anne, "/saken-min")
    assert client(truls).get(f"/saken-min?sak={number}").status_code == 303, "Truls has no case to see"
    twice = send(kari, f"/saker/{number}/parter/bekreft", role="spouse", person=kept[1])
    assert twice.status_code == 409 and "har allerede denne rollen" in twice.get_data(as_text=True)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"role": "", "name": "Per"}, "party-role"),
        ({"role": "contact"}, "party-pid"),
        ({"role": "contact", "name": "Per", "pid": TRULS}, "party-pid"),
        ({"role": "contact", "pid": "123"}, "party-pid"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,
    form: dict[str, str],
    field: str,  # noqa: F811
) -> None:
    answer = send(kari, f"/saker/{number}/parter", **form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and f'id="{field}-fault"' in page
    assert f'value="{form.get("name", "")}"' in page and case_and_parts(product, number)[1] == []


def test_what_a_register_says_is_its_own_and_what_the_office_says_stays(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,  # noqa: F811
) -> None:
    send(kari, f"/saker/{number}/parter", role="contact", name="Per Nabo")
    case, _ = case_and_parts(product, number)
    now = product.clock.now()
    with product.application.db.write() as connection:
        assert parties.agree(connection, case.id, [CaseParty("heir", "arving", "heir", "court")], now)
    by_role = {one.role: one for one in case_and_parts(product, number)[1]}
    refused = send(kari, f"/saker/{number}/parter/{by_role['arving'].id}/avslutt", reason="x")
    with product.application.db.write() as connection:
        assert parties.agree(connection, case.id, [], now)
        assert not parties.agree(connection, case.id, [], now)

    assert refused.status_code == 409 and "kommer fra et register" in refused.get_data(as_text=True)
    assert [one.name for one in case_and_parts(product, number)[1]] == ["Per Nabo"]


def test_a_role_of_the_journey_opens_the_case_to_who_can_log_in_and_is_taken_back(
    estate: Product,
    kari: Actor,
    client: Client,  # noqa: F811
) -> None:
    product = estate
    begun = begin(product)
    with product.application.db.read() as connection:
        case = queries.case_by_id(connection, begun)
    app, now, number = product.application, product.clock.now(), case.number
    journey = Bundle.read(EXAMPLES / "estate_settlement")
    assert "arving" in participants.journey_roles(journey) and "avdode" not in participants.roles(journey)
    truls = person(product, TRULS, "Truls Eksempel")
    same = {"author": kari.person_id, "case": case, "bundle": journey}

    with pytest.raises(NotPossible), app.db.write() as connection:
        participants.add(connection, app.vault, role="arving", name="Per Nabo", now=now, **same)
    with pytest.raises(NotPossible), app.db.write() as connection:
        participants.add(connection, app.vault, role="contact", person_id=case.owner_id, now=now, **same)
    with app.db.write() as connection:
        participants.add(connection, app.vault, role="arving", person_id=truls.person_id, now=now, **same)
    assert client(truls).get(f"/saken-min?sak={number}").status_code == 200
    with app.db.write() as connection:
        (part,) = [one for one in participants.of_case(connection, app.vault, case) if one.ours]
        participants.change(connection, app.vault, party_id=part.id, role="contact", **same)
    assert client(truls).get(f"/saken-min?sak={number}").status_code == 303


def test_an_heir_is_there_by_the_register_and_by_the_office_apart(
    product: Product,
    kari: Actor,
    number: str,  # noqa: F811
) -> None:
    case, _ = case_and_parts(product, number)
    app, now = product.application, product.clock.now()
    truls = person(product, TRULS, "Truls Eksempel").person_id
    heir = CaseParty(truls, "arving", truls, "court")
    with app.db.write() as connection:
        participants.add(
            connection,
            app.vault,
            author=kari.person_id,
            case=case,
            bundle=Bundle.read(EXAMPLES / "estate_settlement"),
            role="arving",
            person_id=truls,
            now=now,
        )
        assert parties.agree(connection, case.id, [heir], now), "the office's word is none of the register's"
        assert not parties.agree(connection, case.id, [heir], now)
        assert [row.reference for row in parties.named(connection, case.id)] == ["court"]
        assert parties.agree(connection, case.id, [], now)
        assert parties.named(connection, case.id) == []
    assert [one.ours for one in case_and_parts(product, number)[1]] == [True]


def test_nobody_adds_themselves_or_another_one_in_a_case_that_is_over(
    product: Product,
    kari: Actor,
    number: str,
    register: Register,
    read: Read,
    send: Send,  # noqa: F811
) -> None:
    me = replace(person(product, TRULS, "Truls Eksempel"), role=Role.CASEWORKER, office=OFFICE)
    found = send(me, f"/saker/{number}/parter", role="contact", pid=TRULS).get_data(as_text=True)
    kept = re.search(r'name="person" value="([^"]+)"', found)
    assert kept
    refused = send(me, f"/saker/{number}/parter/bekreft", role="contact", person=kept[1])
    assert refused.status_code == 409 and "ikke legge til deg selv" in refused.get_data(as_text=True)

    send(kari, f"/saker/{number}/parter", role="contact", name="Per Nabo")
    case, [part] = case_and_parts(product, number)
    product.application.dispatch.send(CancelCase(case.id, "stopped by the citizen"), product.anne)
    register(AssertionError("nobody is looked up for a case that is over"))
    for path, form in (
        ("parter", {"role": "contact", "name": "Siri Nabo"}),
        ("parter", {"role": "contact", "pid": TRULS}),
        (f"parter/{part.id}/rolle", {"role": "creditor"}),
    ):
        over = send(kari, f"/saker/{number}/{path}", **form)
        assert over.status_code == 409 and "Saken er avsluttet" in over.get_data(as_text=True), path
    assert case_and_parts(product, number)[1] == [part]
    assert "Legg til person" not in read(kari, f"/saker/{number}")
    confirmed = send(kari, f"/saker/{number}/parter/{part.id}/avslutt", reason="saken er slutt")
    assert confirmed.status_code == 303, "an end is no part"


def test_a_changed_role_is_none_they_have_already(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,  # noqa: F811
) -> None:
    for role in ("contact", "creditor"):
        send(kari, f"/saker/{number}/parter", role=role, name="Per Nabo")
    before = case_and_parts(product, number)[1]
    contact = next(one for one in before if one.role == "contact")
    refused = send(kari, f"/saker/{number}/parter/{contact.id}/rolle", role="creditor")

    assert refused.status_code == 409 and "har allerede denne rollen" in refused.get_data(as_text=True)
    assert case_and_parts(product, number)[1] == before


def test_who_is_known_by_name_alone_keeps_it_when_the_process_changes_the_role(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,  # noqa: F811
) -> None:
    send(kari, f"/saker/{number}/parter", role="contact", name="Per Nabo")
    case, now = case_and_parts(product, number)[0], product.clock.now()
    with product.application.db.write() as connection:
        parties.agree(connection, case.id, [CaseParty("heir", "contact", "heir", "court")], now)
        assert parties.change_role(connection, case.id, "contact", "creditor", now) == 2

    found = sorted((one.name, one.role, one.person_id, one.ours) for one in case_and_parts(product, number)[1])
    assert found == [("", "creditor", "heir", False), ("Per Nabo", "creditor", "", True)]
