"""The settings of a job over HTTP: fields by its description, written back as the lines of the diagram."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from flask import Flask

from engine.advice.task_types import task_type_registry
from engine.advice.task_types.descriptions import DESCRIBED
from engine.advice.task_types.task_type_registry import JOBS
from engine.studio import drafts
from engine.studio.blank import blank
from engine.web.shared.texts import LANGUAGES, texts
from engine.workflow.definitions.bundle import Bundle
from tests.engine.web.test_studio import Administrator, ada, app, revision
from tests.processes.conftest import Product, product

__all__ = ["ada", "app", "product"]
KEY = "ny"
OFFICE = {"orgno": "312345672", "name": "Nav Lillestrøm"}


class Editor:
    """One administrator at one step of a draft of their own."""

    def __init__(self, who: Administrator, where: Product, app: Flask) -> None:
        self.who, self.product = who, where
        offers = task_type_registry.offers({"domstol": where.court}, {"domstol": where.court}, {})
        where.application.offers.update(offers | {"target": {"kommunen": "Kommunens fagsystem"}})
        schema = {"type": "object", "properties": {"done": {"type": "boolean"}}}
        files = blank(KEY, "Ny", OFFICE).files | {"models/form_apply.schema.json": json.dumps(schema).encode()}
        assert who.upload(files)[0] == 303

    def add(self, job: str) -> str:
        """A step of this type after the form. Returns its id."""
        at = f"/prosesser/{KEY}/steg/Apply"
        there = set(self.bundle.process.elements)
        form = {"revision": revision(self.who.get(at)), "act": "add", "kind": f"job:{job}", "name": f"Jobb {job}"}
        assert self.who.post(at, **form)[0] == 303
        return next(iter(set(self.bundle.process.elements) - there))

    @property
    def bundle(self) -> Bundle:
        with self.product.application.db.read() as connection:
            draft = drafts.find(connection, KEY)
        assert draft is not None
        return draft.bundle

    def page(self, step: str) -> str:
        return self.who.get(f"/prosesser/{KEY}/steg/{step}")

    def save(self, step: str, **changed: str) -> tuple[int, str]:
        """Send the form of the settings as a browser would, with these values instead."""
        form = fields(self.page(step))
        form |= {name.replace("__", "-"): value for name, value in changed.items()}
        return self.who.post(f"/prosesser/{KEY}/steg/{step}", **form)

    def config(self, step: str) -> dict[str, object]:
        return dict(self.bundle.process.elements[step].extension.config)


def fields(page: str) -> dict[str, str]:
    """Name → value of the form of a step's settings."""
    form = page.partition('name="act" value="settings"')[2].partition("</form>")[0]
    found = {"act": "settings", "revision": revision(page)}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'\b{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(text)
    return found


@pytest.fixture
def editor(ada: Administrator, product: Product, app: Flask) -> Editor:  # noqa: F811
    return Editor(ada, product, app)


def test_every_job_is_described_and_every_word_of_it_is_there() -> None:
    assert set(DESCRIBED) == set(JOBS)
    wanted = set()
    for name, job in DESCRIBED.items():
        wanted |= {f"tasktype.{name}", f"job.{name}", *(f"job.leaves.{variable}" for variable in job.leaves)}
        wanted |= {f"job.error.{code}" for code in job.errors}
        wanted |= {f"job.{name}.s.{one.name}" for one in job.settings if not one.by_hand}
    for language in LANGUAGES:
        assert wanted - set(texts(language)) == set(), language


