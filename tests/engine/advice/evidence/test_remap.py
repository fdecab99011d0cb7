"""A mapping that was mended is run again on the answers there are, and the source is not asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.advice.economy.figures import Debt, DebtKind, Figures
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence import snapshots
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from engine.advice.evidence.models import raw_answer
from engine.advice.evidence.remap import Remapped, remap
from engine.platform.vault import TamperedError
from integrations.http import HttpClient
from tests.integrations.test_http import answering, message
from tests.processes.conftest import Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]
BANK = "bank.accounts"


def reads(product: Product, url: str, *, divisor: int) -> None:
    """The bank's answer, read with a mapping that takes the amount for øre or for kroner."""
    http = HttpClient((url,), 5.0)

    def fetch(asked: EvidenceRequest) -> Evidence:
        told = http.get(f"{url}/v1/{asked.grant}", params={"since": asked.since.isoformat()}).json()
        by = Source(BANK, "Banken", asked.as_of, "consent", "1")
        amount = Sourced(Decimal(told["owed"]) / divisor, (by,), asked.as_of.date())
        return Evidence(EvidenceState.ANSWERED, Figures(debts=(Debt("b:1", DebtKind.OTHER, "Banken", amount),)))

    sets = product.application.data_sets
    sets[BANK] = replace(sets[BANK], fetch=fetch)  # type: ignore[index]


@pytest.fixture
def asked_once(product: Product) -> Iterator[tuple[Product, str]]:
    """A case whose bank has answered, through a mapping that is wrong; the bank is gone."""
    with answering([message(body=json.dumps({"owed": 812300, "token": "hemmelig"}).encode())]) as url:
        reads(product, url, divisor=1)
        case = collecting(product)
        product.work()
    reads(product, url, divisor=100)
    yield product, case


def owed(product: Product, case: str) -> Decimal:
    with product.application.db.read() as connection:
        found = snapshots.newest(connection, product.application.vault, case, product.clock.now())
    assert found is not None
    return next(debt.balance.value for debt in found[0].debts if debt.creditor == "Banken")


def run(product: Product, only: str = "") -> Remapped:
    application = product.application
    with application.db.write() as connection:
        return remap(connection, application.vault, application.data_sets, product.clock.now(), only)


def test_the_answer_is_read_anew_and_the_overview_built_of_it(asked_once: tuple[Product, str]) -> None:
    product, case = asked_once
    assert owed(product, case) == 812_300

    assert run(product) == Remapped(read=1, changed=1, failed=0)

    assert owed(product, case) == 8_123
    assert run(product) == Remapped(read=1, changed=0, failed=0), "done twice it changes nothing"
    assert run(product, "nav.benefits") == Remapped(read=0, changed=0, failed=0)


def test_it_is_sealed_and_goes_when_the_purpose_ends(asked_once: tuple[Product, str]) -> None:
    product, case = asked_once
    application = product.application
    data = Path(application.settings.data_dir)
    assert b"812300" not in b"".join(file.read_bytes() for file in data.glob("ibalanse.db*"))
    with application.db.read() as connection:
        row = connection.execute(select(raw_answer)).one()
        with pytest.raises(TamperedError):
            application.vault.open(connection, row.person_id, "raw_answer.content:another", row.content)

    product.withdraw(case)
    product.clock.advance(timedelta(seconds=1))

    with application.db.read() as connection:
        assert connection.execute(select(func.count()).select_from(raw_answer)).scalar() == 0


def test_an_answer_that_cannot_be_read_leaves_what_was_read_before(asked_once: tuple[Product, str]) -> None:
    product, case = asked_once
    http = HttpClient(("http://bank",), 1.0)

    def asks_more(asked: EvidenceRequest) -> Evidence:
        http.get("http://bank/v1/something/new")
        raise AssertionError("it was never asked")

    sets = product.application.data_sets
    sets[BANK] = replace(sets[BANK], fetch=asks_more)  # type: ignore[index]

    assert run(product) == Remapped(read=1, changed=0, failed=1)
    assert owed(product, case) == 812_300
