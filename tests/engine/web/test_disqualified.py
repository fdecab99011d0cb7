"""An employee never works with a case of their own or one they take part in (forvaltningsloven section 6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.casework import queries
from engine.casework.commands import AddParty, EndParty, TakeCase
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.errors import NotFound
from tests.engine.web.filled import Browser
from tests.processes.conftest import OFFICE, Product, product
from tests.processes.test_estate_settlement import person

__all__ = ["product"]
KARI, OLA = "20887297952", "20887297953"


def employee(product: Product, pid: str, name: str) -> Actor:  # noqa: F811
    return replace(person(product, pid, name), role=Role.CASEWORKER, office=OFFICE)


def seen(product: Product, who: Actor, case: str) -> tuple[bool, int]:  # noqa: F811
    """Whether the case stands in their queue, and the status of its page."""
    with product.application.db.read() as connection:
        number = queries.case_by_id(connection, case).number
    browser = Browser(product, who)
    return number in browser.get("/arbeidsko?visning=alle"), browser.client.get(f"/saker/{number}").status_code


def test_nobody_at_work_sees_a_case_of_their_own_and_a_colleague_does(product: Product) -> None:  # noqa: F811
    kari, ola = employee(product, KARI, "Kari Rådgiver"), employee(product, OLA, "Ola Rådgiver")
    product.anne = replace(kari, role=Role.CITIZEN, office=None)
    case = product.start("advice")

    assert seen(product, kari, case) == (False, 404)
    assert seen(product, ola, case) == (True, 200)
    with pytest.raises(NotFound):
        product.application.dispatch.send(TakeCase(case), kari)


def test_who_is_the_citizens_spouse_is_kept_out_until_they_take_part_no_more(product: Product) -> None:  # noqa: F811
    kari, ola = employee(product, KARI, "Kari Rådgiver"), employee(product, OLA, "Ola Rådgiver")
    case = product.start("advice")
    send = product.application.dispatch.send
    assert seen(product, kari, case) == (True, 200)

    with product.application.db.read() as connection:
        born = product.application.vault.person(connection, kari.person_id).birth_date
    part = send(AddParty(case, "spouse", "Kari Rådgiver", KARI, born), ola).made
    assert seen(product, kari, case) == (False, 404)

    send(EndParty(case, part, "Feil person"), ola)
    assert seen(product, kari, case) == (True, 200)
