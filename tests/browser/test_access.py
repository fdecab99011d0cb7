"""By keyboard alone, at 320 pixels, in forced colours, and in each of the three languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.crawling import crawl

People = Callable[..., Person]
PAGES = ("/oversikt", "/saken-min", "/deling", "/meldinger", "/tilgjengelighet", "/personvern")


def tab_to(who: Person, text: str, limit: int = 60) -> None:
    """Press Tab until what has focus, or its label, says *text*."""
    for _ in range(limit):
        who.page.keyboard.press("Tab")
        said = who.page.evaluate(
            "() => { const e = document.activeElement; if (e === document.body) return '';"
            " return [e.innerText, e.value, ...[...(e.labels || [])].map(l => l.innerText)].join(' ') }"
        )
        if text in said:
            visible = who.page.evaluate(
                "() => { const r = document.activeElement.getBoundingClientRect(); return r.width * r.height > 0 }"
            )
            assert visible, f"{text} has focus but cannot be seen"
            return
    raise AssertionError(f"{text} was not reached by Tab")


def enter(who: Person) -> None:
    """Press Enter and wait for the page it leads to."""
    with who.page.expect_navigation():
        who.page.keyboard.press("Enter")


def test_the_consent_is_given_by_keyboard_alone_and_the_first_tab_skips_to_the_content(person: People) -> None:
    who = person()
    who.go("/")
    who.page.keyboard.press("Tab")
    expect(who.page.locator(":focus")).to_have_text("Hopp til innholdet")
    tab_to(who, "Logg inn med ID-porten")
    enter(who)
    tab_to(who, "Tone Prøve")
    enter(who)
    tab_to(who, "Kom i gang")
    enter(who)
    who.page.get_by_role("heading", name="Får iBalanse hente").wait_for()
    tab_to(who, "Send svaret")
    enter(who)
    expect(who.page.locator("#feil")).to_contain_text("Svar må være ja eller nei")
    tab_to(who, "Svar må være ja eller nei")
    who.page.keyboard.press("Enter")  # to the field the fault is about
    tab_to(who, "Ja, jeg samtykker")
    who.page.keyboard.press("ArrowDown")
    expect(who.page.get_by_label("Nei, jeg vil ikke")).to_be_checked()
    tab_to(who, "Send svaret")
    enter(who)
    expect(who.page.get_by_role("heading", level=1)).to_contain_text("spørre på vegne av deg")


def test_every_page_of_a_citizen_is_clean_on_a_wide_screen(person: People) -> None:
    who = person()
    who.log_in("Odd Prøve")
    if who.page.get_by_role("button", name="Kom i gang").count():
        who.press("Kom i gang")
    for path in PAGES:
        who.go(path)
        who.check_page()


def begin_as_citizen(who: Person) -> None:
    who.log_in("Jonas Prøve")
    who.press("Kom i gang")


def copy_a_journey(who: Person) -> None:
    who.log_in("Ada Administrator", staff=True)
    who.go("/prosesser/advice")
    who.press("Lag ny versjon")


#: Who, what they do first, and how many kinds of pages there are at the least: a page nobody links to is lost.
EVERYBODY = [
    ("citizen", begin_as_citizen, 12),
    ("leader", lambda who: who.log_in("Lise Leder", staff=True), 8),  # every page of a caseworker, and a leader's own
    ("administrator", copy_a_journey, 20),
]


@pytest.mark.parametrize(("least", "begin"), [pytest.param(n, b, id=name) for name, b, n in EVERYBODY])
def test_every_page_that_is_linked_to_is_clean_on_a_phone_in_the_dark(
    person: People, begin: Callable[[Person], None], least: int
) -> None:
    who = person(width=320 if begin is begin_as_citizen else 390)
    who.page.emulate_media(color_scheme="dark")
    begin(who)
    kinds, wrong = crawl(who, who.page.url.removeprefix(who.url), "/")
    assert not wrong, "\n".join(wrong)
    assert len(kinds) >= least, kinds


def test_forced_colours_still_tell_which_page_is_current(person: People) -> None:
    who = person()
    who.page.emulate_media(forced_colors="active")
    who.log_in("Viktor Prøve")
    who.go("/deling")
    outline = who.page.locator("nav a[aria-current=page]").first.evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"


@pytest.mark.parametrize(("language", "title"), [("Nynorsk", "Økonomien din"), ("English", "Your economy")])
def test_a_chosen_language_is_kept_and_complete(person: People, language: str, title: str) -> None:
    who = person()
    who.log_in("Ali Prøve")
    if who.page.get_by_role("button", name="Kom i gang").count():
        who.press("Kom i gang")
    who.page.locator(".language summary").click()
    who.press(language)
    who.go("/oversikt")
    expect(who.page.get_by_role("heading", level=1)).to_have_text(title)
    for path in (*PAGES, "/hjem"):
        who.go(path)
        text = who.page.locator("body").inner_text()
        assert not re.search(r"\b(?:overview|case|share|sharing|question|frame|nav|error|message)\.[a-z_]+", text)
    who.page.locator(".language summary").click()
    who.press("Bokmål")
