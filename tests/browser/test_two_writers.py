"""Two advisers in one letter, one note and one form, and one adviser in two windows: nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

import wsgi
from engine.casework.models import office_member
from engine.platform.settings import Settings
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.execution.commands import SaveTaskData
from engine.workflow.execution.models import user_task
from tests.browser.caseload import OFFICE, load
from tests.browser.conftest import Person, Product

People = Callable[..., Person]
PHONE = {"width": 390, "height": 1000}
DESK = {"width": 1280, "height": 1000}


@pytest.fixture(scope="module")
def names(product: Product) -> list[str]:
    """The citizens whose cases there are."""
    return load(product, 2)


def number_of(who: Person, row: str) -> str:
    """The number of the first case in the queue whose row says so."""
    who.go("/arbeidsko?visning=alle")
    link = who.page.get_by_role("row", name=re.compile(row)).first.get_by_role("link").first
    return str(link.text_content()).strip()


def both_sizes(who: Person, name: str) -> None:
    """The page is in order on a large screen and a small one, with a picture of each."""
    for size, viewport in (("1280", DESK), ("390", PHONE)):
        who.page.set_viewport_size(viewport)  # type: ignore[arg-type]
        who.check_page()
        who.picture(f"{name}-{size}")
    who.page.set_viewport_size(DESK)  # type: ignore[arg-type]


def write(page: Page, label: str, text: str) -> None:
    """Typed, and stored by the page itself."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_label(label, exact=True).fill(text)


def test_two_advisers_in_one_letter_see_both_texts_and_choose(person: People, names: list[str]) -> None:
    kari, ola = person(), person()
    kari.log_in("Kari Rådgiver", staff=True)
    ola.log_in("Ola Rådgiver", staff=True)
    number = number_of(kari, "Bli ringt opp|Ring innbyggeren")
    kari.go(f"/saker/{number}")
    kari.page.get_by_label("Begynn fra").select_option(value="free")
    kari.press("Lag brev")
    ola.page.goto(kari.page.url)
    letter = kari.page.url

    write(kari.page, "Tekst", "Hei, vi ringer deg på torsdag. Hilsen Kari")
    expect(kari.page.locator("#letter-status")).to_contain_text("Utkast lagret")
    write(ola.page, "Tekst", "Hei, kom innom på fredag. Hilsen Ola")
    expect(ola.page.locator("#letter-status")).to_contain_text("Kari Rådgiver har endret brevet")
    expect(ola.page.locator("#letter-status")).to_contain_text("Din tekst er lagret som ditt eget utkast")
    ola.press("Send brevet")

    expect(ola.page.locator("#feil")).to_contain_text("Kari Rådgiver har endret brevet")
    expect(ola.page.get_by_label("Tekst", exact=True)).to_have_value("Hei, kom innom på fredag. Hilsen Ola")
    expect(ola.page.locator("section", has_text="Teksten til Kari Rådgiver")).to_contain_text(
        "vi ringer deg på torsdag"
    )
    both_sizes(ola, "two-letter")
    ola.page.goto(letter)  # closed and opened again: both are still there
    expect(ola.page.get_by_label("Tekst", exact=True)).to_have_value("Hei, kom innom på fredag. Hilsen Ola")
    write(ola.page, "Tekst", "Hei, kom innom på fredag eller lørdag. Hilsen Ola")
    kari.page.reload()
    expect(kari.page.get_by_label("Tekst", exact=True)).to_have_value("Hei, vi ringer deg på torsdag. Hilsen Kari")
    ola.press("Sett tekstene etter hverandre")

    expect(ola.page.get_by_label("Tekst", exact=True)).to_have_value(re.compile("torsdag.*lørdag", re.S))
    expect(ola.page.locator("main")).not_to_contain_text("Teksten til Kari Rådgiver")
    kari.page.get_by_label("Tekst", exact=True).fill("Hei, vi ringer deg på mandag. Hilsen Kari")
    kari.press("Lagre utkast")
    expect(kari.page.locator("section", has_text="Teksten til Ola Rådgiver")).to_contain_text("fredag eller lørdag")
    kari.press("Bruk min tekst")
    expect(kari.page.get_by_label("Tekst", exact=True)).to_have_value("Hei, vi ringer deg på mandag. Hilsen Kari")
    kari.press("Send brevet")
    expect(kari.page.locator("main")).to_contain_text("Ikke lest ennå")

    ola.page.get_by_label("Tekst", exact=True).fill("Hei, for sent. Hilsen Ola")
    ola.press("Lagre utkast")
    expect(ola.page.locator("#skrevet")).to_contain_text("Hei, for sent. Hilsen Ola")
    expect(ola.page.locator("#feil")).to_contain_text("allerede sendt")


def test_two_advisers_write_notes_at_once_and_both_stand(person: People, names: list[str]) -> None:
    kari, ola = person(), person()
    kari.log_in("Kari Rådgiver", staff=True)
    ola.log_in("Ola Rådgiver", staff=True)
    number = number_of(kari, "Bli ringt opp|Ring innbyggeren")
    kari.go(f"/saker/{number}")
    ola.go(f"/saker/{number}")

    write(kari.page, "Hva har skjedd?", "Kari ringte husverten")
    write(ola.page, "Hva har skjedd?", "Ola ringte banken")
    kari.press("Lagre notat")
    expect(kari.page.locator("#gjort")).to_have_text("Notatet er lagret.")
    ola.press("Lagre notat")

    expect(ola.page.locator("#gjort")).to_contain_text("En kollega skrev også et notat")
    expect(ola.page.locator("#notater")).to_contain_text("Kari ringte husverten")
    expect(ola.page.locator("#notater")).to_contain_text("Ola ringte banken")
    both_sizes(ola, "two-notes")


