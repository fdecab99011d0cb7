"""A case goes to the office of the municipality its owner lives in, as the administrators have entered it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.casework import queries
from engine.platform.provider_errors import SourceUnavailableError
from engine.workflow.authorization.actor import Office, Role
from tests.engine.web.filled import Browser, faults
from tests.processes.conftest import Product, product
from tests.processes.test_estate_settlement import person

__all__ = ["product"]

AREAS = "1813 313367002 Nav Brønnøy\n3205 312345672 Nav Lillestrøm"


def away(pid: str) -> str:
    raise SourceUnavailableError("freg_away")


@pytest.fixture
def host(product: Product) -> Browser:  # noqa: F811
    known = person(product, "23018749162", "Hans Vert")
    return Browser(product, replace(known, role=Role.ADMINISTRATOR, office=Office("991825827", "D")))


def office_of_new_case(product: Product, residence: Callable[[str], str], **form: str) -> str | None:  # noqa: F811
    browser = Browser(product, product.anne)
    browser.client.application.extensions["residence"] = residence
    assert browser.post("/tjenester/callback/start", **form).status_code == 303
    with product.application.db.read() as connection:
        case = queries.open_case_of(connection, product.anne.person_id, "callback")
        assert case is not None
        return case.office


@pytest.mark.parametrize(
    ("residence", "office"),
    [
        (lambda pid: "1813", "313367002"),
        (lambda pid: "3205", "312345672"),
        (lambda pid: "0301", "312345672"),  # none is entered: the first of the journey's own
        (lambda pid: "", "312345672"),
        (away, "312345672"),
    ],
)
def test_a_new_case_goes_to_the_office_of_the_municipality(
    product: Product,  # noqa: F811
    host: Browser,
    residence: Callable[[str], str],
    office: str,
) -> None:
    assert host.post("/prosesser/kontorer", areas=AREAS).status_code == 303

    assert office_of_new_case(product, residence) == office


def test_an_office_that_was_chosen_is_the_one(product: Product, host: Browser) -> None:  # noqa: F811
    host.post("/prosesser/kontorer", areas=AREAS)

    assert office_of_new_case(product, lambda pid: "3205", office="313367002") == "313367002"


def test_nobody_is_looked_up_where_no_office_is_entered(product: Product) -> None:  # noqa: F811
    asked: list[str] = []

    office_of_new_case(product, lambda pid: asked.append(pid) or "1813")

    assert asked == []


def test_a_line_that_cannot_be_read_comes_back_with_what_was_written(product: Product, host: Browser) -> None:  # noqa: F811
    answer = host.post("/prosesser/kontorer", areas=f"{AREAS}\n0301 Nav Oslo")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422 and "0301 Nav Oslo</textarea>" in page
    assert faults(page)[0].startswith("Linje 3:")
    assert "Nav Brønnøy" not in host.get("/prosesser/kontorer"), "nothing of it was stored"
