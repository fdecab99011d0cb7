"""What the people of a case read on its pages: their own notices, the names their version has, whose turn it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy import text as sql
from werkzeug.test import TestResponse

from engine.advice.consent.models import consent_record
from engine.advice.sharing import actions as sharing
from engine.web import create_app
from engine.web.shared.login import COOKIE
from engine.workflow.authorization import sessions
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution import data
from tests.processes.conftest import Product, product
from tests.processes.test_enk_journeys import BREG, PLAN, choose, owner, running, tag
from tests.processes.test_estate_settlement import BO, DECLARED, EXAMPLES, begin, estate, person

__all__ = ["estate", "product", "owner"]
Client = Callable[[Actor], FlaskClient]
Read = Callable[[Actor, str], str]
NAV = Office("312785279", "Nav Lillestrøm")


class Send(Protocol):
    """A form sent by somebody to an address, with what they wrote or the files they chose."""

    def __call__(self, who: Actor, path: str, **form: object) -> TestResponse: ...


@pytest.fixture
def client(product: Product) -> Client:  # noqa: F811
    """A browser this person is logged in with."""
    app: Flask = create_app(product.application, logins={}, identify=lambda pid: ("", product.clock.now().date()))

    def logged_in(who: Actor) -> FlaskClient:
        with product.application.db.write() as connection:
            token = sessions.log_in(
                connection,
                product.clock.now(),
                person_id=who.person_id,
                role=who.role,
                office=who.office,
                level="high",
                language="nb",
                issuer="test",
                sid="",
                id_token="",
            )
        found = app.test_client()
        found.set_cookie(COOKIE, token)
        return found

    return logged_in


@pytest.fixture
def send(client: Client) -> Send:
    """A form sent by this person, with what their page would carry."""

    def post(who: Actor, path: str, **form: object) -> TestResponse:
        browser = client(who)
        page = browser.get("/tjenester").get_data(as_text=True)
        hidden = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert hidden, "the page has a form"
        return browser.post(path, data={"csrf_token": hidden[1], **form})

    return post


@pytest.fixture
def read(client: Client) -> Read:
    """The text of a page as this person sees it."""

    def page(who: Actor, path: str) -> str:
        answer = client(who).get(path)
        assert answer.status_code == 200, answer.status_code
        shown = answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))

    return page


def test_a_history_shows_the_reader_their_own_notices_alone(estate: Product, read: Read) -> None:  # noqa: F811
    begin(estate)

    for who in (estate.anne, person(estate, BO, "Bo Arv")):
        assert read(who, "/saken-min").count("Du fikk et varsel") == 1, who.name


def test_a_history_keeps_the_names_of_the_version_it_runs_on(estate: Product, read: Read) -> None:  # noqa: F811
    case = begin(estate)
    estate.complete(case, "Declare", declaration=DECLARED)
    files = dict(Bundle.read(Path(EXAMPLES) / "estate_settlement").files)
    for name in [name for name in files if name.startswith("texts/")]:
        files[name] = files[name].replace("Skriv felles erklæring".encode(), b"Fortell om boet")
    with estate.application.db.write() as connection:
        estate.application.library.deploy(connection, Bundle("estate_settlement", files), by="ada")

    page = read(estate.anne, "/saken-min")

    assert "fullførte «Skriv felles erklæring»" in page and "Fortell om boet" not in page


def test_an_heir_reads_of_the_estate_in_the_third_person(estate: Product, read: Read) -> None:  # noqa: F811
    begin(estate)
    number = re.search(r"Sak (\d{4}-\d{4})", read(estate.anne, "/saken-min"))
    assert number

    page = read(estate.anne, f"/saken-min/{number[1]}/oversikt")

    assert "Økonomien til Dagny Arv" in page and not re.search(r"\b[Dd]u (skylder|eier|bruker|får)\b", page)


def test_messages_are_not_said_to_be_none_beside_notices(estate: Product, read: Read) -> None:  # noqa: F811
    begin(estate)

    page = read(person(estate, BO, "Bo Arv"), "/meldinger")

    assert "Du er arving i et dødsbo." in page
    assert "Ingen meldinger" not in page and "Når du har en sak" not in page


def test_a_control_that_waits_for_its_day_keeps_watch_and_shows_what_is_new(owner: Product, read: Read) -> None:  # noqa: F811
    tag(owner, running(owner))

    page = read(owner.anne, "/saken-min")

    assert "Vi følger med, og sier fra når det er noe." in page and "kilder svarer" not in page
    assert "Nytt til deg" in page and "Du mangler" in page
    assert "Gå til siden om foretaket" in page, "where the owner acts on it"
    owner.start("callback", office=NAV.orgno, officeName=NAV.name)
    assert "Gå til siden om foretaket" in read(owner.anne, "/hjem")
    assert "Gå til siden om foretaket" in read(owner.anne, "/meldinger")
    assert "Nytt til deg" not in read(owner.anne, "/hjem"), "it has been read"


def test_who_calls_back_is_not_told_of_an_overview_nobody_asked_for(product: Product, read: Read) -> None:  # noqa: F811
    case = product.start("callback", office=NAV.orgno, officeName=NAV.name)
    product.complete(case, "Ask", wish={"phone": "99887766", "when": "morning", "about": ""})
    kari = replace(person(product, "20887297952", "Kari Rådgiver"), role=Role.CASEWORKER, office=NAV)
    number = re.search(r"Sak (\d{4}-\d{4})", read(product.anne, "/saken-min"))
    assert number

    page = read(kari, f"/saker/{number[1]}")

    assert "oversikten" not in page
    assert page.index("99887766") < page.index("Hva ble dere enige om"), "the number before the form that needs it"
    assert "Fullfør: Ring innbyggeren" in page, "the step as it is written"


def test_what_is_anothers_is_not_stopped_nor_said_to_be(product: Product, send: Send) -> None:  # noqa: F811
    case = product.start("enk_start", office=BREG.orgno, officeName=BREG.name, purpose="enk_start")
    product.complete(case, "GiveConsent", consent_answer={"answer": "no", "kinds": [], "language": "nb"})
    now = product.clock.now()
    with product.application.db.write() as connection:
        share = sharing.start(connection, actor=product.anne, case_id=case, office=BREG, now=now)
        record = connection.execute(select(consent_record.c.id)).scalars().first()
    bo = person(product, BO, "Bo Arv")

    for path in (f"/deling/{share}/stopp", f"/samtykker/{record}/trekk", "/deling/nobody/stopp"):
        assert send(bo, path).status_code == 404, path

    with product.application.db.read() as connection:
        assert sharing.in_force(connection, case, BREG.orgno, now) is not None
    for press in ("first", "second"):
        assert send(product.anne, f"/deling/{share}/stopp").status_code == 303, press
    with product.application.db.read() as connection:
        assert sharing.in_force(connection, case, BREG.orgno, now) is None


def test_the_guide_reads_the_assessment_of_a_plan_while_it_is_shared(product: Product, read: Read, send: Send) -> None:  # noqa: F811
    case = product.start("enk_start", office=BREG.orgno, officeName=BREG.name, purpose="enk_start")
    product.complete(case, "GiveConsent", consent_answer={"answer": "no", "kinds": [], "language": "nb"})
    product.work()
    product.work(timedelta(minutes=3))
    product.complete(case, "Budget", business_plan={**PLAN, "spending": 25_000})
    own = read(product.anne, "/enk/start")
    choose(product, case, "go_on")
    product.complete(case, "Share", share_answer={"answer": "yes", "kinds": [], "language": "nb"})
    number = re.search(r"Sak (\d{4}-\d{4})", read(product.anne, "/saken-min"))
    bente = replace(person(product, "20887297952", "Bente Veileder"), role=Role.CASEWORKER, office=BREG)
    assert number

    page = read(bente, f"/saker/{number[1]}")

    table = re.search(r"Overskudd i året .* Hvor lenge pengene varer (\d+ mnd\. ?)+", own)
    assert table and "mangler" in table[0] and "−" not in table[0].partition("Til overs")[2]
    assert table[0].strip() in page, "the same figures as the owner's own"
    assert "Planen går ikke opp ennå." in page and "Forsiktig" in page
    assert "Privat forbruk, 25 000 kr i måneden, har eieren skrevet." in page.replace("\xa0", " ")
    read(bente, f"/saker/{number[1]}")
    seen = read(product.anne, "/deling")
    assert seen.count("leste planen for virksomheten") == 1, "once a day, however often the page is opened"
    with product.application.db.read() as connection:
        share = sharing.in_force(connection, case, BREG.orgno, product.clock.now())
    assert share is not None
    send(product.anne, f"/deling/{share.id}/stopp")
    assert "Planen går ikke opp ennå." not in read(bente, f"/saker/{number[1]}")


def test_a_control_that_asks_nothing_comes_to_the_page_its_bundle_calls_home(
    owner: Product,  # noqa: F811
    client: Callable[[Actor], FlaskClient],
) -> None:
    case = running(owner)
    browser = client(owner.anne)
    assert "/oppgaver/" in browser.get("/hjem").headers["Location"], "a task goes before"
    tag(owner, case)

    assert browser.get("/hjem").headers["Location"] == "/enk"
    owner.start("callback", office=NAV.orgno, officeName=NAV.name)
    page = browser.get("/hjem").get_data(as_text=True)
    assert '<a class="ds-link" href="/enk">' in page and "/saken-min?sak=" in page


def test_the_start_is_not_ready_until_each_step_is_ticked_or_set_aside(product: Product, send: Send) -> None:  # noqa: F811
    case = product.start("enk_start", office=BREG.orgno, officeName=BREG.name, purpose="enk_start")
    product.complete(case, "GiveConsent", consent_answer={"answer": "no", "kinds": [], "language": "nb"})
    product.work()
    product.work(timedelta(minutes=3))
    product.complete(case, "Budget", business_plan=PLAN)
    choose(product, case, "go_on")
    product.complete(case, "Share", share_answer={"answer": "no", "kinds": [], "language": "nb"})
    ticked = ["accounts", "tax_card", "insurance", "bookkeeping"]

    refused = send(product.anne, "/enk/sjekkliste", step=ticked, action="done")

    told = refused.get_data(as_text=True).partition('id="feil"')[2].partition("</div>")[0]
    assert refused.status_code == 422 and re.findall(r'href="#s-(\w+)"', told) == ["vat"]
    assert set(product.tasks(case)) == {"Checklist"}
    assert send(product.anne, "/enk/sjekkliste", step=ticked, later=["vat"], action="done").status_code == 303
    assert product.state(case) == "completed"


def test_the_clean_up_list_says_why_a_plan_goes_another_way(owner: Product, read: Read) -> None:  # noqa: F811
    case = running(owner)
    assert "Rydd i denne rekkefølgen" in read(owner.anne, "/tiltak")
    assert "Planen betaler ned" not in read(owner.anne, "/tiltak"), "there is no plan"
    for order, why in (("avalanche", "det dyreste først"), ("snowball", "det minste først")):
        with owner.application.db.write() as connection:
            data.write(
                connection,
                owner.application.vault,
                instance_id=case,
                case_id=case,
                owner_id=owner.anne.person_id,
                data_type="plan",
                content={"monthly": "3000", "order": order, "debts": []},
                now=owner.clock.now(),
            )

        assert f"Planen betaler ned {why}" in read(owner.anne, "/tiltak")


def test_what_was_written_when_the_disk_was_full_can_be_sent_again(product: Product, read: Read, send: Send) -> None:  # noqa: F811
    product.start("callback", office=NAV.orgno, officeName=NAV.name)
    number = re.search(r"Sak (\d{4}-\d{4})", read(product.anne, "/saken-min"))
    assert number
    _pages(product, 2)

    texts = (f"Hilsen {count} " + "y" * 1500 for count in range(200))
    refused, text = next(
        (answer, text)
        for text in texts
        if (answer := send(product.anne, "/meldinger", sak=number[1], text=text)).status_code != 303
    )

    page = refused.get_data(as_text=True)
    assert refused.status_code == 503 and "ikke lagret ennå" in page
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.partition('action="/meldinger"')[2]))
    assert (fields["text"], fields["sak"]) == (text, number[1]) and fields["csrf_token"]
    _pages(product, 1_000_000)
    fields.pop("csrf_token")
    assert send(product.anne, "/meldinger", **fields).status_code == 303
    assert read(product.anne, "/meldinger").count(text) == 1


def _pages(product: Product, more: int) -> None:  # noqa: F811
    """The database may grow by so many pages and no further, as on a disk that is nearly full."""
    engine = product.application.db.engine
    engine.dispose()
    with engine.connect() as connection:
        used = connection.execute(sql("PRAGMA page_count")).scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={used + more}")
