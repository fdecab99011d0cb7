"""Three days of three years in a browser: New Year's Day, the leap day, and the night the clock is put forward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Person, Product
from tests.browser.walks import wait_until, walk_to_overview

DAYS = {
    "clock change": datetime(2026, 3, 29, 0, 40, tzinfo=UTC),
    "new year": datetime(2027, 1, 1, 9, tzinfo=UTC),
    "leap day": datetime(2028, 2, 29, 9, tzinfo=UTC),
}


@pytest.fixture(params=DAYS.values(), ids=DAYS)
def product(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product on that day."""
    folder = tmp_path_factory.mktemp("calendar")
    running = Product(folder, request.param, IBALANSE_WEB_WORKERS="1", IBALANSE_WORKERS="1")
    running.start()
    yield running
    running.stop()


def test_the_pages_of_an_economy_stand_on_any_day(browser: Browser, product: Product) -> None:
    anne = Person(browser, product)
    walk_to_overview(anne, "Anne Eksempel")
    wait_until(anne, {})
    money = anne.page.locator("#til-utbetaling")
    expect(money).to_contain_text("Til neste utbetaling")
    expect(money).to_contain_text("fra Eksempelbutikken AS")
    money.get_by_text("Vis dag for dag").click()
    expect(money.locator("tbody tr").first).to_contain_text("På konto")
    for width in (1280, 390):
        anne.page.set_viewport_size({"width": width, "height": 1000})
        anne.check_page()
        anne.picture(f"cash-flow-{width}")
    anne.page.set_viewport_size({"width": 1280, "height": 1000})
    for path in ("/hverdag", "/budsjett", "/tiltak", "/plan"):
        anne.go(path)
        anne.check_page()
    anne.page.locator("#monthly").fill("12 000")
    anne.press("Lagre planen")
    expect(anne.page.locator("#betalt")).to_contain_text("Planen er ny")
    anne.go("/hverdag")
    expect(anne.page.locator("main")).to_contain_text("Planen er ny")
    anne.page.set_viewport_size({"width": 390, "height": 1000})
    anne.check_page()
    anne.picture("everyday-390")
    anne.leave()
    assert anne.complaints == []
