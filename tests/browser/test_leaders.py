"""Leaders read the figures of cases that were walked, by keyboard and on a phone, and find a word for every picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import Person, Product
from tests.engine.casework.statistics.independent import DAY, middle, nine_of_ten, times_until, within_two_days
from tests.factories.pasts import Past, of_this_run, walked_once
from tests.factories.walks import BIG, Walked


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """Six weeks of two offices, walked through the shipped journey."""
    return walked_once(of_this_run(tmp_path_factory))


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, past: Past) -> Iterator[Product]:
    """The product that goes on from there."""
    data = tmp_path_factory.mktemp("walked-product")
    past.copy(data)
    running = Product(data, today=past.now, IBALANSE_WEB_WORKERS="1", IBALANSE_WORKERS="1")
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def cases(past: Past) -> list[Walked]:
    """The cases of the leader's own office."""
    return [case for case in past.cases if case.office == BIG.orgno]


def test_a_leader_reads_how_long_people_wait(person: Callable[..., Person], past: Past, cases: list[Walked]) -> None:
    liv = person()
    liv.log_in("Liv Leder", staff=True)
    liv.page.get_by_role("heading", name="Tall", exact=True).wait_for()
    liv.check_page()
    liv.picture("figures")

    good, should = within_two_days(cases, past.now)
    words = liv.page.locator("main .lead").inner_text().replace("\u00a0", " ")
    assert words == f"{round(100 * good / should)} % av oversiktene sto klare innen to døgn."

    took = times_until(cases, lambda case: case.decided)
    file = liv.page.request.get(f"{liv.url}/tall/ventetid.csv").text().lstrip("\ufeff")
    found = {row[0]: row[1:] for row in csv.reader(io.StringIO(file), delimiter=";")}["Fra henvendelse til vedtak"]
    assert int(found[0]) == len(took)
    assert float(found[1]) == pytest.approx(middle(took) / DAY, abs=1e-4)
    assert float(found[2]) == pytest.approx(nine_of_ten(took) / DAY, abs=1e-4)

    liv.page.get_by_label("Fra og med måned").fill("2026-10")
    liv.press("Vis tallene")
    assert "fra=2026-10" in liv.page.url, "what was chosen stands in the address"
    assert liv.page.get_by_label("Fra og med måned").input_value() == "2026-10"
    liv.go("/arbeidsko")
    assert "Arbeidskø" not in (liv.page.get_by_role("main").inner_text()), "a leader sees no case"


def test_the_figures_by_keyboard_and_on_a_phone(person: Callable[..., Person]) -> None:
    phone = person(width=390)
    phone.log_in("Liv Leder", staff=True)
    phone.page.get_by_role("heading", name="Tall", exact=True).wait_for()
    phone.check_page()
    phone.picture("figures-phone")
    phone.page.get_by_label("Tjeneste").focus()
    for _ in range(12):
        phone.page.keyboard.press("Tab")
        if phone.page.evaluate("document.activeElement.textContent").strip() == "Vis tallene":
            break
    phone.page.keyboard.press("Enter")
    phone.page.wait_for_url("**/tall?**")

    dark = person()
    dark.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    dark.log_in("Hans Husleder", staff=True)
    dark.page.get_by_label("Kontor").wait_for()
    assert "Alle kontorer" in dark.page.get_by_label("Kontor").inner_text()
    dark.check_page()
    dark.picture("figures-dark")


def test_every_picture_has_words(person: Callable[..., Person]) -> None:
    liv = person()
    liv.log_in("Liv Leder", staff=True)

    pictures = liv.page.get_by_role("img").all()
    assert len(pictures) == 5
    for picture in pictures:
        label = picture.get_attribute("aria-label") or ""
        assert label.startswith("Søyler: ") and ":" in label.removeprefix("Søyler: ")