def test_one_adviser_in_two_windows_keeps_both_texts(person: People, names: list[str]) -> None:
    kari = person()
    kari.log_in("Kari Rådgiver", staff=True)
    number = number_of(kari, "Bli ringt opp|Ring innbyggeren")
    kari.go(f"/saker/{number}")
    second = kari.context.new_page()
    second.goto(kari.page.url)

    write(second, "Hva har skjedd?", "Det nyeste, i det andre vinduet")
    expect(second.locator("#lagret-note")).to_contain_text("Utkast lagret")
    write(kari.page, "Hva har skjedd?", "Noe eldre, i det første")
    expect(kari.page.locator("#lagret-note")).to_contain_text("noe nyere i et annet vindu")
    kari.page.reload()

    expect(kari.page.get_by_label("Hva har skjedd?")).to_have_value("Det nyeste, i det andre vinduet")
    expect(kari.page.locator("#skrevet")).to_contain_text("Noe eldre, i det første")
    both_sizes(kari, "two-windows")
    kari.press("Legg det i notatet")
    expect(kari.page.get_by_label("Hva har skjedd?")).to_have_value(
        re.compile("Det nyeste, i det andre vinduet\\s+Noe eldre, i det første")
    )
    expect(kari.page.locator("#skrevet")).to_have_count(0)
    kari.press("Lagre notat")


def store_as_ola(product: Product, number_row: str, text: str) -> None:
    """What an office's own system stores in the form meanwhile, as Ola, by the engine's own command."""
    app, _ = wsgi.wire(Settings.from_env(product.environment))
    try:
        with app.db.read() as connection:
            people = connection.execute(select(office_member.c.person_id)).scalars().all()
            ola = next(one for one in people if app.vault.person(connection, one).name == "Ola Rådgiver")
            task = connection.execute(select(user_task).where(user_task.c.id == number_row)).one()
            stored = app.library.get(connection, task.definition_id).bundle.data_type_of(task.element_id)
        assert stored is not None
        office = Office(OFFICE["office"], OFFICE["officeName"])  # type: ignore[arg-type]
        actor = Actor(Role.CASEWORKER, ola, "Ola Rådgiver", office, "high")
        app.dispatch.send(SaveTaskData(task.id, stored.stored_as(task.owner_id), {"result": text}), actor)
    finally:
        app.db.engine.dispose()


def task_id(page: Page) -> str:
    return str(page.locator("#oppgave form").last.get_attribute("action")).rpartition("/")[2]


def test_two_advisers_in_one_form_see_both_sets_of_answers(person: People, product: Product, names: list[str]) -> None:
    kari, ola = person(), person()
    ola.log_in("Ola Rådgiver", staff=True)
    kari.log_in("Kari Rådgiver", staff=True)
    number = number_of(kari, "Bli ringt opp|Ring innbyggeren")
    kari.go(f"/saker/{number}")
    answer = "Hva ble dere enige om?"
    write(kari.page, answer, "Kari: vi snakkes på mandag")
    store_as_ola(product, task_id(kari.page), "Ola: ingen svarte")
    kari.press("Fullfør: Ring innbyggeren")

    expect(kari.page.locator("#feil")).to_contain_text("Ola Rådgiver har endret svarene")
    row = kari.page.get_by_role("row", name=re.compile(re.escape(answer)))
    expect(row).to_contain_text("Ulikt")
    expect(row).to_contain_text("Ola: ingen svarte")
    expect(kari.page.get_by_label(answer)).to_have_value("Kari: vi snakkes på mandag")
    both_sizes(kari, "two-form")

    ola.go(f"/saker/{number}")
    ola.page.get_by_label(answer).fill("Ola: prøver igjen i morgen")
    kari.press("Fullfør: Ring innbyggeren")
    expect(kari.page.locator("#gjort")).to_be_visible()
    ola.press("Fullfør: Ring innbyggeren")
    expect(ola.page.locator("#feil")).to_contain_text("Kari Rådgiver fullførte oppgaven")
    expect(ola.page.locator("main")).to_contain_text("Ola: prøver igjen i morgen")
    expect(ola.page.locator("main")).to_contain_text("Kari: vi snakkes på mandag")
    both_sizes(ola, "two-form-done")
    ola.press("Legg det i notatet")
    expect(ola.page.get_by_label("Hva har skjedd?")).to_have_value(re.compile("Ola: prøver igjen i morgen"))


def test_a_colleague_is_told_who_has_the_case_and_takes_it_over(person: People, names: list[str]) -> None:
    kari, ola = person(), person()
    kari.log_in("Kari Rådgiver", staff=True)
    ola.log_in("Ola Rådgiver", staff=True)
    number = number_of(kari, "Bli ringt opp|Ring innbyggeren")
    ola.go(f"/saker/{number}")
    kari.go(f"/saker/{number}")
    kari.press("Ta saken")
    answer = "Hva ble dere enige om?"
    ola.page.get_by_label(answer).fill("Ola ringte")
    ola.press("Fullfør: Ring innbyggeren")

    expect(ola.page.locator("#feil")).to_contain_text("Kari Rådgiver har denne saken")
    both_sizes(ola, "two-held")
    ola.page.locator("#grunn-overta").fill("Kari er syk i dag.")
    ola.page.locator("#feil").get_by_role("button", name="Ta over saken").click()
    expect(ola.page.get_by_label(answer)).to_have_value("Ola ringte")
    ola.press("Fullfør: Ring innbyggeren")
    expect(ola.page.locator("#gjort")).to_be_visible()
