"""Pages beside the overview: what was kept with it is what they would compile, and they open only what they show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, select

from engine.advice.economy.figures import Account, Debt, DebtKind, Enterprise, Figures, Transaction
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence import harvest, snapshots
from engine.advice.evidence.datasets import Evidence, EvidenceState
from engine.advice.evidence.models import snapshot, snapshot_part
from engine.platform.calendar import norwegian_today
from engine.platform.vault import Vault
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]
BANK = "bank.accounts"
PAGES = (
    "/oversikt",
    "/oversikt/satt-sammen",
    "/oversikt/satt-sammen?vis=spending&side=2",
    "/oversikt/satt-sammen?vis=income",
    "/hverdag",
    "/hverdag/forbruk/food",
    "/budsjett",
    "/tiltak",
    "/plan",
    "/plan.csv",
    "/enk",
    "/enk/kontoer",
    "/oversikt/poster.csv",
    "/oversikt/poster.json",
)


@pytest.fixture
def case(product: Product) -> str:
    """Anne's case, whose bank has told more than a thousand movements."""
    found = collecting(product)
    product.work()
    told(product, found, 1_200)
    build(product, found)
    return found


def told(product: Product, case: str, count: int) -> None:
    """The bank answers with two accounts and *count* movements, and the register of businesses with one."""
    by = Source(BANK, "Eksempelbanken", product.clock.now(), "consent")
    newest = norwegian_today(product.clock)
    accounts = tuple(
        Account(f"{BANK}:{number}", number, name, name, "PRIV", Sourced(Decimal(9_000), (by,)), "Eksempelbanken")
        for number, name in (("97101234567", "Brukskonto"), ("97101234575", "Sparekonto"))
    )
    moved = tuple(
        Transaction(
            f"{BANK}:{n}",
            accounts[n % 9 == 4].number,
            newest - timedelta(days=30 + n % 150),
            -Decimal(1000 + n) / 100,
            ("REMA 1000", "Ruter", "Ukjent", "Eksempelkort")[n % 4],
            f"nr {n}",
            replace(by, reference=str(n)),
            accounts[0].number if n % 9 == 4 else "",
            mcc=("5411", "4111", "", "")[n % 4],
        )
        for n in range(count)
    )
    business = Enterprise("999", "Firma", "ENK", "", None, True, False, False, replace(by, data_set=BANK))
    card = Debt(f"{BANK}:k", DebtKind.CREDIT_CARD, "Eksempelkort", Sourced(Decimal(40_000), (by,)))
    figures = Figures((card,), accounts=accounts, transactions=moved, enterprises=(business,))
    answered(product, case, BANK, figures)


def answered(product: Product, case: str, data_set: str, figures: Figures) -> None:
    application = product.application
    with application.db.write() as connection:
        harvest.record(
            connection,
            application.vault,
            case_id=case,
            person_id=product.anne.person_id,
            data_set=data_set,
            state="answered",
            now=product.clock.now(),
            evidence=Evidence(EvidenceState.ANSWERED, figures),
        )


def build(product: Product, case: str) -> None:
    application = product.application
    with application.db.write() as connection:
        snapshots.build(
            connection,
            application.vault,
            case_id=case,
            person_id=product.anne.person_id,
            data_sets=application.data_sets,
            now=product.clock.now(),
        )


def parts(product: Product) -> dict[str, int]:
    """How many parts there are, by snapshot."""
    with product.application.db.read() as connection:
        query = select(snapshot_part.c.snapshot_id, func.count()).group_by(snapshot_part.c.snapshot_id)
        return {row[0]: row[1] for row in connection.execute(query)}


