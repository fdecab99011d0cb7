"""The way back from every no: one press on the page that says it has ended, and the overview is fetched again."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from engine.advice.consent.channels import ChannelState
from tests.engine.web.filled import Browser
from tests.processes.conftest import NO, Product, product
from tests.processes.test_renewal import end_by_time, in_advice, records

__all__ = ["product"]
AGAIN = re.compile(r'action="(/samtykker/[^"]+/igjen)"')
BACK = re.compile(r"/retur/([^\"?]+)")


def through_the_sources(product: Product, anne: Browser, page: str) -> str:
    """Yes at every source that asks, and the page one is led to at last."""
    product.work()
    record = page.partition("/samtykker/")[2].partition("/apnes")[0]
    opened = anne.get(f"/samtykker/{record}/apnes")
    assert "Gå til bank" in opened and "Gå til altinn" in opened
    for channel in product.application.channels.values():
        channel.answer = ChannelState.ACTIVE  # type: ignore[attr-defined]
    asked = [ask for channel in product.application.channels.values() for ask in channel.asked[-1:]]  # type: ignore[attr-defined]
    for ask in asked:
        answer = anne.client.get(f"/retur/{ask.reference}")
        assert answer.status_code in (303, 302)
    product.work()
    return anne.get("/oversikt")


def test_what_was_withdrawn_is_given_again_with_one_press_where_it_says_so(product: Product) -> None:
    case = in_advice(product)
    anne = Browser(product, product.anne)
    [(_, record)] = records(product, case, "consent")
    page = anne.follow(f"/samtykker/{record}/trekk")
    product.work(timedelta(minutes=1))
    assert AGAIN.findall(page) == [f"/samtykker/{record}/igjen"]
    assert "Banken" in page.partition("Gi samtykke igjen")[2], "what it is for is read before it is given"

    page = anne.follow(f"/samtykker/{record}/igjen")

    assert "/apnes" in page, "a page that waits while the sources are opened"
    page = through_the_sources(product, anne, page)
    assert "Det du skylder og det du eier" in page and not AGAIN.search(page)


def test_the_overview_of_what_has_run_out_offers_both_again(product: Product) -> None:
    case = in_advice(product)
    end_by_time(product)
    anne = Browser(product, product.anne)

    page = anne.get("/oversikt")

    assert "Samtykket ditt gikk ut" in page
    assert len(AGAIN.findall(page)) == 2 == len(set(AGAIN.findall(anne.get("/deling"))))
    [(_, mandate)] = records(product, case, "mandate")
    assert anne.post(f"/samtykker/{mandate}/igjen").status_code == 303
    product.work()
    assert "Det du skylder og det du eier" in anne.get("/oversikt")
    assert len(AGAIN.findall(anne.get("/oversikt"))) == 1


def test_one_who_said_no_chooses_what_to_say_yes_to(product: Product) -> None:
    case = product.start("advice")
    product.complete(case, "GiveConsent", consent_answer=NO)
    product.complete(case, "GiveMandate", mandate_answer=NO)
    product.work(timedelta(minutes=1))
    [(_, record)] = records(product, case, "mandate")
    anne = Browser(product, product.anne)
    assert f"/samtykker/{record}/igjen" in anne.get("/oversikt")
    question = anne.get(f"/samtykker/{record}/igjen")
    assert "checked" not in question, "nothing is agreed to beforehand"
    answer = anne.post(f"/samtykker/{record}/igjen", choosing="1")
    assert answer.status_code == 422

    assert anne.post(f"/samtykker/{record}/igjen", choosing="1", kinds="income").status_code == 303
    product.work()

    states = [state for state, _ in records(product, case, "mandate")]
    assert states == ["given", "refused"]
    assert "Nav" in anne.get("/oversikt")


def test_anothers_is_not_found(product: Product) -> None:
    case = in_advice(product)
    [(_, record)] = records(product, case, "consent")
    with product.application.db.write() as connection:
        someone = product.application.vault.register(
            connection, pid="21818297805", name="Truls Eksempel", birth_date=date(1982, 1, 21)
        )
    truls = Browser(product, replace(product.anne, person_id=someone.id))
    for path in ("igjen", "apnes"):
        assert truls.client.get(f"/samtykker/{record}/{path}").status_code == 404
    assert truls.post(f"/samtykker/{record}/igjen").status_code == 404