def test_sources_are_chosen_by_their_names_and_kept_as_their_ids(editor: Editor) -> None:
    step = editor.add("fetch")
    page = editor.page(step)
    assert "Jobben mangler en innstilling den trenger" in page, "a fetch of nothing is a fault with its step"
    assert "Banken (krever samtykke)" in page and "Om den som døde" in page
    assert "<code>NO_BASIS</code>" in page and "<code>askAgain</code>" in page
    assert 'name="s-config"' in page.partition("Flere innstillinger")[2], "the lines stand among the advanced"

    status, _ = editor.save(step, **{"s-job-dataSets-nav.benefits": "1", "s-job-dataSets-brreg.enterprises": "1"})

    assert status == 303
    assert set(str(editor.config(step)["dataSets"]).split(", ")) == {"nav.benefits", "brreg.enterprises"}
    page = editor.page(step)
    assert "krever fullmakt, men prosessen ber ikke om det" in page, "and nobody asks the citizen for it"
    assert "krever samtykke, men" not in page
    assert re.search(r'name="s-job-dataSets-nav.benefits" value="1" checked', page)
    assert not re.search(r'name="s-job-dataSets-bank.accounts" value="1" checked', page)
    assert "Jobben mangler" not in page


def test_what_a_job_leaves_is_asked_about_and_what_it_throws_is_caught(editor: Editor) -> None:
    step = editor.add("fetch")
    assert editor.save(step, **{"s-job-dataSets-brreg.enterprises": "1"})[0] == 303
    at = f"/prosesser/{KEY}/steg/{step}"
    assert '<datalist id="codes-catch"><option value="NO_BASIS">' in editor.page(step), "the codes are proposed"
    catch = {"act": "catch", "kind": "error", "value": "NO_BASIS", "name": "Ikke lov", "interrupting": "1"}
    assert editor.who.post(at, revision=revision(editor.page(step)), **catch)[0] == 303
    choice = {"act": "add", "kind": "choice", "name": "Svarte alle?"}
    assert editor.who.post(at, revision=revision(editor.page(step)), **choice)[0] == 303

    elements = editor.bundle.process.elements
    (caught,) = [elements[event] for event in elements[step].boundary]
    assert caught.event is not None and caught.event.reference == "NO_BASIS"
    gateway = next(e.id for e in elements.values() if e.type == "exclusiveGateway")
    assert 'value="variables:answered"' in editor.page(gateway), "the way on may depend on it"


def test_saving_a_step_without_a_change_leaves_its_lines_as_they_are(editor: Editor) -> None:
    step = editor.add("notify")
    config = 'priority: bulk\nodd: ["dataModel", "x", "variables"]\nrole: arving\ntext: notice.now'
    assert editor.save(step, **{"s-config": config, "s-job-text-new-nb": ""})[0] == 303
    before = editor.config(step)
    assert list(before) == ["priority", "odd", "role", "text"]

    assert editor.save(step, **{"s-name": "Annet navn"})[0] == 303

    assert editor.config(step) == before and list(editor.config(step)) == list(before)
    page = editor.page(step)
    assert re.search(r"<textarea[^>]*s-config[^>]*>priority: bulk\nodd: [^\n]*</textarea>", page), (
        "described are fields"
    )
    assert "Jobben har en innstilling den ikke bruker" in page


@pytest.mark.parametrize(
    ("job", "config"),
    [
        ("fetch", "dataSets: nav.benefits, kirken, bank.accounts"),
        (
            "submit",
            'receiver: domstol\nreference: ["dataModel","done",   "form_apply"]\neverybodySigned: ["equals",1,1]',
        ),
        ("plan_harvest", 'dataSets: ["dataModel", "x", "variables"]\nsubject: ["dataModel", "who", "variables"]'),
        ("call_out", "target: kommunen\nbody.a.b: 1\nreply.x: n:number"),
    ],
)
def test_a_form_that_is_only_saved_changes_nothing(editor: Editor, job: str, config: str) -> None:
    step = editor.add(job)
    assert editor.save(step, **{"s-config": config})[0] == 303
    before = editor.bundle.files["process.bpmn"]

    assert editor.save(step)[0] == 303

    assert editor.bundle.files["process.bpmn"] == before


