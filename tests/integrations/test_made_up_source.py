"""A source is one folder and one line: a made-up one is asked for, shown, missed and counted, and no file knows it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from engine.advice.economy.figures import GapReason, Total
from engine.advice.economy.overview import Completeness, Overview
from engine.advice.evidence import snapshots
from engine.advice.evidence.datasets import DataSet, EvidenceRequest, Subject
from engine.platform.provider_errors import SourceUnavailableError
from engine.platform.settings import Settings
from integrations.wiring import PROVIDERS, Integrations, connect
from tests.engine.web.filled import Browser
from tests.integrations.conftest import running_sandbox
from tests.processes.conftest import Product, yes
from tests.processes.conftest import product as product
from tests.processes.data_collection.test_data_collection_journey import collecting

ROOT = Path(__file__).resolve().parents[2]
MADE_UP = "tests.integrations.made_up_source"
ID, TITLE = "made_up_source.loans", "Den oppdiktede kilden"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with running_sandbox(tmp_path_factory.mktemp("made-up"), (*PROVIDERS, MADE_UP)) as settings:
        yield settings


@pytest.fixture(scope="module")
def connected(sandbox: Settings) -> Integrations:
    """Everything as the product comes, with one line more."""
    return connect(sandbox, (*PROVIDERS, MADE_UP))


@pytest.fixture(scope="module")
def shipped(connected: Integrations, sandbox: Settings) -> tuple[Mapping[str, DataSet], Path]:
    return connected.data_sets, sandbox.client_key


@pytest.fixture
def asking(product: Product, connected: Integrations, sandbox: Settings) -> Iterator[Product]:
    """An application whose made-up source is really asked, over HTTP; the others answer as they are set."""
    source = connected.data_sets[ID]
    product.application.data_sets[ID] = source  # type: ignore[index]
    product.application.channels[source.channel] = connected.channels[source.channel]  # type: ignore[index]
    yield product
    requests.delete(f"{sandbox.sandbox_url}/faults", timeout=5).raise_for_status()


def silence(sandbox: Settings) -> None:
    address = f"{sandbox.sandbox_url}/faults/made_up_source/*"
    requests.put(address, json={"kind": "error"}, timeout=5).raise_for_status()


def overview(product: Product, case: str) -> Overview:
    with product.application.db.read() as connection:
        found = snapshots.newest(connection, product.application.vault, case, product.clock.now())
    assert found is not None
    return found[0]


def test_its_silence_makes_the_debts_a_lower_bound_and_its_answer_makes_them_complete(
    asking: Product, sandbox: Settings
) -> None:
    silence(sandbox)
    case = collecting(asking)
    asking.work()
    anne = Browser(asking, asking.anne)

    without = overview(asking, case)
    assert [(gap.data_set, gap.reason, gap.feeds) for gap in without.gaps] == [
        (ID, GapReason.NOT_ANSWERED, (Total.DEBT,))
    ]
    assert {total: without.completeness(total) for total in Total} == {
        Total.DEBT: Completeness.LOWER_BOUND,
        Total.ASSETS: Completeness.COMPLETE,
        Total.INCOME: Completeness.COMPLETE,
        Total.SPENDING: Completeness.COMPLETE,
    }
    page = anne.get("/oversikt")
    assert "minst" in page and TITLE in page and ID not in page

    requests.delete(f"{sandbox.sandbox_url}/faults", timeout=5).raise_for_status()
    asking.work(timedelta(seconds=20))

    told = overview(asking, case)
    assert (told.gaps, told.completeness(Total.DEBT)) == ((), Completeness.COMPLETE)
    assert told.total_debt == without.total_debt + Decimal(7000)
    page = anne.get("/oversikt")
    assert "minst" not in page and "Oppdiktet lån" in page


def test_the_consent_page_asks_for_it_by_its_kind_and_its_own_title(asking: Product) -> None:
    case = asking.start("advice")
    task = asking.tasks(case)["GiveConsent"]

    page = Browser(asking, asking.anne).get(f"/oppgaver/{task}")

    assert f"{TITLE} (" in page, "and that its channel is not there today"


def test_the_citizen_is_sent_to_its_own_page_by_its_own_title(asking: Product, sandbox: Settings) -> None:
    case = asking.start("advice")
    asking.complete(case, "GiveConsent", consent_answer=yes("loans"))
    asking.work()

    page = Browser(asking, asking.anne).get(f"/oppgaver/{asking.tasks(case)['ApproveAtSources']}")

    assert "den oppdiktede siden" in page and f"{sandbox.sandbox_url}/made_up_source/consent" in page


def test_a_kind_is_asked_for_where_a_source_of_it_comes(asking: Product) -> None:
    """No mandate opens what somebody spends, until a source says so."""
    known = asking.application.data_sets
    case = collecting_until_mandate(asking)
    page = f"/oppgaver/{asking.tasks(case)['GiveMandate']}"
    assert 'value="spending"' not in Browser(asking, asking.anne).get(page)

    other = replace(known["nav.benefits"], id="made_up_source.spending", kind=known["bank.accounts"].kind)
    known[other.id] = other  # type: ignore[index]

    assert 'value="spending"' in Browser(asking, asking.anne).get(page)


def test_it_is_given_up_after_the_time_it_asked_for(sandbox: Settings, connected: Integrations) -> None:
    address = f"{sandbox.sandbox_url}/faults/made_up_source/*"
    requests.put(address, json={"kind": "hangs"}, timeout=5).raise_for_status()
    source = connected.data_sets[ID]
    now = datetime.now(UTC)
    asked = EvidenceRequest(Subject("p", "0", "P", now.date()), "grant", "c", "i", now, now.date())
    begun = time.monotonic()

    with pytest.raises(SourceUnavailableError):
        source.fetch(asked)

    waited = timedelta(seconds=time.monotonic() - begun)
    assert source.timeout <= waited < 2 * source.timeout
    requests.delete(f"{sandbox.sandbox_url}/faults", timeout=5).raise_for_status()


def collecting_until_mandate(product: Product) -> str:
    case = product.start("advice")
    product.complete(case, "GiveConsent", consent_answer=yes("loans"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    return case


def test_no_other_file_knows_its_name() -> None:
    knowing = {
        str(path.relative_to(ROOT))
        for folder in ("engine", "forms", "integrations", "processes", "docs", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".html", ".json", ".bpmn", ".xml", ".md") and "made_up_source" in path.read_text()
    }

    own = {name for name in knowing if name.startswith("tests/integrations/made_up_source/")}
    assert len(own) == 4 and knowing - own == {"tests/integrations/test_made_up_source.py"}
