"""Every name that is looked up at run time is there: texts, task types, data sets, guards, tables."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask

import processes
from engine.advice.task_types.task_type_registry import USER_TASKS
from engine.cli.capabilities import CAPABILITIES
from engine.platform import schema
from engine.platform.db import Database, metadata
from engine.platform.settings import Settings
from engine.web.shared.texts import LANGUAGES, texts
from engine.workflow.authorization.policy import read_policy
from engine.workflow.bpmn.validator import validate
from engine.workflow.definitions.bundle import Bundle

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "engine" / "web").rglob("*.html"))
KEY = re.compile(r"\bt\('([a-z][\w.]*)'[,)]")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    import wsgi
    from engine.web import create_app

    settings = Settings.from_env({"IBALANSE_DATA": str(tmp_path_factory.mktemp("app")), "IBALANSE_ENV": "test"})
    application, outside = wsgi.wire(settings)
    wsgi.prepare(application)
    return create_app(application, logins=outside.logins, identify=outside.folkeregisteret.identify)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_text_a_template_names_is_there(template: Path) -> None:
    missing = [key for key in KEY.findall(template.read_text()) if key not in texts("nb") and not key.endswith(".")]
    assert missing == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_carries_style_or_script(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|js:|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("folder", processes.ALL, ids=lambda path: path.name)
def test_every_journey_is_valid_and_its_names_resolve(folder: Path, app: Flask) -> None:
    bundle = Bundle.read(folder)
    product = app.extensions["ibalanse"]
    known = {path.name for path in processes.ALL}
    stages = {stage.id for stage in bundle.stages}

    assert validate(bundle.definitions, CAPABILITIES) == ()
    assert read_policy(bundle.files["policy.xml"]).rules
    assert set(bundle.texts) == set(LANGUAGES)
    assert len({frozenset(found) for found in bundle.texts.values()}) == 1, "a text is missing in a language"
    for element in bundle.process.elements.values():
        kind = element.extension.task_type
        if element.type == "serviceTask" and kind:
            assert kind in product.job_types, element.id
        if element.type == "userTask":
            assert kind in USER_TASKS, element.id
            assert f"task.{element.id}" in bundle.texts["nb"], element.id
        if element.type == "callActivity":
            assert element.called in known, element.id
        if element.extension.stage:
            assert element.extension.stage in stages, element.id
    for kind in bundle.data_types.values():
        assert kind.task_id in bundle.process.elements
        assert bundle.schema(kind.id) is not None


def test_every_route_belongs_to_a_guarded_blueprint(app: Flask) -> None:
    guards = {name: getattr(blueprint, "guard", None) for name, blueprint in app.blueprints.items()}
    assert all(guards.values()), guards
    for rule in app.url_map.iter_rules():
        assert rule.endpoint == "static" or rule.endpoint.partition(".")[0] in guards, rule


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_enters_a_personal_page_without_logging_in(app: Flask, method: str) -> None:
    client = app.test_client()
    open_to_all = {"citizen.landing", "citizen.statement", "citizen.privacy", "citizen.favicon", "static"}
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.endpoint in open_to_all:
            continue
        if rule.endpoint.startswith(("login.", "health.")):
            continue
        address = re.sub(r"<[^>]+>", "x", rule.rule)
        answer = client.open(address, method=method)
        assert answer.status_code in (303, 403), (rule, answer.status_code)
        if answer.status_code == 303:
            assert "logg-inn" in answer.headers["Location"], rule


def test_every_answer_carries_its_headers_errors_too(app: Flask) -> None:
    client = app.test_client()
    for path in ("/", "/not-there", "/health/live", "/logg-inn/idporten/svar"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_migrations_make_exactly_the_tables_the_code_knows(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    import engine.studio.tables  # noqa: F401

    database = Database(f"sqlite:///{tmp_path / 'm.db'}")
    schema.upgrade(database)
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.engine.dispose()


def test_nothing_committed_names_a_registry_or_an_absolute_path() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert json.loads(lock)["packages"]
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "http" not in text and "file:" not in text and "--hash=sha256:" in text
