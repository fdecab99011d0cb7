"""The one place where the contracts touch the product's own modules: when those move, point these imports at them.

Everything else in ``tests/contracts`` goes through the command, HTTP, the file tree and the database.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

import wsgi
from engine.advice.consent import lifecycle as consent_lifecycle
from engine.advice.consent.channels import ChannelState
from engine.advice.task_types import task_type_registry
from engine.advice.task_types.exchange import Found, Reply
from engine.application import build
from engine.casework import information_requests, members
from engine.platform.clock import FixedClock
from engine.platform.db import Database
from engine.platform.schema import config as alembic_config
from engine.platform.schema import revision as newest_revision
from engine.platform.settings import Settings
from engine.web import create_app
from engine.web.shared.login import COOKIE
from engine.workflow.authorization import sessions
from engine.workflow.authorization.actor import SYSTEM, Actor, Office, Role
from engine.workflow.counters import COUNTERS
from engine.workflow.execution import commands, lifecycle
from engine.workflow.execution.commands import Outcome
from engine.workflow.jobs.models import COMMANDS, QUEUES
from engine.workflow.jobs.wakeup import no_wakeup
from integrations.wiring import connect
from tests.processes.conftest import Channel, Court, Product, Published, Sources, party

__all__ = ["SYSTEM", "Actor", "Product", "Office", "Role", "newest_revision"]
ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("engine.", "forms.", "integrations.", "processes.")
#: ``ibalanse`` as a process of its own: put the arguments behind it and run it in ``ROOT``.
COMMAND = (sys.executable, "-m", "wsgi")


# The command


def ibalanse(*argv: str, **environment: str) -> tuple[int, str, str]:
    """Run a sub-command inside this process: exit status, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    with _environment(environment), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        before, sys.argv = sys.argv, ["ibalanse", *argv]
        try:
            status: Any = wsgi.main()
        except SystemExit as left:
            status = left.code
        finally:
            sys.argv = before
    return int(status or 0), out.getvalue(), err.getvalue()


