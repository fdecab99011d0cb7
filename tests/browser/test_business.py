"""Andreas and the business: a plan that does not hold, the gap of tax and VAT, a warning in time, an orderly end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.conftest import SLOW, Person, Product
from tests.browser.walks import agree_at_sources

EVENTS = "/altinn/events/api/v1/events?type=no.ibalanse.notice.given"
People = Callable[..., Person]


def fill(who: Person, **values: str) -> None:
    """Fields of a form by the name they are posted under."""
    for name, value in values.items():
        who.page.locator(f'[name="{name}"]').first.fill(value)


def heading(who: Person, text: str) -> None:
    expect(who.page.get_by_role("heading", level=1)).to_contain_text(text)


def wait_for_text(who: Person, path: str, text: str, seconds: float = SLOW) -> None:
    """Reload until the page says it: a worker is on its way."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        who.go(path)
        if text in who.page.locator("main").inner_text():
            return
        time.sleep(1)
    raise AssertionError(f"{path} does not say {text!r}: {who.page.locator('main').inner_text()[:500]}")


@pytest.mark.parametrize("javascript", [True], ids=["with JavaScript"])
def test_andreas_learns_kindly_that_the_plan_does_not_hold_and_makes_a_better_one(
    person: People, product: Product, javascript: bool
) -> None:
    name = "Andreas Eksempel" if javascript else "Lene Prøve"
    andreas = person(javascript=javascript)
    andreas.log_in(name)
    andreas.go("/tjenester")
    andreas.check_page()
    andreas.picture("services")
    andreas.press("Kom i gang Starte foretak")
    agree_at_sources(andreas)
    heading(andreas, "Lag budsjett for foretaket")
    andreas.check_page()
    andreas.press("Send svaret")
    expect(andreas.page.locator("#feil")).to_contain_text("Salg i måneden når det går må fylles ut")
    fill(andreas, turnover="30 000", costs="tolv", startCosts="40 000", savings="20 000", ramp="6")
    andreas.press("Send svaret")
    expect(andreas.page.locator("#feil")).to_contain_text("Kostnader i måneden må være et tall")
    expect(andreas.page.locator('[name="costs"]')).to_have_value("tolv")
    andreas.picture("form-faults")
    fill(andreas, costs="12 000")
    andreas.press("Send svaret")
    heading(andreas, "Tåler økonomien din en oppstart?")
    main = andreas.page.locator("main")
    expect(main).to_contain_text("Planen går ikke opp ennå. Det er fint å se det nå")
    expect(main).to_contain_text("For å gå i balanse trenger du et salg på omtrent")
    andreas.check_page()
    andreas.picture("startup")
    pdf = andreas.context.request.get(f"{product.url}/enk/start.pdf")
    assert pdf.ok and pdf.body().startswith(b"%PDF")

    andreas.press("Endre planen")
    heading(andreas, "Lag budsjett for foretaket")
    fill(andreas, turnover="160 000", savings="300 000")
    andreas.press("Send svaret")
    expect(main).to_contain_text("Ja, planen holder også om salget blir tregere enn du tror.")
    andreas.press("Gå videre")
    heading(andreas, "Vil du vise planen din til Bedriftsveiledningen i Brønnøysund?")
    andreas.tick("Ja, jeg vil dele")
    andreas.press("Send svaret")

    bente = person(javascript=javascript)
    bente.log_in("Bente Veileder", staff=True)
    bente.check_page()
    bente.picture("queue-brreg")
    bente.page.locator("tbody").get_by_role("link").first.click()
    bente.press("Ta saken")
    expect(bente.page.locator("main")).to_contain_text("160 000 kr")
    expect(bente.page.locator("#vurdering")).to_contain_text("Ja, planen holder også om salget blir tregere")
    expect(bente.page.locator("#vurdering")).to_contain_text("er hentet fra oversikten fra")
    bente.page.locator('[name="advice"]').fill("Begynn med to faste kunder, og ring meg før du kjøper bil.")
    bente.check_page()
    bente.picture("case-brreg")
    bente.press("Gi veiledning")

    wait_for_text(andreas, "/meldinger", "Bedriftsveiledningen har svart")
    andreas.go("/enk/sjekkliste")
    expect(main).to_contain_text("Begynn med to faste kunder, og ring meg før du kjøper bil.")
    andreas.check_page()
    andreas.picture("checklist")
    andreas.tick("Bokføring")
    andreas.press("Alt er klart")
    expect(andreas.page.locator("#feil")).to_contain_text("Forsikring ved sykdom")
    expect(andreas.page.locator("#feil")).not_to_contain_text("Bokføring")
    andreas.check_page()
    andreas.tick("Egne konti")
    andreas.tick("Forskuddsskatt er meldt")
    andreas.tick("Gjelder ikke meg ennå: Forsikring ved sykdom")
    andreas.press("Alt er klart")
    expect(andreas.page.locator("main")).to_contain_text("Starte foretak")


