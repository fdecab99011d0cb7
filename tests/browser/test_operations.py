"""An operator finds and clears fifty incidents of one kind, by keyboard, on a phone and without scripts."""

from __future__ import annotations

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
from tests.browser.conftest import SLOW, Person, Product
from tests.factories.bundles import bundle, job, line

MANY = 50


@pytest.fixture(scope="module")
def application(product: Product) -> Iterator[Application]:
    """Wired as the running product, for what no page can do in a second: fifty cases."""
    wired, _ = wsgi.wire(Settings.from_env(product.environment))
    yield wired
    wired.db.engine.dispose()


def owner(application: Application) -> str:
    with application.db.write() as connection:
        return application.vault.register(connection, pid=HANNA.pid, name=HANNA.name, birth_date=HANNA.birth_date).id


def states(application: Application, key: str) -> dict[str, int]:
    with application.db.read() as connection:
        state = process_instance.c.state
        found = connection.execute(select(state, func.count()).where(process_instance.c.key == key).group_by(state))
        return {row[0]: row[1] for row in found}


def wait_for(holds: Callable[[], bool], seconds: float = SLOW) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.2)


def test_an_operator_finds_and_clears_fifty_incidents_of_one_kind(
    person: Callable[..., Person], product: Product, application: Application
) -> None:
    product.fault("domstol", "*", "refuses")
    body = (
        f'<startEvent id="s"/><serviceTask id="Heirs" name="Spør tingretten">{job("parties", register="domstol")}'
        '</serviceTask><endEvent id="e"/>' + line("s", "Heirs", "e")
    )
    with application.db.write() as connection:
        made = bundle(body, key="heirs", metadata={"title": {"nb": "Finn arvingene"}})
        application.library.deploy(connection, made, by="test")
    hanna = Actor(Role.CITIZEN, owner(application), HANNA.name, level="high")
    for _ in range(MANY):
        application.dispatch.send(StartInstance("heirs", hanna.person_id), hanna)

    def open_incidents() -> int:
        with application.db.read() as connection:
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

    wait_for(lambda: states(application, "heirs") == {"completed": MANY})
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
