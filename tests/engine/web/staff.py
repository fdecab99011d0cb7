"""A browser an employee is logged in with, on a house of the test's own."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient

from engine.application import Application
from engine.authorization import sessions
from engine.authorization.actor import Office, Role
from engine.web import create_app
from engine.web.login import COOKIE


class Staff:
    """Gets pages and sends forms as one employee."""

    def __init__(self, application: Application, role: Role, office: Office, pid: str, name: str) -> None:
        now = application.clock.now()
        with application.db.write() as connection:
            self.id = application.vault.register(connection, pid=pid, name=name, birth_date=now.date()).id
            token = sessions.log_in(
                connection, now, person_id=self.id, role=role, office=office, level="high", language="nb",
                issuer="test", sid="", id_token="",
            )  # fmt: skip
        app = create_app(application, logins={}, identify=lambda pid: ("", now.date()))
        self.browser: FlaskClient = app.test_client()
        self.browser.set_cookie(COOKIE, token)

    def get(self, path: str, **options: Any) -> Any:
        return self.browser.get(path, **options)

    def read(self, path: str) -> str:
        """The text of a page's main part."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return text_of(answer)

    def post(self, path: str, **form: Any) -> Any:
        page = self.get("/personvern").get_data(as_text=True)
        hidden = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert hidden, "every page has the form of the language"
        return self.browser.post(path, data={"csrf_token": hidden[1], **form})


def text_of(answer: Any) -> str:
    shown = answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))
