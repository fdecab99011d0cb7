"""The citizen's own pages: what is pressed is one command, and a second press or a second tab loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from engine.advice.evidence import harvest
from engine.advice.household import MAX_MEASURES
from engine.advice.queries import data_case_of
from engine.casework import journal
from engine.casework.commands import ReadMessages, SendMessage
from engine.workflow.authorization.actor import SYSTEM, Actor, Role
from engine.workflow.execution.commands import SuspendCase
from engine.workflow.execution.data import read_of_person
from tests.engine.web.filled import Browser, faults
from tests.processes.conftest import House, house

__all__ = ["house"]


@pytest.fixture
def anne(house: House) -> Browser:
    """Anne, with a case and an overview of nothing."""
    case = house.start("supplement")
    application = house.application
    with application.db.write() as connection:
        harvest.build_snapshot(
            connection,
            application.vault,
            case_id=case,
            person_id=house.anne.person_id,
            data_sets={},
            now=house.clock.now(),
        )
    return Browser(house, house.anne)


def stored(house: House, data_type: str) -> Mapping[str, Any]:
    application = house.application
    with application.db.read() as connection:
        return read_of_person(connection, application.vault, house.anne.person_id, data_type) or {}


def measures(house: House) -> list[str]:
    return [measure["name"] for measure in stored(house, "measures").get("measures", ())]


MEASURE = {"kind": "cut", "amount": "500", "rate": "", "_key": "page"}


def test_the_same_form_twice_is_one_entry_and_other_words_are_another(house: House, anne: Browser) -> None:
    for name in ("Mindre taxi", "Mindre taxi", "Mindre kaffe"):
        assert anne.post("/tiltak", **MEASURE, name=name).status_code == 303
    assert measures(house) == ["Mindre taxi", "Mindre kaffe"]

    for amount in ("100", "100", "200"):
        debt = {"kind": "debt", "name": "Lån av bror", "amount": amount, "_key": "page"}
        assert anne.post("/oversikt/legg-til", **debt).status_code == 303
    assert anne.get("/oversikt").count("Lån av bror") >= 2


def test_a_full_list_says_so_and_what_was_written_stands(house: House, anne: Browser) -> None:
    for number in range(MAX_MEASURES):
        anne.post("/tiltak", **{**MEASURE, "_key": str(number)}, name=f"Nummer {number}")
    answer = anne.post("/tiltak", **{**MEASURE, "_key": "more"}, name="Enda et tiltak")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert faults(page) == ["Du kan prøve høyst 20 tiltak om gangen. Ta bort ett først"]
    assert 'value="Enda et tiltak"' in page
    assert measures(house)[0] == "Nummer 0"


def test_going_back_and_saving_the_first_budget_again_saves_it(house: House, anne: Browser) -> None:
    """A page that stores a whole state is no act to be done once: the last press counts."""
    for amount in ("4000", "5000", "4000"):
        assert anne.post("/budsjett/mitt", **{"own-food": amount, "_key": "page"}).status_code == 303
    assert stored(house, "budget") == {"amounts": {"food": "4000.00"}}


def test_a_suspended_case_says_that_it_stands_still(house: House, anne: Browser) -> None:
    with house.application.db.read() as connection:
        case = data_case_of(connection, house.anne.person_id)
    assert case is not None
    house.application.dispatch.send(SuspendCase(case.id, "a test"), SYSTEM)
    assert anne.post("/tiltak", **MEASURE, name="Mindre taxi").status_code == 409
    assert measures(house) == []


def test_nobody_removes_what_is_anothers(house: House, anne: Browser) -> None:
    for path in ("/deling/unknown/stopp", "/samtykker/unknown/trekk"):
        assert anne.post(path).status_code == 404


def test_what_comes_after_the_page_was_read_stays_unread(house: House, anne: Browser) -> None:
    case = house.start("advice")
    send = house.application.dispatch.send
    send(SendMessage(case, "Den første"), house.kari)
    read_at = house.clock.now()
    house.clock.advance(timedelta(seconds=1))
    send(SendMessage(case, "Den andre"), house.kari)

    send(ReadMessages(read_at), Actor(Role.CITIZEN, "somebody", "Somebody", level="high"))
    assert unread(house, case) == 2, "another reads nothing of theirs"
    for _ in range(2):
        send(ReadMessages(read_at), house.anne)
        assert unread(house, case) == 1

    assert "Den andre" in anne.get("/meldinger")
    assert unread(house, case) == 0


def unread(house: House, case: str) -> int:
    with house.application.db.read() as connection:
        return journal.unread(connection, case, Role.CITIZEN)
