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
from tests.processes.conftest import NO, Product, yes

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def publish(product: Product, key: str) -> None:
    folder = EXAMPLES / key
    files = ((str(f.relative_to(folder)), f.read_bytes()) for f in folder.rglob("*") if f.is_file())
    with product.application.db.write() as connection:
        product.application.library.deploy(connection, read_folder(files).bundle, by="ada")


def begin(product: Product, key: str, answer: dict[str, Any]) -> str:
    """To the first form: the person has answered, and the sources have been asked or not."""
    publish(product, key)
    case = product.start(key, purpose=key)
    product.work()
    product.complete(case, "GiveConsent", consent_answer=answer)
    product.work()
    if "ApproveAtSources" in product.tasks(case):
        product.approve(case)
        product.complete(case, "ApproveAtSources")
    product.work(timedelta(minutes=1))
    if key == "debt_settlement":
        product.complete(case, "GiveMandate", mandate_answer=answer)
    product.work(timedelta(minutes=11))
    return case


def told(product: Product) -> list[str]:
    with product.application.db.read() as connection:
        kinds = connection.execute(
            select(notice.c.kind).where(notice.c.person_id == product.anne.person_id).order_by(notice.c.given_at)
        ).scalars()
        return [kind.removeprefix("journey.notice.") for kind in kinds if kind.startswith("journey.")]


def stage(product: Product, case: str) -> str:
    with product.application.db.read() as connection:
        found: str = connection.execute(select(case_file.c.stage).where(case_file.c.id == case)).scalar_one()
        return found


STATUS = {"changes": "Ny bolig", "help": "ingenting", "plan": "Spare"}
APPLICATION = {"reason": "Syk", "tried": "Ringte alle", "business": "no"}


@pytest.mark.parametrize("answer", [yes("loans", "income"), NO], ids=["yes", "no"])
def test_guardianship_status_is_sent_back_once_and_then_approved(product: Product, answer: dict[str, Any]) -> None:
    case = begin(product, "guardianship_status", answer)
    assert set(product.tasks(case)) == {"Status"} and stage(product, case) == "status"

    product.complete(case, "Status", status=STATUS)
    product.complete(case, "Control", product.kari, control={"result": "more", "remark": "Hva med gjelden?"})
    product.work(timedelta(seconds=1))
    assert set(product.tasks(case)) == {"Status"} and told(product) == ["more"]
    product.complete(case, "Status", status={**STATUS, "changes": "Ny bolig, og gjelden er borte"})
    product.complete(case, "Control", product.kari, control={"result": "fine"})
    product.work()

    assert product.state(case) == "completed"
    assert told(product) == ["more", "fine"] and stage(product, case) == "ferdig"


def to_negotiation(product: Product) -> str:
    case = begin(product, "debt_settlement", yes("loans", "income"))
    assert set(product.tasks(case)) == {"Apply"}
    product.complete(case, "Apply", application=APPLICATION)
    product.complete(case, "Review", product.kari, decision={"outcome": "more", "reason": "Mangler skattemelding"})
    product.work(timedelta(seconds=1))
    product.complete(case, "Apply", application=APPLICATION)
    opened = {"outcome": "opened", "startDate": "2026-12-01", "reason": "Varig ute av stand"}
    product.complete(case, "Review", product.kari, decision=opened)
    product.work()
    assert set(product.tasks(case)) == {"Propose"} and told(product) == ["more", "opened"]
    return case


def answer(product: Product, case: str, what: str) -> None:
    product.complete(case, "Propose", proposal={"monthly": 3500, "years": 5})
    product.complete(case, "Answers", product.kari, answers={"answer": what})
    product.work()


def test_debt_settlement_is_agreed_at_the_second_proposal(product: Product) -> None:
    case = to_negotiation(product)
    answer(product, case, "again")
    assert set(product.tasks(case)) == {"Propose"} and stage(product, case) == "forslag"
    answer(product, case, "agreed")
    assert product.state(case) == "completed" and told(product)[-1] == "agreed"


@pytest.mark.parametrize(("wanted", "last"), [("yes", {"Send"}), ("no", set())])
def test_debt_settlement_without_agreement_may_go_to_the_court(product: Product, wanted: str, last: set[str]) -> None:
    case = to_negotiation(product)
    answer(product, case, "refused")
    assert set(product.tasks(case)) == {"Compulsory"} and told(product)[-1] == "refused"
    product.complete(case, "Compulsory", compulsory={"wanted": wanted})
    assert set(product.tasks(case)) == last
    if last:
        product.complete(case, "Send", product.kari, sending={"sent": "2027-03-01"})
    assert product.state(case) == "completed"


def test_four_months_of_negotiation_end_by_themselves(product: Product) -> None:
    case = to_negotiation(product)
    product.work(timedelta(days=119))
    assert set(product.tasks(case)) == {"Propose"}
    product.work(timedelta(days=3))
    assert set(product.tasks(case)) == {"Compulsory"}


def test_debt_settlement_is_rejected_with_a_reason(product: Product) -> None:
    case = begin(product, "debt_settlement", NO)
    product.complete(case, "Apply", application=APPLICATION)
    product.complete(case, "Review", product.kari, decision={"outcome": "rejected", "reason": "Ikke prøvd selv"})
    product.work()
    assert product.state(case) == "completed" and told(product) == ["rejected"]


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