def test_a_notice_is_written_where_it_is_chosen(editor: Editor) -> None:
    step = editor.add("notify")
    wanted = {"s-job-text-new-nb": "Vi er i gang", "s-job-text-new-en": "We have begun"}

    assert editor.save(step, **wanted)[0] == 303

    key = str(editor.config(step)["text"])
    said = {language: editor.bundle.texts[language][key] for language in LANGUAGES}
    assert said == {"nb": "Vi er i gang", "nn": "Vi er i gang", "en": "We have begun"}
    assert f"Vi er i gang ({key})" in editor.page(step)


def test_a_call_is_built_of_fields_of_the_case_and_places_in_the_reply(editor: Editor) -> None:
    step = editor.add("call_out")
    assert "Kommunens fagsystem" in editor.page(step)

    status, _ = editor.save(
        step,
        **{
            "s-job-target": "kommunen",
            "s-job-body-0-name": "sak.ferdig",
            "s-job-body-0-field": "form_apply:done",
            "s-job-body-1-name": "kilde",
            "s-job-body-1-own": "iBalanse",
            "s-job-reply-0-name": "kvittering",
            "s-job-reply-0-own": "result.number",
            "s-job-reply-0-type": "number",
        },
    )

    assert status == 303
    assert editor.config(step) == {
        "target": "kommunen",
        "body.sak.ferdig": ["dataModel", "done", "form_apply"],
        "body.kilde": "iBalanse",
        "reply.kvittering": "result.number:number",
    }
    assert fields(editor.page(step))["s-job-body-0-field"] == "form_apply:done", "and reads back as the field"
    bad = {"s-job-body-1-own": '["equals", 1', "s-job-reply-1-name": "to ord", "s-job-reply-1-own": "x"}
    status, page = editor.save(step, **bad)
    assert status == 422 and "Uttrykket kan ikke leses" in page
    assert "[&#34;equals&#34;, 1" in page and 'value="to ord"' in page, "what was written stands"


def test_what_is_not_there_is_a_fault_with_its_step(editor: Editor) -> None:
    for job, setting, value, said in (
        ("parties", "register", "kirken", "Registeret finnes ikke her"),
        ("submit", "receiver", "kirken", "Mottakeren finnes ikke her"),
        ("call_out", "target", "http://169.254.169.254/", "er ikke tillatt av driften"),
        ("fetch", "dataSets", "bank.accounts, kirken", "opplysninger som ikke finnes her"),
        ("document", "template", "vedtak", "Brevet som skal sendes, finnes ikke"),
    ):
        step = editor.add(job)
        assert editor.save(step, **{"s-config": f"{setting}: {value}"})[0] == 303
        assert said in editor.page(step), job


def test_a_new_task_type_brings_its_own_fields(editor: Editor) -> None:
    step = editor.add("notify")
    assert editor.save(step, **{"s-job-text-new-nb": "Hei"})[0] == 303
    assert editor.who.client.get(f"/prosesser/{KEY}/steg/Gone/jobb?s-task_type=document").status_code == 404
    at_once = editor.who.get(f"/prosesser/{KEY}/steg/{step}/jobb?s-task_type=document")
    assert 'name="job" value="document"' in at_once and "Saken er avsluttet" in at_once

    assert editor.save(step, **{"s-task_type": "document"})[0] == 303

    assert "text" not in editor.config(step), "what belonged to the other type falls away"
    assert 'id="s-job-template"' in editor.page(step)
    assert editor.save(step, **{"s-job-template": "closing"})[0] == 303
    assert editor.config(step) == {"template": "closing"}


def test_the_form_is_there_in_every_language(editor: Editor, ada: Administrator) -> None:  # noqa: F811
    step = editor.add("call_out")
    for language, said in (("nn", "Kva system skal kallast?"), ("en", "Which system is called?")):
        assert ada.post("/sprak", language=language)[0] == 303
        assert said in editor.page(step)
