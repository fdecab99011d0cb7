"""Files in a form: stored whatever else is wrong, checked at the field, taken out again, read by the caseworker."""

from __future__ import annotations

import base64
import json
import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.studio.bpmn_editor import EditRefused
from engine.studio.form_builder import BY_ID, FormDraft
from engine.web.shared.login import COOKIE
from engine.workflow.audit.chain import audit_event
from engine.workflow.authorization.actor import Office, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import Invalid
from engine.workflow.execution import attachments
from engine.workflow.execution.commands import AttachFile, CompleteTask
from engine.workflow.execution.models import data_element, user_task
from engine.workflow.execution.signatures import digest, signed_content
from engine.workflow.instances.models import case_file, signature
from tests.engine.web.filled import Browser, begin, faults, made, sent
from tests.engine.web.test_studio import ESTATE, Administrator, ada, app
from tests.processes.conftest import OFFICE, Product, product
from tests.processes.test_estate_settlement import BO, DECLARED, VERGE, estate, person, sign
from tests.processes.test_estate_settlement import begin as estate_begun

__all__ = ["ada", "app", "estate", "product"]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def form(work: FormDraft) -> None:
    work.add("Side1", BY_ID["input"], "Navn")
    work.let("navn", "required", True)
    work.add("Side1", BY_ID["files"], "Kontoutskrift")
    work.set_file_limits("kontoutskrift", 1, 2, 1, (".pdf", ".png"))
    work.add("Side1", BY_ID["summary"], "")


@pytest.fixture
def begun(product: Product) -> tuple[Browser, str, str]:  # noqa: F811
    case, task = begin(product, made(form))
    return Browser(product, product.anne), f"/oppgaver/{task}", case


def listed(page: str) -> list[str]:
    return re.findall(r'name="detach" value="[^"]+">Fjern<span class="ds-sr-only"> ([^<]+)', page)


def test_a_file_is_kept_though_the_rest_is_wrong_and_the_rest_though_a_file_is(begun: tuple[Browser, str, str]) -> None:
    anne, at, _ = begun
    answer = anne.post(at, **{"file:kontoutskrift": sent((PDF, "mars.pdf"))})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and faults(page) == ["Navn må fylles ut"]
    assert listed(page) == ["mars.pdf"], "the file was kept"

    answer = anne.post(at, navn="Anne", **{"file:kontoutskrift": sent((b"MZ\x90 program", "april.pdf"))})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and faults(page)[0].startswith("april.pdf: Filen må være PDF")
    assert re.search(r'id="kontoutskrift-fault">april.pdf', page), "said at the field"
    assert 'value="Anne"' in page and listed(page) == ["mars.pdf"], "and nothing else is lost"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([(PDF, "a.pdf"), (PDF, "b.pdf"), (PDF, "c.pdf")], "c.pdf: Det kan være høyst 2"),
        ([(b"%PDF-" + b"0" * 1_100_000, "stor.pdf")], "stor.pdf: Filen er for stor. Den kan være høyst 1 MB"),
        ([(b"\xff\xd8\xff" + b"0" * 90, "bilde.jpg")], "bilde.jpg: Filen må slutte på .pdf eller .png"),
        ([(PNG, "bilde.pdf")], "bilde.pdf: Navnet på filen passer ikke"),
        ([(b"", "tom.pdf")], "tom.pdf: Filen er tom"),
    ],
)
def test_what_cannot_be_kept_is_said_at_the_field(
    begun: tuple[Browser, str, str], files: list[tuple[bytes, str]], said: str
) -> None:
    anne, at, _ = begun
    answer = anne.post(at, attach="kontoutskrift", **{"file:kontoutskrift": sent(*files)})
    assert answer.status_code == 422
    assert faults(answer.get_data(as_text=True))[0].startswith(said)


def test_a_file_far_too_large_costs_nothing_of_what_was_written(begun: tuple[Browser, str, str]) -> None:
    anne, at, _ = begun
    huge = sent((b"%PDF-" + b"0" * 9_000_000, "stor.pdf"), (PDF, "mars.pdf"))
    answer = anne.post(at, navn="Anne", **{"file:kontoutskrift": huge})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and faults(page)[0].startswith("stor.pdf: Filen er for stor. Den kan være høyst 1")
    assert 'value="Anne"' in page and listed(page) == ["mars.pdf"]

    kind = "multipart/form-data; boundary=edge"
    answer = anne.client.post(at, data=b"\0" * 33_000_000, content_type=kind)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 413 and "Trykk Tilbake i nettleseren" in page and "mindre filer" in page
    anne.client.delete_cookie(COOKIE)
    assert anne.client.post(at, data=b"\0" * 9_000_000, content_type=kind).status_code == 413, "a stranger has no room"


