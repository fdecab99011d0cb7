"""The shipped journey of self-help on any one day: product and stand-ins on one clock that stands, a new database.

A person walks it through the product's own pages, with Flask's test client; the world answers over HTTP.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

import processes
import wsgi
from engine.advice.consent.models import grant
from engine.application import Application
from engine.platform.clock import FixedClock, SandboxClock
from engine.web import create_app
from engine.web.shared.login import COOKIE
from engine.workflow.authorization import sessions
from engine.workflow.authorization.actor import Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.jobs import wakeup
from integrations.sandbox.persons import Person, person_by_key
from tests.factories.html import PageClient
from tests.factories.pasts import sandbox_of


@dataclass(frozen=True)
class Day:
    """A product that lives at one moment, and its web application."""

    application: Application
    web: Flask
    clock: FixedClock

    def citizen(self, key: str) -> Citizen:
        """A person of the sandbox, logged in."""
        return Citizen(self, person_by_key(key))

    def work(self) -> None:
        """Do all that is due."""
        while self.application.performer.run_until_idle(60):
            pass


@contextmanager
def day_of(now: datetime, folder: Path, migrated: Path, client_key: Path) -> Iterator[Day]:
    """A product in *folder*, which is empty, at *now*.

    migrated    a database file at the newest version of the schema;  client_key  to sign with: both are copied
    """
    clock = FixedClock(now.astimezone(UTC))
    with pytest.MonkeyPatch.context() as patch, sandbox_of(folder, client_key) as settings:
        patch.setattr(SandboxClock, "now", lambda self: clock.now())
        patch.setattr(wakeup, "Wakeup", lambda *_, **__: wakeup.no_wakeup)
        shutil.copy(migrated, settings.database_url.removeprefix("sqlite:///"))
        application, outside = wsgi.wire(settings)
        with application.db.write() as connection:
            for bundle in processes.ALL:
                application.library.deploy(connection, Bundle.read(bundle), by="test")
        register = outside.folkeregisteret
        web = create_app(application, logins={}, identify=register.identify, former_numbers=register.former_numbers)
        web.test_client_class = PageClient
        yield Day(application, web, clock)
        application.db.engine.dispose()


class Citizen:
    """Somebody at the pages of one day, who sends forms as a browser without script does."""

    def __init__(self, day: Day, who: Person) -> None:
        self.day, self.who = day, who
        application, now = day.application, day.clock.now()
        with application.db.write() as connection:
            known = application.vault.register(connection, pid=who.pid, name=who.name, birth_date=who.birth_date)
            token = sessions.log_in(
                connection,
                now,
                person_id=known.id,
                role=Role.CITIZEN,
                office=None,
                level="high",
                language="nb",
                issuer="test",
                sid="",
                id_token="",
            )
        self.person_id = known.id
        self._client = day.web.test_client()
        self._client.set_cookie(COOKIE, token)
        self._csrf = sessions.csrf_token(token, application.settings.secret_keys[0])

    def get(self, path: str) -> TestResponse:
        """The answer at *path*, wherever it leads."""
        return self._client.get(path, follow_redirects=True)

    def page(self, path: str) -> str:
        """The page at *path*, which is there."""
        answer = self.get(path)
        assert answer.status_code == 200, (self.who.key, path, answer.status_code)
        return answer.get_data(as_text=True)

    def send(self, path: str, **form: object) -> str:
        """Press a button; returns where it leads, after the workers have done what is due."""
        answer = self._client.post(path, data={"csrf_token": self._csrf, **form})
        assert answer.status_code == 303, (self.who.key, path, answer.status_code)
        self.day.work()
        return str(answer.headers["Location"])

    def collect(self) -> None:
        """Begin to put the economy in order alone: yes to all there is, at every source, until the overview stands."""
        at = self.send("/tjenester/self_help/start")
        at = self._answer(self.page(at))
        self._approve()
        self.day.work()
        self._answer(self.page(at))

    def _answer(self, question: str) -> str:
        """Yes to everything a question asks for."""
        form = re.search(r'<form method="post" action="(/oppgaver/[0-9a-f-]+)"', question)
        assert form, question
        institutions = re.findall(r'name="institutions" value="([^"]+)"', question)
        return self.send(form[1], answer="yes", kinds="all", institutions=institutions)

    def _approve(self) -> None:
        """Yes at each source's own page, and back to us."""
        self.day.work()
        with self.day.application.db.read() as connection:
            asked = select(grant.c.id, grant.c.redirect).where(grant.c.state == "pending")
            waiting = connection.execute(asked).all()
        for _, address in waiting:
            answer = requests.post(address, data={"accept": "1"}, timeout=30, allow_redirects=False)
            back = urlsplit(answer.headers["Location"])
            assert self._client.get(f"{back.path}?{back.query}").status_code == 303
            self.day.work()
