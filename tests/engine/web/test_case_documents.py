"""Documents of a case: who may read them, what is refused, what stays, and what is written down."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

import pytest
from sqlalchemy import Connection, Delete, Engine, Update, delete, event, select, update
from werkzeug.test import TestResponse

from engine.casework import documents, notices, queries, uploads
from engine.casework.commands import RemoveDocument, ShareDocument
from engine.casework.models import case_document
from engine.platform.db import Database
from engine.workflow.audit.chain import audit_event, verify
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.errors import NotFound, NotPossible
from engine.workflow.execution.commands import Command, Outcome
from tests.engine.web.filled import Browser, sent
from tests.engine.web.test_case_pages import Client, Read, Send, client, read
from tests.engine.web.test_casework import kari, number, send
from tests.processes.conftest import OFFICE, Product, product
from tests.processes.test_estate_settlement import person

__all__ = ["client", "product", "kari", "number", "read", "send"]
PDF = b"%PDF-1.7 the rent of a flat"
GIVEN = {"title": "Husleiekontrakt", "kind": "agreement", "access": "open"}


class Upload(Protocol):
    """A document put in the case by somebody of the office."""

    def __call__(self, content: bytes = ..., name: str = ..., who: Actor = ..., **form: str) -> TestResponse: ...


@pytest.fixture
def upload(send: Send, kari: Actor, number: str) -> Upload:  # noqa: F811
    def put(content: bytes = PDF, name: str = "kontrakt.pdf", who: Actor = kari, **form: str) -> TestResponse:
        return send(who, f"/saker/{number}/dokumenter", **{**GIVEN, **form}, file=(io.BytesIO(content), name))

    return put


def listed(product: Product, number: str) -> list[documents.Document]:  # noqa: F811
    with product.application.db.read() as connection:
        case = queries.case_by_number(connection, number, OFFICE.orgno)
        return documents.of_case(connection, product.application.vault, case.id)


def events(product: Product, number: str) -> list[str]:  # noqa: F811
    with product.application.db.read() as connection:
        case = queries.case_by_number(connection, number, OFFICE.orgno)
        assert verify(connection, case.id) is None
        kinds = connection.execute(
            select(audit_event.c.kind)
            .where(audit_event.c.case_id == case.id, audit_event.c.kind.like("Document%"))
            .order_by(audit_event.c.seq)
        )
        return list(kinds.scalars())


def test_the_citizen_is_notified_of_what_they_may_read_and_every_look_is_written_down(
    product: Product,
    kari: Actor,
    number: str,
    upload: Upload,
    client: Client,
    read: Read,  # noqa: F811
) -> None:
    answer = upload()
    assert answer.status_code == 303 and "gjort=document_shared#gjort" in answer.headers["Location"]
    assert "Innbyggeren kan lese dokumentet" in read(kari, f"/saker/{number}?gjort=document_shared")
    with product.application.db.read() as connection:
        told = notices.of_person(connection, product.application.vault, product.anne.person_id)
        stored = connection.execute(select(case_document.c.body)).scalar_one()
    assert [(one.kind, one.content["about"]) for one in told] == [("document", "Husleiekontrakt")]
    assert PDF not in stored

    [one] = listed(product, number)
    assert "Husleiekontrakt" in read(product.anne, "/saken-min")
    got = client(product.anne).get(f"/dokument/{one.id}")
    assert got.data == PDF and got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Content-Disposition"] == "attachment; filename=kontrakt.pdf"
    assert client(kari).get(f"/saker/{number}/dokumenter/{one.id}").data == PDF
    assert listed(product, number)[0].read_at is not None
    assert events(product, number) == ["DocumentAdded", "DocumentOpened", "DocumentOpened"]


def test_a_file_is_read_only_where_it_is_shown_and_never_while_others_wait_to_write(
    product: Product,  # noqa: F811
    kari: Actor,  # noqa: F811
    number: str,  # noqa: F811
    upload: Upload,
    client: Client,  # noqa: F811
    send: Send,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upload(access="barred", why_barred="internal")
    [one] = listed(product, number)
    at, write, seen = f"/saker/{number}/dokumenter/{one.id}", Database.write, []
    writing: list[int] = []

    @contextmanager
    def watched(self: Database) -> Iterator[Connection]:
        with write(self) as connection:
            writing.append(1)
            try:
                yield connection
            finally:
                writing.pop()

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("SELECT") and "case_document.body" in statement:
            seen.append("writing" if writing else "reading")

    monkeypatch.setattr(Database, "write", watched)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert client(kari).get(at).data == PDF and seen == ["reading"]
        assert send(kari, f"{at}/vis").status_code == 303 and seen == ["reading"]
        assert client(product.anne).get(f"/dokument/{one.id}").data == PDF and seen == ["reading"] * 2
        assert send(kari, f"{at}/fjern", reason="nei").status_code == 409 and seen == ["reading"] * 2
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_an_internal_one_is_there_with_its_reason_and_not_for_the_citizen_until_it_is_shown(
    product: Product,
    kari: Actor,
    number: str,
    upload: Upload,
    client: Client,
    read: Read,
    send: Send,  # noqa: F811
) -> None:
    upload(title="Uttalelse om helsen", access="barred", why_barred="health", why="legen ba om det")
    [one] = listed(product, number)

    page = read(product.anne, "/saken-min")
    assert "Uttalelse" not in page and "legen" not in page
    assert "Et dokument du ikke kan lese. Grunn: Opplysninger om helse" in page
    assert client(product.anne).get(f"/dokument/{one.id}").status_code == 404
    assert client(product.anne).get("/meldinger").get_data(as_text=True).count("nytt dokument") == 0
    assert send(kari, f"/saker/{number}/dokumenter/{one.id}/vis").status_code == 303
    assert "Uttalelse om helsen" in read(product.anne, "/saken-min")
    assert client(product.anne).get(f"/dokument/{one.id}").data == PDF


def test_only_what_nobody_has_read_and_is_not_shared_can_be_taken_away_with_a_reason(
    product: Product,
    kari: Actor,
    number: str,
    upload: Upload,
    client: Client,
    read: Read,
    send: Send,  # noqa: F811
) -> None:
    upload(title="Feil fil", access="barred", why_barred="internal")
    [one] = listed(product, number)
    address = f"/saker/{number}/dokumenter/{one.id}"

    assert client(kari).get(address).data == PDF, "one's own look binds nobody"
    wordless = send(kari, f"{address}/fjern", reason=" ")
    assert wordless.status_code == 409 and len(listed(product, number)) == 1
    assert send(kari, f"{address}/fjern", reason="gjaldt en annen").status_code == 303
    assert listed(product, number) == [] and events(product, number)[-1] == "DocumentRemoved"
    assert "Fjernet dokumentet «Feil fil»: gjaldt en annen" in read(kari, f"/saker/{number}")
    assert "gjaldt en annen" not in read(product.anne, "/saken-min")

    upload(title="Lest av Ola", access="barred", why_barred="internal")
    upload(title="Synlig")
    ola = replace(person(product, "20887297954", "Ola Rådgiver"), role=Role.CASEWORKER, office=OFFICE)
    newest = {one.title: one for one in listed(product, number)}
    client(ola).get(f"/saker/{number}/dokumenter/{newest['Lest av Ola'].id}")
    for title in newest:
        refused = send(kari, f"/saker/{number}/dokumenter/{newest[title].id}/fjern", reason="nei")
        assert refused.status_code == 409 and "kan ikke fjernes" in refused.get_data(as_text=True), title
    assert len(listed(product, number)) == 2


def test_one_read_or_taken_away_in_the_meantime_is_judged_as_it_is_when_it_happens(
    product: Product,
    kari: Actor,
    number: str,
    upload: Upload,
    monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    upload(title="Uttalelse", access="barred", why_barred="internal")
    [one] = listed(product, number)
    with product.application.db.read() as connection:
        case = queries.case_by_number(connection, number, OFFICE.orgno)

    def act(command: Command, meanwhile: Update | Delete) -> Outcome:
        """Do it, with something of another's between when it is checked and when it is done."""
        with product.application.db.write() as connection:
            monkeypatch.setattr(documents, "_row", lambda *given: (row(*given), connection.execute(meanwhile))[0])
            try:
                return product.application.dispatch.send(command, kari, connection=connection)
            finally:
                monkeypatch.undo()

    row = documents._row
    with pytest.raises(NotPossible):
        act(RemoveDocument(case.id, one.id, "x", "x"), update(case_document).values(read_at=product.clock.now()))
    assert len(listed(product, number)) == 1
    with pytest.raises(NotFound):
        act(ShareDocument(case.id, one.id), delete(case_document))
    with product.application.db.read() as connection:
        told = notices.of_person(connection, product.application.vault, product.anne.person_id)
    assert told == [], "nobody is notified of what is not there"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "tom.pdf", "Filen er tom"),
        (PDF, "", "Velg en fil"),
        (b"MZ\x90\x00", "regning.pdf", "Filen må være PDF"),
        (PDF, "regning.exe", "passer ikke med innholdet"),
        (b"%PDF-" + b"x" * 1000, "stor.pdf", "Filen er for stor"),
    ],
)
def test_what_may_not_be_kept_is_said_at_the_file_and_the_rest_stands(
    product: Product,
    number: str,
    upload: Upload,
    content: bytes,
    name: str,
    said: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES", 1000)
    answer = upload(content, name)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422 and 'href="#document-file"' in page
    assert re.search(rf'id="document-file-fault">[^<]*{said}', page), said
    assert 'value="Husleiekontrakt"' in page and 'value="agreement" selected' in page
    assert listed(product, number) == []


def test_a_document_far_too_large_costs_nothing_of_what_was_written(product: Product, kari: Actor, number: str) -> None:  # noqa: F811
    huge = sent((b"%PDF-" + b"x" * 9_000_000, "stor.pdf"))
    answer = Browser(product, kari).post(f"/saker/{number}/dokumenter", **GIVEN, file=huge)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and re.search(r'id="document-file-fault">[^<]*Filen er for stor', page)
    assert 'value="Husleiekontrakt"' in page and listed(product, number) == []


def test_a_name_or_a_reason_that_is_missing_is_said_at_its_field(product: Product, number: str, upload: Upload) -> None:  # noqa: F811
    page = upload(title=" ", kind="", access="barred").get_data(as_text=True)

    for field in ("title", "kind", "barred"):
        assert f'id="document-{field}-fault"' in page, field
    assert listed(product, number) == []


def test_a_text_document_with_macros_is_refused_and_one_without_is_not() -> None:
    def packed(*names: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        return out.getvalue()

    assert uploads.check("a.docx", packed("word/document.xml")).type == uploads.WORD
    macros = [packed("word/document.xml", f"word/{name}") for name in ("vbaProject.bin", "VBAPROJECT.BIN")]
    for content in (*macros, packed("run.sh"), b"PK\x03\x04broken"):
        with pytest.raises(uploads.FileRefusedError):
            uploads.check("a.docx", content)
    assert uploads.check('..\\..\\sti/"x"\n.pdf', PDF).name == "x.pdf"


@pytest.mark.parametrize("hidden", ["\u202e", "\u2028", "\u2029", "\u200f", "\x85", "\ufeff", "\ud800", "\n"])
def test_a_name_has_nothing_in_it_that_cannot_be_seen(hidden: str) -> None:
    assert uploads.check(f"år{hidden}fdp.pdf", PDF).name == "årfdp.pdf"
    with pytest.raises(uploads.FileRefusedError):
        uploads.check(f"regning.pdf{hidden}exe", PDF)


def test_no_document_is_there_for_another_office_or_another_citizen(
    product: Product,
    number: str,
    upload: Upload,
    client: Client,
    send: Send,  # noqa: F811
) -> None:
    upload()
    [one] = listed(product, number)
    other = Office("999999999", "Et annet kontor")
    stranger = replace(person(product, "20887297953", "Fremmed"), role=Role.CASEWORKER, office=other)

    assert upload(who=stranger).status_code == 404 and upload(b"", who=stranger).status_code == 404
    assert client(stranger).get(f"/saker/{number}/dokumenter/{one.id}").status_code == 404
    for act in ("vis", "fjern"):
        assert send(stranger, f"/saker/{number}/dokumenter/{one.id}/{act}", reason="x").status_code == 404
    assert client(person(product, "20887297955", "Naboen")).get(f"/dokument/{one.id}").status_code == 404
    assert len(listed(product, number)) == 1


def test_the_same_form_sent_twice_is_one_document_and_one_notice(
    product: Product,
    kari: Actor,
    number: str,
    upload: Upload,  # noqa: F811
) -> None:
    first, again = upload(_key="the page as it was shown"), upload(_key="the page as it was shown")
    assert first.headers["Location"] == again.headers["Location"] and len(listed(product, number)) == 1
    upload(PDF + b" another", _key="the page as it was shown")

    assert len(listed(product, number)) == 2, "another file is another document"
    with product.application.db.read() as connection:
        told = notices.of_person(connection, product.application.vault, product.anne.person_id)
    assert [one.kind for one in told] == ["document", "document"] and events(product, number) == ["DocumentAdded"] * 2