def forget(product: Product) -> None:
    with product.application.db.write() as connection:
        connection.execute(delete(snapshot_part))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many values of each table were opened."""
    found: Counter[str] = Counter()
    whole: Callable[..., Any] = Vault.open

    def counted(self: Vault, connection: Connection, person_id: str, place: str, sealed: bytes) -> object:
        found[place.partition(".")[0]] += 1
        return whole(self, connection, person_id, place, sealed)

    monkeypatch.setattr(Vault, "open", counted)
    return found


def plain(page: str) -> str:
    """Without what is another at each request."""
    return re.sub(r'name="_(?:csrf|key)" value="[^"]*"', "", page)


def test_every_page_says_the_same_with_and_without_what_was_kept(
    product: Product, case: str, opened: Counter[str]
) -> None:
    browser = Browser(product, product.anne)
    browser.post("/plan", monthly="3000", order="avalanche")
    browser.post("/budsjett/mitt", **{"own-food": "4000"})
    with_parts = {page: plain(browser.get(page)) for page in PAGES}
    assert opened["harvest"] == 0, "no answer was opened"
    assert "REMA 1000" in with_parts["/hverdag/forbruk/food"] and "REMA 1000" in with_parts["/oversikt/poster.csv"]

    forget(product)

    for page, text in with_parts.items():
        assert plain(browser.get(page)) == text, page
    assert opened["harvest"] > 0


def test_a_page_opens_only_the_parts_it_shows(product: Product, case: str, opened: Counter[str]) -> None:
    browser = Browser(product, product.anne)
    assert sum(parts(product).values()) > 20
    most = {
        "/oversikt": 0,
        "/oversikt/satt-sammen?vis=spending&side=2": 2,
        "/hverdag": 3,
        "/hverdag/forbruk/food": 4,
        "/budsjett": 3,
        "/tiltak": 3,
        "/plan": 3,
        "/enk": 3,
    }
    for page, count in most.items():
        opened.clear()
        browser.get(page)
        assert (opened["harvest"], opened["snapshot_part"]) == (0, count), page


def test_a_record_is_opened_without_the_answer_it_stands_in(product: Product, case: str, opened: Counter[str]) -> None:
    browser = Browser(product, product.anne)
    address = "/oversikt/satt-sammen?vis=spending&side=3"
    links = re.findall(r"post=([0-9a-f]{16})", browser.get(address))
    pages = [plain(browser.get(f"{address}&post={key}")) for key in (links[0], links[-1])]
    debts = "/oversikt/satt-sammen?vis=debt"
    pages.append(plain(browser.get(f"{debts}&post={re.findall(r'post=([0-9a-f]{16})', browser.get(debts))[0]}")))
    assert opened["harvest"] == 0

    forget(product)

    assert pages[0] == plain(browser.get(f"{address}&post={links[0]}"))
    assert pages[1] == plain(browser.get(f"{address}&post={links[-1]}"))
    assert opened["harvest"] > 0


def test_another_day_makes_nothing_anew_and_what_came_since_is_in_no_part(
    product: Product, case: str, opened: Counter[str]
) -> None:
    product.clock.advance(timedelta(hours=10))
    browser = Browser(product, product.anne)
    browser.get("/budsjett")
    assert opened["harvest"] == 0 and opened["snapshot_part"] > 0

    told(product, case, 1_203)
    opened.clear()

    browser.get("/budsjett")

    assert opened["harvest"] > 0 and opened["snapshot_part"] == 0


def test_an_entry_made_now_is_in_every_page_at_once(product: Product, case: str) -> None:
    browser = Browser(product, product.anne)
    before = parts(product)

    browser.post("/oversikt/legg-til", kind="debt", name="Lån av bror", amount="12345")

    for page in ("/oversikt", "/oversikt/satt-sammen?vis=debt", "/plan", "/oversikt/poster.csv"):
        assert "Lån av bror" in browser.get(page), page
    assert len(parts(product)) == 1
    assert parts(product).keys().isdisjoint(before), "those of the overview before are gone"

    with product.application.db.write() as connection:
        connection.execute(delete(snapshot).where(snapshot.c.case_id == case))

    assert parts(product) == {}
