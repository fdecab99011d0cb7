"""The overview's page renews itself until what was answered stands in it, and not for ever."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, update

from engine.advice.evidence import harvest as harvests
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


def test_on_new_years_night_the_overview_is_of_the_day_it_is_in_norway(product: Product) -> None:
    case = collecting(product)
    product.work()
    product.clock.set(datetime(2026, 12, 31, 23, 20, tzinfo=UTC))  # 00:20 on 1 January in Oslo
    anne = Browser(product, product.anne)

    anne.post("/oversikt/legg-til", kind="debt", name="Lån av mor", amount="12.500")

    page = anne.get("/oversikt")
    assert "Per 1. januar 2027" in page and "31. desember 2026" not in page
    with product.application.db.read() as connection:
        found = harvests.newest_snapshot(connection, product.application.vault, case, product.clock.now())
    assert found is not None and found[0].as_of == date(2027, 1, 1)
    added = next(debt for debt in found[0].debts if debt.creditor == "Lån av mor")
    assert (added.balance.value, added.balance.as_of) == (12_500, date(2027, 1, 1))
