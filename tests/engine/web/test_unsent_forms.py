"""A form that is sent when the session is over: its writer logs in and stands at the form with what they typed."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from engine.advice.evidence import snapshots
from engine.casework import members
from engine.web.shared.login import COOKIE
from engine.workflow.authorization import sessions, unsent_forms
from engine.workflow.authorization.actor import Actor, Office, Role
from tests.engine.web.filled import Browser
from tests.factories.links import NO_PAGE, kind_of
from tests.processes.conftest import OFFICE, Product, product
from tests.processes.test_estate_settlement import person

__all__ = ["product"]

#: Inputs somebody types in, by type.
TYPED = {"text": "Skrevet å {}", "search": "Søkt {}", "tel": "9988776{}", "email": "a{}@b.no", "number": "1{}"}
HOST = "http://localhost"


@dataclass(frozen=True)
class Sent:
    """A form of a page, filled in. ``typed`` is the texts by the name of their fields."""

    page: str
    action: str
    fields: MultiDict[str, str]
    typed: dict[str, str]


def everybody(product: Product) -> list[Actor]:  # noqa: F811
    """Anne with an overview and a task, an adviser with a case, and an administrator."""
    application = product.application
    supplement, callback = product.start("supplement"), product.start("callback")
    product.complete(callback, "Ask", wish={"phone": "99887766", "when": "morning", "about": ""})
    product.start("advice")
    kari = replace(person(product, "20887297952", "Kari Rådgiver"), role=Role.CASEWORKER, office=OFFICE)
    host = replace(
        person(product, "23018749162", "Hans Vert"), role=Role.ADMINISTRATOR, office=Office("991825827", "D")
    )
    with application.db.write() as connection:
        members.note_login(connection, OFFICE.orgno, kari.person_id, False, product.clock.now())
        snapshots.build(
            connection,
            application.vault,
            case_id=supplement,
            person_id=product.anne.person_id,
            data_sets={},
            now=product.clock.now(),
        )
    office = Browser(product, kari)
    assert office.post("/saker/2026-0002/gjor/take").status_code == 303
    assert office.post("/saker/2026-0002/sporsmal", question="Hva er leien?", due="2026-12-11").status_code == 303
    return [product.anne, kari, host]


STARTS = {
    Role.CITIZEN: (
        "/hjem",
        "/oversikt",
        "/budsjett",
        "/tiltak",
        "/plan",
        "/meldinger",
        "/tjenester",
        "/enk",
        "/deling",
    ),
    Role.CASEWORKER: ("/arbeidsko", "/arbeidsko/ny-sak", "/kontoret"),
    Role.ADMINISTRATOR: ("/prosesser", "/drift"),
}


def forms(browser: Browser, who: Actor, most: int = 60) -> Iterator[Sent]:
    """Every kind of form on the pages somebody comes to by links, once, with something typed where one may type."""
    waiting, seen, had = deque(STARTS[who.role]), set[str](), set[str]()
    while waiting and len(seen) < most:
        address = waiting.popleft()
        if kind_of(address) in seen:
            continue
        seen.add(kind_of(address))
        answer = browser.client.get(address)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        tree = html.document_fromstring(answer.get_data(as_text=True))
        for link in tree.xpath("//main//a/@href"):
            target = urljoin(address, str(link)).partition("#")[0]
            if target.startswith("/") and not NO_PAGE.search(urlsplit(target).path):
                waiting.append(target)
        for form in tree.xpath("//main//form[@method='post']"):
            action = urlsplit(urljoin(address, form.get("action") or address)).path
            if kind_of(action) not in had:
                had.add(kind_of(action))
                yield filled(form, address, action)


def filled(form: html.FormElement, page: str, action: str) -> Sent:
    fields, typed = MultiDict[str, str](), dict[str, str]()
    for number, control in enumerate(form.xpath(".//input|.//textarea|.//select")):
        name, kind = control.get("name"), "area" if control.tag == "textarea" else control.get("type", control.tag)
        kind = "text" if control.tag == "input" and kind == "input" else kind
        if not name or kind in ("submit", "button", "file", "checkbox", "radio"):
            continue
        if kind == "area" or kind in TYPED:
            text = f"Linje {number}\n\n<b>&amp; «{number}»" if kind == "area" else TYPED[kind].format(number)
            typed[name] = text
            fields.add(name, text)
        else:
            fields.add(name, control.get("value") or "")
    for button in form.xpath(".//button[@name]")[:1]:
        fields.add(button.get("name"), button.get("value") or "")
    return Sent(page, action, fields, typed)


def in_page(page: str, action: str, address: str) -> dict[str, list[str]]:
    """What stands in the text fields of the forms that are sent to *action*, by name."""
    tree = html.document_fromstring(page)
    found: dict[str, list[str]] = {}
    for form in tree.xpath("//main//form"):
        if urlsplit(urljoin(address, form.get("action") or address)).path != action:
            continue
        for control in form.xpath(".//input|.//textarea"):
            text = (control.text or "") if control.tag == "textarea" else control.get("value", "")
            found.setdefault(control.get("name") or "", []).append(text.removeprefix("\n"))
    return found


def log_in(product: Product, browser: Browser, who: Actor) -> None:  # noqa: F811
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
    browser.client.set_cookie(COOKIE, token)
    browser.csrf = sessions.csrf_token(token, product.application.settings.secret_keys[0])


def send_late(product: Product, browser: Browser, sent: Sent, *, cookie: bool) -> TestResponse:  # noqa: F811
    """Send a form half an hour after its page was used last, with the cookie still there or gone."""
    product.clock.advance(timedelta(minutes=31))
    if not cookie:
        browser.client.delete_cookie(COOKIE)
    fields = MultiDict([("csrf_token", browser.csrf), *sent.fields.items(multi=True)])
    return browser.client.post(sent.action, data=fields, headers={"Referer": f"{HOST}{sent.page}"})


def back_again(product: Product, browser: Browser, who: Actor, answer: TestResponse) -> tuple[str, str]:  # noqa: F811
    """Log in as the answer asks for. Returns the page one is led back to and its address."""
    assert answer.status_code == 303, answer.status_code
    way = urlsplit(answer.headers["Location"])
    assert way.path == ("/logg-inn" if who.role is Role.CITIZEN else "/ansatt/logg-inn")
    back = way.query.removeprefix("videre=")
    log_in(product, browser, who)
    answer, address = browser.client.get(back), back
    while answer.status_code in (302, 303):
        address = answer.headers["Location"]
        answer = browser.client.get(address)
    return answer.get_data(as_text=True), address


def test_no_form_of_any_page_loses_a_word_when_the_session_is_over(product: Product) -> None:  # noqa: F811
    tried, texts = 0, 0
    for who in everybody(product):
        browser = Browser(product, who)
        for sent in list(forms(browser, who)):
            answer = send_late(product, browser, sent, cookie=tried % 2 == 0)
            page, address = back_again(product, browser, who, answer)
            there = in_page(page, sent.action, urlsplit(address).path)
            for name, text in sent.typed.items():
                assert text in there.get(name, []), (sent.page, sent.action, name)
            tried, texts = tried + 1, texts + len(sent.typed)
    assert tried >= 40 and texts >= 40, (tried, texts)


def test_no_post_route_there_is_loses_what_came_with_it(product: Product) -> None:  # noqa: F811
    """Also where the page of the form is not known, and where what it was about is there no more."""
    tried = 0
    for who in everybody(product):
        browser = Browser(product, who)
        app = browser.client.application
        guard = {Role.CITIZEN: "citizen", Role.CASEWORKER: "caseworker", Role.ADMINISTRATOR: "administrator"}[who.role]
        for rule in app.url_map.iter_rules():
            blueprint = app.blueprints.get(rule.endpoint.partition(".")[0])
            if "POST" not in (rule.methods or ()) or getattr(blueprint, "guard", "") != guard:
                continue
            path = rule.build({name: 6 if name == "months" else "advice" for name in rule.arguments})
            assert path is not None
            text = f"Ikke borte {tried}"
            sent = Sent("", path[1], MultiDict({"tekst": text}), {})
            page, _ = back_again(product, browser, who, send_late(product, browser, sent, cookie=tried % 2 == 0))
            assert text in page, rule.rule
            tried += 1
    assert tried >= 40, tried


@pytest.fixture
def messages(product: Product) -> tuple[Browser, Sent]:  # noqa: F811
    product.start("advice")
    number = "2026-000001"
    return Browser(product, product.anne), Sent(
        "/meldinger", "/meldinger", MultiDict({"sak": number, "text": "Hei, Nav!"}), {}
    )


def test_what_was_typed_is_shown_to_nobody_else(product: Product, messages: tuple[Browser, Sent]) -> None:  # noqa: F811
    browser, sent = messages
    way = urlsplit(send_late(product, browser, sent, cookie=True).headers["Location"])
    other = person(product, "05876897929", "Truls Prøve")
    log_in(product, browser, replace(other, role=Role.CITIZEN))

    answer = browser.client.get(way.query.removeprefix("videre="))

    assert answer.headers["Location"] == "/"
    identity = way.query.rpartition("/")[2]
    assert "Hei, Nav!" not in browser.get(f"/meldinger?skrevet={identity}")


def test_a_form_with_a_token_that_is_not_ours_is_stored_for_nobody(
    product: Product,  # noqa: F811
    messages: tuple[Browser, Sent],
) -> None:
    browser, sent = messages
    browser.client.delete_cookie(COOKIE)
    for token in ("", "made up", "00.00", f"{browser.csrf[:-1]}x"):
        answer = browser.client.post(sent.action, data={"csrf_token": token, "text": "Falsk"})
        assert answer.status_code == 403, token
    answer = browser.client.post(
        sent.action, data={"csrf_token": browser.csrf, "text": "Falsk"}, headers={"Origin": "http://elsewhere"}
    )
    assert answer.status_code == 403
    with product.application.db.read() as connection:
        assert connection.execute(unsent_forms.unsent_form.select()).all() == []


def test_who_logged_in_again_in_another_tab_is_led_back_at_once(
    product: Product,  # noqa: F811
    messages: tuple[Browser, Sent],
) -> None:
    browser, sent = messages
    old = browser.csrf
    log_in(product, browser, product.anne)

    answer = browser.client.post(
        sent.action, data={"csrf_token": old, **sent.fields}, headers={"Referer": f"{HOST}/meldinger"}
    )

    led = browser.client.get(answer.headers["Location"])
    assert "Hei, Nav!" in browser.get(led.headers["Location"])


def test_what_was_sent_after_all_is_let_go_of(product: Product, messages: tuple[Browser, Sent]) -> None:  # noqa: F811
    browser, sent = messages
    page, address = back_again(product, browser, product.anne, send_late(product, browser, sent, cookie=True))
    identity = address.rpartition("=")[2]
    assert f'name="_unsent" value="{identity}"' in page
    [number] = html.document_fromstring(page).xpath("//form//*[@name='sak']//option/@value|//input[@name='sak']/@value")

    assert browser.post("/meldinger", sak=number, text="Hei, Nav!", _unsent=identity).status_code == 303

    with product.application.db.read() as connection:
        assert connection.execute(unsent_forms.unsent_form.select()).all() == []


def test_what_nobody_came_back_for_is_deleted_after_two_days(
    product: Product,  # noqa: F811
    messages: tuple[Browser, Sent],
) -> None:
    browser, sent = messages
    send_late(product, browser, sent, cookie=True)
    with product.application.db.write() as connection:
        assert unsent_forms.purge(connection, product.clock.now() + timedelta(days=1)) == 0
        assert unsent_forms.purge(connection, product.clock.now() + timedelta(days=3)) == 1


def test_a_change_of_language_keeps_what_is_typed(product: Product, messages: tuple[Browser, Sent]) -> None:  # noqa: F811
    browser, _ = messages
    typed = json.dumps({"action": "/meldinger", "fields": [["text", "Halvferdig"]]})

    answer = browser.post("/sprak", language="en", back="/meldinger", typed=typed)

    led = browser.client.get(answer.headers["Location"])
    page = browser.get(led.headers["Location"])
    assert in_page(page, "/meldinger", "/meldinger")["text"] == ["Halvferdig"] and 'lang="en"' in page


def test_a_page_that_says_what_is_wrong_gives_what_was_sent_to_the_form_of_the_language(
    product: Product,  # noqa: F811
) -> None:
    everybody(product)
    browser = Browser(product, product.anne)
    answer = browser.post("/oversikt/legg-til", kind="debt", name="Lån av mor", amount="mye", _key="1")
    assert answer.status_code == 422
    tree = html.document_fromstring(answer.get_data(as_text=True))
    [typed], [back] = tree.xpath("//input[@name='typed']/@value"), tree.xpath("//input[@name='back']/@value")

    answer = browser.post("/sprak", language="nn", back=back, typed=typed)

    led = browser.client.get(answer.headers["Location"])
    page = browser.get(led.headers["Location"])
    assert "Lån av mor" in in_page(page, "/oversikt/legg-til", "/oversikt")["name"]


def test_the_page_is_told_how_long_the_session_lasts_without_using_it(product: Product) -> None:  # noqa: F811
    browser = Browser(product, product.anne)
    browser.get("/hjem")
    product.clock.advance(timedelta(minutes=20))

    assert [json.loads(browser.get("/okt"))["seconds"] for _ in range(2)] == [600, 600]
    assert json.loads(browser.get("/okt/forleng"))["seconds"] == 1800
    product.clock.advance(timedelta(minutes=31))
    assert browser.client.get("/okt").status_code == browser.client.get("/okt/forleng").status_code == 403