@contextlib.contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update({"COLUMNS": "1000", "TERMINAL_WIDTH": "1000", **values})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def settings_text(folder: Path, **environment: str) -> str:
    """Every setting as text, read from exactly this environment."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update({"IBALANSE_DATA": str(folder), "IBALANSE_ENV": "test", **environment})
    try:
        settings = Settings.from_env()
        asked = [name.removesuffix("_URL").lower() for name in sorted(settings.provider_values)]
        return repr(settings) + repr([settings.provider_url(provider) for provider in asked])
    finally:
        os.environ.clear()
        os.environ.update(before)


# The web


def web(**environment: str) -> Flask:
    """The web application as gunicorn serves it, in this environment."""
    with _environment(environment):
        return wsgi.application()


class Browser:
    """Somebody logged in, who sends forms as a browser without script does."""

    def __init__(self, product: Product, who: Actor) -> None:
        app = _app(product)
        with product.application.db.write() as connection:
            token = sessions.log_in(
                connection,
                product.clock.now(),
                person_id=who.person_id,
                role=who.role,
                office=who.office,
                level="high",
                language="nb",
                issuer="test",
                sid="",
                id_token="",
            )
            if who.role is Role.CASEWORKER and who.office:
                members.note_login(connection, who.office.orgno, who.person_id, False, product.clock.now())
        self.client = app.test_client()
        self.client.set_cookie(COOKIE, token)
        self.csrf = sessions.csrf_token(token, product.application.settings.secret_keys[0])

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def post(self, path: str, status: int = 303, **form: object) -> str:
        """Send a form; returns where it leads, or the page that says why not."""
        boundary, body = encode_multipart(MultiDict({"csrf_token": self.csrf, **form}))
        answer = self.client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")
        text = answer.get_data(as_text=True)
        assert answer.status_code == status, (path, answer.status_code, _problem(text))
        return answer.headers.get("Location", text)


def _app(product: Product) -> Flask:
    """The pages of this application, made once."""
    found = vars(product).get("pages")
    if not isinstance(found, Flask):
        found = create_app(product.application, logins={}, identify=lambda pid: ("", date(1980, 1, 1)))
        vars(product)["pages"] = found
    return found


def upload(content: bytes, name: str) -> FileStorage:
    """A file as a browser sends it."""
    return FileStorage(io.BytesIO(content), name)


def _problem(page: str) -> str:
    shown = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))[:600]


# The application, with sources that answer as told and jobs in line


def open_house(folder: Path, url: str, at: datetime) -> Product:
    """The product on the database at *url*, at the moment *at*. The keys lie in *folder*."""
    settings = Settings.from_env({"IBALANSE_DATA": str(folder), "DATABASE_URL": url, "IBALANSE_ENV": "test"})
    clock, sources, court, published = FixedClock(at), Sources(), Court(), Published()
    data_sets = {name: replace(found, fetch=sources.fetch(name)) for name, found in connect(settings).data_sets.items()}
    channels = {
        "altinn": Channel("altinn", ChannelState.PENDING),
        "bank": Channel("bank", ChannelState.PENDING),
        "norskgjeld": Channel("norskgjeld", ChannelState.ACTIVE),
    }
    hooks = task_type_registry.hooks(data_sets, {"party_id": "1", "name": "iBalanse"})
    app = build(
        settings,
        clock=clock,
        wakeup=no_wakeup,
        data_sets=data_sets,
        channels=channels,
        hooks=lambda key, element, task_type: hooks.get(task_type),
    )
    app.job_types.update(task_type_registry.jobs(app, {"domstol": court}, {"domstol": court}, published))
    return Product(app, clock, sources, "", court, published)


def send(product: Product, command: str, actor: Actor, /, **fields: object) -> Outcome:
    """Send the command of this name."""
    return product.application.dispatch.send(getattr(commands, command)(**fields), actor)


def court_knows(product: Product, heirs: list[list[str]]) -> None:
    """The register of parties tells of these: number, name and role."""
    product.court.found = Found("TOSLO-1", tuple(party(*one) for one in heirs), date(2027, 1, 22))


def court_answers(product: Product, code: str, day: date) -> None:
    product.court.answer = Reply(code, day)


def work(product: Product) -> None:
    """Do everything that is due, and put what could not be done back as the outbox says."""
    until = time.monotonic() + 10
    while product.application.performer.run_until_idle(5):
        assert time.monotonic() < until, "the work has no end"


# What is stored under names


def life_cycles() -> dict[str, dict[str, str]]:
    """Life cycle → "state trigger" → the state after it."""
    every = {
        **{name.lower(): found for name, found in vars(lifecycle).items() if hasattr(found, "table")},
        **{name.lower(): found for name, found in vars(consent_lifecycle).items() if hasattr(found, "table")},
        "question": information_requests.QUESTION,
    }
    return {
        name: {f"{state} {trigger}": to for (state, trigger), to in sorted(found.table.items())}
        for name, found in sorted(every.items())
    }


def job_types(folder: Path) -> dict[str, list[str]]:
    """The names stored with due work, tasks and harvests."""
    settings = Settings.from_env({"IBALANSE_DATA": str(folder), "IBALANSE_ENV": "test"})
    app, _ = wsgi.wire(settings)
    return {
        "jobs": sorted(app.job_types),
        "user tasks": sorted(task_type_registry.USER_TASKS),
        "data sets": sorted(app.data_sets),
        "channels": sorted(app.channels),
        "due work of its own": sorted(COMMANDS),
        "queues": sorted(QUEUES),
        "roles": sorted(Role),
    }


def enumerations() -> list[list[str]]:
    """The values of every enumeration of text."""
    own = [found for found in StrEnum.__subclasses__() if found.__module__.startswith(PRODUCT)]
    return sorted(sorted(member.value for member in found) for found in own)


def metric_labels() -> dict[str, list[str]]:
    """What this process counts: family → labels."""
    counted = COUNTERS.registry._collector_to_names
    return {str(one._name): list(one._labelnames) for one in counted}  # type: ignore[attr-defined]


# The schema


def database(url: str) -> Database:
    return Database(url)


def step(url: str, revision: str) -> None:
    """Bring a database to this revision of the schema, upwards."""
    from alembic import command

    found = Database(url)
    try:
        command.upgrade(alembic_config(found), revision)
    finally:
        found.engine.dispose()


def revisions() -> list[str]:
    """Every revision of the schema, oldest first."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(alembic_config(Database("sqlite://")))
    return [str(script.revision) for script in reversed(list(scripts.walk_revisions()))]
