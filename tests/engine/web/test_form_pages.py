"""A form of several pages, walked without script: kept between, checked as one leaves, led back to at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from engine.studio.form_builder import BY_ID, FormDraft
from engine.workflow.execution import data
from engine.workflow.execution.models import user_task
from tests.engine.web.filled import Browser, begin, faults, made, sent
from tests.processes.conftest import Product, product

__all__ = ["product"]


def form(work: FormDraft) -> None:
    work.add("Side1", BY_ID["input"], "Navn")
    work.let("navn", "required", True)
    work.add("Side1", BY_ID["radio"], "Har du gjeld?")
    work.let("har_du_gjeld", "required", True)
    debts = work.add_page("Gjeld")
    work.add(debts, BY_ID["rows"], "Lån")
    work.add(debts, BY_ID["amount"], "Beløp", group="lan")
    work.let("belop", "required", True)
    last = work.add_page("Til slutt")
    work.add(last, BY_ID["yes"], "Jeg har svart riktig")
    work.let("jeg_har_svart_riktig", "required", True)
    work.add(last, BY_ID["files"], "Bevis")
    work.add(last, BY_ID["summary"], "Dette har du svart")
    work.pages[debts]["data"]["hidden"] = ["notEquals", ["dataModel", "har_du_gjeld"], "ja"]


@pytest.fixture
def begun(product: Product) -> tuple[Browser, str, str]:  # noqa: F811
    case, task = begin(product, made(form))
    return Browser(product, product.anne), f"/oppgaver/{task}", case


def heading(page: str) -> tuple[str, str]:
    """ "Steg 1 av 2" and the title of the page."""
    found = re.search(r'<p class="quiet">(Steg \d av \d)</p><h2[^>]*>([^<]+)', page)
    assert found, page
    return found[1], found[2]


def stored(product: Product, at: str) -> tuple[Mapping[str, Any] | None, str | None]:  # noqa: F811
    with product.application.db.read() as connection:
        task = connection.execute(select(user_task).where(user_task.c.id == at[10:])).one()
        found = data.stored(connection, product.application.vault, task.instance_id, "form_apply")
        return found.content if found else None, task.page


def test_next_judges_the_page_alone_and_back_judges_nothing(begun: tuple[Browser, str, str], product: Product) -> None:  # noqa: F811
    anne, at, _ = begun
    page = anne.get(at)
    assert heading(page) == ("Steg 1 av 2", "Side 1") and "Jeg har svart riktig" not in page
    assert ">Tilbake<" not in page and "(Steg 1 av 2)" in page.partition("</title>")[0]

    wrong = anne.post(at, side="Side1", navn="Anne", go="next")
    page = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and faults(page) == ["Svar på «Har du gjeld?»"]
    assert heading(page)[1] == "Side 1" and 'value="Anne"' in page
    assert stored(product, at)[0] == {"navn": "Anne"}, "what was written is kept though the page is not in order"

    page = anne.follow(at, side="Side1", navn="Anne", har_du_gjeld="ja", go="next")
    assert heading(page) == ("Steg 2 av 3", "Gjeld"), "the answer brought a page forth"
    page = anne.follow(at, side="Gjeld", **{"lan#": "1", "lan[0].belop": "tull"}, go="back")
    assert heading(page) == ("Steg 1 av 3", "Side 1") and 'value="Anne"' in page
    assert 'value="tull"' in anne.get(f"{at}?side=Gjeld"), "what was half done is there next time"
    page = anne.follow(at, side="Side1", navn="Anne", har_du_gjeld="nei", go="next")
    assert heading(page) == ("Steg 2 av 2", "Til slutt"), "and another hid it"


def test_one_goes_on_where_one_left_and_sends_what_all_pages_hold(
    begun: tuple[Browser, str, str], product: Product
) -> None:  # noqa: F811
    anne, at, case = begun
    anne.follow(at, side="Side1", navn="Anne", har_du_gjeld="ja", go="next")
    page = anne.follow(at, side="Gjeld", **{"lan#": "2", "lan[0].belop": "100", "lan[1].belop": "250"}, go="next")
    assert heading(page)[1] == "Til slutt" and '<dd class="pre">Anne</dd>' in page, "the summary spans the pages"
    page = anne.follow(at, side="TilSlutt", attach="bevis", **{"file:bevis": sent((b"%PDF-1", "bevis.pdf"))})
    assert heading(page)[1] == "Til slutt" and "bevis.pdf" in page
    anne.follow(at, side="TilSlutt", action="save")
    assert heading(anne.get(at)) == ("Steg 3 av 3", "Til slutt"), "later it begins at the same page"

    again = anne.post(at, side="Gjeld", row="+lan", **{"lan#": "2", "lan[0].belop": "100", "lan[1].belop": "250"})
    page = again.get_data(as_text=True)
    assert heading(page)[1] == "Gjeld" and 'name="lan[2].belop"' in page
    assert anne.post(at, side="TilSlutt", jeg_har_svart_riktig="yes").status_code == 303
    content, _ = stored(product, at)
    assert content == {
        "navn": "Anne",
        "har_du_gjeld": "ja",
        "lan": [{"belop": 100}, {"belop": 250}],
        "jeg_har_svart_riktig": True,
    }
    assert "Handle" in product.tasks(case)


def test_the_end_tells_every_fault_with_a_link_to_its_page(begun: tuple[Browser, str, str]) -> None:
    anne, at, _ = begun
    anne.follow(at, side="Side1", navn="Anne", har_du_gjeld="ja", go="next")
    anne.follow(at, side="Gjeld", **{"lan#": "1", "lan[0].belop": "100"}, go="next")
    anne.follow(at, side="Side1", navn="", har_du_gjeld="ja", go="back")

    answer = anne.post(at, side="TilSlutt")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422 and heading(page)[1] == "Til slutt"
    assert faults(page) == ["Navn må fylles ut", "Jeg har svart riktig må bekreftes"]
    link = re.search(r'href="([^"#]+side=Side1[^"#]*)#navn"', page)
    assert link and re.search(r'href="#jeg_har_svart_riktig"', page), "to the other page, and down this one"
    page = anne.get(link[1].replace("&amp;", "&"))
    assert heading(page)[1] == "Side 1" and faults(page) == ["Navn må fylles ut"]


def test_the_navigation_of_a_layout_words_the_buttons(product: Product) -> None:  # noqa: F811
    def worded(work: FormDraft) -> None:
        form(work)
        buttons = {"id": "nav", "type": "NavigationButtons", "showBackButton": False}
        for name in work.pages:
            work.layout(name).append({**buttons, "id": f"nav-{name}", "textResourceBindings": {"next": "Videre nå"}})

    _, task = begin(product, made(worded))
    anne = Browser(product, product.anne)
    assert ">Videre nå<" in anne.get(f"/oppgaver/{task}")
    page = anne.follow(f"/oppgaver/{task}", side="Side1", navn="A", har_du_gjeld="ja", go="next")
    assert heading(page)[1] == "Gjeld" and ">Tilbake<" not in page


def test_a_form_of_one_page_has_no_steps(product: Product) -> None:  # noqa: F811
    _, task = begin(product, made(lambda work: work.add("Side1", BY_ID["input"], "Navn")))
    page = Browser(product, product.anne).get(f"/oppgaver/{task}")
    assert "Steg 1" not in page and "Neste" not in page and ">Send" in page
