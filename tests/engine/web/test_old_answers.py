"""An answer older than its data set's maximum age is marked, and the citizen can have it fetched anew."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.economy.figures import GapReason
from engine.advice.evidence import snapshots
from engine.advice.queries import data_case_of
from engine.platform.provider_errors import SourceUnavailableError
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]
OLD, BUTTON = ">gammelt svar<", "Hent på nytt"


def later(product: Product) -> Browser:
    """Twelve days after the answers came."""
    collecting(product)
    product.work()
    product.clock.advance(timedelta(days=12))
    return Browser(product, product.anne)


def test_a_fresh_answer_is_not_marked(product: Product) -> None:
    collecting(product)
    product.work()

    page = Browser(product, product.anne).get("/oversikt")

    assert OLD not in page and BUTTON not in page


def test_an_old_answer_is_marked_and_can_be_asked_anew(product: Product) -> None:
    anne = later(product)
    before = product.sources.asked.count("bank.accounts")
    page = anne.get("/oversikt")
    assert page.count(OLD) > 1 and BUTTON in page

    assert anne.post("/oversikt/hent").status_code == 303
    assert anne.post("/oversikt/hent").status_code == 303, "pressed twice, asked once"
    product.work()

    assert product.sources.asked.count("bank.accounts") == before + 1
    assert OLD not in anne.get("/oversikt")


def test_a_source_that_fails_now_leaves_its_old_answer_and_says_that_it_is_old(product: Product) -> None:
    anne = later(product)
    product.sources.failing["bank.accounts"] = SourceUnavailableError("timeout")

    anne.post("/oversikt/hent")
    product.work()

    assert anne.get("/oversikt").count(OLD) == 1
    with product.application.db.read() as connection:
        case = data_case_of(connection, product.anne.person_id)
        assert case is not None
        found = snapshots.newest(connection, product.application.vault, case.id, product.clock.now())
    assert found is not None
    assert [(gap.data_set, gap.reason) for gap in found[0].gaps] == [("bank.accounts", GapReason.STALE)]
    assert len(found[0].debts) == 10