def test_andreas_tags_the_accounts_sees_the_gap_and_is_warned_in_time(person: People, product: Product) -> None:
    andreas = person()
    andreas.log_in("Andreas Eksempel")
    andreas.go("/tjenester")
    andreas.press("Kom i gang Kontroll på skatt og mva")
    agree_at_sources(andreas)
    heading(andreas, "Hva bruker du kontoene til?")
    expect(andreas.page.locator("main")).to_contain_text("Banken sier at dette er en bedriftskonto.")
    expect(andreas.page.get_by_label("Skatt og mva")).to_have_value("set_aside")
    andreas.check_page()
    andreas.picture("enk-accounts")
    andreas.press("Lagre merkingen")
    wait_for_text(andreas, "/enk", "Har du satt av nok?")
    andreas.check_page()
    andreas.picture("enk")
    main = andreas.page.locator("main")
    expect(main).to_contain_text("på det som forfaller")
    expect(main).to_contain_text("Satt av")
    expect(main).to_contain_text("Alt her er grovt regnet")
    fill(andreas, advanceTax="80 000", wantedPay="600 000")
    andreas.press("Regn på nytt")
    expect(andreas.page.locator('[name="advanceTax"]')).to_have_value("80 000")
    expect(main).to_contain_text("Forskuddsskatt")
    expect(main).to_contain_text("Øk omsetningen")
    fill(andreas, wantedPay="masse")
    andreas.press("Regn på nytt")
    expect(andreas.page.locator("#feil")).to_contain_text("Lønn du trenger: vi kan ikke lese «masse» som et beløp")

    fill(andreas, returnAmount="4 000")
    andreas.page.locator('[name="wantedPay"]').fill("600 000")
    andreas.page.locator('[name="returnTerm"]').select_option("2026-5")
    andreas.press("Regn på nytt")
    expect(main).to_contain_text("Mva-meldingen din avviker 19 920 kr fra det kontoene viser.")

    andreas.go("/enk/beregning")
    expect(main).to_contain_text("Trinnskatt, trinn 1")
    expect(main).to_contain_text("folketrygdloven § 23-3")
    expect(main).to_contain_text("10,8")
    expect(main).to_contain_text("Skattebetalingsforskriften § 10-20-1".lower())
    andreas.check_page()
    andreas.picture("enk-calculation")

    andreas.go("/meldinger")
    expect(main).not_to_contain_text("forskuddsskatten")
    product.move_clock(6)
    andreas.log_in("Andreas Eksempel")
    wait_for_text(andreas, "/meldinger", "til forskuddsskatten 15. desember 2026")
    andreas.check_page()
    andreas.picture("warning")
    kinds = [e["data"]["kind"] for e in requests.get(f"{product.sandbox_url}{EVENTS}", timeout=60).json()]
    assert kinds.count("enk.gap.advance_tax") == 1
    product.move_clock(45)
    andreas.log_in("Andreas Eksempel")
    andreas.go("/enk")
    expect(main).to_contain_text("Skatt utover forskuddet")
    expect(main).to_contain_text("Satsene for 2027 er ikke lagt inn")


