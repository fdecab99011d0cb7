"""The job that writes a letter: from a template, filled from the case, sent once, read by the citizen."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import select

from engine.casework import letters, notices
from engine.workflow.audit.chain import audit_event
from engine.workflow.authorization import sessions
from engine.workflow.authorization.actor import SYSTEM, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution import data
from engine.workflow.execution.commands import ResolveIncident
from engine.workflow.execution.models import incident
from engine.workflow.instances.models import case_file
from engine.workflow.workers.performer import Performer
from tests.engine.web.staff import Staff
from tests.engine.web.test_case_pages import Client, Read, client, read
from tests.factories.bundles import bundle, flow, job, line
from tests.processes.conftest import OFFICE, Product, product

__all__ = ["client", "product", "read"]
LETTER = {
    "id": "decided",
    "title": {"nb": "Svar i sak {number}", "nn": "Svar i sak {number} (nynorsk)", "en": "Answer in case {number}"},
    "body": {
        "nb": "Hei {citizen}.\n\nDu skrev: {form.why}\n\nHilsen {adviser}",
        "nn": "Hei {citizen}.\n\nDu skreiv: {form.why}\n\nHelsing {adviser}",
        "en": "Dear {citizen}.\n\nYou wrote: {form.why}\n\nKind regards, {adviser}",
    },
}
METADATA = {
    "title": {"nb": "Prøve", "nn": "Prøve", "en": "Trial"},
    "office": {"orgno": OFFICE.orgno, "name": OFFICE.name},
    "dataTypes": [{"id": "form", "taskId": "s"}],
}
CATCHING = (
    '<boundaryEvent id="b" attachedToRef="j"><errorEventDefinition errorRef="err"/></boundaryEvent><endEvent id="no"/>'
    + flow("b", "no")
)


def sending(product: Product, catch: bool = False, **config: str) -> str:  # noqa: F811
    """A case in which Anne's letter is about to be sent. Returns its id."""
    config = config or {"template": "decided"}
    schema = {"type": "object", "properties": {"why": {"type": "string"}}}
    body = (
        f'<startEvent id="s"/><serviceTask id="j">{job("document", **config)}</serviceTask>'
        f'{CATCHING if catch else ""}<endEvent id="e"/>{line("s", "j", "e")}'
    )
    head = '<error id="err" errorCode="BLANKS_LEFT"/>' if catch else ""
    made = bundle(body, key="letter", head=head, metadata=METADATA, roles=("priv", "radgiver"))
    files = {**made.files, "templates.json": json.dumps({"letters": [LETTER]}).encode()}
    files["models/form.schema.json"] = json.dumps(schema).encode()
    with product.application.db.write() as connection:
        product.application.library.deploy(connection, Bundle("letter", files), by="test")
    return product.start("letter")


def answer(product: Product, case: str, why: str) -> None:  # noqa: F811
    with product.application.db.write() as connection:
        data.write(
            connection,
            product.application.vault,
            instance_id=case,
            case_id=case,
            owner_id=product.anne.person_id,
            data_type="form",
            content={"why": why},
            now=product.clock.now(),
        )


def sent(product: Product, case: str) -> list[letters.Letter]:  # noqa: F811
    with product.application.db.read() as connection:
        return letters.of_case(connection, product.application.vault, case, sent=True)


def incidents(product: Product) -> list[Any]:  # noqa: F811
    with product.application.db.read() as connection:
        return list(connection.execute(select(incident).where(incident.c.state == "open")))


def test_the_citizen_gets_the_letter_in_their_language_and_a_notice(
    product: Product,  # noqa: F811
    client: Client,  # noqa: F811
    read: Read,  # noqa: F811
) -> None:
    with product.application.db.write() as connection:
        sessions.log_in(
            connection,
            product.clock.now(),
            person_id=product.anne.person_id,
            role=product.anne.role,
            office=None,
            level="high",
            language="nn",
            issuer="test",
            sid="",
            id_token="",
        )
    case = sending(product)
    answer(product, case, "Eg treng hjelp {no}")

    product.work()

    (letter,) = sent(product, case)
    with product.application.db.read() as connection:
        row = connection.execute(select(case_file).where(case_file.c.id == case)).one()
        pdf = letters.document(connection, product.application.vault, case, letter.id)
        notified = notices.of_person(connection, product.application.vault, product.anne.person_id)
        events = connection.execute(select(audit_event).where(audit_event.c.case_id == case)).all()
    assert letter.title == f"Svar i sak {row.number} (nynorsk)"
    assert letter.body == "Hei Anne Eksempel.\n\nDu skreiv: Eg treng hjelp {no}\n\nHelsing Nav Lillestrøm"
    assert pdf.startswith(b"%PDF") and hashlib.sha256(pdf).hexdigest() == letter.digest
    assert [(n.kind, n.content) for n in notified] == [("letter", {"about": letter.title})]
    (trail,) = [event for event in events if event.kind == "LetterSent"]
    assert (trail.actor_id, trail.data["digest"]) == (SYSTEM.person_id, letter.digest)
    assert "treng hjelp" not in json.dumps([event.data for event in events])
    assert letter.title in read(product.anne, f"/saken-min?sak={row.number}")
    opened = client(product.anne).get(f"/brev/{letter.id}")
    assert opened.data == pdf and opened.mimetype == "application/pdf"
    assert sent(product, case)[0].read_at is not None
    staff = Staff(product.application, Role.CASEWORKER, OFFICE, "20887297952", "Kari Rådgiver")
    assert f"{letter.title} iBalanse" in staff.read(f"/saker/{row.number}"), "and the office sees who sent it"


def test_a_worker_that_stops_before_the_commit_sends_it_once(
    product: Product,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = sending(product)
    answer(product, case, "Noe")

    class Stop:
        left = 1

        def reach(self, place: str) -> None:
            if place == "before_commit" and self.left:
                self.left = 0
                raise SystemExit(1)

    app = product.application
    stopping = Performer(app.db, app.clock, app.dispatch, app.job_types, Stop())  # type: ignore[arg-type]
    with pytest.raises(SystemExit):
        stopping.run_until_idle(5)
    assert sent(product, case) == [], "nothing of it is there"

    product.work()

    assert len(sent(product, case)) == 1 and product.state(case) == "completed"


def test_a_blank_is_an_error_the_diagram_may_catch(product: Product) -> None:  # noqa: F811
    case = sending(product, catch=True)

    product.work()

    assert product.state(case) == "completed" and sent(product, case) == [] and incidents(product) == []


def test_a_blank_that_nobody_catches_is_named_and_the_letter_goes_when_it_is_filled(product: Product) -> None:  # noqa: F811
    case = sending(product)
    product.work()
    (stopped,) = incidents(product)
    assert (stopped.code, stopped.detail) == ("uncaught_error", "BLANKS_LEFT: form.why")
    answer(product, case, "Nå står det her")

    product.application.dispatch.send(ResolveIncident(stopped.id, "retry", ""), SYSTEM)
    product.work()

    assert len(sent(product, case)) == 1 and product.state(case) == "completed"


def test_a_letter_that_is_not_there_is_told_to_a_person(product: Product) -> None:  # noqa: F811
    sending(product, template="gone")
    product.work()
    assert [(i.code, i.detail) for i in incidents(product)] == [("unknown_template", "gone")]


def test_a_letter_of_the_house_is_sent_without_templates_of_the_bundle(product: Product) -> None:  # noqa: F811
    case = sending(product, template="closing")
    product.work()
    (letter,) = sent(product, case)
    assert letter.title == "Saken er avsluttet" and letter.body.endswith("Hilsen Nav Lillestrøm")
