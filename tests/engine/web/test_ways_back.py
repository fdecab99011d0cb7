"""The table of ``ways_back``, row by row: what each person sees, and what they can do, after it happened."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.advice.commands import GiveConsentAgain, StartSharing, StopSharing, WithdrawConsent
from engine.advice.sharing.models import share
from engine.workflow.authorization.actor import Actor
from engine.workflow.execution.commands import CancelCase
from engine.workflow.instances.models import case_file
from tests.engine.web.filled import Browser
from tests.engine.web.ways_back import ADVISER, NEVER, PAGES, TABLE, Row, Sight, markdown
from tests.processes.conftest import NO, Product, product, yes
from tests.processes.test_enk_journeys import tag, trade, use
from tests.processes.test_renewal import come_back, end_by_time, records

__all__ = ["product"]
DOCS = Path(__file__).resolve().parents[3] / "docs" / "ways-back.md"
ALL = ("loans", "income", "spending", "property")
ENK = ("loans", "income", "spending")
VARIABLES: dict[str, dict[str, object]] = {
    "advice": {},
    "self_help": {"purpose": "self_help", "debtFree": False},
    "enk_run": {"purpose": "enk_control", "kinds": list(ENK), "tagged": False},
    "enk_start": {"purpose": "enk_start"},
    "enk_close": {"purpose": "enk_close", "kinds": list(ENK)},
}


def begun(product: Product, row: Row) -> str:
    """The case, with every question answered yes but the one the row refuses."""
    no = row.about if row.event == "refuse" else ""
    if row.journey.startswith("enk"):
        use(product, trade())
    case = product.start(row.journey, **VARIABLES[row.journey])
    kinds = ENK if row.journey.startswith("enk") else ALL
    product.complete(case, "GiveConsent", consent_answer=NO if no == "consent" else yes(*kinds))
    product.work()
    if no != "consent":
        product.approve(case)
        product.complete(case, "ApproveAtSources")
        product.work()
    if "GiveMandate" in product.tasks(case):
        product.complete(case, "GiveMandate", mandate_answer=NO if no in ("consent", "mandate") else yes(*kinds))
        product.work()
    product.work(timedelta(minutes=3))
    if row.journey == "advice":
        product.complete(case, "Supplement")
        product.complete(case, "Share", share_answer=NO if no in ("consent", "share") else {**NO, "answer": "yes"})
    if row.journey == "enk_run" and no != "consent":
        tag(product, case)
    product.work(timedelta(minutes=1))
    return case


def _withdraw(product: Product, case: str, about: str) -> None:
    if about == "share":
        with product.application.db.read() as connection:
            share_id = connection.execute(select(share.c.id).where(share.c.case_id == case)).scalar_one()
        product.application.dispatch.send(StopSharing(case, share_id), product.anne)
    else:
        record = records(product, case, about)[0][1]
        product.application.dispatch.send(WithdrawConsent(case, record), product.anne)
    product.work(timedelta(minutes=1))


def _tidied(product: Product, days: int) -> None:
    end_by_time(product, days)
    product.work(timedelta(minutes=1))


def _again(product: Product, case: str, about: str) -> None:
    _withdraw(product, case, about)
    if about == "share":
        product.application.dispatch.send(StartSharing(case), product.anne)
        return
    record = records(product, case, about)[0][1]
    product.application.dispatch.send(GiveConsentAgain(case, record), product.anne)
    product.work()
    come_back(product, case)
    waiting = product.tasks(case)
    if "ApproveAtSources" in waiting:
        product.complete(case, "ApproveAtSources")
    product.work(timedelta(minutes=3))


def _stop(product: Product, case: str, about: str) -> None:
    product.application.dispatch.send(CancelCase(case, "stopped by the citizen"), product.anne)
    product.work(timedelta(minutes=1))


EVENTS: dict[str, Callable[[Product, str, str], None]] = {
    "refuse": lambda product, case, about: None,
    "withdraw": _withdraw,
    "remind": lambda product, case, about: _tidied(product, 80),
    "expire": lambda product, case, about: _tidied(product, 91),
    "again": _again,
    "stop": _stop,
}


def named(row: Row) -> str:
    return f"{row.journey}-{row.about}-{row.event}"


@pytest.mark.parametrize("row", TABLE, ids=named)
def test_each_person_sees_what_is_true_and_what_they_can_do(product: Product, row: Row) -> None:
    case = begun(product, row)
    EVENTS[row.event](product, case, row.about)
    with product.application.db.read() as connection:
        number = connection.execute(select(case_file.c.number).where(case_file.c.id == case)).scalar_one()
    readers = {who: Browser(product, _reader(product, who)) for who in {one.who for one in row.sees}}

    wrong = [f"{one}: {why}" for one in row.sees for why in _wrong(readers[one.who], one, number)]

    assert not wrong, "\n".join(wrong)


def _reader(product: Product, who: str) -> Actor:
    if who != ADVISER:
        return product.anne
    with product.application.db.write() as connection:
        kari = product.application.vault.register(
            connection, pid="20887297952", name="Kari Rådgiver", birth_date=date(1972, 8, 20)
        )
    return replace(product.kari, person_id=kari.id)


def words(html: str) -> str:
    """What is read of it."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def _wrong(browser: Browser, sight: Sight, number: str) -> list[str]:
    page = browser.get(PAGES[sight.page].format(case=number))
    main = page.partition("<main")[2].partition("</main>")[0]
    text = words(main)
    acts = [words(one) for one in re.findall(r"<(?:a|button)\b[^>]*>(.*?)</(?:a|button)>", main, re.S)]
    found = []
    if sight.says.strip() not in text:
        found.append(f"does not read {sight.says!r}: {text[:1500]}")
    if sight.act and not any(one.startswith(sight.act.strip()) for one in acts):
        found.append(f"no act {sight.act!r} among {acts}")
    found += [f"reads {never!r}" for never in NEVER if never in text]
    if not acts:
        found.append("offers no act at all")
    return found


def test_the_page_of_the_documentation_is_this_table() -> None:
    assert DOCS.read_text(encoding="utf-8") == markdown(), "python -m tests.engine.web.ways_back > docs/ways-back.md"


def test_each_kind_of_yes_of_each_journey_has_its_no_its_end_and_its_second_yes() -> None:
    events: dict[tuple[str, str], set[str]] = {(row.journey, row.about): set() for row in TABLE}
    for row in TABLE:
        events[row.journey, row.about].add(row.event)
    for journey in VARIABLES:
        assert {"refuse", "withdraw", "expire", "again"} <= events[journey, "consent"], journey
        assert events[journey, "case"] == {"stop"}, journey