def test_uploading_removing_and_sending_without_script(begun: tuple[Browser, str, str], product: Product) -> None:  # noqa: F811
    anne, at, case = begun
    assert 'enctype="multipart/form-data"' in anne.get(at) and 'accept=".pdf,.png"' in anne.get(at)
    none = anne.post(at, navn="Anne", attach="kontoutskrift").get_data(as_text=True)
    assert faults(none) == ["Velg en fil"]
    page = anne.follow(at, navn="Anne", attach="kontoutskrift", **{"file:kontoutskrift": sent((PDF, "mars.pdf"))})
    assert 'value="Anne"' in page, "what was written is kept with the file"
    assert '<dd class="pre">mars.pdf</dd>' in page, "and the summary names it"
    gone = re.search(r'name="detach" value="([^"]+)"', page)
    link = re.search(r'href="([^"]+/vedlegg/[^"]+)"', page)
    assert gone and link
    got = anne.client.get(link[1])
    assert got.data == PDF and got.headers["Content-Disposition"].startswith("attachment")
    page = anne.follow(at, navn="Anne", detach=gone[1])
    assert listed(page) == [] and anne.client.get(link[1]).status_code == 404

    answer = anne.post(at, navn="Anne")
    assert faults(answer.get_data(as_text=True)) == ["Kontoutskrift må fylles ut"]
    with pytest.raises(Invalid):
        product.application.dispatch.send(CompleteTask(at[10:], data={"form_apply": {"navn": "Anne"}}), product.anne)
    answer = anne.post(at, navn="Anne", **{"file:kontoutskrift": sent((PNG, "april.png"))})
    assert answer.status_code == 303, "chosen and sent in one press"
    assert "Handle" in product.tasks(case)
    late = anne.post(at, navn="Anne", attach="kontoutskrift", **{"file:kontoutskrift": sent((PDF, "sent.pdf"))})
    assert late.status_code in (303, 409, 422)
    with product.application.db.read() as connection:
        rows = connection.execute(select(data_element).where(data_element.c.data_type.contains("#"))).all()
        kinds = list(connection.execute(select(audit_event.c.kind).where(audit_event.c.case_id == case)).scalars())
    assert len(rows) == 2 and all(row.locked for row in rows), "what was sent stays as it was, and nothing came after"
    assert all(b"april" not in row.content and b"PNG" not in row.content for row in rows), "names and files are sealed"
    assert kinds.count("FileAttached") == 2 and kinds.count("FileDetached") == 1


def test_the_caseworker_of_the_office_opens_the_file_and_nobody_else(
    begun: tuple[Browser, str, str], product: Product
) -> None:  # noqa: F811
    anne, at, case = begun
    anne.post(at, navn="Anne", **{"file:kontoutskrift": sent((PDF, "mars.pdf"))})
    with product.application.db.read() as connection:
        number = connection.execute(select(case_file.c.number).where(case_file.c.id == case)).scalar_one()
    kari = Browser(
        product, replace(person(product, "20887297952", "Kari Rådgiver"), role=Role.CASEWORKER, office=OFFICE)
    )
    page = kari.get(f"/saker/{number}")
    link = re.search(r'href="(/saker/[^"]+/vedlegg/[^"]+)"', page)
    assert link and "mars.pdf" in page and "Kontoutskrift" in page
    assert kari.client.get(link[1]).data == PDF
    with product.application.db.read() as connection:
        kinds = list(connection.execute(select(audit_event.c.kind).where(audit_event.c.case_id == case)).scalars())
    assert "FileOpened" in kinds

    elsewhere = Office("987654325", "Et annet kontor")
    other = Browser(product, replace(person(product, "20887297954", "Oda"), role=Role.CASEWORKER, office=elsewhere))
    assert other.client.get(link[1]).status_code == 404
    identity = link[1].rpartition("/")[2]
    stranger = Browser(product, person(product, "04884199941", "Bo"))
    assert stranger.client.get(f"{at}/vedlegg/{identity}").status_code == 404


