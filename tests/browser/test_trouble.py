"""When things go wrong: sources that fail, workers that are killed, log-ins that are tampered with."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.conftest import Person, Product
from tests.browser.walks import wait_until, walk_to_overview

People = Callable[..., Person]
#: What Chromium and htmx say of a server that is away, or goes away with a request half answered.
NOBODY_ANSWERS = re.compile(r"ERR_(CONNECTION|EMPTY|SOCKET|INCOMPLETE)_|Failed to fetch")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """With as many processes as the product has by itself: some of them are killed."""
    running = Product(tmp_path_factory.mktemp("trouble"))
    running.start()
    yield running
    running.stop()


def rows(product: Product, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(product.data / "ibalanse.db") as connection:
        return connection.execute(query).fetchall()


def test_a_hanging_bank_and_a_register_with_garbage_leave_two_named_gaps_that_fill_themselves(
    person: People, product: Product
) -> None:
    product.fault("bank", "anne", "hangs")
    product.fault("gjeldsregister", "anne", "garbage")
    anne = person()
    walk_to_overview(anne, "Anne Eksempel")
    failing = {"Banken": "Ikke svart ennå", "Gjeldsregisteret": "Svaret kunne ikke leses"}

    wait_until(anne, failing)
    gaps = anne.page.locator(".ds-alert").filter(has_text="Dette mangler i oversikten")
    expect(gaps).to_contain_text("Banken")
    expect(gaps).to_contain_text("Gjeldsregisteret")
    expect(anne.page.locator("main")).to_contain_text("Lånekassen")
    expect(anne.page.locator("main")).to_contain_text("Du skylder minst")
    assert anne.page.locator(".total", has_text="0 kr").get_by_text("0 kr", exact=True).count() == 0
    anne.picture("overview-with-gaps")

    product.fault("bank", "anne", None)
    product.fault("gjeldsregister", "anne", None)
    wait_until(anne, {})
    expect(anne.page.get_by_text("Dette mangler i oversikten")).to_have_count(0)
    expect(anne.page.locator("main")).to_contain_text("Eksempel Kreditt")


def test_workers_killed_in_the_middle_of_harvesting_lose_nothing_and_record_nothing_twice(
    person: People, product: Product
) -> None:
    for source in ("bank", "inkasso", "nav"):
        product.fault(source, "truls", "slow")
    truls = person()
    walk_to_overview(truls, "Truls Eksempel")
    assert product.kill("wsgi worker") > 0
    time.sleep(1)
    product.kill("wsgi worker")

    wait_until(truls, {})

    twice = rows(product, "SELECT case_id, data_set, count(*) FROM harvest GROUP BY 1, 2 HAVING count(*) > 1")
    assert twice == []
    stuck = rows(product, "SELECT name, state FROM due_work WHERE state NOT IN ('done', 'due')")
    assert stuck == []
    checked = product.command("verify-audit", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("what", ["gunicorn", "wsgi sandbox", "valkey"])
def test_any_other_process_killed_in_the_middle_comes_back_and_the_case_completes(
    person: People, product: Product, what: str
) -> None:
    name = {"gunicorn": "Ali Prøve", "wsgi sandbox": "Tone Prøve", "valkey": "Viktor Prøve"}[what]
    who = person()
    walk_to_overview(who, name)
    assert (product.kill_valkey() if what == "valkey" else product.kill(what)) > 0
    time.sleep(0.5)  # what was killed is seen to be gone, and started again
    product.wait_until_ready()
    who.go("/oversikt")
    if what == "gunicorn":  # the page that was open asked a server that was not there, and the console says so
        who.complaints = [one for one in who.complaints if not NOBODY_ANSWERS.search(one)]
    wait_until(who, {})
    assert product.command("verify-audit").returncode == 0


@pytest.mark.parametrize("kind", ["iss", "nonce", "aud", "acr"])
def test_a_log_in_answer_with_one_thing_wrong_ends_on_a_plain_page(person: People, product: Product, kind: str) -> None:
    requests.put(f"{product.sandbox_url}/idporten/wrong", json={"kind": kind}, timeout=60).raise_for_status()
    who = person()
    try:
        who.log_in("Jonas Prøve")
        expect(who.page.locator("main")).to_contain_text("Referanse:")
        expect(who.page.get_by_role("link", name="Prøv igjen")).to_be_visible()
        who.check_page()
    finally:
        requests.put(f"{product.sandbox_url}/idporten/wrong", json={"kind": ""}, timeout=60)
    answer = who.page.goto(f"{product.url}/oversikt")
    assert answer is not None and "/idporten/" in who.page.url, "nobody was logged in"


def test_a_cancelled_log_in_says_so(person: People) -> None:
    who = person()
    who.go("/logg-inn")
    who.press("Avbryt innloggingen")
    expect(who.page.get_by_role("heading", level=1)).to_have_text("Du avbrøt innloggingen")


def test_logging_out_ends_the_session_and_the_issuers_frame_ends_it_elsewhere(person: People, product: Product) -> None:
    who = person()
    who.log_in("Jonas Prøve")
    expect(who.page.get_by_role("heading", level=1)).to_contain_text("oversikten din")
    who.press("Logg ut")
    who.page.get_by_text("Du er logget ut av ID-porten").wait_for()
    who.go("/hjem")
    assert "/idporten/" in who.page.url


def test_double_press_two_tabs_and_the_back_button_make_one_case_and_no_crash(person: People, product: Product) -> None:
    who = person()
    who.log_in("Lene Prøve")
    other = who.context.new_page()
    other.goto(f"{product.url}/hjem")
    who.press("Kom i gang")
    other.get_by_role("button", name="Kom i gang").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("Får iBalanse hente")
    expect(who.page.get_by_role("heading", level=1)).to_contain_text("Får iBalanse hente")
    who.page.go_back()  # nothing personal is kept by the browser, so the page is asked for anew
    expect(who.page.get_by_role("heading", level=1)).to_contain_text("Får iBalanse hente")
    address = who.page.url
    who.tick("Nei, jeg vil ikke")
    who.press("Send svaret")
    expect(who.page.get_by_role("heading", level=1)).to_contain_text("Får iBalanse spørre på vegne av deg")
    who.page.go_back()
    if who.page.get_by_role("button", name="Send svaret").count():
        who.tick("Nei, jeg vil ikke")
        who.press("Send svaret")
    who.page.goto(address)
    expect(who.page.get_by_role("heading", level=1)).to_have_text("Svaret ditt er mottatt")
    owner = "SELECT count(*) FROM case_file WHERE owner_id = (SELECT owner_id FROM case_file ORDER BY opened_at DESC)"
    assert rows(product, owner) == [(1,)]


def test_a_form_keeps_what_was_written_when_something_is_wrong(person: People) -> None:
    who = person()
    who.log_in("Ingrid Prøve")
    who.press("Kom i gang")
    who.go("/oversikt")
    who.page.get_by_label("Navn").fill("Lån av mor")
    who.page.get_by_label("Beløp i kroner", exact=True).fill("mye")
    who.press("Legg til")
    expect(who.page.locator("#feil")).to_contain_text("Beløp i kroner: vi kan ikke lese «mye» som et beløp")
    assert who.page.get_by_label("Navn").input_value() == "Lån av mor"
    assert who.page.get_by_label("Beløp i kroner", exact=True).input_value() == "mye"
    who.check_page()


@pytest.mark.parametrize("path", ["/oppgaver/no-such-task", "/retur/no-such-grant", "/saken-finnes-ikke"])
def test_an_address_that_is_not_there_gets_a_plain_page(person: People, path: str) -> None:
    who = person()
    who.log_in("Jonas Prøve")
    answer = who.page.goto(f"{who.url}{path}")
    assert answer is not None and answer.status == 404
    expect(who.page.locator("main")).to_contain_text("Referanse:")


def test_a_form_without_its_token_is_refused_and_changes_nothing(person: People, product: Product) -> None:
    who = person()
    who.log_in("Sara Prøve")
    expect(who.page.get_by_role("button", name="Kom i gang").first).to_be_visible()
    who.page.eval_on_selector_all("input[name=csrf_token]", "found => found.forEach(i => i.value = 'tampered')")
    who.press("Kom i gang")
    expect(who.page.locator("main")).to_contain_text("Du har ikke tilgang")
    who.go("/hjem")
    expect(who.page.get_by_role("button", name="Kom i gang")).to_be_visible()


def test_no_identity_number_stands_in_any_log_or_queue(person: People, product: Product) -> None:
    from integrations.sandbox.persons import all_persons, employees

    numbers = [p.pid.encode() for p in (*all_persons(), *employees())]
    files = [product.data / "serve.log", *(product.data / "valkey").rglob("*"), product.data / "ibalanse.db"]
    for file in files:
        if file.is_file():
            content = file.read_bytes()
            assert not [n for n in numbers if n in content], file.name
