"""The figures on page, paper and table: the same words and sums, down to the record each came from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from forms.formatting import kroner
from tests.browser.conftest import Person, Product
from tests.browser.walks import wait_until, walk_to_overview

People = Callable[..., Person]
#: The wages of November are due on the 5th: nobody has reported them yet.
EARLY_IN_DECEMBER = datetime(2026, 12, 2, 9, tzinfo=UTC)
OVERDRAWN = "Kontoen i Eksempelbanken er overtrukket med 3 840 kr."
WITHHELD = "1 500 kr ble trukket til kreditorer før du fikk pengene fra Nav sist."
NOT_REPORTED = "snitt av 2 måneder som er rapportert"
MOVED = "Samme långiver, beløpet har endret seg"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = Product(
        tmp_path_factory.mktemp("figures"), EARLY_IN_DECEMBER, IBALANSE_WEB_WORKERS="1", IBALANSE_WORKERS="1"
    )
    running.start()
    yield running
    running.stop()


@dataclass(frozen=True)
class Copies:
    """What the overview says: the words of its page and of its paper, and the rows of its table."""

    page: str
    paper: str
    rows: list[dict[str, str]]

    @property
    def said(self) -> tuple[str, str, str]:
        return self.page, self.paper, plain(" ".join(" ".join(row.values()) for row in self.rows))

    def of_type(self, kind: str) -> list[dict[str, str]]:
        return [row for row in self.rows if row["Type"] == kind]


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def fetched(who: Person, path: str) -> bytes:
    answer = who.context.request.get(f"{who.url}{path}")
    assert answer.ok, path
    return answer.body()


def table(who: Person, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(fetched(who, path).decode("utf-8-sig")), delimiter=";"))


def copies(who: Person) -> Copies:
    who.go("/oversikt")
    paper = PdfReader(io.BytesIO(fetched(who, "/oversikt.pdf")))
    return Copies(
        plain(who.page.locator("main").inner_text()),
        plain(" ".join(sheet.extract_text() for sheet in paper.pages)),
        table(who, "/oversikt.csv"),
    )


def amount(cell: str) -> str:
    """An amount of the table as page and paper write it."""
    return plain(kroner(Decimal(cell.replace(",", "."))))


def agree(found: Copies) -> dict[str, str]:
    """The sums of the table stand on the page and on paper, and so does every line that is owed. Returns the sums."""
    sums = {row["Navn"]: row["Beløp (kr)"] for row in found.of_type("Sum")}
    for name in ("Gjeld", "Det du eier", "Inn per måned", "Ut per måned"):
        assert amount(sums[name]) in found.page and f"{name} {amount(sums[name])}" in found.paper, name
    assert all(plain(found.of_type("Sum")[-1]["Status"]) in said for said in found.said[:2])
    for row in (*found.of_type("Gjeld"), *found.of_type("Inntekt")):
        for said in found.said[:2]:
            assert row["Navn"] in said and amount(row["Beløp (kr)"]) in said, row
    return sums


def everywhere(found: Copies, *sentences: str) -> None:
    for sentence in sentences:
        assert [sentence in said for said in found.said] == [True] * 3, sentence


def nowhere(found: Copies, *sentences: str) -> None:
    for sentence in sentences:
        assert [sentence in said for said in found.said] == [False] * 3, sentence


def opened_facts(who: Person) -> dict[str, str]:
    """The facts of the record that stands open."""
    expect(who.page.get_by_role("link", name="Lukk")).to_be_visible()
    facts = who.page.locator("tr.opened dl > div")
    return {plain(one.locator("dt").inner_text()): plain(one.locator("dd").inner_text()) for one in facts.all()}


def test_what_is_easily_got_wrong_is_the_same_on_page_paper_and_table(person: People, product: Product) -> None:
    berit = person()
    walk_to_overview(berit, "Berit Prøve")
    wait_until(berit, {})
    found = copies(berit)

    everywhere(found, OVERDRAWN, WITHHELD, NOT_REPORTED, MOVED)
    before = agree(found)
    assert before["Gjeld"] == "95840,00", "both are counted until the citizen has said"
    wage = next(row for row in found.of_type("Inntekt") if row["Navn"] == "Lønn etter skatt")
    assert wage["Beløp (kr)"] == "16800,00", "a month nobody has reported is not a month without wage"
    assert plain(found.of_type("Kan være samme gjeld")[0]["Navn"]) in found.paper
    berit.check_page()
    berit.picture("figures")

    a_figure_leads_down_to_its_record(berit)
    a_debt_of_two_sources_is_decided_once(berit)
    old_answers_are_asked_for_anew(berit, product)


def a_figure_leads_down_to_its_record(berit: Person) -> None:
    """By the keyboard, and on a phone."""
    berit.go("/oversikt")
    berit.page.locator(".legends").get_by_role("link", name="Lønn etter skatt").focus()
    berit.page.keyboard.press("Enter")
    expect(berit.page.get_by_role("heading", name="Postene bak Lønn etter skatt")).to_be_visible()
    main = berit.page.locator("main")
    expect(main).to_contain_text("Det er 16 800 kr i måneden, i snitt for 2 måneder som er rapportert.")
    expect(main).to_contain_text("Differanse 0 kr.")
    berit.page.get_by_role("link", name="Åpne").first.focus()
    berit.page.keyboard.press("Enter")
    facts = opened_facts(berit)
    said = ("Betalt av", "Måned", "Før skatt", "Skattetrekk", "Utbetalt")
    assert [facts[name] for name in said] == [
        "Eksempelbutikken AS",
        "oktober 2026",
        "21 000 kr",
        "4 200 kr",
        "16 800 kr",
    ]
    assert (facts["Hva vi gjorde"], facts["Talt med i"], facts["Grunnlag"]) == (
        "Talt med",
        "Lønn etter skatt",
        "etter samtykke",
    )
    told = [row for row in table(berit, "/oversikt/poster.csv") if row["Post"] == facts["Betalt av"]]
    assert [(row["Beløp"], row["Hva vi gjorde"], row["I eller som"]) for row in told[:2]] == [
        ("16800,00", "Talt med", "Lønn etter skatt")
    ] * 2

    berit.page.set_viewport_size({"width": 390, "height": 844})
    berit.go("/oversikt/satt-sammen?vis=debt")
    berit.page.get_by_role("link", name="Åpne Eksempelbanken, Overtrukket konto").click()
    facts = opened_facts(berit)
    assert re.fullmatch(r"••\d{4}", facts["Konto"]) and facts["Saldo på kontoen"] == "−3 840 kr"
    berit.page.get_by_text("Meld feil til kilden").click()
    expect(main).to_contain_text("Skriv til banken i nettbanken, eller ring den.")
    expect(main).to_contain_text("Rettelsen følger gjelden")
    berit.check_page()
    berit.picture("figures-record-phone")
    berit.page.get_by_role("link", name="Rett beløpet").click()
    expect(berit.page.locator("tr", has_text="Overtrukket konto").get_by_label("Riktig beløp i kroner")).to_be_visible()
    berit.page.set_viewport_size({"width": 1280, "height": 1000})


def a_debt_of_two_sources_is_decided_once(berit: Person) -> None:
    berit.go("/oversikt")
    with berit.page.expect_navigation():
        berit.press("Ja, det er samme gjeld")
    found = copies(berit)
    nowhere(found, MOVED)
    assert agree(found)["Gjeld"] in ("43840,00", "55840,00") and len(found.of_type("Gjeld")) == 2
    everywhere(found, OVERDRAWN, WITHHELD)
    berit.go("/oversikt/satt-sammen?vis=debt")
    expect(berit.page.locator("main")).to_contain_text("Du har sagt at det er det samme")
    expect(berit.page.locator("main")).to_contain_text("Differanse 0 kr.")


def old_answers_are_asked_for_anew(berit: Person, product: Product) -> None:
    product.move_clock(12)
    berit.log_in("Berit Prøve")
    old = copies(berit)
    before = agree(old)
    names = ", ".join(row["Navn"] for row in old.of_type("Gammelt svar"))
    assert names.startswith("Banken") and "Nav" in names
    sentence = f"Gamle svar: {names}. Tallene gjelder den dagen de ble hentet."
    assert sentence in old.page and sentence in old.paper

    with berit.page.expect_navigation():
        berit.press("Hent på nytt")
    wait_until(berit, {})
    expect(berit.page.get_by_role("button", name="Hent på nytt")).to_have_count(0)
    new = copies(berit)
    nowhere(new, "Gamle svar", "Gammelt svar", MOVED)
    assert agree(new)["Gjeld"] == before["Gjeld"], "what the citizen said of the two holds for the new answers"
    everywhere(new, OVERDRAWN, WITHHELD, NOT_REPORTED)
