"""A case the office begins for a citizen: whom, which journeys, what is kept and what is refused."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NoReturn

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from engine.casework import notices, person_lookup, queries, views
from engine.platform.provider_errors import SourceRefusedError, SourceUnavailableError
from engine.platform.vault import person_table
from engine.workflow.audit.chain import SYSTEM_CHAIN, audit_event, verify
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.authorization.policy import read_policy
from engine.workflow.authorization.policy_queries import allowed
from engine.workflow.errors import Forbidden
from engine.workflow.execution.commands import StartInstance
from engine.workflow.instances.models import case_file, case_party
from tests.engine.web.test_case_pages import Client, Read, Send, client, read
from tests.engine.web.test_casework import kari, number, send
from tests.processes.conftest import OFFICE, Product, product
from tests.processes.test_estate_settlement import person

__all__ = ["client", "product", "kari", "number", "read", "send"]
TRULS, D_NUMBER = "20887297953", "60887297944"
GIVEN = {"journey": "advice", "pid": "208872 97953", "way": "phone", "reason": "Ringte om brev fra inkasso"}


Register = Callable[[tuple[str, date] | Exception], None]


def site_of(client: Client) -> Flask:  # noqa: F811
    """The web application behind the client."""
    return next(c.cell_contents for c in client.__closure__ or () if isinstance(c.cell_contents, Flask))


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch, client: Client) -> Register:  # noqa: F811
    """The population register, answering with a name and a day, or an error."""
    app = site_of(client)

    def answers(what: tuple[str, date] | Exception) -> None:
        def identify(pid: str) -> tuple[str, date]:
            if isinstance(what, Exception):
                raise what
            assert pid == TRULS
            return what

        app.extensions["identify"] = identify

    answers(("Truls Eksempel", date(1972, 8, 20)))
    return answers


@pytest.fixture
def renumbered(register: Register, client: Client) -> None:  # noqa: F811
    """The register says that Truls had a D-number before."""
    app = site_of(client)
    app.extensions["former_numbers"] = {TRULS: (D_NUMBER,)}.__getitem__


def cases(product: Product) -> int:  # noqa: F811
    with product.application.db.read() as connection:
        return int(connection.execute(select(func.count()).select_from(case_file)).scalar_one())


def look_ups(product: Product) -> list[dict[str, Any]]:  # noqa: F811
    """What the trail says of look-ups by number."""
    with product.application.db.read() as connection:
        found = select(audit_event.c.data).where(
            audit_event.c.case_id == SYSTEM_CHAIN, audit_event.c.kind == "PersonLookedUp"
        )
        return list(connection.execute(found).scalars())


def confirmed(send: Send, kari: Actor, **more: str) -> TestResponse:  # noqa: F811
    page = send(kari, "/arbeidsko/ny-sak", **{**GIVEN, **more}).get_data(as_text=True)
    found = re.search(r'name="person" value="([^"]+)"', page)
    assert found, page
    return send(kari, "/arbeidsko/ny-sak/bekreft", **{**GIVEN, "pid": "", "person": found[1], **more})


def test_a_case_begins_for_the_person_that_was_confirmed_and_they_are_notified(
    product: Product,
    kari: Actor,
    register: Register,
    send: Send,
    read: Read,
    caplog: pytest.LogCaptureFixture,  # noqa: F811
) -> None:
    caplog.set_level(logging.DEBUG)
    page = send(kari, "/arbeidsko/ny-sak", **GIVEN)
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and "Truls Eksempel" in text and "1972" in text
    assert TRULS not in text and "208872 97953" not in text
    with product.application.db.read() as connection:
        assert product.application.vault.person_by_pid(connection, TRULS) is None, "looking up makes nobody known"

    answer = confirmed(send, kari, take="ja")
    number = answer.headers["Location"].partition("/saker/")[2].partition("?")[0]
    with product.application.db.read() as connection:
        truls = product.application.vault.person_by_pid(connection, TRULS)
        assert truls is not None
        case = queries.case_by_number(connection, number, OFFICE.orgno)
        told = notices.of_person(connection, product.application.vault, truls.id)
        begun = connection.execute(
            select(audit_event).where(audit_event.c.case_id == case.id, audit_event.c.kind == "CaseStarted")
        ).one()
        assert verify(connection, case.id) is None
    assert (case.owner_id, case.responsible, case.key) == (truls.id, kari.person_id, "advice")
    assert (begun.actor_id, begun.data["for"]) == (kari.person_id, truls.id)
    assert [(one.kind, one.content["about"]) for one in told] == [("opened", "Nav Lillestrøm")]
    looked = look_ups(product)
    assert len(looked) == 2 and all(
        entry["lookup"] == product.application.vault.lookup(TRULS).hex() and TRULS not in str(entry) for entry in looked
    )
    citizen = Actor(Role.CITIZEN, truls.id, "Truls Eksempel", level="high")
    page = read(citizen, "/saken-min")
    assert "Ringte om brev fra inkasso" in page and "Nav Lillestrøm har opprettet en sak for deg" in page
    assert TRULS not in answer.headers["Location"] and TRULS not in caplog.text
    assert "Saken er opprettet" in read(kari, f"/saker/{number}?gjort=opened")


def test_who_has_such_a_case_open_gets_no_second_and_it_is_linked_to(
    product: Product,
    kari: Actor,
    register: Register,
    send: Send,  # noqa: F811
) -> None:
    confirmed(send, kari)
    assert cases(product) == 1
    page = send(kari, "/arbeidsko/ny-sak", **GIVEN).get_data(as_text=True)
    with product.application.db.read() as connection:
        number = connection.execute(select(case_file.c.number)).scalar_one()

    assert "allerede en åpen sak" in page and f'href="/saker/{number}"' in page and 'name="person"' not in page
    with product.application.db.write() as connection:
        vault, now = product.application.vault, product.clock.now()
        kept = views.save_search(connection, vault, kari.person_id, TRULS, now, views.LOOKUP)
    again = send(kari, "/arbeidsko/ny-sak/bekreft", **GIVEN, person=kept)
    assert again.status_code == 409 and cases(product) == 1


def test_who_is_known_by_a_number_from_before_is_the_same_person_under_the_new(
    product: Product,
    kari: Actor,
    renumbered: None,
    send: Send,  # noqa: F811
) -> None:
    before = person(product, D_NUMBER, "Truls Eksempel").person_id

    answer = confirmed(send, kari)

    with product.application.db.read() as connection:
        number = answer.headers["Location"].partition("/saker/")[2].partition("?")[0]
        assert queries.case_by_number(connection, number, OFFICE.orgno).owner_id == before
        found = product.application.vault.person_by_pid(connection, TRULS)
        assert found is not None and found.id == before
        assert product.application.vault.person_by_pid(connection, D_NUMBER) is None


def test_a_case_opened_under_a_number_from_before_is_linked_to_and_nobody_is_renumbered_by_a_look_up(
    product: Product,
    kari: Actor,
    renumbered: None,
    send: Send,  # noqa: F811
) -> None:
    before = person(product, D_NUMBER, "Truls Eksempel").person_id
    product.application.dispatch.send(StartInstance("advice", before, {"office": OFFICE.orgno}), kari)

    page = send(kari, "/arbeidsko/ny-sak", **GIVEN).get_data(as_text=True)

    with product.application.db.read() as connection:
        number = connection.execute(select(case_file.c.number)).scalar_one()
        assert product.application.vault.person_by_pid(connection, TRULS) is None, "looking up changes nothing"
    assert "allerede en åpen sak" in page and f'href="/saker/{number}"' in page and 'name="person"' not in page


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (SourceRefusedError("http_404"), "Folkeregisteret kjenner ingen med dette nummeret"),
        (SourceUnavailableError("timeout"), "Folkeregisteret svarer ikke nå"),
        (SourceRefusedError("http_403"), "Folkeregisteret svarer ikke nå"),
    ],
)
def test_whom_the_register_does_not_give_is_said_and_what_was_written_stands(
    product: Product,
    kari: Actor,
    register: Register,
    send: Send,
    answer: Exception,
    said: str,  # noqa: F811
) -> None:
    register(answer)
    page = send(kari, "/arbeidsko/ny-sak", **GIVEN)

    text = page.get_data(as_text=True)
    assert page.status_code == 422 and said in text and "Ringte om brev fra inkasso" in text
    assert cases(product) == 0


def test_every_field_is_asked_for_and_a_number_has_eleven_digits(
    product: Product, kari: Actor, register: Register, send: Send
) -> None:  # noqa: F811
    page = send(kari, "/arbeidsko/ny-sak", journey="self_help", pid="1234", way="", reason=" ").get_data(as_text=True)

    for field in ("journey", "pid", "way", "reason"):
        assert f'id="{field}-fault"' in page, field
    assert 'value="1234"' in page
    expired = send(kari, "/arbeidsko/ny-sak/bekreft", **GIVEN, person="somebody-elses")
    assert expired.status_code == 422 and "Skriv fødselsnummeret på nytt" in expired.get_data(as_text=True)
    assert cases(product) == 0


def test_only_what_the_office_has_and_the_policy_permits_may_be_begun(
    product: Product,
    kari: Actor,
    client: Client,  # noqa: F811
) -> None:
    def offered(who: Actor) -> set[str]:
        page = client(who).get("/arbeidsko/ny-sak").get_data(as_text=True).partition('name="journey"')[2]
        return set(re.findall(r'<option value="(\w+)"', page.partition("</select>")[0]))

    breg = Office("313367002", "Bedriftsveiledningen i Brønnøysund")
    bente = replace(person(product, "20887297956", "Bente"), role=Role.CASEWORKER, office=breg)
    assert offered(kari) == {"advice", "callback"}
    assert offered(bente) == {"callback", "enk_start"}

    truls = person(product, TRULS, "Truls Eksempel").person_id
    for who, key, office in (
        (kari, "self_help", OFFICE.orgno),
        (kari, "advice", breg.orgno),
        (bente, "advice", OFFICE.orgno),
    ):
        with pytest.raises(Forbidden):
            product.application.dispatch.send(StartInstance(key, truls, {"office": office}), who)
    with pytest.raises(Forbidden):
        product.application.dispatch.send(StartInstance("advice", truls, {"office": OFFICE.orgno}), product.anne)
    assert cases(product) == 0


def test_beginning_a_case_opens_no_task_of_another_to_the_caseworker(product: Product) -> None:  # noqa: F811
    with product.application.db.read() as connection:
        bundle = product.application.library.newest(connection, "advice").bundle
    policy = read_policy(bundle.files["policy.xml"])

    doing = allowed(policy, "advice", "Share", "radgiver") - {"register"}  # to write down what the citizen said
    assert doing == {"read"}
    assert "write" in allowed(policy, "advice", "Decide", "radgiver")


def test_nobody_opens_a_case_for_themselves(product: Product, kari: Actor, register: Register, send: Send) -> None:  # noqa: F811
    me = replace(person(product, TRULS, "Truls Eksempel"), role=Role.CASEWORKER, office=OFFICE)
    page = send(me, "/arbeidsko/ny-sak", **GIVEN).get_data(as_text=True)

    assert "Du kan ikke opprette en sak for deg selv" in page and 'name="person"' not in page
    with product.application.db.read() as connection:
        assert connection.execute(select(func.count()).select_from(person_table)).scalar_one() >= 2


def test_only_a_look_up_that_is_in_the_trail_makes_anybody_known(
    product: Product,
    kari: Actor,
    number: str,
    register: Register,
    send: Send,
    read: Read,  # noqa: F811
) -> None:
    began = cases(product)
    typed = send(kari, "/arbeidsko/sok", tekst="208872 97953").headers["Location"]
    assert "sok=" not in typed and "97953" not in typed and "kan du ikke søke med fødselsnummer" in read(kari, typed)
    with product.application.db.write() as connection:
        kept = views.save_search(connection, product.application.vault, kari.person_id, TRULS, product.clock.now())
    begun = send(kari, "/arbeidsko/ny-sak/bekreft", **GIVEN, person=kept)
    put = send(kari, f"/saker/{number}/parter/bekreft", role="contact", person=kept)

    assert (begun.status_code, put.status_code) == (422, 422) and look_ups(product) == []
    with product.application.db.read() as connection:
        assert product.application.vault.person_by_pid(connection, TRULS) is None
        assert connection.execute(select(func.count()).select_from(case_party)).scalar_one() == 0
    assert cases(product) == began


def test_who_looks_up_whom_is_in_the_trail_before_the_register_is_asked(
    product: Product,
    kari: Actor,
    number: str,
    client: Client,
    send: Send,  # noqa: F811
) -> None:
    app = next(c.cell_contents for c in client.__closure__ if hasattr(c.cell_contents, "wsgi_app"))

    def dies(pid: str) -> NoReturn:
        assert look_ups(product)[-1] == {"office": OFFICE.orgno, "lookup": product.application.vault.lookup(pid).hex()}
        raise SystemError("the process was killed while it asked")

    app.extensions["identify"] = dies
    for path, form in (("/arbeidsko/ny-sak", GIVEN), (f"/saker/{number}/parter", {"role": "contact", "pid": TRULS})):
        assert send(kari, path, **form).status_code == 500, path
    assert len(look_ups(product)) == 2


def test_nobody_looks_up_without_end(
    product: Product,
    kari: Actor,
    number: str,
    register: Register,
    send: Send,
    monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    monkeypatch.setattr(person_lookup, "MAX_LOOKUPS", 2)
    for _ in range(2):
        assert send(kari, "/arbeidsko/ny-sak", **GIVEN).status_code == 200
    register(AssertionError("the register must not be asked"))
    for path, form in (("/arbeidsko/ny-sak", GIVEN), (f"/saker/{number}/parter", {"role": "contact", "pid": TRULS})):
        refused = send(kari, path, **form)
        assert refused.status_code == 422 and "for mange fødselsnumre" in refused.get_data(as_text=True), path
    assert len(look_ups(product)) == 2

    ola = replace(person(product, "20887297954", "Ola Rådgiver"), role=Role.CASEWORKER, office=OFFICE)
    register(("Truls Eksempel", date(1972, 8, 20)))
    assert send(ola, "/arbeidsko/ny-sak", **GIVEN).status_code == 200
    product.clock.advance(timedelta(hours=1))
    assert send(kari, "/arbeidsko/ny-sak", **GIVEN).status_code == 200
