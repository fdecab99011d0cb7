"""Behind each bar stand its entries, and the citizen's own word on a payee holds until they take it back."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from engine.advice.economy.figures import Account, Figures, Transaction
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import Evidence, EvidenceState
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]
NUMBER = "86011117947"
PAID = (
    ("2026-10-05", "-500", "KIWI 505 STORO"),
    ("2026-09-12", "-250", "KIWI 505 STORO"),
    ("2026-08-20", "-90", "Ukjent X"),
)


@pytest.fixture
def anne(product: Product) -> Browser:  # noqa: F811
    """Anne with a bank that has told of some payments."""
    bank = product.application.data_sets["bank.accounts"]
    source = Source("bank.accounts", "Banken", product.clock.now(), "consent")

    def fetch(_: object) -> Evidence:
        account = Account("a", NUMBER, "Konto", "", "PRIV", Sourced(Decimal(1000), (source,)))
        moved = tuple(
            Transaction(str(number), NUMBER, date.fromisoformat(day), Decimal(amount), payee, "Varekjøp", source)
            for number, (day, amount, payee) in enumerate(PAID)
        )
        return Evidence(EvidenceState.ANSWERED, Figures(accounts=(account,), transactions=moved))

    object.__setattr__(bank, "fetch", fetch)
    collecting(product)
    product.work()
    return Browser(product, product.anne)


def test_each_bar_leads_to_the_entries_behind_it(anne: Browser) -> None:
    assert 'href="/hverdag/forbruk/food"' in anne.get("/hverdag")

    page = anne.get("/hverdag/forbruk/food")

    assert "KIWI 505 STORO" in page and "5. oktober 2026" in page and "750 kr" in page
    assert "Ukjent X" not in page and "Ukjent X" in anne.get("/hverdag/forbruk/other")


def test_the_trend_shows_each_whole_month(anne: Browser) -> None:
    page = anne.get("/hverdag/forbruk/food")
    assert re.search(r"september 2026.*?250 kr.*?oktober 2026.*?500 kr", page)


def test_the_own_word_on_a_payee_holds_for_all_of_it_and_is_taken_back(anne: Browser) -> None:
    page = anne.follow("/hverdag/forbruk/food", payee="KIWI 505 STORO", category="gambling")
    assert "Det du har plassert her" in page and "750 kr" in page
    assert "KIWI" not in anne.get("/hverdag/forbruk/food")
    assert "forbruk/gambling" in anne.get("/hverdag") and "forbruk/food" not in anne.get("/hverdag")

    undo = re.search(r'action="(/hverdag/forbruk/gambling/fjern/[^"]+)"', page)
    assert undo
    assert "KIWI" not in anne.follow(undo[1])
    assert "750 kr" in anne.get("/hverdag/forbruk/food")


def test_a_category_there_is_not_is_refused_and_says_so(anne: Browser) -> None:
    refused = anne.post("/hverdag/forbruk/food", payee="KIWI", category="yachts")
    assert refused.status_code == 422 and "Velg en annen" in refused.get_data(as_text=True)
    assert anne.client.get("/hverdag/forbruk/yachts").status_code == 404
