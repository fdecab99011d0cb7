"""A case on a version whose policy is not evaluated: a refusal and an incident, and every page still answers."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import insert, select

from engine.casework import intake, queries
from engine.workflow.authorization.actor import SYSTEM, Actor, Office, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.models import process_definition
from engine.workflow.execution import worklist
from engine.workflow.execution.models import incident
from tests.engine.web.staff import Staff
from tests.engine.web.test_case_pages import Client, Send, client
from tests.engine.web.test_casework import kari, send
from tests.processes.conftest import Product, product

__all__ = ["client", "product", "kari", "send"]
TOLD = "Policyen sier noe motoren ikke vurderer, så ingen slipper til"


def slip_in(product: Product, key: str) -> None:  # noqa: F811
    """The newest version again, with a condition in every rule: as an older engine would have deployed it.

    Its readers are those the migration leaves such a version.
    """
    with product.application.db.write() as connection:
        newest = product.application.library.newest(connection, key)
        files = dict(newest.bundle.files)
        files["policy.xml"] = files["policy.xml"].replace(b"</Rule>", b"<Condition/></Rule>")
        broken = Bundle(key, files)
        connection.execute(
            insert(process_definition).values(
                id=str(uuid.uuid4()),
                key=key,
                version=newest.version + 1,
                checksum=broken.checksum,
                bundle=broken.pack(),
                deployed_at=product.clock.now(),
                deployed_by="test",
                readers=["*"],
            )
        )


@pytest.fixture
def case(product: Product) -> str:  # noqa: F811
    """Anne's case, which waits for Anne, on such a version."""
    slip_in(product, "callback")
    return product.start("callback")


@pytest.fixture
def number(product: Product, case: str) -> str:  # noqa: F811
    """The number of the case, which waits for a caseworker since the engine itself went past Anne's step."""
    product.complete(case, "Ask", SYSTEM, wish={"phone": "99887766", "when": "morning", "about": ""})
    with product.application.db.read() as connection:
        return str(queries.case_by_id(connection, case).number)


def incidents(product: Product) -> list[tuple[str, str]]:  # noqa: F811
    with product.application.db.read() as connection:
        return [(row.code, row.state) for row in connection.execute(select(incident.c.code, incident.c.state))]


def test_a_citizen_is_refused_at_every_press_and_operations_are_told_once(
    product: Product,
    case: str,
    send: Send,
    client: Client,  # noqa: F811
) -> None:
    task = product.tasks(case)["Ask"]
    wish = {"phone": "99887766", "when": "morning", "about": ""}

    for _ in range(2):
        assert send(product.anne, f"/oppgaver/{task}", **wish).status_code == 403
        assert incidents(product) == [("policy_not_evaluated", "open")]

    for path in ("/saken-min", "/tjenester", "/meldinger", f"/oppgaver/{task}"):
        assert client(product.anne).get(path, follow_redirects=True).status_code == 200, path


def test_pages_of_the_office_answer_and_nobody_is_a_candidate(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,
    client: Client,  # noqa: F811
) -> None:
    for path in ("/arbeidsko", f"/saker/{number}", f"/saker/{number}/historikk", "/arbeidsko/eksport.csv"):
        assert client(kari).get(path).status_code == 200, path
    assert send(kari, f"/saker/{number}/gjor/take").status_code == 409, "no act of case work is let through"

    with product.application.db.read() as connection:
        assert worklist.claimable(connection, product.application.library, kari) == ([], False)
    assert incidents(product) == [("policy_not_evaluated", "open")]


def test_a_caseworker_is_not_offered_to_begin_it_for_a_citizen(
    product: Product,
    kari: Actor,
    client: Client,  # noqa: F811
) -> None:
    def offered() -> set[str]:
        with product.application.db.read() as connection:
            return {found.key for found in intake.journeys(connection, product.application.library, kari)}

    before = offered()
    slip_in(product, "advice")

    assert "advice" in before and offered() == before - {"advice"}
    assert client(kari).get("/arbeidsko/ny-sak").status_code == 200


def test_operations_are_told_in_words_and_a_retry_says_no_while_the_policy_is_the_same(
    product: Product,
    case: str,
    send: Send,  # noqa: F811
) -> None:
    send(product.anne, f"/oppgaver/{product.tasks(case)['Ask']}", phone="99887766", when="morning", about="")
    own = Office(product.application.settings.organisation_number, "iBalanse")
    ada = Staff(product.application, Role.ADMINISTRATOR, own, "12128812345", "Ada Administrator")

    assert TOLD in ada.read("/drift")
    address = "/drift/feil?kode=policy_not_evaluated"
    page = ada.read(address)
    assert TOLD in page and "Condition in Rule is not evaluated" in page
    with product.application.db.read() as connection:
        identity = connection.execute(select(incident.c.id)).scalar_one()
    answer = ada.post("/drift/feil/en", kode="policy_not_evaluated", id=identity, how="retry")
    assert answer.status_code == 303 and "nektet=not_possible" in answer.location
    assert ada.get(answer.location).status_code == 200
    assert incidents(product) == [("policy_not_evaluated", "open")]
