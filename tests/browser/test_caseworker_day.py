"""A debt adviser's whole day with thirty cases, from an empty log-in, and what the others see of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.caseload import load
from tests.browser.conftest import Person, Product

People = Callable[..., Person]


@pytest.fixture(scope="module")
def names(product: Product) -> list[str]:
    """The citizens of the thirty cases."""
    return load(product)


@contextmanager
def at_most(who: Person, presses: int) -> Iterator[None]:
    """A frequent act: from where one stands until it is done."""
    before = who.presses
    yield
    assert who.presses - before <= presses, who.presses - before


def link(who: Person, pattern: str) -> None:
    who.presses += 1
    who.page.get_by_role("link", name=re.compile(pattern)).first.click()


def fold_out(who: Person, text: str) -> None:
    who.presses += 1
    who.page.locator("summary", has_text=text).first.click()


def main(who: Person) -> object:
    return who.page.locator("main")


def queue(who: Person, view: str = "alle") -> None:
    who.go(f"/arbeidsko?visning={view}")


def chosen(page: Page, count: int) -> list[str]:
    """The numbers of the first cases of the list, ticked."""
    boxes = page.locator("tbody input[name=sak]")
    for index in range(count):
        boxes.nth(index).check()
    return [str(boxes.nth(index).get_attribute("value")) for index in range(count)]


def test_an_advisers_day(person: People, names: list[str]) -> None:
    lise, ola, kari = person(), person(), person()
    lise.log_in("Lise Leder", staff=True)
    ola.log_in("Ola Rådgiver", staff=True)
    kari.log_in("Kari Rådgiver", staff=True)
    expect(main(kari)).to_contain_text("30 saker i køen")
    kari.check_page()
    kari.picture("desk-queue")

    taken = _take_six_but_one_is_gone(kari, ola)
    _finish_five(kari, taken[1:])
    _put_one_back(kari)
    _decide_and_write(kari, names[0])
    _second_letter(kari, names[2])
    _escalate(kari, lise, names[3])

    kari.go("/kontoret")
    expect(kari.page.get_by_role("row", name=re.compile("Lise Leder")).locator("td").first).to_have_text("1")
    kari.check_page()
    kari.picture("desk-office")
    queue(kari, "ferdige")
    expect(kari.page.locator("tbody tr")).to_have_count(5)


def _take_six_but_one_is_gone(kari: Person, ola: Person) -> list[str]:
    """Six calls are chosen; Ola is faster with one, and the result says so for that one."""
    kari.go("/arbeidsko?visning=alle&prosess=callback")  # all is due on the same day
    numbers = chosen(kari.page, 7)
    expect(kari.page.locator("#valgt")).to_have_text("7 saker er valgt")
    kari.picture("desk-chosen")
    ola.go(f"/saker/{numbers[0]}")
    with at_most(ola, 1):
        ola.press("Ta saken")
    with at_most(kari, 1):
        kari.press("Ta sakene")
    expect(kari.page.get_by_role("heading", level=1)).to_have_text("6 av 7 saker er gjort")
    expect(main(kari)).to_contain_text("Ola Rådgiver har tatt saken.")
    kari.check_page()
    kari.picture("desk-result")
    link(kari, "Tilbake til køen")
    link(kari, "^Mine")
    expect(kari.page.locator("tbody tr")).to_have_count(6)
    return numbers


def _finish_five(kari: Person, numbers: list[str]) -> None:
    for number in numbers[:5]:
        queue(kari, "mine")
        with at_most(kari, 2):
            link(kari, f"^{number}$")
            kari.page.get_by_label("Hva ble dere enige om?").fill("Vi snakkes om en måned.")
            kari.press("Fullfør: Ring innbyggeren")
        expect(main(kari)).to_contain_text("Ingenting å gjøre akkurat nå")


def _put_one_back(kari: Person) -> None:
    queue(kari, "mine")
    link(kari, r"^\d{4}-\d{4}$")
    with at_most(kari, 2):
        fold_out(kari, "Legg tilbake i køen")
        kari.page.locator("#grunn-return").fill("Hun ville heller snakke med Ola.")
        kari.press("Legg tilbake i køen")
    expect(kari.page.get_by_role("heading", level=1)).to_have_text("Arbeidskø")
    queue(kari, "mine")
    expect(main(kari)).to_contain_text("Ingen saker her")


def _find(kari: Person, name: str) -> None:
    """By name, which is in no address, to the debt advice of that person."""
    queue(kari)
    with at_most(kari, 2):
        kari.page.get_by_label("Navn eller saksnummer").fill(name)
        kari.press("Søk")
        expect(kari.page.locator("tbody tr")).not_to_have_count(20)
        assert name.split()[0].lower() not in kari.page.url.lower()
        rows = kari.page.get_by_role("row", name=re.compile("Gå gjennom oversikt"))
        expect(rows).to_have_count(1)
        kari.presses += 1
        rows.get_by_role("link").first.click()


def _decide_and_write(kari: Person, name: str) -> None:
    """Assessment, a letter that cannot be sent yet, the decision, and the letter that tells of it."""
    _find(kari, name)
    with at_most(kari, 2):
        kari.press("Ta saken")
        kari.press("Fullfør: Gå gjennom oversikt")
    kari.page.get_by_label("Begynn fra").select_option(label="Vedtak om økonomisk rådgivning")
    kari.press("Lag brev")
    expect(main(kari)).to_contain_text("{decision.reason}")
    kari.press("Send brevet")
    expect(kari.page.locator("#feil")).to_contain_text("Brevet mangler Begrunnelse {decision.reason}")
    kari.check_page()
    kari.picture("desk-letter-blanks")
    kari.press("Kast utkastet")

    expect(kari.page.locator("#oppgave")).to_contain_text("klage innen tre uker")
    kari.page.get_by_label("Startdato").fill("2026-11-25")
    kari.page.get_by_label("Begrunnelse").fill("Varige betalingsproblemer.")
    kari.tick("Innvilget rådgivning")
    expect(kari.page.locator("#lagret-task")).to_contain_text("Utkast lagret")
    kari.page.reload()
    assert kari.page.get_by_label("Begrunnelse").input_value() == "Varige betalingsproblemer."
    kari.picture("desk-case")
    kari.check_page()
    kari.press("Fullfør: Skriv vedtak")
    expect(kari.page.locator("#oppgave")).to_contain_text("Gi råd")
    with at_most(kari, 2):
        kari.press("Lag brev")  # the letter of the decision is proposed first
        expect(kari.page.locator("#body")).to_have_value(re.compile("Innvilget rådgivning.*25. november 2026", re.S))
        kari.press("Send brevet")
    expect(main(kari)).to_contain_text("Sendt")
    kari.picture("desk-letter")
    kari.check_page()


def _second_letter(kari: Person, name: str) -> None:
    _find(kari, name)
    kari.press("Ta saken")
    kari.page.get_by_label("Begynn fra").select_option(label="Vi vil gjerne snakke med deg")
    with at_most(kari, 2):
        kari.press("Lag brev")
        kari.press("Send brevet")
    expect(main(kari)).to_contain_text("Ikke lest ennå")


def _escalate(kari: Person, lise: Person, name: str) -> None:
    """To the leader, whose load stands beside the name, and who is notified."""
    _find(kari, name)
    kari.press("Ta saken")
    with at_most(kari, 2):
        fold_out(kari, "Gi til en annen")
        colleague = kari.page.locator("#til option", has_text="Lise Leder")
        expect(colleague).to_have_text("Lise Leder, leder: 0 åpne saker")
        kari.page.locator("#til").select_option(str(colleague.get_attribute("value")))
        kari.page.locator("#grunn-assign").fill("Trenger en avgjørelse om unntak.")
        kari.press("Gi saken")
    expect(main(kari)).to_contain_text("Lise Leder")
    queue(lise, "mine")
    expect(main(lise)).to_contain_text("Kari Rådgiver ga deg sak")
    lise.check_page()
    link(lise, "^Åpne sak")
    link(lise, "Se hele historikken")
    row = lise.page.get_by_role("row", name=re.compile("Kari Rådgiver ga saken til en kollega"))
    expect(row).to_contain_text(re.compile(r"Kari Rådgiver\s+Lise Leder"))
    lise.check_page()
    lise.picture("desk-history")


def test_the_citizen_reads_the_letter_and_answers_a_question(person: People, names: list[str]) -> None:
    kari = person()
    kari.log_in("Kari Rådgiver", staff=True)
    _find(kari, names[4])
    kari.press("Ta saken")
    with at_most(kari, 1):
        kari.page.get_by_label("Hva trenger du å vite?").fill("Hvor mye betaler du i husleie?")
        kari.press("Send spørsmålet")
    expect(kari.page.locator("#be-om")).to_contain_text("Venter på svar")
    expect(main(kari)).to_contain_text("Sett i gang igjen")
    number = kari.page.url.partition("/saker/")[2][:9]

    per = person(width=390)
    per.log_in(names[4])
    per.go(f"/saken-min?sak={number}")
    expect(main(per)).to_contain_text("Venter på deg")
    link(per, "Svar på spørsmål")
    per.check_page()
    per.picture("desk-question-phone")
    per.press("Send svaret")
    expect(per.page.locator("#feil")).to_contain_text("Svaret må fylles ut")
    per.page.get_by_label("Svaret ditt").fill("7 000 kr i måneden")
    per.press("Send svaret")
    per.check_page()
    queue(kari)
    expect(main(kari)).to_contain_text("svarte på spørsmålet i sak")
    link(kari, "^Åpne sak")
    expect(kari.page.locator("#be-om")).to_contain_text("7 000 kr i måneden")
    expect(kari.page.get_by_role("button", name="Sett i gang igjen")).to_have_count(0)

    anne = person()
    anne.log_in(names[0])
    anne.go("/saken-min")
    anne.page.locator("main a", has_text="Gjeldsrådgivning").first.click()
    expect(main(anne)).to_contain_text("Vedtak om økonomisk rådgivning")
    anne.check_page()
    address = anne.page.locator("main a[href^='/brev/']").first.get_attribute("href")
    answer = anne.context.request.get(f"{anne.url}{address}")
    assert answer.ok and answer.body().startswith(b"%PDF")


def test_nothing_an_adviser_wrote_is_lost_when_another_takes_the_case_or_their_part_ends(
    person: People, names: list[str], browser: Browser
) -> None:
    kari, ola, lise = person(), person(), person()
    kari.log_in("Kari Rådgiver", staff=True)
    ola.log_in("Ola Rådgiver", staff=True)
    lise.log_in("Lise Leder", staff=True)
    _find(kari, names[5])
    kari.press("Ta saken")
    kari.press("Fullfør: Gå gjennom oversikt")
    address = kari.page.url.removeprefix(kari.url)
    kari.page.get_by_label("Begrunnelse").fill("Halvveis gjennom begrunnelsen")

    ola.go(address)
    ola.press("Ta over saken")
    kari.page.get_by_label("Startdato").fill("2026-11-25")
    kari.tick("Innvilget rådgivning")
    kari.press("Fullfør: Skriv vedtak")
    expect(kari.page.locator("#feil")).to_contain_text(
        "Ola Rådgiver har denne saken. Ta over saken for å fullføre oppgaven. Det du skrev, er lagret"
    )
    assert kari.page.get_by_label("Begrunnelse").input_value() == "Halvveis gjennom begrunnelsen"
    kari.check_page()
    kari.picture("desk-taken")

    kari.page.get_by_label("Hva har skjedd?").fill("Et notat hun ikke rakk å lagre")
    lise.go("/kontoret")
    lise.press("Avslutt Kari Rådgiver")
    kari.press("Lagre notat")
    expect(kari.page.get_by_role("heading", level=1)).to_have_text("Du har ikke lenger tilgang til dette kontoret")
    ola.go(address)
    expect(main(ola)).to_contain_text("Et notat hun ikke rakk å lagre")
    expect(main(ola)).to_contain_text("Halvveis gjennom begrunnelsen")
    kari.log_in("Kari Rådgiver", staff=True)  # Ansattporten says Kari works there: the part goes on
    kari.go(address)
    expect(kari.page.get_by_label("Hva har skjedd?")).to_have_value("Et notat hun ikke rakk å lagre")


def test_the_queue_on_a_phone_and_by_keyboard(person: People, names: list[str]) -> None:
    kari = person(width=390)
    kari.log_in("Kari Rådgiver", staff=True)
    kari.check_page()
    kari.picture("desk-queue-phone")
    kari.press("Slå på hurtigtaster")
    expect(kari.page.get_by_role("button", name="Slå av hurtigtaster")).to_be_visible()
    keys = kari.page.keyboard
    keys.press("j")
    keys.press("x")
    expect(kari.page.locator("#valgt")).to_have_text("1 sak er valgt")
    keys.press("Enter")
    expect(kari.page.get_by_role("heading", name="Hvor saken er")).to_be_visible()
    kari.check_page()
    kari.picture("desk-case-phone")
    kari.page.locator("nav.ds-breadcrumbs").get_by_role("link").first.focus()
    keys.press("Enter")
    expect(kari.page.get_by_role("heading", level=1)).to_have_text("Arbeidskø")
    assert "#sak-" in kari.page.url, "back to the row one came from"
    keys.press("/")
    keys.type("2026-0016")
    keys.press("Enter")
    kari.page.wait_for_url(re.compile("/saker/2026-0016$"))
    _list_changes_in_place(kari)
    _said_where_it_was_done(kari)


def _list_changes_in_place(kari: Person) -> None:
    """A view, a filter and the way back, with the page, the focus and what is read aloud as they should be."""
    queue(kari)
    kari.page.evaluate("window.same = true")
    mine = kari.page.get_by_role("link", name=re.compile("^Mine"))
    mine.focus()
    kari.page.keyboard.press("Enter")
    kari.page.wait_for_url(re.compile("visning=mine"))
    expect(kari.page.locator("#koen-sagt")).not_to_be_empty()
    expect(kari.page.get_by_role("link", name=re.compile("^Mine"))).to_be_focused()
    expect(kari.page.get_by_role("link", name=re.compile("^Mine"))).to_have_attribute("aria-current", "true")
    queue_form = kari.page.locator("form.filters")
    queue_form.get_by_label("Prosess").select_option(label="Bli ringt opp")
    queue_form.get_by_role("button").press("Enter")
    kari.page.wait_for_url(re.compile("prosess=callback"))
    expect(kari.page.locator("form.filters").get_by_role("button")).to_be_focused()
    kari.page.go_back()
    kari.page.wait_for_url(re.compile("visning=mine$"))
    expect(kari.page.get_by_label("Prosess")).to_have_value("")
    assert kari.page.evaluate("window.same"), "the page was never loaded anew"
    kari.check_page()


def _said_where_it_was_done(kari: Person) -> None:
    """Focus goes to what was done, or to what is wrong."""
    kari.go("/saker/2026-0016")
    kari.page.get_by_label("Hva har skjedd?").fill("Vi snakket sammen.")
    kari.press("Lagre notat")
    expect(kari.page.locator("#notater #gjort")).to_be_focused()
    fold_out(kari, "Legg til dokument")
    kari.press("Legg i saken")
    expect(kari.page.locator("#feil")).to_be_focused()
    kari.check_page()
