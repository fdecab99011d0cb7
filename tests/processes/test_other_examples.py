"""Guardianship status and debt settlement: uploaded as an administrator does, and walked to every end (R34, R81)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.studio.bundle_upload import read_folder
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.instances.models import case_file, notice
from tests.processes.conftest import NO, House, yes

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def publish(house: House, key: str) -> None:
    folder = EXAMPLES / key
    files = ((str(f.relative_to(folder)), f.read_bytes()) for f in folder.rglob("*") if f.is_file())
    with house.application.db.write() as connection:
        house.application.library.deploy(connection, read_folder(files).bundle, by="ada")


def begin(house: House, key: str, answer: dict[str, Any]) -> str:
    """To the first form: the person has answered, and the sources have been asked or not."""
    publish(house, key)
    case = house.start(key, purpose=key)
    house.work()
    house.complete(case, "GiveConsent", consent_answer=answer)
    house.work()
    if "ApproveAtSources" in house.tasks(case):
        house.approve(case)
        house.complete(case, "ApproveAtSources")
    house.work(timedelta(minutes=1))
    if key == "debt_settlement":
        house.complete(case, "GiveMandate", mandate_answer=answer)
    house.work(timedelta(minutes=11))
    return case


def told(house: House) -> list[str]:
    with house.application.db.read() as connection:
        kinds = connection.execute(
            select(notice.c.kind).where(notice.c.person_id == house.anne.person_id).order_by(notice.c.given_at)
        ).scalars()
        return [kind.removeprefix("journey.notice.") for kind in kinds if kind.startswith("journey.")]


def stage(house: House, case: str) -> str:
    with house.application.db.read() as connection:
        found: str = connection.execute(select(case_file.c.stage).where(case_file.c.id == case)).scalar_one()
        return found


STATUS = {"changes": "Ny bolig", "help": "ingenting", "plan": "Spare"}
APPLICATION = {"reason": "Syk", "tried": "Ringte alle", "business": "no"}


@pytest.mark.parametrize("answer", [yes("loans", "income"), NO], ids=["yes", "no"])
def test_guardianship_status_is_sent_back_once_and_then_approved(house: House, answer: dict[str, Any]) -> None:
    case = begin(house, "guardianship_status", answer)
    assert set(house.tasks(case)) == {"Status"} and stage(house, case) == "status"

    house.complete(case, "Status", status=STATUS)
    house.complete(case, "Control", house.kari, control={"result": "more", "remark": "Hva med gjelden?"})
    house.work(timedelta(seconds=1))
    assert set(house.tasks(case)) == {"Status"} and told(house) == ["more"]
    house.complete(case, "Status", status={**STATUS, "changes": "Ny bolig, og gjelden er borte"})
    house.complete(case, "Control", house.kari, control={"result": "fine"})
    house.work()

    assert house.state(case) == "completed"
    assert told(house) == ["more", "fine"] and stage(house, case) == "ferdig"


def to_negotiation(house: House) -> str:
    case = begin(house, "debt_settlement", yes("loans", "income"))
    assert set(house.tasks(case)) == {"Apply"}
    house.complete(case, "Apply", application=APPLICATION)
    house.complete(case, "Review", house.kari, decision={"outcome": "more", "reason": "Mangler skattemelding"})
    house.work(timedelta(seconds=1))
    house.complete(case, "Apply", application=APPLICATION)
    opened = {"outcome": "opened", "startDate": "2026-12-01", "reason": "Varig ute av stand"}
    house.complete(case, "Review", house.kari, decision=opened)
    house.work()
    assert set(house.tasks(case)) == {"Propose"} and told(house) == ["more", "opened"]
    return case


def answer(house: House, case: str, what: str) -> None:
    house.complete(case, "Propose", proposal={"monthly": 3500, "years": 5})
    house.complete(case, "Answers", house.kari, answers={"answer": what})
    house.work()


def test_debt_settlement_is_agreed_at_the_second_proposal(house: House) -> None:
    case = to_negotiation(house)
    answer(house, case, "again")
    assert set(house.tasks(case)) == {"Propose"} and stage(house, case) == "forslag"
    answer(house, case, "agreed")
    assert house.state(case) == "completed" and told(house)[-1] == "agreed"


@pytest.mark.parametrize(("wanted", "last"), [("yes", {"Send"}), ("no", set())])
def test_debt_settlement_without_agreement_may_go_to_the_court(house: House, wanted: str, last: set[str]) -> None:
    case = to_negotiation(house)
    answer(house, case, "refused")
    assert set(house.tasks(case)) == {"Compulsory"} and told(house)[-1] == "refused"
    house.complete(case, "Compulsory", compulsory={"wanted": wanted})
    assert set(house.tasks(case)) == last
    if last:
        house.complete(case, "Send", house.kari, sending={"sent": "2027-03-01"})
    assert house.state(case) == "completed"


def test_four_months_of_negotiation_end_by_themselves(house: House) -> None:
    case = to_negotiation(house)
    house.work(timedelta(days=119))
    assert set(house.tasks(case)) == {"Propose"}
    house.work(timedelta(days=3))
    assert set(house.tasks(case)) == {"Compulsory"}


def test_debt_settlement_is_rejected_with_a_reason(house: House) -> None:
    case = begin(house, "debt_settlement", NO)
    house.complete(case, "Apply", application=APPLICATION)
    house.complete(case, "Review", house.kari, decision={"outcome": "rejected", "reason": "Ikke prøvd selv"})
    house.work()
    assert house.state(case) == "completed" and told(house) == ["rejected"]


@pytest.mark.parametrize("folder", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_a_form_of_an_example_says_everything_in_three_languages(folder: Path) -> None:
    """Every text key a layout or an option list names is there."""
    import re

    bundle = Bundle.read(folder)
    named = {
        key
        for name, data in bundle.files.items()
        if name.startswith(("layouts/", "options/"))
        for key in re.findall(r'"(?:title|description|label)": "([a-z]+\.[\w.]+)"', data.decode())
    }
    for language in ("nb", "nn", "en"):
        assert named <= set(bundle.texts[language]), named - set(bundle.texts[language])