def test_andreas_closes_in_order(person: People) -> None:
    andreas = person()
    andreas.log_in("Andreas Eksempel")
    andreas.go("/tjenester")
    andreas.press("Kom i gang Avslutte foretak")
    agree_at_sources(andreas)
    heading(andreas, "Hva bruker du kontoene til?")
    andreas.press("Lagre merkingen")
    heading(andreas, "Hva er igjen i foretaket?")
    fill(andreas, claims="20 000", debts="8 000", stock="15 000", lastDay="2026-12-31")
    andreas.press("Send svaret")
    heading(andreas, "Avslutt foretaket i orden")
    andreas.check_page()
    andreas.picture("enk-closing")
    andreas.tick("1. Si fra til kundene")
    andreas.press("Stegene er gjort")
    expect(andreas.page.locator("#feil")).to_contain_text("Disse stegene er ikke krysset av ennå")
    expect(andreas.page.locator("#feil")).to_contain_text("Send siste mva-melding")
    expect(andreas.page.locator("#feil")).not_to_contain_text("Send skattemeldingen neste år")
    expect(andreas.page.get_by_label("1. Si fra til kundene")).to_be_checked()
    andreas.check_page()
    steps = andreas.page.get_by_role("checkbox")
    for number in range(steps.count()):
        steps.nth(number).check()
    andreas.press("Stegene er gjort")
    andreas.page.wait_for_url(re.compile("saken-min"))
    expect(andreas.page.locator("main")).to_contain_text("Avslutte foretak")


PAGES = ("/enk", "/enk/kontoer", "/enk/beregning", "/enk/start", "/enk/sjekkliste", "/enk/avslutning")
SAID = {"nb": "Har du satt av nok?", "nn": "Har du sett av nok?", "en": "Have you set aside enough?"}


@pytest.mark.parametrize("language", ["nn"])
def test_every_page_of_the_business_at_320_pixels_in_each_language(person: People, language: str) -> None:
    andreas = person(width=320)
    andreas.log_in("Andreas Eksempel")
    andreas.page.locator("details.language summary").click()
    andreas.page.locator(f'details.language button[value="{language}"]').click()
    andreas.go("/enk")
    expect(andreas.page.locator("main")).to_contain_text(SAID[language])
    for path in PAGES:
        andreas.go(path)
        andreas.check_page()
        assert not re.search(
            r"\b(enk|calc|closing|startup|checklist|rule)\.[a-z_.]+", andreas.page.inner_text("main")
        ), path
    andreas.page.locator("details.language summary").click()
    andreas.page.locator('details.language button[value="nb"]').click()  # it is theirs wherever they log in
    expect(andreas.page.locator("html")).to_have_attribute("lang", "nb")


def test_a_stopped_consent_is_said_and_a_new_one_goes_on(person: People) -> None:
    andreas = person()
    andreas.log_in("Andreas Eksempel")
    andreas.go("/deling")
    while andreas.page.get_by_role("button", name="Trekk samtykket").count():
        andreas.press("Trekk samtykket")
        andreas.go("/deling")
    wait_for_text(andreas, "/enk", "Vi ser ikke kontoene til foretaket nå")
    expect(andreas.page.locator("main")).not_to_contain_text("Du har satt av nok")
    expect(andreas.page.locator("main")).not_to_contain_text("Ingenting forfaller")
    expect(andreas.page.locator("#frister")).to_contain_text("Skatt utover forskuddet")
    expect(andreas.page.locator("#frister")).to_contain_text("31. mai 2027")
    andreas.check_page()
    andreas.picture("enk-blind")
    wait_for_text(andreas, "/saken-min", "Gi nytt samtykke")
