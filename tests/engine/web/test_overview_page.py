"""The overview's page renews itself until what was answered stands in it, and not for ever."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from engine.advice.evidence.models import harvest, snapshot
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]
RENEWS = re.compile(r'<noscript><meta http-equiv="refresh"')
ASKS = re.compile(r'id="kilder-svar"[^>]* hx-get="(/oversikt/kilder\?versjon=(\d+))"')


def answered(product: Product, at: datetime) -> None:
    with product.application.db.write() as connection:
        connection.execute(update(harvest).where(harvest.c.answered_at.is_not(None)).values(answered_at=at))


def test_it_renews_itself_until_the_last_answer_is_built_in(product: Product) -> None:
    case = collecting(product)
    product.work()
    anne = Browser(product, product.anne)
    page = anne.get("/oversikt")
    assert not RENEWS.search(page) and not ASKS.search(page), "all is there"

    answered(product, product.clock.now() + timedelta(seconds=1))
    product.clock.advance(timedelta(seconds=2))
    page = anne.get("/oversikt")
    asks = ASKS.search(page)
    assert RENEWS.search(page) and asks, "the overview shown is from before the last answer"
    polled = anne.client.get(asks[1])
    assert "HX-Refresh" not in polled.headers
    assert ASKS.search(polled.get_data(as_text=True)), "it goes on asking, about the version that is shown"

    with product.application.db.write() as connection:
        built = update(snapshot).where(snapshot.c.case_id == case)
        connection.execute(built.values(built_at=product.clock.now(), version=snapshot.c.version + 100))
    polled = anne.client.get(asks[1])
    assert polled.headers["HX-Refresh"] == "true"
    page = anne.get("/oversikt")
    assert not RENEWS.search(page) and not ASKS.search(page)


def test_before_the_first_overview_it_renews_itself_for_two_minutes(product: Product) -> None:
    collecting(product)
    product.work()
    with product.application.db.write() as connection:
        connection.execute(delete(snapshot))
    answered(product, product.clock.now())
    anne = Browser(product, product.anne)
    assert RENEWS.search(anne.get("/oversikt"))

    product.clock.advance(timedelta(minutes=3))
    page = anne.get("/oversikt")
    assert not RENEWS.search(page) and not ASKS.search(page), "nobody builds it: somebody must be told, not the page"
