"""The citizen's own pages: what is pressed is one command, and a second press or a second tab loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from engine.advice.evidence import snapshots
from engine.advice.household import MAX_MEASURES
from engine.advice.queries import data_case_of
from engine.casework import journal
from engine.casework.commands import ReadMessages, SendMessage
from engine.workflow.authorization.actor import SYSTEM, Actor, Role
from engine.workflow.execution.commands import SuspendCase
from engine.workflow.execution.data import read_of_person
from tests.engine.web.filled import Browser, faults
from tests.processes.conftest import Product, product

__all__ = ["product"]


@pytest.fixture
def anne(product: Product) -> Browser:
    """Anne, with a case and an overview of nothing."""
    case = product.start("supplement")
    application = product.application
    with application.db.write() as connection:
        snapshots.build(
            connection,
            application.vault,
            case_id=case,
            person_id=product.anne.person_id,
            data_sets={},
            now=product.clock.now(),
        )
    return Browser(product, product.anne)


def stored(product: Product, data_type: str) -> Mapping[str, Any]:
    application = product.application
    with application.db.read() as connection:
        return read_of_person(connection, application.vault, product.anne.person_id, data_type) or {}


def measures(product: Product) -> list[str]:
    return [measure["name"] for measure in stored(product, "measures").get("measures", ())]


MEASURE = {"kind": "cut", "amount": "500", "rate": "", "_key": "page"}


def test_the_same_form_twice_is_one_entry_and_other_words_are_another(product: Product, anne: Browser) -> None:
    for name in ("Mindre taxi", "Mindre taxi", "Mindre kaffe"):
        assert anne.post("/tiltak", **MEASURE, name=name).status_code == 303
    assert measures(product) == ["Mindre taxi", "Mindre kaffe"]

    for amount in ("100", "100", "200"):
        debt = {"kind": "debt", "name": "Lån av bror", "amount": amount, "_key": "page"}
        assert anne.post("/oversikt/legg-til", **debt).status_code == 303
    assert anne.get("/oversikt").count("Lån av bror") >= 2


def test_a_full_list_says_so_and_what_was_written_stands(product: Product, anne: Browser) -> None:
    for number in range(MAX_MEASURES):
        anne.post("/tiltak", **{**MEASURE, "_key": str(number)}, name=f"Nummer {number}")
    answer = anne.post("/tiltak", **{**MEASURE, "_key": "more"}, name="Enda et tiltak")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert faults(page) == ["Du kan prøve høyst 20 tiltak om gangen. Ta bort ett først"]
    assert 'value="Enda et tiltak"' in page
    assert measures(product)[0] == "Nummer 0"


def test_going_back_and_saving_the_first_budget_again_saves_it(product: Product, anne: Browser) -> None:
    """A page that stores a whole state is no act to be done once: the last press counts."""
    for amount in ("4000", "5000", "4000"):
        assert anne.post("/budsjett/mitt", **{"own-food": amount, "_key": "page"}).status_code == 303
    assert stored(product, "budget") == {"amounts": {"food": "4000.00"}}


def test_a_suspended_case_says_that_it_stands_still(product: Product, anne: Browser) -> None:
    with product.application.db.read() as connection:
        case = data_case_of(connection, product.anne.person_id)
    assert case is not None
    product.application.dispatch.send(SuspendCase(case.id, "a test"), SYSTEM)
    assert anne.post("/tiltak", **MEASURE, name="Mindre taxi").status_code == 409
    assert measures(product) == []


def test_nobody_removes_what_is_anothers(product: Product, anne: Browser) -> None:
    for path in ("/deling/unknown/stopp", "/samtykker/unknown/trekk"):
        assert anne.post(path).status_code == 404


def test_what_comes_after_the_page_was_read_stays_unread(product: Product, anne: Browser) -> None:
    case = product.start("advice")
    send = product.application.dispatch.send
    send(SendMessage(case, "Den første"), product.kari)
    read_at = product.clock.now()
    product.clock.advance(timedelta(seconds=1))
    send(SendMessage(case, "Den andre"), product.kari)

    send(ReadMessages(read_at), Actor(Role.CITIZEN, "somebody", "Somebody", level="high"))
    assert unread(product, case) == 2, "another reads nothing of theirs"
    for _ in range(2):
        send(ReadMessages(read_at), product.anne)
        assert unread(product, case) == 1

    assert "Den andre" in anne.get("/meldinger")
    assert unread(product, case) == 0


def unread(product: Product, case: str) -> int:
    with product.application.db.read() as connection:
        return journal.unread(connection, case, Role.CITIZEN)


def test_the_button_that_ends_a_page_saves_what_is_typed_in_its_form_first(product: Product) -> None:
    """Typed in the form for one thing more, and then "Gå videre": it is added, and the case goes on."""
    case = product.start("supplement")
    application = product.application
    with application.db.write() as connection:
        snapshots.build(
            connection,
            application.vault,
            case_id=case,
            person_id=product.anne.person_id,
            data_sets={},
            now=product.clock.now(),
        )
    anne = Browser(product, product.anne)
    [element] = product.tasks(case)
    assert 'form="legg-til" name="done"' in anne.get("/oversikt")

    wrong = anne.post("/oversikt/legg-til", kind="debt", name="Lån av mor", amount="", done="yes", _key="1")
    assert wrong.status_code == 422 and 'value="Lån av mor"' in wrong.get_data(as_text=True)
    assert element in product.tasks(case)

    right = anne.post("/oversikt/legg-til", kind="debt", name="Lån av mor", amount="50000", done="yes", _key="2")
    assert right.status_code == 303
    assert element not in product.tasks(case)
    assert "Lån av mor" in anne.get("/oversikt")


def test_the_button_that_ends_a_page_ends_it_where_nothing_is_typed(product: Product) -> None:
    case = product.start("supplement")
    anne = Browser(product, product.anne)
    [element] = product.tasks(case)

    assert anne.post("/oversikt/legg-til", kind="debt", name=" ", amount="", rate="", done="yes").status_code == 303

    assert element not in product.tasks(case)
