"""The settings of jobs checked by their descriptions, without a database and without knowing what there is to offer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.advice.task_types.job_settings import job_findings, left_by_jobs
from engine.workflow.definitions.bundle import Bundle
from tests.factories.bundles import bundle, job, line

ROOT = Path(__file__).resolve().parents[4]
NAMES = {
    "register": {"domstol": ""},
    "receiver": {"domstol": ""},
    "target": {"kommunen": "Kommunen"},
    "data_set": {"bank.accounts": "", "nav.benefits": ""},
    "basis": {"bank.accounts": "consent", "nav.benefits": "mandate"},
}
VARIABLE = '["dataModel", "x", "variables"]'


def one(task_type: str, config: dict[str, str], before: str = "") -> Bundle:
    body = f'<startEvent id="s"/>{before}<serviceTask id="j">{job(task_type, **config)}</serviceTask><endEvent id="e"/>'
    made = bundle(body + line("s", "j", "e"))
    letter = {"id": "own", "title": {"nb": "T"}, "body": {"nb": "B"}}
    return Bundle("p", {**made.files, "templates.json": json.dumps({"letters": [letter]}).encode()})


@pytest.mark.parametrize(
    ("task_type", "config", "rules"),
    [
        ("fetch", {}, ["setting-missing"]),
        ("fetch", {"dataSets": VARIABLE}, []),
        ("fetch", {"dataSet": VARIABLE}, []),
        ("fetch", {"dataSets": "bank.accounts, kirken"}, ["consent-not-asked", "unknown-data-set"]),
        ("fetch", {"dataSets": "nav.benefits"}, ["mandate-not-asked"]),
        ("parties", {}, ["setting-missing"]),
        ("parties", {"register": "kirken"}, ["unknown-register"]),
        ("parties", {"register": VARIABLE}, []),
        ("submit", {"receiver": "domstol", "reference": "1", "everybodySigned": "maybe"}, ["setting-unreadable"]),
        ("submit", {"receiver": "kirken", "reference": VARIABLE}, ["unknown-receiver"]),
        ("notify", {"text": "notice.x", "txt": "y"}, ["unknown-setting"]),
        ("notify", {"text": "notice.x", "priority": "bulk"}, []),
        ("notify", {"text": "notice.x", "priority": "first"}, ["setting-unreadable"]),
        ("document", {"template": "own"}, []),
        ("document", {"template": "closing"}, []),
        ("document", {"template": "free"}, ["unknown-template"]),
        ("call_out", {"body.a": "1"}, ["setting-missing"]),
        ("call_out", {"target": "kirken"}, ["unknown-target"]),
        ("call_out", {"target": "kommunen", "body.a": VARIABLE, "reply.b": "c.d:number"}, []),
        ("call_out", {"target": "kommunen", "body.": "1"}, ["unknown-setting"]),
        ("call_out", {"target": "kommunen", "reply.b": "c:date"}, ["setting-unreadable"]),
        ("something_else", {"anything": "goes"}, []),
    ],
)
def test_each_setting_is_judged_by_its_kind(task_type: str, config: dict[str, str], rules: list[str]) -> None:
    found = list(job_findings(one(task_type, config), NAMES))
    assert sorted(finding.rule for finding in found) == rules
    assert {finding.element for finding in found} <= {"j"}


def test_what_this_house_does_not_tell_is_not_judged() -> None:
    for task_type, config in (("parties", {"register": "kirken"}), ("fetch", {"dataSets": "kirken"})):
        assert list(job_findings(one(task_type, config), {})) == []


def test_a_yes_that_is_asked_for_anywhere_before_is_a_basis() -> None:
    asked = '<callActivity id="c" calledElement="consent"/>'
    assert list(job_findings(one("fetch", {"dataSets": "bank.accounts"}, asked), NAMES)) == []


@pytest.mark.parametrize(
    "place", [*(ROOT / "processes").iterdir(), *(ROOT / "docs" / "examples").iterdir()], ids=lambda place: place.name
)
def test_what_comes_with_the_product_has_nothing_to_remark(place: Path) -> None:
    if (place / "process.bpmn").is_file():
        names = {kind: found for kind, found in NAMES.items() if kind in ("register", "receiver")}
        assert list(job_findings(Bundle.read(place), names)) == []


def test_conditions_can_ask_about_what_jobs_leave() -> None:
    made = one("call_out", {"target": "kommunen", "reply.amount": "a:number", "reply.id": "b"})
    assert dict(left_by_jobs(made)) == {"amount": "number", "id": "text"}
    assert dict(left_by_jobs(one("fetch", {"dataSets": VARIABLE}))) == {
        "answered": "flag",
        "askAgain": "text",
        "notAllowed": "number",
    }
