"""Estate settlement, read from its example folder as an administrator would: no Python of its own (R34, 11.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.advice.consent.gate import may_ask
from engine.advice.task_types.collection import person_about
from engine.advice.task_types.exchange import Found, Reply
from engine.casework import participants
from engine.casework.queries import case_by_id
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import Forbidden, NotFound
from engine.workflow.execution.commands import CancelCase, CompleteTask
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.models import user_task
from engine.workflow.instances import parties
from engine.workflow.instances.models import notice, signature
from tests.processes.conftest import Product, party

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
ANNE, BO, CARI, VERGE, DAGNY = "21818297804", "25922947409", "14842249091", "04884199941", "11824899930"
DECLARED = {"testament": "no", "marriagePact": "no", "agricultural": "no"}
CHOICE = {"settlement": "private", "assumeDebt": "yes"}


@pytest.fixture
def estate(product: Product) -> Product:
    with product.application.db.write() as connection:
        bundle = Bundle.read(EXAMPLES / "estate_settlement")
        product.application.library.deploy(connection, bundle, by="ada")
    product.court.found = Found(
        "TOSLO-1",
        (
            party(DAGNY, "Dagny Arv", "avdode"),
            party(ANNE, "Anne Eksempel"),
            party(BO, "Bo Arv"),
            party(CARI, "Cari Arv", guardian=(VERGE, "Vera Verge")),
        ),
        date(2027, 1, 22),
    )
    return product


def begin(product: Product) -> str:
    return start(product)


def start(product: Product) -> str:
    variables = {
        "subject": "avdode",
        "parties": [],
        "signatures": [],
        "annulled": False,
        "partiesChanged": False,
        "office": "",
    }
    from engine.workflow.execution.commands import StartInstance

    case = product.application.dispatch.send(
        StartInstance("estate_settlement", product.anne.person_id, variables), product.anne
    ).case_id
    product.work()
    return case


def person(product: Product, pid: str, name: str) -> Actor:
    with product.application.db.write() as connection:
        found = product.application.vault.register(connection, pid=pid, name=name, birth_date=date(1970, 1, 1))
    return Actor(Role.CITIZEN, found.id, name, level="high")


def sign(product: Product, case: str, actor: Actor, action: str = "") -> None:
    with product.application.db.read() as connection:
        task = connection.execute(
            select(user_task).where(
                user_task.c.case_id == case,
                user_task.c.owner_id == actor.person_id,
                user_task.c.element_id == "Sign",
                user_task.c.state == "ready",
            )
        ).one()
    data = {} if action == "reject" else {f"choice@{actor.person_id}": CHOICE}
    product.application.dispatch.send(CompleteTask(task.id, data=data, action=action), actor)


def test_three_heirs_and_a_guardian_walk_to_the_certificate(estate: Product) -> None:
    case = begin(estate)
    bo, vera = person(estate, BO, "Bo Arv"), person(estate, VERGE, "Vera Verge")
    assert sorted(estate.sources.asked) == ["estate.bank", "estate.property"], "by statute, of the deceased"
    estate.complete(case, "Declare", declaration=DECLARED)
    sign(estate, case, estate.anne)
    with pytest.raises(NotFound):
        sign_other(estate, case, Actor(Role.CITIZEN, "stranger", "Fremmed", level="high"))
    sign(estate, case, vera)
    assert estate.court.received == []
    sign(estate, case, bo)
    estate.work()

    (body,) = estate.court.received
    assert body["everybodySigned"] is True and len(body["signatures"]) == 3
    by_guardian = next(s for s in body["signatures"] if s["signedBy"] == "Vera Verge")
    assert by_guardian["onBehalfOf"] == "Cari Arv"
    assert len({s["digest"] for s in body["signatures"]}) == 1, "all signed the same declaration"

    estate.work(timedelta(days=1))
    assert "Close" not in estate.tasks(case)
    estate.court.answer = Reply("PRIVAT_SKIFTE_IHT_ARVELOVEN_PARAGRAF_99", date(2026, 12, 1))
    estate.work(timedelta(days=1))
    with estate.application.db.read() as connection:
        roles = {row.role for row in parties.of_case(connection, case) if row.acts_by}
        told = list(connection.execute(select(notice.c.kind).where(notice.c.person_id == bo.person_id)).scalars())
    assert roles == {"skifteattest"}
    assert told == ["journey.notice.started", "journey.notice.issued"]
    estate.complete(case, "Close")
    assert estate.state(case) == "completed"


def test_an_heir_who_cannot_log_in_has_not_signed_though_all_the_others_have(estate: Product) -> None:
    assert estate.court.found is not None
    estate.court.found = replace(estate.court.found, outside=1)
    case = begin(estate)
    estate.complete(case, "Declare", declaration=DECLARED)
    for actor in (estate.anne, person(estate, VERGE, "Vera Verge"), person(estate, BO, "Bo Arv")):
        sign(estate, case, actor)
    estate.work()

    (body,) = estate.court.received
    assert body["everybodySigned"] is False and len(body["signatures"]) == 3


def sign_other(product: Product, case: str, actor: Actor) -> None:
    with product.application.db.read() as connection:
        task_id = connection.execute(
            select(user_task.c.id).where(user_task.c.case_id == case, user_task.c.state == "ready").limit(1)
        ).scalar_one()
    product.application.dispatch.send(CompleteTask(task_id), actor)


def test_one_heir_cannot_sign_for_another(estate: Product) -> None:
    case = begin(estate)
    bo = person(estate, BO, "Bo Arv")
    estate.complete(case, "Declare", declaration=DECLARED)
    with estate.application.db.read() as connection:
        task = connection.execute(
            select(user_task).where(user_task.c.owner_id == estate.anne.person_id, user_task.c.element_id == "Sign")
        ).one()
    with pytest.raises(Forbidden):
        estate.application.dispatch.send(CompleteTask(task.id, data={f"choice@{task.owner_id}": CHOICE}), bo)


def test_an_heir_who_refuses_sends_it_to_the_court_without_agreement(estate: Product) -> None:
    case = begin(estate)
    estate.complete(case, "Declare", declaration=DECLARED)
    sign(estate, case, estate.anne)
    sign(estate, case, person(estate, VERGE, "Vera Verge"))
    sign(estate, case, person(estate, BO, "Bo Arv"), action="reject")
    estate.work()
    assert [body["everybodySigned"] for body in estate.court.received] == [False]
    with estate.application.db.read() as connection:
        answers = sorted(connection.execute(select(signature.c.answer)).scalars())
    assert answers == ["refused", "signed", "signed"]


def test_an_heir_who_dies_makes_everybody_sign_again(estate: Product) -> None:
    case = begin(estate)
    estate.complete(case, "Declare", declaration=DECLARED)
    sign(estate, case, estate.anne)
    before = estate.court.found
    assert before is not None
    left = tuple(p for p in before.parties if p.pid != BO)
    estate.court.found = Found("TOSLO-1", (*left, party("20887297952", "Ny Arving")), before.deadline)
    estate.work(timedelta(days=1))
    assert set(estate.tasks(case)) == {"Declare"}
    estate.complete(case, "Declare", declaration=DECLARED)
    with estate.application.db.read() as connection:
        open_for = set(
            connection.execute(
                select(user_task.c.owner_id).where(user_task.c.case_id == case, user_task.c.state == "ready")
            ).scalars()
        )
    assert len(open_for) == 3 and person(estate, BO, "Bo Arv").person_id not in open_for


def test_whom_a_caseworker_puts_there_neither_breaks_the_agreement_nor_is_asked_for(
    estate: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = begin(estate)
    estate.complete(case, "Declare", declaration=DECLARED)
    sign(estate, case, estate.anne)
    other = person(estate, "20887297953", "Truls Eksempel").person_id
    with estate.application.db.write() as connection:
        bundle = Bundle.read(EXAMPLES / "estate_settlement")
        for more in ({"role": "contact", "name": "Per Nabo"}, {"role": "arving", "person_id": other}):
            participants.add(
                connection,
                estate.application.vault,
                author=estate.kari.person_id,
                case=case_by_id(connection, case),
                bundle=bundle,
                now=estate.clock.now(),
                **more,
            )
    asked: list[str] = []
    find = estate.court.find

    def only_by_the_guardian(pid: str) -> Found | None:
        asked.append(pid)
        return find(pid) if pid == VERGE else None

    monkeypatch.setattr(estate.court, "find", only_by_the_guardian)
    estate.work(timedelta(days=1))

    assert VERGE in asked and "20887297953" not in asked
    assert set(estate.tasks(case)) == {"Sign"}, "what is signed stands"


def test_a_statute_opens_no_source_about_whom_a_caseworker_put_there(estate: Product) -> None:
    case, now = begin(estate), estate.clock.now()
    source = replace(estate.application.data_sets["estate.bank"], subject_role="contact")
    truls = person(estate, "20887297953", "Truls Eksempel").person_id
    with estate.application.db.write() as connection:
        assert may_ask(connection, case, replace(source, subject_role="arving"), now) == "", "the court named heirs"
        participants.add(
            connection,
            estate.application.vault,
            author=estate.kari.person_id,
            case=case_by_id(connection, case),
            bundle=Bundle.read(EXAMPLES / "estate_settlement"),
            role="contact",
            person_id=truls,
            now=now,
        )
        assert may_ask(connection, case, source, now) is None
        with pytest.raises(ExecutionError):
            person_about(connection, case, "contact")


def test_sixty_days_without_all_signatures_goes_to_the_court(estate: Product) -> None:
    case = begin(estate)
    estate.complete(case, "Declare", declaration=DECLARED)
    sign(estate, case, estate.anne)
    estate.work(timedelta(days=61))
    estate.work()
    assert [body["everybodySigned"] for body in estate.court.received] == [False]
    assert estate.state(case) == "active"


def test_the_court_annuls_and_the_owner_may_cancel_anywhere(estate: Product) -> None:
    case = begin(estate)
    known = estate.court.found
    assert known is not None
    estate.court.found = Found(known.reference, known.parties, known.deadline, annulled=True)
    estate.work(timedelta(days=1))
    assert estate.state(case) == "completed" and estate.tasks(case) == {}

    other = begin(estate)
    estate.application.dispatch.send(CancelCase(other, "wants to stop"), estate.anne)
    assert estate.state(other) == "terminated" and estate.tasks(other) == {}


def test_somebody_the_court_does_not_know_is_told_and_asked_nothing_more(estate: Product) -> None:
    estate.court.found = None
    case = begin(estate)
    assert estate.state(case) == "completed" and estate.sources.asked == []


def test_version_two_is_published_while_version_one_runs(estate: Product) -> None:
    case = begin(estate)
    files = dict(Bundle.read(EXAMPLES / "estate_settlement").files)
    files["process.bpmn"] = files["process.bpmn"].replace("Skriv felles erklæring".encode(), "Skriv erklæring".encode())
    with estate.application.db.write() as connection:
        second, new = estate.application.library.deploy(connection, Bundle("estate_settlement", files), by="ada")
    assert (second.version, new) == (2, True)
    later = begin(estate)
    with estate.application.db.read() as connection:
        used = {
            row.case_id: estate.application.library.get(connection, row.definition_id).version
            for row in connection.execute(select(user_task).where(user_task.c.element_id == "Declare"))
        }
    assert used == {case: 1, later: 2}
    estate.complete(case, "Declare", declaration=DECLARED)
    assert estate.state(case) == "active"


@pytest.mark.parametrize("folder", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_an_example_has_no_python_and_is_whole(folder: Path) -> None:
    bundle = Bundle.read(folder)
    assert not list(folder.rglob("*.py"))
    assert set(bundle.texts) == {"nb", "nn", "en"}
    assert len({frozenset(texts) for texts in bundle.texts.values()}) == 1
