"""Anne's day one and the adviser's day two, as they would live them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person, Product
from tests.browser.walks import wait_until, walk_to_overview

People = Callable[..., Person]


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_anne_from_landing_to_complete_overview_and_the_adviser_the_day_after(
    person: People, product: Product, javascript: bool
) -> None:
    anne = person(javascript=javascript)
    anne.go("/")
    anne.check_page()
    anne.picture("landing")
    walk_to_overview(anne, "Anne Eksempel")
    wait_until(anne, {})
    assert anne.presses <= 12, anne.presses
    main = anne.page.locator("main")
    expect(main).to_contain_text("Eksempel Kreditt")
    expect(main).to_contain_text("Strøm Eksempel AS")
    expect(main.get_by_role("row", name=re.compile("^Eksempelbanken"))).to_have_count(1)
    anne.check_page()
    anne.picture("overview")

    anne.page.get_by_label("Navn").fill("Lån av bror")
    anne.page.get_by_label("Beløp i kroner", exact=True).fill("15 000")
    anne.press("Legg til")
    expect(main.get_by_role("row", name=re.compile("^Lån av bror"))).to_contain_text("Lagt inn av deg")
    anne.press("Gå videre")
    expect(anne.page.get_by_role("heading", level=1)).to_contain_text("Nav Lillestrøm")
    anne.check_page()
    anne.picture("share")
    anne.tick("Ja, jeg vil dele")
    anne.press("Send svaret")
    expect(anne.page.get_by_role("heading", level=1)).to_contain_text("Gjeldsrådgivning")
    expect(anne.page.locator("main")).to_contain_text("Vi ser på saken")
    anne.check_page()
    anne.picture("my-case")

    kari = person(javascript=javascript)
    kari.log_in("Kari Rådgiver", staff=True)
    expect(kari.page.get_by_role("heading", level=1)).to_contain_text("Arbeidskø")
    kari.check_page()
    kari.picture("queue")
    kari.page.locator("tbody").get_by_role("link").first.click()
    kari.press("Ta saken")
    kari.check_page()
    kari.picture("case")
    kari.press("Åpne hele oversikten", "link")
    expect(kari.page.locator("main")).to_contain_text("Lån av bror")
    assert kari.page.get_by_role("button", name="Legg til").count() == 0
    kari.check_page()
    anne.go("/deling")
    expect(anne.page.locator("main")).to_contain_text("Kari Rådgiver, Nav Lillestrøm, åpnet oversikten")
    anne.check_page()
    anne.picture("sharing")

    kari.page.go_back()
    kari.press("Fullfør: Gå gjennom oversikt")
    kari.page.get_by_label("Begrunnelse").fill("Søker har varige betalingsproblemer.")
    kari.press("Fullfør: Skriv vedtak")
    expect(kari.page.locator("#feil")).to_contain_text("Utfall må fylles ut")
    kari.tick("Innvilget rådgivning")
    kari.press("Fullfør: Skriv vedtak")
    expect(kari.page.locator("#feil")).to_contain_text("Startdato må fylles ut")
    assert kari.page.get_by_label("Begrunnelse").input_value() == "Søker har varige betalingsproblemer."
    kari.page.get_by_label("Startdato").fill("2026-11-25")
    kari.press("Fullfør: Skriv vedtak")
    expect(kari.page.locator("#oppgave")).to_contain_text("Gi råd")
    kari.page.get_by_label("Skriv til innbyggeren").fill("Hei Anne, vi ringer i morgen.")
    kari.press("Send melding")
    case_page = re.split("[?#]", kari.page.url)[0]
    kari.press("Lag brev")
    kari.press("Send brevet")
    expect(kari.page.locator("main")).to_contain_text("Sendt")
    kari.page.goto(case_page)

    anne.go("/meldinger")
    expect(anne.page.locator("main")).to_contain_text("Hei Anne, vi ringer i morgen.")
    anne.check_page()
    anne.go("/deling")
    anne.press("Stopp deling")
    expect(anne.page.get_by_role("heading", level=1)).to_contain_text("Delingen er stoppet")
    answer = kari.page.goto(re.split("[?#]", kari.page.url)[0] + "/oversikt")
    assert answer is not None and answer.status == 403
    for label, finish in (("enige om", "Gi råd"), ("går det", "Følg opp"), ("resultatet", "Avslutt saken")):
        kari.page.goto(f"{product.url}/arbeidsko")
        kari.page.locator("tbody").get_by_role("link").first.click()
        kari.page.get_by_label(re.compile(label)).fill("Nedbetalingsplan")
        kari.press(f"Fullfør: {finish}")
    anne.go("/saken-min")
    expect(anne.page.locator("main")).to_contain_text("Avsluttet")
    checked = product.command("verify-audit")
    assert checked.returncode == 0 and "whole" in checked.stdout, checked.stderr


def test_truls_walks_on_a_phone_and_withdraws_with_one_press(person: People) -> None:
    truls = person(width=390)
    walk_to_overview(truls, "Truls Eksempel")
    wait_until(truls, {})
    truls.check_page()
    truls.picture("overview-phone")
    truls.go("/deling")
    truls.check_page()
    truls.press("Trekk samtykket")
    expect(truls.page.get_by_role("heading", level=1)).to_contain_text("Du har trukket samtykket")
    truls.go("/oversikt")
    expect(truls.page.locator("main")).not_to_contain_text("Eksempelbanken")


def test_mona_walks_without_javascript_and_says_no(person: People) -> None:
    mona = person(javascript=False)
    mona.log_in("Mona Prøve")
    mona.press("Kom i gang")
    mona.press("Send svaret")
    expect(mona.page.locator("#feil")).to_contain_text("Svar må være ja eller nei")
    mona.tick("Nei, jeg vil ikke")
    mona.press("Send svaret")
    mona.tick("Nei, jeg gir ikke fullmakt")
    mona.press("Send svaret")
    expect(mona.page.locator("main")).to_contain_text("Ingen kilder er spurt, for du sa nei.")


def test_per_walks_without_javascript_to_a_complete_overview(person: People) -> None:
    per = person(javascript=False)
    walk_to_overview(per, "Per Prøve")
    wait_until(per, {})
    expect(per.page.locator("main")).not_to_contain_text("Vi henter opplysningene nå")  # the page renewed itself