def test_the_builder_keeps_component_and_data_type_in_step() -> None:
    bundle = made(form)
    kind = bundle.attachment_types["kontoutskrift"]
    assert (kind.task_id, kind.types, kind.min_count, kind.max_count) == (
        "Apply",
        ("application/pdf", "image/png"),
        1,
        2,
    )
    assert bundle.data_type_of("Apply") is not None and "kontoutskrift" not in bundle.data_types
    work = FormDraft(bundle.files, "Apply")
    few, many, large = (2, 1, 1, (".pdf",)), (0, 99, 1, (".pdf",)), (0, 1, 9, (".pdf",))
    for wrong in (few, many, large, (0, 1, 1, ()), (0, 1, 1, (".exe",))):
        with pytest.raises(EditRefused):
            work.set_file_limits("kontoutskrift", *wrong)
    work.let("kontoutskrift", "hidden", ["equals", ["dataModel", "navn"], "x"])
    assert Bundle("soknad", work.files()).attachment_types["kontoutskrift"].min_count == 0, "hidden asks for nothing"
    work.add("Side1", BY_ID["rows"], "Barn")
    with pytest.raises(EditRefused):
        work.add("Side1", BY_ID["files"], "Attest", group="barn")
    work.remove("kontoutskrift")
    left = json.loads(work.files()["metadata.json"])["dataTypes"]
    assert [entry["id"] for entry in left] == ["form_apply", "form_handle"]


def test_a_caseworkers_form_takes_files_too(product: Product) -> None:  # noqa: F811
    def handling(work: FormDraft) -> None:
        work.add("Side1", BY_ID["input"], "Vurdering")
        work.add("Side1", BY_ID["files"], "Grunnlag")
        work.set_file_limits("grunnlag", 1, 1, 1, (".pdf",))

    case, _ = begin(product, made(handling, "Handle"))
    product.complete(case, "Apply")
    with product.application.db.read() as connection:
        number = connection.execute(select(case_file.c.number).where(case_file.c.id == case)).scalar_one()
    kari = Browser(
        product, replace(person(product, "20887297952", "Kari Rådgiver"), role=Role.CASEWORKER, office=OFFICE)
    )
    at = f"/saker/{number}/oppgave/{product.tasks(case)['Handle']}"
    page = kari.post(at, vurdering="God").get_data(as_text=True)
    assert "Grunnlag må fylles ut" in faults(page) and 'value="God"' in page
    page = kari.post(at, vurdering="God", attach="grunnlag", **{"file:grunnlag": sent((PDF, "notat.pdf"))})
    assert listed(page.get_data(as_text=True)) == ["notat.pdf"] and 'value="God"' in page.get_data(as_text=True)
    assert kari.post(at, vurdering="God").status_code == 303 and "Handle" not in product.tasks(case)
    assert "notat.pdf" in kari.get(f"/saker/{number}")


def test_what_is_signed_and_what_is_handed_on_hold_the_files(estate: Product) -> None:  # noqa: F811
    work = FormDraft(ESTATE.files, "Declare")
    work.add("Erklaering", BY_ID["files"], "Testament")
    bundle = Bundle("estate_settlement", work.files())
    with estate.application.db.write() as connection:
        estate.application.library.deploy(connection, bundle, by="ada")
    case = estate_begun(estate)
    component = next(iter(bundle.attachments_of("Declare")))
    with_file = AttachFile(estate.tasks(case)["Declare"], component, "testament.pdf", "application/pdf", PDF)
    estate.application.dispatch.send(with_file, estate.anne)
    estate.complete(case, "Declare", declaration=DECLARED)
    sign(estate, case, estate.anne)
    with estate.application.db.read() as connection:
        signed = signed_content(connection, estate.application.vault, case, bundle)
        kept = connection.execute(select(signature.c.digest).where(signature.c.case_id == case)).scalar_one()
    assert kept == digest(signed) and any("testament.pdf" in str(one) for one in signed.values())
    for pid, name in ((BO, "Bo Arv"), (VERGE, "Vera Verge")):
        sign(estate, case, person(estate, pid, name))
    estate.work()
    (body,) = estate.court.received
    (one,) = body["attachments"]
    assert (one["name"], base64.b64decode(one["content"])) == ("testament.pdf", PDF)
    assert all("#" not in form["form"] for form in body["forms"])


