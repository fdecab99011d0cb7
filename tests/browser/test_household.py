"""Truls finds his overspending and sees what a measure does; Anne follows her milestones. No adviser is needed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person, Product
from tests.browser.test_business import fill, heading, wait_for_text
from tests.browser.walks import agree_at_sources, settle, wait_until, walk_to_overview

People = Callable[..., Person]


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_truls_finds_his_overspending_makes_a_plan_and_sees_the_effect(person: People, javascript: bool) -> None:
    truls = person(javascript=javascript)
    truls.log_in("Truls Eksempel" if javascript else "Odd Prøve")
    truls.go("/hverdag")
    heading(truls, "Vi trenger en oversikt først")
    truls.check_page()
    truls.go("/tjenester")
    truls.press("Kom i gang Ordne økonomien selv")
    agree_at_sources_and_mandate(truls)
    heading(truls, "Et budsjett som passer for dere")
    truls.check_page()
    truls.press("Regn ut budsjettet")
    expect(truls.page.locator("#feil")).to_contain_text("Alder må fylles ut for minst én person")
    fill(truls, **{"age-1": "37"})
    truls.page.locator('[name="sex-1"]').select_option("man")
    truls.page.locator('[name="cars"]').select_option("petrol")
    truls.press("Regn ut budsjettet")
    main = truls.page.locator("main")
    expect(main).to_contain_text("Referansebudsjettet er 16")
    expect(main).to_contain_text("Bolig og strøm kommer i tillegg.")
    truls.check_page()
    truls.picture("budget")
    truls.press("Budsjettet er ferdig")
    if not javascript:
        settle(truls)

    heading(truls, "Hva om du gjør noe med det?")
    truls.press("Vis virkningen")
    expect(truls.page.locator("#feil")).to_contain_text("Beløp i kroner må være et tall")
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
    fill(truls, innen="i går")
    truls.press("Regn ut")
    expect(main).to_contain_text("Skriv en måned fram i tid, for eksempel 2029-06")
    fill(truls, innen="2029-06")
    truls.press("Regn ut")
    expect(main).to_contain_text("i måneden for å være gjeldfri i 1. juni 2029")
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
    who.tick("Alt nedenfor")
    who.tick("Ja, jeg gir fullmakt")
    who.press("Send svaret")
    if not who.javascript:
        settle(who)


def test_anne_lives_with_debt_and_follows_her_milestones(person: People, product: Product) -> None:
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
    anne.go("/plan")
    fill(anne, monthly="9 000")
    anne.press("Lagre planen")
    expect(main).to_contain_text("Milepæler")
    expect(main.locator(".stages li").first).to_contain_text("20")
    anne.check_page()
    anne.picture("plan-phone")
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
    wait_for_text(ingrid, "/saken-min", "Bli ringt opp")


PAGES = ("/hjem", "/tjenester", "/hverdag", "/budsjett", "/tiltak", "/plan", "/enk", "/enk/kontoer", "/enk/beregning",
         "/enk/sjekkliste", "/enk/avslutning", "/saken-min", "/meldinger")  # fmt: skip


@pytest.mark.parametrize("language", ["Nynorsk", "English"])
def test_every_new_page_is_whole_in_every_language_and_on_a_narrow_phone(person: People, language: str) -> None:
    who = person(width=320)
    who.log_in("Anne Eksempel")
    who.page.locator(".language summary").click()
    who.press(language)
    for path in PAGES:
        who.go(path)
        who.check_page()
        text = who.page.locator("body").inner_text()
        missing = re.search(
            r"\b(?:enk|plan|measure|budget|tips|signal|signals|everyday|household|services|cleanup|closing|checklist|"
            r"calc|dream|issue|startup|rule|home|cases|contact)\.[a-z_]+(?:\.[a-z_]+)*\b",
            text,
        )
        assert missing is None, (path, missing)
    who.page.locator(".language summary").click()
    who.press("Bokmål")


def test_the_dark_scheme_is_readable(person: People) -> None:
    who = person()
    who.page.emulate_media(color_scheme="dark")
    who.log_in("Anne Eksempel")
    for path in ("/plan", "/hverdag", "/tjenester"):
        who.go(path)
        who.check_page()
    who.picture("services-dark")
    who.go("/plan")
    who.picture("plan-dark")
