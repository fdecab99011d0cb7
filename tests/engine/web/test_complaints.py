"""The decision asks for what it needs, tells until when one may complain, and keeps what came in."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from werkzeug.test import TestResponse

from engine.casework import complaints, letter_notices, letters, notices, queries
from engine.platform.calendar import norwegian_today
from engine.workflow.authorization.actor import Actor
from engine.workflow.instances.rows import CaseRow
from tests.engine.casework.independent_complaint_time import time_to_complain
from tests.engine.web.test_case_pages import Client, Read, Send, client, read
from tests.engine.web.test_casework import kari, send
from tests.processes.advice.test_advice_journey import refused_everything
from tests.processes.conftest import OFFICE, Product, product

__all__ = ["client", "product", "kari", "read", "send"]


@pytest.fixture
def number(product: Product) -> str:  # noqa: F811
    """A case of debt advice that waits for its decision."""
    case = refused_everything(product)
    product.complete(case, "Assess", product.kari)
    with product.application.db.read() as connection:
        return str(queries.case_by_id(connection, case).number)


def case_of(product: Product, number: str) -> CaseRow:  # noqa: F811
    with product.application.db.read() as connection:
        case = queries.case_by_number(connection, number, OFFICE.orgno)
    assert case is not None
    return case


def decide(product: Product, kari: Actor, number: str, send: Send, **form: str) -> TestResponse:  # noqa: F811
    task = product.tasks(case_of(product, number).id)["Decide"]
    return send(kari, f"/saker/{number}/oppgave/{task}", **form)


def test_the_form_asks_for_what_the_outcome_needs(
    product: Product,
    kari: Actor,
    number: str,
    client: Client,
    send: Send,  # noqa: F811
) -> None:
    page = client(kari).get(f"/saker/{number}").get_data(as_text=True)
    form = page[page.index('id="oppgave"') : page.index('id="notater"')]
    assert "Valgfritt" not in form, "a start date is asked for until it is a rejection"

    granted = decide(product, kari, number, send, outcome="granted", reason=" ")
    text = granted.get_data(as_text=True)
    assert granted.status_code == 422
    assert "Startdato må fylles ut" in text and "Begrunnelse må fylles ut" in text and "Vedtak mangler" not in text

    wordless = decide(product, kari, number, send, outcome="rejected").get_data(as_text=True)
    assert "Begrunnelse må fylles ut" in wordless and "Startdato må" not in wordless
    label = re.search(r'<label[^>]*for="startDate">(.*?)</label>', wordless)
    assert label and "Valgfritt" in label[1], "a rejection has no start date"
    assert decide(product, kari, number, send, outcome="rejected", reason="Bor i en annen kommune").status_code == 303


def sent(product: Product, kari: Actor, number: str) -> str:  # noqa: F811
    """The letter that tells of the decision, sent now."""
    case, app, now = case_of(product, number), product.application, product.clock.now()
    with app.db.write() as connection:
        letter = letters.draft(
            connection,
            app.vault,
            author=kari.person_id,
            case=case,
            template="decision",
            title="Vedtak",
            body="Avslag",
            now=now,
        )
        letters.send(
            connection, app.vault, author=kari.person_id, case=case, letter_id=letter, document=b"%PDF-", now=now
        )
        letters.notify(connection, app.vault, case, letter, now)
        letter_notices.enqueue(connection, case.id, letter, now)
    return letter


def test_the_time_runs_from_the_notice_and_never_from_the_opening(
    product: Product,
    kari: Actor,
    number: str,
    client: Client,
    read: Read,  # noqa: F811
) -> None:
    assert "Klagefristen begynner når brevet med vedtaket er gjort tilgjengelig" in read(kari, f"/saker/{number}")
    assert "Klage på vedtaket" not in read(product.anne, "/saken-min")

    letter = sent(product, kari, number)  # Monday 23 November
    assert "Ingen klagefrist løper" in read(kari, f"/saker/{number}"), "no notice was sent yet"
    assert "Fristen har ikke begynt å løpe" in read(product.anne, "/saken-min")
    client(product.anne).get(f"/brev/{letter}")
    assert "Fristen har ikke begynt å løpe" in read(product.anne, "/saken-min"), "that it is opened changes nothing"

    product.clock.advance(timedelta(days=2))
    product.notify()
    _, last = time_to_complain("digital", date(2026, 11, 23), date(2026, 11, 25))
    assert last == date(2026, 12, 16)
    assert "Klagefrist 16. desember 2026: 3 uker fra 25. november 2026" in read(kari, f"/saker/{number}")
    assert "Du kan klage på vedtaket til og med 16. desember 2026" in read(product.anne, "/saken-min")
    product.clock.advance(timedelta(days=22))
    passed = read(product.anne, "/saken-min")
    assert "Klagefristen gikk ut 16. desember 2026. Du kan likevel klage" in passed


def test_a_complaint_is_in_time_or_too_late_and_decided_once(
    product: Product,
    kari: Actor,
    number: str,
    read: Read,
    send: Send,  # noqa: F811
) -> None:
    sent(product, kari, number)
    product.notify()
    product.clock.advance(timedelta(days=30))
    address = f"/saker/{number}/klager"
    early = send(kari, address, received="2026-12-14", text="Hun mener hun bor her")
    late = send(kari, address, received="2026-12-15", text="En til")
    assert "complaint_in_time" in early.headers["Location"] and "complaint_late" in late.headers["Location"]
    app = product.application
    with app.db.read() as connection:
        found = complaints.of_case(connection, app.vault, case_of(product, number).id)
        told = [one.kind for one in notices.of_person(connection, app.vault, product.anne.person_id)]
    by_time = {not one.late: one for one in found}
    assert len(found) == 2 and told.count("complaint") == 2
    page = read(product.anne, "/saken-min")
    assert "I rett tid" in page and "Kom etter fristen, vurderes" in page and "Hun mener hun bor her" not in page
    assert "For sent" not in page + read(kari, f"/saker/{number}"), "no computation says that it is too late"

    one = f"{address}/{by_time[True].id}"
    wrong = send(kari, one, outcome="", answer="Står ved det")
    assert wrong.status_code == 422 and "Står ved det" in wrong.get_data(as_text=True)
    assert send(kari, one, outcome="sent_on", answer="Vi står ved vedtaket").status_code == 303
    again = send(kari, one, outcome="changed", answer="x")
    assert again.status_code == 409 and "har allerede registrert utfallet" in again.get_data(as_text=True)
    page = read(product.anne, "/saken-min")
    assert "Opprettholdt og sendt til Statsforvalteren" in page and "Vi står ved vedtaket" in page
    assert "registrerte utfallet av en klage" in page
    answer = f"{one}/klageinstans"
    assert send(kari, answer, outcome="set_aside", answer="").status_code == 422
    assert send(kari, answer, outcome="set_aside", answer="Saken var ikke utredet").status_code == 303
    assert send(kari, answer, outcome="upheld", answer="x").status_code == 409
    page = read(product.anne, "/saken-min")
    assert "Statsforvalteren har opphevet vedtaket" in page and "Saken var ikke utredet" in page


@pytest.mark.parametrize("day", ["2026-11-24", "", "i går"])
def test_a_complaint_came_on_a_day_that_has_been(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,
    day: str,  # noqa: F811
) -> None:
    answer = send(kari, f"/saker/{number}/klager", received=day, text="Hun klager")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'id="complaint-received-fault"' in page and "Hun klager" in page
    with product.application.db.read() as connection:
        assert complaints.of_case(connection, product.application.vault, case_of(product, number).id) == []


def test_the_same_form_sent_twice_is_one_complaint_and_one_notice(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,  # noqa: F811
) -> None:
    sent(product, kari, number)

    def complain(text: str, received: str = "2026-11-23") -> TestResponse:
        product.clock.advance(timedelta(seconds=1))
        return send(kari, f"/saker/{number}/klager", received=received, text=text, _key="the page as it was shown")

    first, again = complain("Hun mener hun bor her"), complain("Hun mener hun bor her")
    app = product.application

    def count() -> tuple[int, int]:
        with app.db.read() as connection:
            told = [one.kind for one in notices.of_person(connection, app.vault, product.anne.person_id)]
            return len(complaints.of_case(connection, app.vault, case_of(product, number).id)), told.count("complaint")

    assert first.headers["Location"] == again.headers["Location"] and count() == (1, 1)
    complain("Og hun vil ha penger")
    assert count() == (2, 2), "other words are another complaint, whatever page they were written on"


def late(product: Product, kari: Actor, number: str, send: Send, wait: int = 30) -> str:  # noqa: F811
    """A complaint that came so many days after the decision was sent and notified of; its address."""
    sent(product, kari, number)
    product.notify()
    product.clock.advance(timedelta(days=wait))
    day = norwegian_today(product.clock).isoformat()
    send(kari, f"/saker/{number}/klager", received=day, text="Jeg var syk", way="phone")
    app = product.application
    with app.db.read() as connection:
        (one,) = complaints.of_case(connection, app.vault, case_of(product, number).id)
    return f"/saker/{number}/klager/{one.id}"


def test_what_came_late_is_assessed_by_a_person_before_it_is_decided(
    product: Product,
    kari: Actor,
    number: str,
    read: Read,
    send: Send,  # noqa: F811
) -> None:
    address = late(product, kari, number, send)
    early = send(kari, address, outcome="changed", answer="Ny vurdering")
    assert early.status_code == 422 and "Vurder det først" in early.get_data(as_text=True)
    assert send(kari, f"{address}/vurdering", timeliness="heard", reason=" ").status_code == 422
    assert send(kari, f"{address}/vurdering", timeliness="heard", reason="Syk hele tiden").status_code == 303
    assert "Kom etter fristen, behandles likevel" in read(product.anne, "/saken-min")
    assert send(kari, f"{address}/vurdering", timeliness="dismissed", reason="x").status_code == 409
    assert send(kari, address, outcome="changed", answer="Ny vurdering").status_code == 303
    assert "Vedtaket er omgjort" in read(product.anne, "/saken-min")


def test_what_is_dismissed_as_late_is_told_with_its_reason(
    product: Product,
    kari: Actor,
    number: str,
    read: Read,
    send: Send,  # noqa: F811
) -> None:
    address = late(product, kari, number, send, wait=400)
    year = send(kari, f"{address}/vurdering", timeliness="heard", reason="Syk hele tiden")
    assert year.status_code == 422 and "mer enn ett år siden vedtaket" in year.get_data(as_text=True)

    assert send(kari, f"{address}/vurdering", timeliness="dismissed", reason="Over et år").status_code == 303

    page = read(product.anne, "/saken-min")
    assert "Avvist fordi den kom etter fristen" in page and "Over et år" in page and "Klagen er avvist" in page


def test_a_citizen_complains_from_their_own_page_and_the_one_who_has_the_case_is_told(
    product: Product,
    kari: Actor,
    number: str,
    client: Client,
    read: Read,
    send: Send,  # noqa: F811
) -> None:
    address = f"/saken-min/{number}/klage"
    assert client(product.anne).get(address).status_code == 404, "there is no decision yet"
    sent(product, kari, number)
    product.notify()
    assert address in client(product.anne).get("/saken-min").get_data(as_text=True)
    assert client(product.anne).get(address).status_code == 200
    empty = send(product.anne, address, text="  ")
    assert empty.status_code == 422 and "Skriv hva klagen gjelder" in empty.get_data(as_text=True)

    assert send(product.anne, address, text="Jeg bor i Lillestrøm").status_code == 303

    assert "I rett tid" in read(product.anne, "/saken-min") and "Jeg bor i Lillestrøm" in read(kari, f"/saker/{number}")
    app = product.application
    with app.db.read() as connection:
        (one,) = complaints.of_case(connection, app.vault, case_of(product, number).id)
    assert one.way == "page" and one.treat_by is not None and one.author == product.anne.person_id
