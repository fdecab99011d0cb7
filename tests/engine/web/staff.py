"""A browser an employee is logged in with, on an application of the test's own."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.application import Application
from engine.web import create_app
from engine.web.shared.login import COOKIE
from engine.workflow.authorization import sessions
from engine.workflow.authorization.actor import Office, Role


class Staff:
    """Gets pages and sends forms as one employee."""

    def __init__(self, application: Application, role: Role, office: Office, pid: str, name: str) -> None:
        born = application.clock.now().date()
        with application.db.write() as connection:
            self.id = application.vault.register(connection, pid=pid, name=name, birth_date=born).id
        self._application, self._role, self._office = application, role, office
        app = create_app(application, logins={}, identify=lambda pid: ("", born))
        self.browser: FlaskClient = app.test_client()

    def _log_in(self) -> None:
        """Anew before each request: a test may move the clock past any session's end."""
        with self._application.db.write() as connection:
            token = sessions.log_in(
                connection,
                self._application.clock.now(),
                person_id=self.id,
                role=self._role,
                office=self._office,
                level="high",
                language="nb",
                issuer="test",
                sid="",
                id_token="",
            )
        self.browser.set_cookie(COOKIE, token)

    def get(self, path: str, **options: Any) -> TestResponse:
        self._log_in()
        return self.browser.get(path, **options)

    def read(self, path: str) -> str:
        """The text of a page's main part."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return text_of(answer)

    def post(self, path: str, **form: object) -> TestResponse:
        page = self.get("/personvern").get_data(as_text=True)
        hidden = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert hidden, "every page has the form of the language"
        return self.browser.post(path, data={"csrf_token": hidden[1], **form})


def text_of(answer: TestResponse) -> str:
    shown = answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))