def test_a_file_of_the_offices_form_is_no_file_of_the_citizen(product: Product) -> None:  # noqa: F811
    def handling(work: FormDraft) -> None:
        work.add("Side1", BY_ID["files"], "Grunnlag")
        work.set_file_limits("grunnlag", 0, 2, 1, (".pdf",))

    case, apply = begin(product, made(handling, "Handle"))
    product.complete(case, "Apply")
    with product.application.db.read() as connection:
        number = connection.execute(select(case_file.c.number).where(case_file.c.id == case)).scalar_one()
    kari = Browser(
        product, replace(person(product, "20887297952", "Kari Rådgiver"), role=Role.CASEWORKER, office=OFFICE)
    )
    at = f"/saker/{number}/oppgave/{product.tasks(case)['Handle']}"
    page = kari.post(at, attach="grunnlag", **{"file:grunnlag": sent((PDF, "notat.pdf"))}).get_data(as_text=True)
    gone = re.search(r'name="detach" value="([^"]+)"', page)
    assert gone and kari.client.get(f"/saker/{number}/vedlegg/{gone[1]}").data == PDF, "whoever put it in may read it"
    assert 'id="vedlegg"' not in page, "and it is not handed in before it is sent"
    anne = Browser(product, product.anne)
    assert anne.client.get(f"/oppgaver/{apply}/vedlegg/{gone[1]}").status_code == 404
    with product.application.db.write() as connection:
        assert not attachments.remove(connection, case, product.anne.person_id, ["kontoutskrift"], gone[1])
    assert kari.post(at).status_code == 303
    page = kari.get(f"/saker/{number}")
    handed = page.partition('id="vedlegg"')[2].partition("</section>")[0]
    assert "notat.pdf" in handed and "Kari Rådgiver" in handed and "Anne" not in handed, "who put it in is who did"
    assert anne.client.get(f"/oppgaver/{apply}/vedlegg/{gone[1]}").status_code == 404


def test_what_one_sends_sends_nothing_of_another_and_what_is_not_sent_is_not_handed_in(estate: Product) -> None:  # noqa: F811
    work = FormDraft(ESTATE.files, "Sign")
    work.add("Side1", BY_ID["files"], "Testament")
    bundle = Bundle("estate_settlement", work.files())
    with estate.application.db.write() as connection:
        estate.application.library.deploy(connection, bundle, by="ada")
    case = estate_begun(estate)
    estate.complete(case, "Declare", declaration=DECLARED)
    (component,) = bundle.attachments_of("Sign")
    bo, vera = person(estate, BO, "Bo Arv"), person(estate, VERGE, "Vera Verge")
    for who in (estate.anne, bo):
        with estate.application.db.read() as connection:
            task = connection.execute(
                select(user_task.c.id).where(user_task.c.element_id == "Sign", user_task.c.owner_id == who.person_id)
            ).scalar_one()
        command = AttachFile(task, component, f"{who.name}.pdf", "application/pdf", PDF)
        estate.application.dispatch.send(command, who)
    sign(estate, case, estate.anne)
    with estate.application.db.read() as connection:
        files = select(data_element.c.owner_id, data_element.c.locked).where(data_element.c.data_type.contains("#"))
        locked = {row.owner_id: row.locked for row in connection.execute(files)}
    assert locked == {estate.anne.person_id: True, bo.person_id: False}, "Bo may still take a file of Bo's away"
    sign(estate, case, vera)
    estate.work(timedelta(days=61))
    (body,) = estate.court.received
    assert [one["name"] for one in body["attachments"]] == ["Anne Eksempel.pdf"], "the court gets what was sent"
    assert len({one["digest"] for one in body["signatures"]}) == 1, "all signed the same, whatever files they had"


def test_in_a_test_run_the_file_a_form_must_have_is_made_up(ada: Administrator) -> None:
    ada.upload(made(form).files)
    trial = "/prosesser/soknad/provekjoring"
    ada.post(f"{trial}/start")
    page = ada.get(trial)
    assert "legges det ved en fil som er funnet på" in page and 'type="file"' not in page
    task = re.search(r"oppgave/([0-9a-f-]{36})", page)
    assert task and ada.post(f"{trial}/oppgave/{task[1]}", navn="Anne")[0] == 303
    following = re.search(r"oppgave/([0-9a-f-]{36})", ada.get(trial))
    assert following and following[1] != task[1], "the case has gone on"


@pytest.mark.parametrize("signs", [62, 63])
def test_a_component_whose_id_is_too_long_to_be_kept_is_found(ada: Administrator, signs: int) -> None:
    column = data_element.c.data_type.type
    kept = len("#") + len(uuid.uuid4().hex) + len(".body")
    ada.upload({name: content.replace(b"kontoutskrift", b"k" * signs) for name, content in made(form).files.items()})
    page = ada.get("/prosesser/soknad")
    assert ("<code>files-id-long</code>" in page) is (signs + kept > column.length), "longer than its column"
    assert ("Navnet på filfeltet er for langt" in page) is (signs > 62)


def test_a_component_without_a_data_type_is_found_before_anybody_meets_it(ada: Administrator) -> None:
    files = dict(made(form).files)
    metadata = json.loads(files["metadata.json"])
    metadata["dataTypes"] = [kind for kind in metadata["dataTypes"] if kind["id"] != "kontoutskrift"]
    ada.upload({**files, "metadata.json": json.dumps(metadata).encode()})
    page = ada.get("/prosesser/soknad")
    assert "<code>files-without-type</code>" in page and "Filene feltet tar imot" in page
