"""No consent runs out in silence: one is told before and after, and renews with one press."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.advice.commands import GiveConsentAgain
from engine.casework.notices import of_person
from tests.engine.web.filled import Browser
from tests.processes.conftest import Product
from tests.processes.test_enk_journeys import owner, running, tag
from tests.processes.test_renewal import come_back, in_advice, records

__all__ = ["owner"]
OF_RECORDS = ("consent_", "mandate_")


def tidy(product: Product, days: int = 0) -> list[str]:
    """Let days pass and tidy twice. The kinds of notices of consents and mandates there are then, oldest first."""
    product.work(timedelta(days=days))
    for _ in range(2):
        with product.application.db.write() as connection:
            for one in product.application.housekeeping:
                one(connection, product.clock.now())
    with product.application.db.read() as connection:
        found = of_person(connection, product.application.vault, product.anne.person_id)
    return [one.kind for one in reversed(found) if one.kind.startswith(OF_RECORDS)]


def test_one_is_told_before_and_after_once_and_what_is_renewed_goes_on(product: Product) -> None:
    case = in_advice(product)
    assert tidy(product, 75) == []
    assert sorted(tidy(product, 2)) == ["consent_ends", "mandate_ends"]
    anne = Browser(product, product.anne)
    page = anne.get("/meldinger")
    assert "Samtykket ditt i Gjeldsrådgivning går ut" in page and 'href="/deling"' in page
    [(_, record)] = records(product, case, "consent")
    assert "Du kan fornye det nå" in anne.get("/oversikt") and f"/samtykker/{record}/igjen" in anne.get("/deling")

    assert anne.post(f"/samtykker/{record}/igjen").status_code == 303
    product.work()
    come_back(product, case)

    assert "Samtykket går ut" not in Browser(product, product.anne).get("/oversikt")
    assert tidy(product, 20)[2:] == ["mandate_ended"], "the consent was renewed"
    product.work()
    page = Browser(product, product.anne).get("/oversikt")
    assert "Fullmakten gikk ut" in page and "Det du skylder og det du eier" in page


def test_a_case_that_is_over_is_told_nothing(product: Product) -> None:
    from engine.workflow.execution.commands import CancelCase

    case = in_advice(product)
    product.application.dispatch.send(CancelCase(case, "stopped by the citizen"), product.anne)
    assert tidy(product, 80) == []


@pytest.mark.parametrize("renews", [True, False])
def test_the_control_of_a_business_lasts_through_the_day_of_the_tax_return_when_renewed(
    owner: Product, renews: bool
) -> None:
    case = running(owner)
    tag(owner, case)
    owner.work()
    told = []
    for _ in range(3):  # to the end of July: past 31 May
        told = tidy(owner, 80)
        newest = records(owner, case, "consent")[0]
        if renews:
            assert newest[0] == "given"
            owner.application.dispatch.send(GiveConsentAgain(case, newest[1]), owner.anne)
            owner.work(timedelta(minutes=1))
            come_back(owner, case)

    assert ("consent_ended" in told) is not renews
    assert ("Resume" in owner.tasks(case)) is not renews
    assert told.count("consent_ends") == (3 if renews else 1)
    if renews:
        assert "Review" in owner.tasks(case), "the quarter is looked at: nothing stopped its clock"
