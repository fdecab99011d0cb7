"""Truls finds the overspending and sees what a measure does; Anne follows the milestones. No adviser is needed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person, Product
from tests.browser.test_business import fill, heading, wait_for_text
from tests.browser.walks import agree_at_sources, settle, wait_until, walk_to_overview

People = Callable[..., Person]


@pytest.mark.parametrize("javascript", [True], ids=["with JavaScript"])
def test_truls_finds_the_overspending_makes_a_plan_and_sees_the_effect(person: People, javascript: bool) -> None:
    truls = person(javascript=javascript)
    truls.log_in("Truls Eksempel" if javascript else "Odd Prøve")
    truls.go("/hverdag")
    heading(truls, "Vi trenger en oversikt først")
    truls.check_page()
    truls.press("Ordne økonomien selv")
    agree_at_sources_and_mandate(truls)
    heading(truls, "Et budsjett som passer for deg")
    truls.check_page()
    truls.press("Regn ut budsjettet")
    expect(truls.page.locator("#feil")).to_contain_text("Alder må fylles ut for minst én person")
    fill(truls, **{"age-1": "37", "age-2": "liten"})
    truls.press("Regn ut budsjettet")
    expect(truls.page.locator("#feil")).to_contain_text("Alder for person 2 må være et tall")
    expect(truls.page.locator('[name="age-2"]')).to_have_value("liten")
    fill(truls, **{"age-2": ""})
    truls.page.locator('[name="sex-1"]').select_option("man")
    truls.page.locator('[name="cars"]').select_option("petrol")
    truls.press("Regn ut budsjettet")
    main = truls.page.locator("main")
    expect(main).to_contain_text("Referansebudsjettet er 16")
    expect(main).to_contain_text("Bolig og strøm kommer i tillegg.")
    fill(truls, **{"own-food": "4 000", "own-housing": "mye"})
    truls.press("Lagre budsjettet mitt")
    expect(truls.page.locator("#feil")).to_contain_text("Bolig og strøm: vi kan ikke lese «mye» som et beløp")
    expect(truls.page.locator('[name="own-food"]')).to_have_value("4 000")
    fill(truls, **{"own-housing": "13 000"})
    truls.press("Lagre budsjettet mitt")
    expect(main).to_contain_text("Budsjettet ditt er 17 000 kr i måneden.")
    if javascript:
        expect(main.locator("#folg tr", has_text="Bolig og strøm")).to_contain_text("6 500 kr over")
    truls.check_page()
    truls.picture("budget")
    truls.press("Budsjettet er ferdig")
    if not javascript:
        settle(truls)

    heading(truls, "Hva om du gjør noe med det?")
    truls.press("Vis virkningen")
    expect(truls.page.locator("#feil")).to_contain_text("Beløp i kroner må fylles ut")
    fill(truls, name="Leie noe mindre", amount="9 000")
    truls.press("Vis virkningen")
    expect(main).to_contain_text("Leie noe mindre")
    expect(main).to_contain_text("Alene:")
    truls.check_page()
    truls.picture("measures")
    truls.press("Gå videre med disse")
    if not javascript:
        settle(truls)

    heading(truls, "Planen din")
    fill(truls, monthly="9 500")
    truls.press("Lagre planen")
    expect(main).to_contain_text("Med denne planen er du gjeldfri i")
    expect(main).to_contain_text("Milepæler")
    truls.check_page()
    truls.picture("plan")
    fill(truls, aar="i går")
    truls.press("Regn ut")
    expect(truls.page.locator("#feil")).to_contain_text("År må være et tall, for eksempel 2029")
    expect(truls.page.locator("#aar")).to_have_value("i går")
    fill(truls, aar="2020")
    truls.press("Regn ut")
    expect(truls.page.locator("#feil")).to_contain_text("År og måned må være fram i tid")
    fill(truls, aar="2040")
    truls.press("Regn ut")
    expect(main).to_contain_text("For å være gjeldfri i juni 2040 må du betale")
    if javascript:
        expect(main).to_contain_text("Det rekker.")
        fill(truls, aar="2027")
        truls.press("Regn ut")
        expect(main.locator("#drom")).to_contain_text("mer i måneden enn det er rom for. Med 11")
        expect(main.locator("#drom")).to_contain_text("Det er også et mål å gå mot.")
        truls.check_page()
        truls.picture("dream")
    truls.press("Følg planen")
    if javascript:
        truls.go("/hverdag")
        expect(main).to_contain_text("Dette ser vi tidlig")
        expect(main).to_contain_text("fra Sparekonto. Da er den tom omkring")
        expect(main).to_contain_text("Du følger en plan")
        truls.check_page()
        truls.picture("everyday")


def agree_at_sources_and_mandate(who: Person) -> None:
    """As ``agree_at_sources``, with the mandate in between."""
    agree_at_sources(who)
    who.page.get_by_role("heading", name="spørre på vegne av deg").wait_for()
    who.picture("mandate")
    who.tick("Alt nedenfor")
    who.tick("Ja, jeg gir fullmakt")
    who.press("Send svaret")
    if not who.javascript:
        settle(who)


def test_anne_lives_with_debt_and_follows_the_milestones(person: People, product: Product) -> None:
    anne = person(width=390)
    walk_to_overview(anne, "Anne Eksempel")
    wait_until(anne, {})
    anne.go("/hverdag")
    main = anne.page.locator("main")
    expect(main).to_contain_text("Noe er i ferd med å bli tungt. Det er godt å se det nå.")
    expect(main).to_contain_text("Rydd i denne rekkefølgen")
    expect(main.locator("#rydd li").first).to_contain_text("Strøm Eksempel AS")
    expect(main).to_contain_text("Du har bare betalt minstebeløpet til Eksempel Kreditt")
    anne.check_page()
    anne.picture("everyday-messy-phone")
    expect(main.locator("#hjelp")).to_contain_text("Bli ringt opp")
    anne.go("/plan?maaned=6&aar=2028")
    expect(main.locator("#drom")).to_contain_text("Det er ikke et tegn på at det er håpløst")
    expect(main.locator("#drom").get_by_role("link", name="Be om å bli ringt opp")).to_be_visible()
    fill(anne, monthly="300")
    anne.press("Lagre planen")
    expect(main).to_contain_text("Med dette beløpet blir gjelden ikke mindre")
    expect(main.locator("#hjelp")).to_contain_text("Ordne det selv, steg for steg")
    fill(anne, monthly="9 000")
    anne.press("Lagre planen")
    expect(main).to_contain_text("Milepæler")
    expect(main.locator(".stages li").first).to_contain_text("20")
    anne.check_page()
    anne.picture("plan-phone")
    anne.go("/budsjett")
    fill(anne, **{"age-1": "26"})
    anne.press("Regn ut budsjettet")
    fill(anne, **{"own-food": "5 000", "own-clothes": "500"})
    anne.press("Lagre budsjettet mitt")
    expect(main.locator("#folg")).to_contain_text("1 650 kr over")
    anne.check_page()
    anne.picture("budget-phone")
    anne.go("/hverdag")
    expect(main).to_contain_text("Du følger en plan.")
    product.move_clock(31)
    anne.log_in("Anne Eksempel")
    anne.go("/plan")
    expect(main).to_contain_text("Milepæler")


def test_a_call_is_asked_for_and_made(person: People) -> None:
    ingrid = person()
    ingrid.log_in("Ingrid Prøve")
    ingrid.go("/tjenester")
    ingrid.press("Kom i gang Bli ringt opp")
    heading(ingrid, "Når kan vi ringe?")
    ingrid.press("Send svaret")
    expect(ingrid.page.locator("#feil")).to_contain_text("Telefonnummer må fylles ut")
    fill(ingrid, phone="99 88 77 66")
    ingrid.tick("Formiddag (9–11)")
    ingrid.check_page()
    ingrid.press("Send svaret")
    kari = person()
    kari.log_in("Kari Rådgiver", staff=True)
    expect(kari.page.locator("table")).to_contain_text("Ring innbyggeren")
    kari.page.locator("tr", has_text="Ring innbyggeren").get_by_role("link").first.click()
    expect(kari.page.locator("main")).to_contain_text("99 88 77 66")
    kari.press("Ta saken")
    kari.check_page()
    kari.picture("callback")
    kari.press("Fullfør: Ring innbyggeren")
    expect(kari.page.locator("#feil")).to_contain_text("Hva ble dere enige om?")
    fill(kari, result="Ingrid prøver budsjettet selv. Vi snakkes om en måned.")
    kari.press("Fullfør: Ring innbyggeren")
    wait_for_text(ingrid, "/saken-min", "Avsluttet")
    ingrid.check_page()


def test_whom_to_call_stands_in_the_same_place_on_every_page(person: People) -> None:
    who = person()
    for path in ("/", "/tilgjengelighet"):
        who.go(path)
        expect(who.page.locator("footer .call li")).to_have_count(4)
    who.log_in("Tone Prøve")
    seen = set()
    for path in ("/hjem", "/hverdag", "/tjenester", "/meldinger", "/finnes-ikke"):
        who.go(path)
        seen.add(tuple(who.page.locator("footer .call li").all_inner_texts()))
    (shown,) = seen
    assert [number in " ".join(shown) for number in ("55 55 33 39", "75 00 75 00", "116 123")] == [True] * 3
    who.page.locator("footer").get_by_role("link", name="Be om å bli ringt opp").click()
    expect(who.page.locator("#callback")).to_be_in_viewport()


def test_a_plan_is_made_with_the_keyboard_alone(person: People) -> None:
    who = person()
    who.log_in("Anne Eksempel")
    who.go("/plan")
    keys = who.page.keyboard
    who.page.locator("#monthly").focus()
    keys.press("Control+A")
    keys.type("8 000")
    keys.press("Tab")
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("Enter")
    expect(who.page.locator("#monthly")).to_have_value("8 000")
    expect(who.page.locator("#snowball")).to_be_checked()
    keys.press("Tab")


PAGES = (
    *("/hjem", "/tjenester", "/hverdag", "/budsjett", "/tiltak", "/plan", "/plan?maaned=6&aar=2027", "/plan?aar=x"),
    *("/oversikt", "/enk", "/enk/kontoer", "/enk/beregning", "/enk/sjekkliste", "/enk/avslutning", "/saken-min"),
    "/meldinger",
)
KEYS = re.compile(
    r"\b(?:enk|plan|measure|budget|follow|help|tips|signal|signals|everyday|household|services|cleanup|closing|"
    r"checklist|calc|dream|issue|startup|rule|home|cases|contact|benefit|spending|income|frame)\.[a-z_]+(?:\.[a-z_]+)*\b"
)


@pytest.mark.parametrize(("language", "width"), [("Nynorsk", 320)])
def test_every_page_is_whole_on_a_narrow_phone_in_each_language(person: People, language: str, width: int) -> None:
    who = person(width=width)
    who.log_in("Anne Eksempel")
    who.page.locator(".language summary").click()
    who.press(language)
    for path in PAGES:
        who.go(path)
        who.check_page()
        assert not KEYS.findall(who.page.locator("body").inner_text()), path
    who.page.locator(".language summary").click()
    who.press("Bokmål")


@pytest.mark.parametrize("language", ["Nynorsk", "English"])
def test_the_benefit_page_is_whole_on_a_narrow_phone(person: People, language: str) -> None:
    ada = person(width=320)
    ada.log_in("Ada Administrator", staff=True)
    ada.page.locator(".language summary").click()
    ada.press(language)
    ada.go("/nytte?hourly=x")
    ada.check_page()
    assert not KEYS.findall(ada.page.locator("body").inner_text())
    ada.page.locator(".language summary").click()
    ada.press("Bokmål")


def test_the_dark_scheme_is_readable(person: People) -> None:
    who = person()
    who.page.emulate_media(color_scheme="dark")
    who.log_in("Anne Eksempel")
    for path in ("/plan?maaned=6&aar=2028", "/hverdag", "/budsjett", "/tiltak", "/tjenester"):
        who.go(path)
        who.check_page()
    who.picture("services-dark")
    who.go("/plan")
    who.picture("plan-dark")
