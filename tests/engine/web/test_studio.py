"""The studio over HTTP: two administrators, faulty and foreign bundles, cases that wait in a removed step."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.advice.task_types.task_type_registry import JOBS, USER_TASKS
from engine.studio import drafts
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.studio.difference import differences
from engine.studio.form_builder import FormDraft, bound_to, kind_of
from engine.web import create_app
from engine.web.shared.login import COOKIE
from engine.web.shared.texts import texts
from engine.workflow.authorization import sessions
from engine.workflow.authorization.actor import Role
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from engine.workflow.findings import Offer, bundle_findings
from tests.factories.sampling import examples
from tests.processes.conftest import Product, party, product

__all__ = ["product"]
ROOT = Path(__file__).resolve().parents[3]
ESTATE = Bundle.read(ROOT / "docs" / "examples" / "estate_settlement")


class Administrator:
    """Somebody with a session, who posts forms as a browser would."""

    def __init__(self, app: Flask, where: Product, name: str) -> None:
        with where.application.db.write() as connection:
            pid = {"Ada": "04884199941", "Bea": "20887297952"}[name]
            self.id = where.application.vault.register(
                connection, pid=pid, name=f"{name} Administrator", birth_date=date(1980, 1, 1)
            ).id
            token = sessions.log_in(
                connection,
                where.clock.now(),
                person_id=self.id,
                role=Role.ADMINISTRATOR,
                office=None,
                level="high",
                language="nb",
                issuer="test",
                sid="",
                id_token="",
            )
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie(COOKIE, token)
        self.csrf = sessions.csrf_token(token, where.application.settings.secret_keys[0])

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.status_code
        return answer.get_data(as_text=True)

    def post(self, path: str, **form: object) -> tuple[int, str]:
        answer = self.client.post(path, data={"csrf_token": self.csrf, **form})
        return answer.status_code, answer.get_data(as_text=True)

    def upload(self, files: Mapping[str, bytes], **form: object) -> tuple[int, str]:
        return self.post("/prosesser/last-opp", bundle=(io.BytesIO(packed(files)), "b.zip"), **form)


def packed(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture
def app(product: Product) -> Iterator[Flask]:  # noqa: F811
    yield create_app(product.application, logins={}, identify=lambda pid: ("", date(1980, 1, 1)))


@pytest.fixture
def ada(app: Flask, product: Product) -> Administrator:  # noqa: F811
    return Administrator(app, product, "Ada")


@pytest.fixture
def bea(app: Flask, product: Product) -> Administrator:  # noqa: F811
    return Administrator(app, product, "Bea")


def revision(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]


STEP = {"act": "settings", "shown": "name,due,performer", "s-performer": "citizen"}


def test_two_who_edit_the_same_draft_lose_nothing(ada: Administrator, bea: Administrator) -> None:
    ada.upload(ESTATE.files)
    seen = revision(bea.get("/prosesser/estate_settlement"))
    step = "/prosesser/estate_settlement/steg/Declare"
    assert ada.post(step, revision=seen, **{"s-name": "Adas navn", "s-due": "14 dager"}, **STEP)[0] == 303

    status, page = bea.post(step, revision=seen, **{"s-name": "Beas navn", "s-due": "9 dager"}, **STEP)

    assert status == 409 and "En kollega har endret utkastet" in page
    assert 'value="Beas navn"' in page and 'value="9 dager"' in page, "what was written is still in the form"
    both = page[page.index('id="begge"') : page.index("</section>", page.index('id="begge"'))]
    assert "Adas navn" in both and "Beas navn" in both, "beside what the first has saved"
    assert "Adas navn" in ada.get("/prosesser/estate_settlement?fane=steg"), "and nothing was overwritten"
    for act in ("angre", "forkast", "publiser"):
        status, page = bea.post(f"/prosesser/estate_settlement/{act}", revision=seen)
        assert status == 422 and "En kollega har endret utkastet" in page, act
    status, page = bea.upload(ESTATE.files)
    assert status == 422 and "sist endret av Ada Administrator" in page
    assert "Adas navn" in ada.get("/prosesser/estate_settlement?fane=steg")
    assert bea.upload(ESTATE.files, replace="estate_settlement")[0] == 303
    assert "Adas navn" not in ada.get("/prosesser/estate_settlement?fane=steg")


def test_the_second_sees_what_both_have_written_in_a_text(ada: Administrator, bea: Administrator) -> None:
    ada.upload(ESTATE.files)
    at = "/prosesser/estate_settlement/tekst"
    assert ada.post(at, revision="1", key="task.Declare", nb="Adas ord", nn="Adas ord", en="Declare")[0] == 303
    status, page = bea.post(at, revision="1", key="task.Declare", nb="Beas ord", nn="Beas ord", en="Declare")
    assert status == 422 and "En kollega har endret utkastet" in page
    assert "Ada Administrator lagret sitt" in page, "who it was, and when"
    both = page[page.index('id="begge"') : page.index("</section>", page.index('id="begge"'))]
    for words in ("task.Declare (Bokmål)", "task.Declare (Nynorsk)", "Beas ord", "Adas ord"):
        assert words in both, words
    assert "English" not in both, "what is the same in both is no matter of two versions"
    assert re.search(r'name="nb"[^>]*>Beas ord</textarea>', page), "and what was written is still in the form"
    seen = {"revision": revision(page), "key": "task.Declare"}
    assert bea.post(at, **seen, nb="Beas ord", nn="Beas ord", en="Declare")[0] == 303, "who has seen both may choose"


def test_a_form_that_saves_itself_is_told_the_other_words(ada: Administrator, bea: Administrator) -> None:
    ada.upload(ESTATE.files)
    at = "/prosesser/estate_settlement/tekst"
    ada.post(at, revision="1", key="task.Declare", nb="Adas ord", nn="", en="")
    sent = {"csrf_token": bea.csrf, "revision": "1", "nn": "", "en": "", "nb": "Beas ord"}
    by_script = {"Accept": "application/json"}
    same = bea.client.post(at, data={**sent, "key": "task.Declare"}, headers=by_script)
    assert same.status_code == 409 and "task.Declare (Bokmål): «Adas ord»" in same.get_data(as_text=True)
    other = bea.client.post(at, data={**sent, "key": "task.Sign"}, headers=by_script)
    assert other.status_code == 200 and other.json and other.json["beside"] is True
    assert "En kollega har endret noe annet" in other.json["text"]


def test_a_text_that_is_too_long_is_refused_and_stays_in_the_form(ada: Administrator) -> None:
    ada.upload(ESTATE.files)
    long = "x" * 4001
    status, page = ada.post(
        "/prosesser/estate_settlement/tekst", revision="1", key="task.Declare", nb=long, nn="", en=""
    )
    assert status == 422 and "Teksten er for lang" in page and long in page


def test_the_second_press_of_a_new_step_adds_no_second_step(ada: Administrator) -> None:
    ada.upload(ESTATE.files)
    form = {"revision": "1", "element": "Declare", "kind": "confirmation", "name": "Bare en gang"}
    for _ in range(2):
        assert ada.post("/prosesser/estate_settlement/steg", **form)[0] == 303
    assert zipped(ada)["process.bpmn"].count(b'name="Bare en gang"') == 1


def zipped(who: Administrator) -> dict[str, bytes]:
    """The files of the draft as they leave."""
    data = who.client.get("/prosesser/estate_settlement/eksport.zip").get_data()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_fault_is_listed_with_element_and_line_and_nothing_can_be_published(
    ada: Administrator,
    product: Product,  # noqa: F811
) -> None:
    files = dict(ESTATE.files)
    process = files["process.bpmn"].decode()
    process = process.replace(">parties<", ">magic<", 1).replace('dueAfter="P45D"', 'dueAfter="soon"')
    process = process.replace('<ib:stage id="signering"/>', '<ib:stage id="nowhere"/>')
    files["process.bpmn"] = process.encode()
    files["texts/resource.nn.json"] = b'{"language": "nn", "resources": []}'
    del files["models/choice.schema.json"]

    assert ada.upload(files)[0] == 303
    page = ada.get("/prosesser/estate_settlement")

    lines = process.splitlines()
    for element, text in (
        ("FindHeirs", "Steget har en oppgavetype som ikke finnes her."),
        ("Declare", "Fristen kan ikke leses."),
        ("Sign", "Steget går inn i en fase som ikke er oppgitt."),
        ("Sign", "Skjemaet mangler beskrivelsen av feltene sine."),
        ("Declare", "En tekst mangler."),
    ):
        line = next(number for number, text_of in enumerate(lines, 1) if f'id="{element}"' in text_of)
        assert re.search(rf"\({element}, linje {line}\): {re.escape(text)}", page), (element, text)
    status, page = ada.post("/prosesser/estate_settlement/publiser", revision=revision(page))
    assert status == 422 and "Prosessen har feil som må rettes først." in page
    with product.application.db.read() as connection:
        assert product.application.library.versions(connection, "estate_settlement") == []


def test_what_is_not_evaluated_of_a_policy_is_listed_by_name_and_line_and_cannot_be_published(
    ada: Administrator,
    product: Product,  # noqa: F811
) -> None:
    policy = ESTATE.files["policy.xml"].decode().replace("</Rule>", "<Condition/></Rule>", 1)
    policy = policy.replace('MustBePresent="false"', 'MustBePresent="false" Issuer="x"', 1)
    assert ada.upload({**ESTATE.files, "policy.xml": policy.encode()})[0] == 303

    page = ada.get("/prosesser/estate_settlement")
    for name, written in (("Condition", "<Condition/>"), ("Issuer", 'Issuer="x"')):
        line = next(number for number, text in enumerate(policy.splitlines(), 1) if written in text)
        text = "Motoren vurderer ikke dette i policy.xml."
        assert f"<strong>{name}</strong> (policy.xml, linje {line}): {text}" in page
    for tab in ("tilganger", "steg", "diagram"):
        ada.get(f"/prosesser/estate_settlement?fane={tab}")
    status, page = ada.post("/prosesser/estate_settlement/publiser", revision=revision(page))
    assert status == 422 and "Prosessen har feil som må rettes først." in page
    with product.application.db.read() as connection:
        assert product.application.library.versions(connection, "estate_settlement") == []


def test_an_unreadable_bundle_leaves_nothing_behind(ada: Administrator, product: Product) -> None:  # noqa: F811
    status, page = ada.upload({**ESTATE.files, "metadata.json": b"{", "policy.xml": b"<"})
    assert status == 422
    assert "metadata.json kan ikke leses: feil i JSON på linje 1" in page
    assert "policy.xml kan ikke leses: feil i XML på linje 1" in page
    with product.application.db.read() as connection:
        assert drafts.every(connection) == {}


def test_a_folder_is_uploaded_as_it_is(ada: Administrator) -> None:
    folder = [(io.BytesIO(data), f"estate_settlement/{name}") for name, data in ESTATE.files.items()]
    status, _ = ada.post("/prosesser/last-opp", folder=[*folder, (io.BytesIO(b"x"), "estate_settlement/a.py")])
    assert status == 303
    assert "Ingen feil. Prosessen kan publiseres." in ada.get("/prosesser/estate_settlement?utelatt=1")


def test_a_huge_upload_is_told_so(ada: Administrator) -> None:
    kind = "multipart/form-data; boundary=edge"
    answer = ada.client.post("/prosesser/last-opp", data=b"\0" * 9_000_000, content_type=kind)
    assert answer.status_code == 413 and "var for stort" in answer.get_data(as_text=True)


def test_publishing_tells_which_steps_cases_wait_in_and_how_many(
    ada: Administrator,
    product: Product,  # noqa: F811
) -> None:
    from engine.advice.task_types.exchange import Found

    ada.upload(ESTATE.files)
    assert ada.post("/prosesser/estate_settlement/publiser", revision="1")[0] == 303
    parties = (party("11824899930", "Dagny Arv", "avdode"), party("21818297804", "Anne Eksempel"))
    product.court.found = Found("TOSLO-1", parties, date(2027, 1, 22))
    cases = [
        product.start(
            "estate_settlement", subject="avdode", parties=[], signatures=[], annulled=False, partiesChanged=False
        )
        for _ in range(2)
    ]
    product.work()
    ada.post("/prosesser/estate_settlement/utkast")
    for element in ("Declare", "LookAgain"):
        page = ada.get("/prosesser/estate_settlement")
        ada.post(f"/prosesser/estate_settlement/steg/{element}", revision=revision(page), act="remove")
    page = ada.get("/prosesser/estate_settlement")

    assert "Skriv felles erklæring: saker som venter her: 2 (versjon 1)" in page
    assert "Spør retten på nytt: saker" not in page, "no case stands there"
    assert "Fjernet steg: «Skriv felles erklæring»" in page
    assert ada.post("/prosesser/estate_settlement/publiser", revision=revision(page), cases="stay")[0] == 303
    assert "Versjon 2 er i bruk i 0 saker" in ada.get("/prosesser/estate_settlement")
    declared = {"testament": "no", "marriagePact": "no", "agricultural": "no"}
    for case in cases:
        product.complete(case, "Declare", declaration=declared)
        assert set(product.tasks(case)) == {"Sign"}, "on the version they began with"


def test_an_older_version_can_be_taken_up_again(ada: Administrator) -> None:
    ada.upload(ESTATE.files)
    ada.post("/prosesser/estate_settlement/publiser", revision="1")
    ada.post("/prosesser/estate_settlement/utkast")
    ada.post("/prosesser/estate_settlement/steg/Declare", revision="1", **{"s-name": "Nytt navn"}, **STEP)
    ada.post("/prosesser/estate_settlement/publiser", revision="2")
    assert ada.post("/prosesser/estate_settlement/utkast", version="1")[0] == 303
    page = ada.get("/prosesser/estate_settlement")
    assert "«Nytt navn» heter nå «Skriv felles erklæring»" in page
    zipped = ada.client.get("/prosesser/estate_settlement/eksport.zip?versjon=1").get_data()
    assert Bundle.unpack("estate_settlement", zipped).checksum == ESTATE.checksum


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_rule_of_a_bundle_has_a_sentence(language: str) -> None:
    rules: set[str] = set()
    for module in ("engine/workflow/bpmn/validator.py", "engine/workflow/findings.py"):
        source = (ROOT / module).read_text()
        rules |= set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source))
    assert len(rules) > 30
    assert sorted(rule for rule in rules if f"finding.{rule}" not in texts(language)) == []


PARTS: Any = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.text(max_size=4), st.just([]), st.just({}))


@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_value_anywhere_in_the_json_is_refused_or_listed_and_never_a_crash(data: st.DataObject) -> None:
    """One value of one file is put out of shape; the bundle is refused, or its faults can be told."""
    from engine.studio.bundle_upload import UploadError, read_folder
    from engine.workflow.findings import missing_texts

    name = data.draw(st.sampled_from(sorted(n for n in ESTATE.files if n.endswith(".json"))))
    content = json.loads(ESTATE.files[name])
    places: list[tuple[Any, Any]] = []

    def walk(node: dict[str, Any] | list[Any]) -> None:
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    walk(content)
    node, key = data.draw(st.sampled_from(places))
    node[key] = data.draw(PARTS)
    offer = Offer(
        Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS),
        JOBS,
        USER_TASKS,
        ("data_collection",),
        rules=BUNDLE_RULES,
    )
    try:
        bundle = read_folder({**ESTATE.files, name: json.dumps(content).encode()}.items()).bundle
    except UploadError as refused:
        assert refused.reasons
        return
    bundle_findings(bundle, offer)
    missing_texts(bundle)
    for form in bundle.data_types.values():
        if form.task_id in bundle.process.elements:
            work = FormDraft(bundle.files, form.task_id)
            for _, component in work.components():
                kind_of(component, work.rule(bound_to(component)))
            work.files()
    differences(ESTATE, bundle)
    for language in ("nb", "nn", "en"):
        assert isinstance(bundle.title(language), str) and isinstance(bundle.described(language), str)


@pytest.mark.parametrize("word", ["yes", "no"])
def test_a_test_run_answers_consent_and_mandate_and_reaches_the_form(ada: Administrator, word: str) -> None:
    ada.upload(Bundle.read(ROOT / "docs" / "examples" / "debt_settlement").files)
    where = "/prosesser/debt_settlement/provekjoring"
    assert ada.post(f"{where}/start")[0] == 303

    for step in ("Gi samtykke", "Gi fullmakt"):
        page = ada.get(where)
        assert step in page
        task = re.search(r"oppgave/([0-9a-f-]{36})", page)
        assert task
        status, answer = ada.post(f"{where}/oppgave/{task[1]}", action=word)
        assert status == 303, re.findall(r"<li>.*?</li>", answer)

    page = ada.get(where)
    assert "Hvorfor kan du ikke betale?" in page and "Noe stoppet opp" not in page


def test_only_an_administrator_enters(app: Flask) -> None:
    answer = app.test_client().get("/prosesser")
    assert answer.status_code == 303
