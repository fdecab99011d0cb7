"""The overview's page renews itself until what was answered stands in it, and not for ever."""

from __future__ import annotations

import csv
import re
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete, select, update

from engine.advice.evidence import snapshots
from engine.advice.evidence.models import harvest, snapshot
from engine.advice.task_types.collection import BuildOverview
from engine.platform.provider_errors import SourceUnavailableError
from engine.web.citizen.overview_progress import is_building
from engine.workflow.jobs.models import due_work
from forms.formatting import kroner
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]
RENEWS = re.compile(r'<noscript><meta http-equiv="refresh"')
ASKS = re.compile(r'id="kilder-svar"[^>]* hx-get="(/oversikt/kilder\?versjon=(\d+))"')


def answered(product: Product, at: datetime) -> None:
    with product.application.db.write() as connection:
        connection.execute(update(harvest).where(harvest.c.answered_at.is_not(None)).values(answered_at=at))


def test_it_renews_itself_until_the_last_answer_is_built_in(product: Product) -> None:
    case = collecting(product)
    product.work()
    anne = Browser(product, product.anne)
    page = anne.get("/oversikt")
    assert not RENEWS.search(page) and not ASKS.search(page), "all is there"

    answered(product, product.clock.now() + timedelta(seconds=1))
    product.clock.advance(timedelta(seconds=2))
    page = anne.get("/oversikt")
    asks = ASKS.search(page)
    assert RENEWS.search(page) and asks, "the overview shown is from before the last answer"
    polled = anne.client.get(asks[1])
    assert "HX-Refresh" not in polled.headers
    assert ASKS.search(polled.get_data(as_text=True)), "it goes on asking, about the version that is shown"

    with product.application.db.write() as connection:
        built = update(snapshot).where(snapshot.c.case_id == case)
        connection.execute(built.values(built_at=product.clock.now(), version=snapshot.c.version + 100))
    polled = anne.client.get(asks[1])
    assert polled.headers["HX-Refresh"] == "true"
    page = anne.get("/oversikt")
    assert not RENEWS.search(page) and not ASKS.search(page)


def test_an_answer_that_came_while_an_older_overview_was_built_is_waited_for(product: Product) -> None:
    """An answer is dated when its source was asked: an overview compiled before it was stored is the younger one."""
    case = collecting(product)
    product.work()
    product.clock.advance(timedelta(seconds=3))
    builds = update(due_work).where(due_work.c.case_id == case, due_work.c.name == BuildOverview.name)
    with product.application.db.write() as connection:
        connection.execute(update(snapshot).values(built_at=product.clock.now()))
        connection.execute(builds.values(state="due", due_at=product.clock.now()))
    anne = Browser(product, product.anne)

    page = anne.get("/oversikt")
    asks = ASKS.search(page)
    assert RENEWS.search(page) and asks, "the job that compiles the answer is not done"
    assert ASKS.search(anne.client.get(asks[1]).get_data(as_text=True))

    with product.application.db.write() as connection:
        connection.execute(builds.values(state="done"))
    page = anne.get("/oversikt")
    assert not RENEWS.search(page) and not ASKS.search(page)


def test_an_answer_is_stored_with_the_job_that_compiles_it(product: Product) -> None:
    case, seen = collecting(product), 0
    for _ in range(200):
        taken = product.application.performer.run_batch()
        with product.application.db.read() as connection:
            now = product.clock.now()
            known = snapshots.basis(connection, case, product.application.data_sets, "", now)
            answers = harvest.c.case_id == case, harvest.c.answered_at.is_not(None)
            if connection.execute(select(harvest.c.id).where(*answers)).first() and not known.is_compiled:
                seen += 1
                assert is_building(connection, case, now), "nobody would compile what is stored"
        if not taken and known.is_compiled:
            break
        time.sleep(0.01)
    assert seen and known.is_compiled


def test_before_the_first_overview_it_renews_itself_for_two_minutes(product: Product) -> None:
    collecting(product)
    product.work()
    with product.application.db.write() as connection:
        connection.execute(delete(snapshot))
    answered(product, product.clock.now())
    anne = Browser(product, product.anne)
    assert RENEWS.search(anne.get("/oversikt"))

    product.clock.advance(timedelta(minutes=3))
    page = anne.get("/oversikt")
    assert not RENEWS.search(page) and not ASKS.search(page), "nobody builds it: somebody must be told, not the page"


def test_on_new_years_night_the_overview_is_of_the_day_it_is_in_norway(product: Product) -> None:
    case = collecting(product)
    product.work()
    product.clock.set(datetime(2026, 12, 31, 23, 20, tzinfo=UTC))  # 00:20 on 1 January in Oslo
    anne = Browser(product, product.anne)

    anne.post("/oversikt/legg-til", kind="debt", name="Lån av mor", amount="12.500")

    page = anne.get("/oversikt")
    assert "Per 1. januar 2027" in page and "31. desember 2026" not in page
    with product.application.db.read() as connection:
        found = snapshots.newest(connection, product.application.vault, case, product.clock.now())
    assert found is not None and found[0].as_of == date(2027, 1, 1)
    added = next(debt for debt in found[0].debts if debt.creditor == "Lån av mor")
    assert (added.balance.value, added.balance.as_of) == (12_500, date(2027, 1, 1))


def shown(amount: Decimal) -> str:
    """An amount as it stands on a page whose white space is put together."""
    return kroner(amount).replace("\u00a0", " ")


def test_the_table_opens_right_in_a_norwegian_excel_and_has_the_sums_of_the_page(product: Product) -> None:
    product.sources.failing["kartverket.property"] = SourceUnavailableError("timeout")
    collecting(product)
    product.work()
    anne = Browser(product, product.anne)

    answer = anne.client.get("/oversikt.csv")

    assert answer.data.startswith(b"\xef\xbb\xbf") and answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(answer.data.decode("utf-8-sig").splitlines(), delimiter=";"))
    sums = {row["Navn"]: row for row in rows if row["Type"] == "Sum"}
    owed = Decimal(sums["Gjeld"]["Beløp (kr)"].replace(",", "."))
    page = anne.get("/oversikt")
    assert shown(owed) in page and sums["Det du eier"]["Hva vi vet"] == "Ukjent"
    assert [row["Status"] for row in rows if row["Type"] == "Mangler"] == ["ikke svart ennå"]
    debts = [Decimal(row["Beløp (kr)"].replace(",", ".")) for row in rows if row["Type"] == "Gjeld"]
    assert sum(debts) == owed
    assert "debt_service" not in answer.get_data(as_text=True)


def test_the_paper_and_the_json_are_the_overview_of_the_page(product: Product) -> None:
    collecting(product)
    product.work()
    anne = Browser(product, product.anne)

    paper, own = anne.client.get("/oversikt.pdf"), anne.client.get("/opplysningene-mine.json")

    assert paper.data.startswith(b"%PDF") and paper.headers["Content-Type"] == "application/pdf"
    body = own.get_json()
    assert shown(Decimal(body["totals"]["debt"]["amount"])) in anne.get("/oversikt")
    assert '"$' not in own.get_data(as_text=True), "no name of a class of ours"
