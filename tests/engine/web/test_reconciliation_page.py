"""How the figures are put together, as the citizen sees it; what may be one debt is asked once."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from engine.advice.economy.figures import Debt, DebtKind, Figures, RecordGap, RecordGapReason, Total
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.supplements import SupplementKind
from engine.advice.evidence import harvest, snapshots
from engine.advice.evidence.datasets import Evidence, EvidenceState
from engine.advice.queries import data_case_of
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]


def card(product: Product, data_set: str, number: str, amount: str) -> Debt:
    by = Source(data_set, data_set, product.clock.now(), "consent", number)
    return Debt(f"{data_set}:{number}", DebtKind.CREDIT_CARD, "Kortbanken", Sourced(Decimal(amount), (by,)))


@pytest.fixture
def anne(product: Product) -> Browser:
    """Anne, with two small credits of one lender that two sources tell of, and an account in euro."""
    collecting(product)
    product.work()
    for data_set in product.application.data_sets:
        tell(product, data_set)
    tell(product, "bank.accounts", card(product, "bank.accounts", "1", "400"), gap=True)
    tell(product, "gjeldsregister.debts", card(product, "gjeldsregister.debts", "9", "800"))
    browser = Browser(product, product.anne)
    browser.post("/oversikt/legg-til", kind="spending", name="Lommepenger", amount="300")
    return browser


def tell(product: Product, data_set: str, *debts: Debt, gap: bool = False) -> None:
    """What a source answers now, in place of what it answered."""
    application = product.application
    case = case_of(product)
    euro = RecordGap(
        data_set, "account", RecordGapReason.FOREIGN_CURRENCY, "Banken", "e1", (Total.ASSETS,), Decimal("120.00"), "EUR"
    )
    figures = Figures(debts=debts, record_gaps=(euro,) if gap else ())
    with application.db.write() as connection:
        harvest.record(
            connection,
            application.vault,
            case_id=case,
            person_id=product.anne.person_id,
            data_set=data_set,
            state="partial" if gap else "answered",
            now=product.clock.now(),
            evidence=Evidence(EvidenceState.ANSWERED, figures),
        )


def case_of(product: Product) -> str:
    with product.application.db.read() as connection:
        case = data_case_of(connection, product.anne.person_id)
    assert case is not None
    found: str = case.id
    return found


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0].replace("\u00a0", " ").replace("\u202f", " ")


def test_what_may_be_one_debt_is_asked_once_and_can_be_taken_back(anne: Browser, product: Product) -> None:
    page = main_of(anne.get("/oversikt"))
    one, other = re.findall(r'name="(?:one|other)" value="([^"]+)"', page)[:2]
    assert "Er dette samme gjeld?" in page and "Samme långiver, beløpet har endret seg" in page

    assert anne.post("/oversikt/samme", one=one, other=other, same="yes").status_code == 303

    page = main_of(anne.get("/oversikt"))
    assert "Er dette samme gjeld?" not in page and "Du har sagt at dette er samme gjeld" in page
    composed = main_of(anne.get("/oversikt/satt-sammen"))
    assert "Du har sagt at det er det samme" in composed and "Differanse 0 kr" in composed

    (entry,) = (one for one in re.findall(r"/oversikt/fjern/([^\"]+)", page) if one in decided(product))
    anne.post(f"/oversikt/fjern/{entry}")
    assert "Er dette samme gjeld?" in anne.get("/oversikt")


def decided(product: Product) -> set[str]:
    """Ids of what the citizen has said of two debts."""
    with product.application.db.read() as connection:
        entries = harvest.supplements(connection, product.application.vault, case_of(product))
    return {row for row, entry in entries if entry.kind in (SupplementKind.SAME_DEBT, SupplementKind.OTHER_DEBT)}


def test_an_answer_holds_when_the_source_answers_anew_with_another_balance(anne: Browser, product: Product) -> None:
    page = main_of(anne.get("/oversikt"))
    one, other = re.findall(r'name="(?:one|other)" value="([^"]+)"', page)[:2]
    anne.post("/oversikt/samme", one=one, other=other, same="yes")

    tell(product, "gjeldsregister.debts", replace(card(product, "gjeldsregister.debts", "another id", "650")))
    anne.post("/oversikt/legg-til", kind="asset", name="Sykkel", amount="1000")

    assert len(debts(product)) == 1


def debts(product: Product) -> list[Any]:
    application = product.application
    with application.db.read() as connection:
        found = snapshots.newest(connection, application.vault, case_of(product), product.clock.now())
    assert found is not None
    return [debt for debt in found[0].debts if debt.creditor == "Kortbanken"]


def test_every_total_shows_its_records_with_sums_that_agree(anne: Browser) -> None:
    for total in ("debt", "assets", "income", "spending"):
        page = main_of(anne.get(f"/oversikt/satt-sammen?vis={total}"))
        assert "Regnestykket går opp" in page and "Differanse 0 kr" in page, total
    assert "120.00 EUR" in main_of(anne.get("/oversikt/satt-sammen?vis=assets"))
    assert "Beløp i en annen valuta" in main_of(anne.get("/oversikt"))
    anne.get("/oversikt/satt-sammen?vis=nonsense&side=-1")


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_page_has_its_words_in_every_language(anne: Browser, language: str) -> None:
    anne.client.set_cookie("language", language)
    for total in ("debt", "assets", "income", "spending"):
        page = main_of(anne.get(f"/oversikt/satt-sammen?vis={total}"))
        assert not re.findall(r">\s*(?:reconciliation|same|left_out|gap|debt)\.[a-z_]+", page), total


def test_a_loan_of_the_family_is_kept_with_the_rate_that_was_written(anne: Browser, product: Product) -> None:
    loan = {"kind": "private", "name": "Lån av mor", "amount": "50 000", "rate": "1,5"}
    assert anne.post("/oversikt/legg-til", **loan).status_code == 303
    assert anne.post("/oversikt/legg-til", **{**loan, "rate": "mye"}).status_code == 422

    with product.application.db.read() as connection:
        entries = harvest.supplements(connection, product.application.vault, case_of(product))
    assert [(one.debt, one.rate) for _, one in entries if one.name == "Lån av mor"] == [
        (DebtKind.PRIVATE, Decimal("1.5"))
    ]


def links(page: str, text: str) -> list[str]:
    """Addresses of the links with these words, as a reader follows them."""
    found = re.findall(r'<a class="ds-link"\s+href="([^"]+)"[^>]*>\s*([^<]+)', page)
    return [html.unescape(address) for address, words in found if words.strip() == text]


def test_every_line_leads_to_its_records_and_a_record_stands_open_with_what_it_said(
    anne: Browser, product: Product
) -> None:
    owed = replace(
        card(product, "gjeldsregister.debts", "9", "800"), account="97101234567", limit=Sourced(Decimal(5_000), ())
    )
    tell(product, "gjeldsregister.debts", owed)
    anne.post("/oversikt/legg-til", kind="asset", name="Sykkel", amount="1000")
    overview = main_of(anne.get("/oversikt"))

    line = main_of(anne.get(links(overview, "Se postene bak")[0]))
    assert "Postene bak Kortbanken" in line and "Differanse 0 kr" in line and line.count(">Åpne<") == 1
    opened = main_of(anne.get(links(line, "Åpne")[0].partition("#")[0]))

    facts = dict(re.findall(r"<dt>([^<]+)</dt>\s*<dd>\s*([^<]+?)\s*</dd>", opened))
    assert (facts["Långiver"], facts["Ramme"], facts["Konto"]) == ("Kortbanken", "5 000 kr", "••4567")
    assert (facts["Hva vi gjorde"], facts["Talt med i"]) == ("Talt med", "Kortbanken")
    assert "97101234567" not in opened and "Oppgi referansen 9." in opened
    assert "Ta kontakt med långiveren" in opened and "Rettelsen følger gjelden" in opened
    assert links(opened, "Lukk") and "#ret-gjeldsregister.debts%3A9" in links(opened, "Rett beløpet")[0]
    for name in ("Sykkel", "Lommepenger", "Gjeld", "Verdier", "Inntekt", "Forbruk"):
        assert [1 for address in links(overview, name) if anne.client.get(address).status_code == 200], name


def test_a_record_that_could_not_be_counted_is_reached_from_what_is_missing(anne: Browser) -> None:
    (address,) = (one for one in links(main_of(anne.get("/oversikt")), "Banken") if "linje=" in one)

    page = main_of(anne.get(address))

    assert "120.00 EUR" in page and page.count(">Åpne<") == 1
    opened = main_of(anne.get(links(page, "Åpne")[0].partition("#")[0]))
    assert "Ikke talt med" in opened and "Beløp i en annen valuta" in opened


def test_all_records_are_downloaded_as_the_page_tells_them(anne: Browser) -> None:
    table = anne.client.get("/oversikt/poster.csv").get_data(as_text=True)
    told = json.loads(anne.client.get("/oversikt/poster.json").get_data(as_text=True))

    assert table.startswith("\ufeffTall;Post;Type;Kom fra;")
    rows = list(csv.DictReader(io.StringIO(table[1:]), delimiter=";"))
    sides = told["reconciliation"]
    assert len(rows) == sum(len(side["entries"]) for side in sides.values())
    for name, total in (("Gjeld", "debt"), ("Verdier", "assets"), ("Inntekt", "income"), ("Forbruk", "spending")):
        counted = [row["Beløp"] for row in rows if row["Tall"] == name and row["Hva vi gjorde"] == "Talt med"]
        assert sum(Decimal(one.replace(",", ".")) for one in counted if one) == Decimal(
            sides[total]["counted"]["amount"]
        )
        page = main_of(anne.get(f"/oversikt/satt-sammen?vis={total}"))
        for row in rows:
            assert row["Tall"] != name or html.escape(row["Post"]) in page, row
    euro = next(row for row in rows if row["Oppgitt"])
    assert (euro["Oppgitt"], euro["Hva vi gjorde"], euro["Hvorfor"]) == (
        "120.00 EUR",
        "Ikke talt med",
        "Beløp i en annen valuta",
    )
