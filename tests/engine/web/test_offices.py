"""Whoever works at several offices: one chosen at log-in, changed from the header, each with its own end."""

from __future__ import annotations

import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from engine.casework import members, queries
from engine.casework.models import office_member
from engine.web import create_app
from engine.web.shared.login import COOKIE, LEADER, STAFF
from engine.workflow.audit.chain import SYSTEM_CHAIN, audit_event
from engine.workflow.authorization import sessions
from engine.workflow.authorization.login import Identity, LoginStart
from tests.engine.web.staff import text_of
from tests.processes.conftest import OFFICE, Product, product

__all__ = ["product"]
NAV, BREG, OWN = OFFICE.orgno, "313367002", "310478717"
NAMES = {NAV: "Nav Lillestrøm", BREG: "Bedriftsveiledningen", OWN: "iBalanse"}


class Issuer:
    """Ansattporten, which says what it is told to."""

    def __init__(self, given: dict[str, set[str]]) -> None:
        self.given = given
        self.settings = SimpleNamespace(issuer="http://ansattporten")

    def begin(self, **_: object) -> LoginStart:
        return LoginStart("http://ansattporten/authorize", state="s", nonce="n", verifier="v")

    def finish(self, *_: object) -> Identity:
        return Identity(
            sub="x",
            pid="20887297953",
            level="high",
            sid="1",
            locale="nb",
            issuer="http://ansattporten",
            id_token="",
            offices=tuple((orgno, NAMES[orgno]) for orgno in self.given),
            resources=frozenset(name for names in self.given.values() for name in names),
            leads=tuple(orgno for orgno, names in self.given.items() if LEADER in names),
            granted={orgno: frozenset(names) for orgno, names in self.given.items()},
        )


class Browser:
    def __init__(self, product: Product, given: dict[str, set[str]]) -> None:  # noqa: F811
        issuer = Issuer(given)
        app = create_app(
            product.application,
            logins={"ansattporten": issuer},
            identify=lambda pid: ("Tone Toparts", date(1983, 3, 21)),
        )
        self.at: FlaskClient = app.test_client()
        self.at.get("/ansatt/logg-inn?videre=/kontoret")
        self.landed = self.at.get("/logg-inn/ansattporten/svar?code=x&state=s&iss=http://ansattporten")

    def send(self, path: str, **form: str) -> TestResponse:
        page = self.at.get("/personvern").get_data(as_text=True)
        hidden = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert hidden
        return self.at.post(path, data={"csrf_token": hidden[1], **form})


@pytest.fixture
def tone(product: Product) -> Browser:  # noqa: F811
    """Works at Nav's office and leads another, without cases there."""
    return Browser(product, {NAV: {STAFF}, BREG: {STAFF, LEADER}})


def chosen(product: Product) -> list[dict[str, Any]]:  # noqa: F811
    with product.application.db.read() as connection:
        wanted = (audit_event.c.case_id == SYSTEM_CHAIN, audit_event.c.kind == "OfficeChosen")
        found = connection.execute(select(audit_event.c.data).where(*wanted).order_by(audit_event.c.seq)).scalars()
        return [{"from": data["from"], "to": data["to"], "role": data["role"]} for data in found]


def test_nothing_is_shown_before_an_office_is_chosen_and_then_where_they_were_going(
    product: Product, tone: Browser
) -> None:  # noqa: F811
    assert tone.landed.headers["Location"] == "/ansatt/kontor?videre=/kontoret"
    for path in ("/arbeidsko", "/saker/2026-0001", "/kontoret", "/arbeidsko/ny-sak"):
        assert tone.at.get(path).headers["Location"].startswith("/ansatt/kontor"), path
    page = text_of(tone.at.get("/ansatt/kontor"))
    assert "Nav Lillestrøm, saksbehandler" in page and "Bedriftsveiledningen, saksbehandler" in page
    with product.application.db.read() as connection:
        assert connection.execute(select(office_member)).first() is None, "nobody's colleague yet"

    answer = tone.send("/ansatt/kontor", kontor=NAV, videre="/kontoret")

    assert answer.headers["Location"] == "/kontoret" and tone.at.get("/kontoret").status_code == 200
    assert chosen(product) == [{"from": None, "to": NAV, "role": "caseworker"}]


def test_changing_in_the_header_changes_whose_cases_are_there(product: Product, tone: Browser) -> None:  # noqa: F811
    case = product.start("callback")
    with product.application.db.read() as connection:
        number = queries.case_by_id(connection, case).number
    tone.send("/ansatt/kontor", kontor=NAV)
    assert tone.at.get(f"/saker/{number}").status_code == 200
    header = tone.at.get("/arbeidsko").get_data(as_text=True).partition("<main")[0]
    assert tone.at.get("/tall").status_code == 403, "no leader here"
    assert f'name="kontor" value="{BREG}"' in header and f'name="kontor" value="{NAV}"' not in header

    before = tone.at.get_cookie(COOKIE)
    tone.send("/ansatt/kontor", kontor=BREG)

    after = tone.at.get_cookie(COOKIE)
    assert before and after and before.value != after.value, "a new session for a new role"
    with product.application.db.read() as connection:
        assert sessions.find(connection, before.value, product.clock.now()) is None
    assert tone.at.get(f"/saker/{number}").status_code == 404
    assert [one["to"] for one in chosen(product)] == [NAV, BREG] and chosen(product)[1]["from"] == NAV
    assert tone.at.get("/tall").status_code == 200, "a leader there"
    assert tone.send("/ansatt/kontor", kontor="999999999").status_code == 403, "never one that was not given"


def test_losing_one_office_leaves_the_other(product: Product, tone: Browser) -> None:  # noqa: F811
    tone.send("/ansatt/kontor", kontor=BREG)
    tone.send("/ansatt/kontor", kontor=NAV)
    product.clock.advance(timedelta(minutes=1))
    with product.application.db.write() as connection:
        who = product.application.vault.person_by_pid(connection, "20887297953")
        assert who is not None
        members.end(connection, NAV, who.id, product.clock.now())

    ended = tone.at.get("/arbeidsko")
    assert ended.status_code == 403 and "Velg et annet kontor" in text_of(ended)
    assert "tilgangen er avsluttet" in text_of(tone.at.get("/ansatt/kontor"))
    tone.send("/ansatt/kontor", kontor=NAV)
    assert tone.at.get("/arbeidsko").status_code == 403, "choosing does not give back what was ended"
    tone.send("/ansatt/kontor", kontor=BREG)
    assert tone.at.get("/arbeidsko").status_code == 200
    with product.application.db.read() as connection:
        assert not members.works_here(connection, NAV, who.id)


def test_each_office_has_its_own_role_and_who_has_one_is_not_asked(product: Product) -> None:  # noqa: F811
    both = Browser(product, {NAV: {LEADER}, OWN: {STAFF}})
    both.send("/ansatt/kontor", kontor=NAV)
    assert both.at.get("/arbeidsko").status_code == 403 and chosen(product)[-1]["role"] == "leader"
    assert both.send("/ansatt/kontor", kontor=OWN).status_code == 303 and chosen(product)[-1]["role"] == "administrator"

    one = Browser(product, {NAV: {STAFF}})
    assert one.landed.headers["Location"] == "/kontoret"
    assert "Bytt kontor" not in one.at.get("/arbeidsko").get_data(as_text=True)
    assert one.at.get("/ansatt/kontor").headers["Location"] == "/arbeidsko"
