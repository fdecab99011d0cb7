"""Who is under age, and who is dead by the register: each meets a page that says what applies and who can help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from engine.web import create_app
from engine.web.shared.login import COOKIE
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.authorization.login import Identity, LoginStart
from engine.workflow.instances.models import case_file
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product

__all__ = ["product"]
PID = "21820297800"


def person(product: Product, pid: str, name: str, born: date) -> Actor:  # noqa: F811
    with product.application.db.write() as connection:
        found = product.application.vault.register(connection, pid=pid, name=name, birth_date=born)
    return Actor(Role.CITIZEN, found.id, name, level="high")


class IdPorten:
    """Lets one person in."""

    settings = SimpleNamespace(issuer="http://idporten")

    def begin(self, **_: object) -> LoginStart:
        return LoginStart("http://idporten/authorize", state="s", nonce="n", verifier="v")

    def finish(self, *_: object) -> Identity:
        return Identity(sub="x", pid=PID, level="high", sid="1", locale="nb", issuer="http://idporten", id_token="")


@dataclass(frozen=True)
class Told:
    """What the register tells of them."""

    dead: bool
    name: str = "Dagny Arv"
    born: date = date(1948, 2, 11)


def logged_in(product: Product, told: Told) -> tuple[int, str, bool]:  # noqa: F811
    """Status and text of the page after a log-in, and whether a session began."""
    app = create_app(
        product.application,
        logins={"idporten": IdPorten()},
        identify=lambda pid: (told.name, told.born),
        registered=lambda pid: told,
    )
    browser = app.test_client()
    browser.get("/logg-inn")
    answer = browser.get("/logg-inn/idporten/svar?code=x&state=s&iss=http://idporten")
    return answer.status_code, answer.get_data(as_text=True), browser.get_cookie(COOKIE) is not None


def test_nobody_logs_in_as_somebody_who_is_dead_and_the_page_says_who_can_help(product: Product) -> None:  # noqa: F811
    status, page, inside = logged_in(product, Told(dead=True))

    assert (status, inside) == (400, False)
    assert "Ingen kan logge inn som en som er død" in page and "800 80 000" in page
    with product.application.db.read() as connection:
        assert product.application.vault.person_by_pid(connection, PID) is None, "nobody becomes known by it"


def test_who_lives_logs_in(product: Product) -> None:  # noqa: F811
    assert logged_in(product, Told(dead=False))[::2] == (303, True)


@pytest.mark.parametrize("path", ["/hjem", "/tjenester"])
def test_who_is_under_age_reads_what_applies_and_who_can_help(product: Product, path: str) -> None:  # noqa: F811
    hedda = person(product, PID, "Hedda Arv", date(2012, 6, 21))

    page = Browser(product, hedda).get(path)

    assert "Hjelp for deg som er under 18 år" in page and "116 111" in page
    assert "/start" not in page.partition("<main")[2]


def test_who_is_under_age_begins_no_case_and_is_led_to_the_page_that_says_why(product: Product) -> None:  # noqa: F811
    hedda = Browser(product, person(product, PID, "Hedda Arv", date(2012, 6, 21)))

    assert "under 18 år" in hedda.follow("/start")
    with product.application.db.read() as connection:
        assert connection.execute(select(func.count()).select_from(case_file)).scalar_one() == 0


def test_the_eighteenth_birthday_opens_the_start(product: Product) -> None:  # noqa: F811
    today = product.clock.now().date()
    grown = person(product, PID, "Hedda Arv", today.replace(year=today.year - 18))

    assert "under 18 år" not in Browser(product, grown).get("/hjem")
