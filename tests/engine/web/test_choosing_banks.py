"""Where there are several banks, the citizen chooses which are asked: by ticking them beside the consent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from engine.advice.consent.channels import ChannelState
from engine.advice.consent.models import consent_record, grant
from engine.advice.evidence import harvest
from engine.advice.evidence.datasets import Title
from tests.engine.web.filled import Browser
from tests.processes.conftest import Channel, Product, product

__all__ = ["product"]
FIRST, SECOND = "bank.accounts", "bank.accounts.annen"


@pytest.fixture
def two_banks(product: Product) -> Iterator[Product]:  # noqa: F811
    """Another bank is listed in settings: a data set and a channel of its own."""
    data_sets, channels = product.application.data_sets, product.application.channels
    name = Title(nb="Annen Bank", nn="Annen Bank", en="Annen Bank")
    first = data_sets[FIRST]
    fetch = product.sources.fetch(SECOND)
    data_sets[SECOND] = replace(first, id=SECOND, title=name, channel="bank.annen", fetch=fetch)  # type: ignore[index]
    channels["bank.annen"] = Channel("bank.annen", ChannelState.PENDING)  # type: ignore[index]
    yield product


def question(product: Product, key: str = "consent") -> tuple[Browser, str, str]:  # noqa: F811
    case = product.start(key)
    return Browser(product, product.anne), case, f"/oppgaver/{product.tasks(case)['GiveConsent']}"


def opened(product: Product) -> list[tuple[str, list[str]]]:  # noqa: F811
    with product.application.db.read() as connection:
        return sorted((row.channel, row.data_sets) for row in connection.execute(select(grant)))


def agreed(product: Product) -> list[list[str]]:  # noqa: F811
    with product.application.db.read() as connection:
        return list(connection.execute(select(consent_record.c.data_sets)).scalars())


def test_only_the_banks_that_are_ticked_are_asked(two_banks: Product) -> None:
    anne, _, where = question(two_banks)
    page = anne.get(where)
    assert re.findall(r'name="institutions"\s+value="([^"]+)"', page) == [FIRST, SECOND]
    assert "Annen Bank" in page and "Hvilke banker bruker du?" in page

    anne.post(where, answer="yes", kinds=["spending"], institutions=[SECOND])
    two_banks.work()

    assert agreed(two_banks) == [[SECOND]]
    assert opened(two_banks) == [("bank.annen", [SECOND])]


def test_both_may_be_chosen_and_each_is_approved_by_itself(two_banks: Product) -> None:
    anne, _, where = question(two_banks)
    anne.post(where, answer="yes", kinds=["spending"], institutions=[FIRST, SECOND])
    two_banks.work()

    assert opened(two_banks) == [("bank", [FIRST]), ("bank.annen", [SECOND])]


def test_a_yes_to_the_bank_without_a_bank_is_asked_again(two_banks: Product) -> None:
    anne, _, where = question(two_banks)
    page = anne.post(where, answer="yes", kinds=["spending"]).get_data(as_text=True)

    assert "Velg minst én bank" in page and 'href="#institution-1"' in page
    assert agreed(two_banks) == []


def test_what_is_ticked_and_is_no_bank_is_left_out(two_banks: Product) -> None:
    anne, _, where = question(two_banks)
    anne.post(where, answer="yes", kinds=["spending"], institutions=[SECOND, "nav.benefits"])

    assert agreed(two_banks) == [[SECOND]]


def test_a_yes_to_something_else_asks_of_no_bank(two_banks: Product) -> None:
    anne, _, where = question(two_banks)
    anne.post(where, answer="yes", kinds=["loans"])

    (sets,) = agreed(two_banks)
    assert sets and not {FIRST, SECOND} & set(sets)


def test_a_bank_that_was_not_chosen_is_nothing_that_is_missing(two_banks: Product) -> None:
    anne, case, where = question(two_banks)
    anne.post(where, answer="yes", kinds=["spending"], institutions=[SECOND])
    with two_banks.application.db.write() as connection:
        application = two_banks.application
        harvest.note_requested(connection, case, two_banks.anne.person_id or "", [SECOND], two_banks.clock.now())
        _, gaps = harvest.figures(connection, application.vault, case, application.data_sets)

    assert FIRST not in {gap.data_set for gap in gaps}


def test_where_there_is_one_bank_nothing_is_to_choose(product: Product) -> None:  # noqa: F811
    anne, _, where = question(product)
    assert 'name="institutions"' not in anne.get(where)
    anne.post(where, answer="yes", kinds=["spending"])
    assert agreed(product) == [[FIRST]]
