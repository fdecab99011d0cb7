"""An operator finds and clears fifty incidents of one kind; a leader reads the figures, by keyboard and on a phone."""

from __future__ import annotations

import csv
import io
import random
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

import wsgi
from engine.application import Application
from engine.platform.settings import Settings
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.execution.commands import StartInstance
from engine.workflow.execution.models import incident, process_instance
from integrations.sandbox.persons.estate import HANNA
from tests.browser.conftest import Person, Product
from tests.engine.casework.statistics.independent import DAY, middle, nine_of_ten, times_until, within_two_days
from tests.factories.bundles import bundle, job, line
from tests.factories.histories import Told, tell, write

NAV = "312345672"
MANY = 50


@pytest.fixture(scope="module")
def house(product: Product) -> Iterator[Application]:
    """The same application as the product's, for what no page can do in a second: a past."""
    application, _ = wsgi.wire(Settings.from_env(product.environment))
    yield application
    application.db.engine.dispose()


def owner(house: Application) -> str:
    with house.db.write() as connection:
        return house.vault.register(connection, pid=HANNA.pid, name=HANNA.name, birth_date=HANNA.birth_date).id


def states(house: Application, key: str) -> dict[str, int]:
    with house.db.read() as connection:
        state = process_instance.c.state
        found = connection.execute(select(state, func.count()).where(process_instance.c.key == key).group_by(state))
        return {row[0]: row[1] for row in found}


def wait_for(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.2)


def test_an_operator_finds_and_clears_fifty_incidents_of_one_kind(
    person: Callable[..., Person], product: Product, house: Application
) -> None:
    product.fault("domstol", "*", "refuses")
    body = (
        f'<startEvent id="s"/><serviceTask id="Heirs" name="Spør tingretten">{job("parties", register="domstol")}'
        '</serviceTask><endEvent id="e"/>' + line("s", "Heirs", "e")
    )
    with house.db.write() as connection:
        made = bundle(body, key="heirs", metadata={"title": {"nb": "Finn arvingene"}})
        house.library.deploy(connection, made, by="test")
    hanna = Actor(Role.CITIZEN, owner(house), HANNA.name, level="high")
    for _ in range(MANY):
        house.dispatch.send(StartInstance("heirs", hanna.person_id), hanna)

    def open_incidents() -> int:
        with house.db.read() as connection:
            return connection.execute(
                select(func.count()).select_from(incident).where(incident.c.state == "open")
            ).scalar_one()

    wait_for(lambda: open_incidents() == MANY)

    ada = person()
    ada.log_in("Ada Administrator", staff=True)
    ada.press("Drift", "link")
    ada.page.get_by_text(f"{MANY} ting har stanset").wait_for()
    ada.check_page()
    ada.picture("drift")
    ada.press("Den andre siden svarte med feil (403)", "link")
    ada.page.get_by_text(f"{MANY} saker har stanset i Finn arvingene, steget Spør tingretten.").wait_for()
    ada.check_page()
    ada.picture("drift-incidents")

    ada.press(f"Hopp over alle {MANY}")
    ada.page.get_by_role("link", name="Grunn mangler").wait_for()  # a skip needs a reason
    ada.check_page()
    product.fault("domstol", "*", None)
    ada.press(f"Prøv alle {MANY} igjen")
    ada.page.get_by_text(f"Ferdig. Alle {MANY} gikk bra.").wait_for()
    ada.page.get_by_role("button", name="Stans").wait_for(state="detached")
    ada.check_page()
    ada.picture("drift-job")

    wait_for(lambda: states(house, "heirs") == {"completed": MANY})
    ada.press("Tilbake til Drift", "link")
    ada.page.get_by_text("Ingenting har stanset.").wait_for()
    assert ada.presses <= 7, "found and cleared with few presses"

    ada.press("Kontroller nå")
    ada.page.get_by_text("Hel", exact=True).wait_for()
    ada.page.get_by_text("1 arbeider svarer").wait_for()


