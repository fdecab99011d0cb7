"""Whoever has ordered their own economy and wants an adviser gets there in two presses and gives nothing twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from engine.advice.commands import AddSupplement
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product
from tests.processes.self_help.test_self_help_journey import agree

__all__ = ["product"]


def ordering(product: Product) -> Browser:
    case = product.start("self_help", purpose="self_help", debtFree=False)
    agree(product, case)
    product.application.dispatch.send(AddSupplement(case, "debt", "Lån av mor", Decimal(50_000)), product.anne)
    product.work(timedelta(minutes=1))
    return Browser(product, product.anne)


def test_from_self_help_to_an_adviser_in_two_presses(product: Product) -> None:
    ingrid = ordering(product)
    product.sources.asked.clear()

    page = ingrid.follow("/tjenester/advice/start")
    assert "Ja, ta med og del med Nav Lillestrøm" in page and "Det du selv har ført opp" in page
    follows, _, new = page.partition("Dette er nytt")
    assert "Banken" in follows and "Nav" in follows and "Gjeldsrådgivning, i tillegg" in new
    answer = ingrid.post("/tjenester/advice/med-det-du-har")
    assert answer.status_code == 303
    product.work()

    page = ingrid.get("/oversikt")
    assert "Lån av mor" in page and "Stopp deling" in page and product.sources.asked == []
    assert ingrid.client.get("/tjenester/advice/med-det-du-har").status_code == 303, "it is begun"
    cases = ingrid.get("/saken-min")
    assert "Gjeldsrådgivning" in cases and "Ordne økonomien selv" in cases


def test_one_who_would_rather_not_begins_with_nothing(product: Product) -> None:
    ingrid = ordering(product)

    ingrid.post("/tjenester/advice/start", fresh="1")

    with product.application.db.read() as connection:
        from engine.casework import queries

        case = queries.open_case_of(connection, product.anne.person_id, "advice")
    assert case is not None and set(product.tasks(case.id)) == {"GiveConsent"}


def test_nobody_is_asked_where_there_is_nothing_to_take_along(product: Product) -> None:
    anne = Browser(product, product.anne)
    assert anne.post("/tjenester/advice/med-det-du-har").status_code == 404
    assert "/oppgaver/neste/" in anne.post("/tjenester/advice/start").headers["Location"]
