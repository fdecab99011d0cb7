"""No two words or sentences of a page run together, as it is sent: every page that links lead to, in each language."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from engine.advice.economy.figures import Debt, DebtKind, Figures, RecordGap, RecordGapReason
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from engine.platform.provider_errors import SourceUnavailableError
from engine.workflow.authorization.actor import Actor, Role
from tests.engine.web.filled import Browser
from tests.factories.html import run_together
from tests.factories.links import NO_PAGE, kind_of
from tests.processes.conftest import OFFICE, Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting
from tests.processes.test_estate_settlement import person

__all__ = ["product"]


@pytest.fixture(autouse=True)
def pages_as_sent(pages_are_flattened: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flask, "test_client_class", FlaskClient)


def told(request: EvidenceRequest) -> Evidence:
    """Claims that burn, and records that could not be read."""
    source = Source("inkasso.claims", "Eksempel Inkasso AS", request.as_of, "consent", "1")
    owed = Sourced(Decimal(12_500), (source,))
    claims = tuple(
        Debt(f"inkasso.claims:{n}", DebtKind.COLLECTION, f"Butikk {n}", owed, collector="Eksempel Inkasso AS", due=due)
        for n, due in enumerate((date(2026, 1, 5), date(2027, 1, 5), None))
    )
    gaps = tuple(
        RecordGap("inkasso.claims", "claim", reason, "Eksempel Inkasso AS")
        for reason in (RecordGapReason.UNREADABLE, RecordGapReason.FOREIGN_CURRENCY)
    )
    return Evidence(EvidenceState.ANSWERED, Figures(debts=claims, record_gaps=gaps))


def walked(product: Product) -> None:  # noqa: F811
    """A case of Anne's whose sources have answered, but for two that could not."""
    for name in ("kartverket.property", "skatteetaten.income"):
        product.sources.failing[name] = SourceUnavailableError("timeout")
    product.application.data_sets["inkasso.claims"] = replace(
        product.application.data_sets["inkasso.claims"], fetch=told
    )
    collecting(product)
    product.work()


def staff(product: Product, role: Role, pid: str, name: str) -> Actor:  # noqa: F811
    office = None if role is Role.ADMINISTRATOR else replace(OFFICE, leads=role is Role.LEADER)
    return replace(person(product, pid, name), role=role, office=office)


#: Who, and how many kinds of pages there are for them at the least.
WHO: dict[str, tuple[Callable[[Product], Actor], int]] = {
    "citizen": (lambda product: product.anne, 12),
    "caseworker": (lambda product: staff(product, Role.CASEWORKER, "20887297952", "Kari Rådgiver"), 6),
    "administrator": (lambda product: staff(product, Role.ADMINISTRATOR, "04884199941", "Ada Administrator"), 10),
}


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("who", WHO)
def test_no_words_run_together_on_any_page(product: Product, who: str, language: str) -> None:  # noqa: F811
    walked(product)
    actor, least = WHO[who]
    browser = Browser(product, actor(product))
    browser.post("/sprak", language=language)
    assert f'<html lang="{language}"' in browser.get("/personvern")

    wrong, kinds = crawled(browser)

    assert wrong == [] and len(kinds) >= least, kinds


def crawled(browser: Browser) -> tuple[list[str], set[str]]:
    """What runs together on the pages somebody can come to, each kind of page once."""
    waiting, kinds, wrong = deque(["/hjem", "/oversikt"]), set[str](), list[str]()
    while waiting:
        address = waiting.popleft()
        if (kind := kind_of(address)) in kinds:
            continue
        answer = browser.client.get(address)
        kinds.add(kind)
        if answer.status_code >= 500:
            wrong.append(f"{kind}: answers {answer.status_code}")
        if answer.mimetype != "text/html" or answer.status_code >= 400:
            continue
        page = answer.get_data(as_text=True)
        wrong += [f"{kind}: {found}" for found in run_together(page)]
        links = html.document_fromstring(page).xpath("//a/@href")
        waiting += [link.partition("#")[0] for link in links if re.match(r"/\w", link) and not _is_file(link)]
    return wrong, kinds


def _is_file(link: str) -> bool:
    return NO_PAGE.search(urlsplit(link).path) is not None


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>Fristen var 1. mars 2026.Ring dem.</p>", 1),
        ("<p>10 av 10 kilder.<a href='#'>Se hvilke</a></p>", 1),
        ("<p><a>Saken</a><a>Brev</a></p>", 1),
        ("<p>Lån <span>av bror</span>, <a>se</a> (1). Ja.</p><p>Nei</p>", 0),
        ("<p>3.11.2026 kl. 12.30</p>", 0),
    ],
)
def test_what_runs_together_is_seen(page: str, expected: int) -> None:
    assert len(run_together(f"<html><body>{page}</body></html>")) == expected