def test_drift_by_keyboard_on_a_phone_and_without_scripts(person: Callable[..., Person]) -> None:
    phone = person(width=390)
    phone.log_in("Ada Administrator", staff=True)
    phone.go("/drift")
    phone.check_page()
    phone.picture("drift-phone")
    phone.page.keyboard.press("Tab")
    assert phone.page.evaluate("document.activeElement.classList.contains('ds-skip-link')")
    phone.page.get_by_text("Vis innstillingene").focus()
    phone.page.keyboard.press("Enter")
    phone.page.get_by_text("IBALANSE_KEYS").wait_for()
    phone.check_page()

    plain = person(javascript=False)
    plain.log_in("Ada Administrator", staff=True)
    plain.go("/drift")
    plain.press("Kontroller nå")
    plain.page.get_by_role("heading", name="Er loggen hel?").wait_for()


@pytest.fixture(scope="module")
def history(house: Application) -> list[Told]:
    """Ten months of an office that no person has walked."""
    dice = random.Random(4)
    cases = [tell(number, house.clock.now(), dice) for number in range(90)]
    write(house, cases, owner(house), NAV)
    return cases


def test_a_leader_reads_how_long_people_wait(
    person: Callable[..., Person], history: list[Told], house: Application
) -> None:
    liv = person()
    liv.log_in("Liv Leder", staff=True)
    liv.page.get_by_role("heading", name="Tall", exact=True).wait_for()
    liv.check_page()
    liv.picture("figures")

    now = house.clock.now()
    good, should = within_two_days(history, now)
    words = liv.page.locator("main .lead").inner_text().replace("\u00a0", " ")
    assert words == f"{round(100 * good / should)} % av oversiktene sto klare innen to døgn."

    took = times_until(history, lambda case: case.decided)
    file = liv.page.request.get(f"{liv.url}/tall/ventetid.csv").text().lstrip("\ufeff")
    found = {row[0]: row[1:] for row in csv.reader(io.StringIO(file), delimiter=";")}["Fra henvendelse til vedtak"]
    assert int(found[0]) == len(took)
    assert float(found[1]) == pytest.approx(middle(took) / DAY, abs=1e-4)
    assert float(found[2]) == pytest.approx(nine_of_ten(took) / DAY, abs=1e-4)

    liv.page.get_by_label("Fra og med måned").fill("2026-10")
    liv.press("Vis tallene")
    assert "fra=2026-10" in liv.page.url, "what was chosen stands in the address"
    assert liv.page.get_by_label("Fra og med måned").input_value() == "2026-10"
    liv.go("/arbeidsko")
    assert "Arbeidskø" not in (liv.page.get_by_role("main").inner_text()), "a leader sees no case"


def test_the_figures_by_keyboard_and_on_a_phone(person: Callable[..., Person], history: list[Told]) -> None:
    phone = person(width=390)
    phone.log_in("Liv Leder", staff=True)
    phone.page.get_by_role("heading", name="Tall", exact=True).wait_for()
    phone.check_page()
    phone.picture("figures-phone")
    phone.page.get_by_label("Tjeneste").focus()
    for _ in range(12):
        phone.page.keyboard.press("Tab")
        if phone.page.evaluate("document.activeElement.textContent").strip() == "Vis tallene":
            break
    phone.page.keyboard.press("Enter")
    phone.page.wait_for_url("**/tall?**")

    dark = person()
    dark.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dark.log_in("Hans Husleder", staff=True)
    dark.page.get_by_label("Kontor").wait_for()
    assert "Alle kontorer" in dark.page.get_by_label("Kontor").inner_text()
    dark.check_page()
    dark.picture("figures-dark")


def test_every_picture_has_words(person: Callable[..., Person], history: list[Told]) -> None:
    liv = person()
    liv.log_in("Liv Leder", staff=True)

    pictures = liv.page.get_by_role("img").all()
    assert len(pictures) == 5
    for picture in pictures:
        label = picture.get_attribute("aria-label") or ""
        assert label.startswith("Søyler: ") and ":" in label.removeprefix("Søyler: ")
