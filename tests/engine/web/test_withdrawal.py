"""After a no that comes later every page says what is true: what was deleted, what is kept, what ended where."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.advice.consent.models import consent_record
from engine.advice.sharing import actions as sharing
from engine.workflow.authorization.actor import Office
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]


def record_of(product: Product, case: str, basis: str) -> str:
    with product.application.db.read() as connection:
        mine = consent_record.c.case_id == case, consent_record.c.basis == basis
        return str(connection.execute(select(consent_record.c.id).where(*mine)).scalar_one())


def withdrawn(product: Product, case: str, basis: str) -> tuple[Browser, str, str]:
    """The citizen, the page their press leads to, and its address."""
    anne = Browser(product, product.anne)
    record = record_of(product, case, basis)
    return anne, anne.follow(f"/samtykker/{record}/trekk"), f"/samtykker/{record}/trukket"


def section(page: str, begin: str, end: str) -> str:
    return page.partition(begin)[2].partition(end)[0]


def test_the_page_after_names_what_was_deleted_and_what_is_kept(product: Product) -> None:
    case = collecting(product)
    product.work()

    anne, page, _ = withdrawn(product, case, "mandate")

    gone, kept = (
        section(page, "Dette har vi slettet", "Dette har vi beholdt"),
        section(page, "har vi beholdt", "Gi fullmakt igjen"),
    )
    assert "Nav" in gone and "Banken" not in gone
    assert "Banken" in kept and "Nav" not in kept
    assert "Hos dem som åpnet kildene" not in page, "a mandate opens no channel"
    product.work()
    assert "Det du skylder og det du eier" in anne.get("/oversikt"), "what is left is compiled anew"


def test_each_channel_is_named_with_what_it_has_answered(product: Product) -> None:
    case = collecting(product)
    product.application.channels["altinn"].citizen_ends = True
    product.work()

    anne, page, address = withdrawn(product, case, "consent")

    assert "Vi sier fra til bank." in page and "bare du kan avslutte det der" in page
    product.work()
    page = anne.get(address)
    assert "Samtykket er avsluttet også hos bank" in page and "Vi sier fra til bank." not in page
    assert "bare du kan avslutte det der" in page, "the citizen has not yet"
    assert "bare du kan avslutte det der" in anne.get("/deling")


@pytest.mark.parametrize(("by_time", "said"), [(False, "Du trakk samtykket"), (True, "Samtykket ditt gikk ut")])
def test_the_overview_says_why_there_is_nothing_more(product: Product, by_time: bool, said: str) -> None:
    case = collecting(product)
    product.work()
    anne = Browser(product, product.anne)
    if by_time:
        product.clock.advance(timedelta(days=91))
        anne = Browser(product, product.anne)
        with product.application.db.write() as connection:
            for purge in product.application.housekeeping:
                purge(connection, product.clock.now())
    else:
        for basis in ("mandate", "consent"):
            withdrawn(product, case, basis)

    for page in (anne.get("/oversikt"), anne.get("/oversikt/kilder")):
        assert "Ingen kilder er spurt ennå" not in page
        assert "Samtykket gjelder ikke lenger" in page
    assert said in anne.get("/oversikt") and "Her kommer økonomien din" not in anne.get("/oversikt")


def test_anothers_withdrawal_and_one_that_stands_have_no_page(product: Product) -> None:
    case = collecting(product)
    record = record_of(product, case, "consent")
    assert Browser(product, product.anne).client.get(f"/samtykker/{record}/trukket").status_code == 404

    _, _, address = withdrawn(product, case, "consent")

    with product.application.db.write() as connection:
        someone = product.application.vault.register(
            connection, pid="21818297805", name="Truls Eksempel", birth_date=date(1982, 1, 21)
        )
    truls = replace(product.anne, person_id=someone.id)
    assert Browser(product, truls).client.get(address).status_code == 404


def test_a_share_that_was_stopped_is_begun_again_from_the_page(product: Product) -> None:
    case = collecting(product)
    product.work()
    with product.application.db.write() as connection:
        now = product.clock.now()
        office = Office("312345672", "Nav Lillestrøm")
        shared = sharing.start(connection, actor=product.anne, case_id=case, office=office, now=now)
    anne = Browser(product, product.anne)
    assert "igjen" not in section(anne.get("/deling"), "<main", "</main>")

    anne.post(f"/deling/{shared}/stopp")
    page = anne.get("/deling")
    assert "Del med Nav Lillestrøm igjen" in page

    page = anne.follow(f"/deling/{shared}/igjen")
    assert "Del med Nav Lillestrøm igjen" not in page and "Stopp deling" in page


def test_where_nothing_is_left_to_see_no_share_is_offered(product: Product) -> None:
    case = collecting(product)
    product.work()
    with product.application.db.write() as connection:
        office = Office("312345672", "Nav Lillestrøm")
        sharing.start(connection, actor=product.anne, case_id=case, office=office, now=product.clock.now())
    for basis in ("mandate", "consent"):
        anne, _, _ = withdrawn(product, case, basis)

    page = anne.get("/deling")

    assert "Nav Lillestrøm: " in page and "Del med Nav Lillestrøm igjen" not in page
