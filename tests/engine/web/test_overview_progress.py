"""Between the answers and the overview the pages say that it is being made, and renew themselves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from engine.advice.evidence.models import harvest, snapshot
from engine.advice.task_types.collection import BuildOverview
from engine.workflow.jobs.models import due_work
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]
COMING, NEEDED = "Oversikten din lages nå", "Vi trenger en oversikt først"
RENEWS = re.compile(r'<noscript><meta http-equiv="refresh"')
PAGES = ("/hverdag", "/hverdag/forbruk/food", "/budsjett", "/tiltak", "/plan", "/enk", "/enk/beregning", "/enk/kontoer")
COPIES = ("/oversikt.pdf", "/oversikt.csv", "/opplysningene-mine.json", "/oversikt/satt-sammen")


def all_answered_and_nothing_built(product: Product) -> Browser:
    """As between the last answer and the first overview: the job that builds it is due."""
    case = collecting(product)
    product.work()
    with product.application.db.write() as connection:
        connection.execute(delete(snapshot))
        connection.execute(
            update(due_work)
            .where(due_work.c.case_id == case, due_work.c.name == BuildOverview.name)
            .values(state="due", due_at=product.clock.now())
        )
    return Browser(product, product.anne)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_that_works_on_the_overview_says_it_is_being_made_and_renews_itself(product: Product, page: str) -> None:
    anne = all_answered_and_nothing_built(product)
    product.clock.advance(timedelta(minutes=3))  # no worker was free

    found = anne.get(page)

    assert COMING in found and NEEDED not in found
    assert RENEWS.search(found) and 'hx-get="/oversikt/kilder"' in found
    assert "HX-Refresh" not in anne.client.get("/oversikt/kilder").headers


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_that_is_asked_for_too_early_leads_to_the_page_that_renews_itself(product: Product, copy: str) -> None:
    anne = all_answered_and_nothing_built(product)
    product.clock.advance(timedelta(minutes=3))

    answer = anne.client.get(copy)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/oversikt")
    assert RENEWS.search(anne.get("/oversikt"))


def test_the_first_overview_reloads_the_page_though_a_source_is_still_silent(product: Product) -> None:
    case = collecting(product)
    product.work()
    with product.application.db.write() as connection:
        one = update(harvest).where(harvest.c.case_id == case, harvest.c.data_set == "skatteetaten.income")
        connection.execute(one.values(state="asked", answered_at=None))
    anne = Browser(product, product.anne)

    assert anne.client.get("/oversikt/kilder").headers["HX-Refresh"] == "true"
    assert COMING not in anne.get("/hverdag")


def test_what_is_sent_before_there_is_an_overview_leads_to_a_page_that_can_be_renewed(product: Product) -> None:
    anne = all_answered_and_nothing_built(product)

    answer = anne.post("/tiltak", kind="cut", name="Mindre taxi", amount="500", rate="")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/hverdag")


def test_an_overview_nobody_makes_is_said_to_be_late_and_the_page_does_not_ask_for_ever(product: Product) -> None:
    collecting(product)
    product.work()
    with product.application.db.write() as connection:
        connection.execute(delete(snapshot))
    product.clock.advance(timedelta(minutes=3))

    page = Browser(product, product.anne).get("/hverdag")

    assert COMING in page and "lengre tid enn det skal" in page
    assert not RENEWS.search(page) and "/oversikt/kilder" not in page


def test_somebody_who_never_said_yes_is_asked_to_begin(product: Product) -> None:
    assert NEEDED in Browser(product, product.anne).get("/plan")
