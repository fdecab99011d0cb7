"""A process made for the test, with a case begun, and the browsers of those who have a part in it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from engine.studio.blank import blank
from engine.studio.form_builder import FormDraft
from engine.web import create_app
from engine.web.shared.login import COOKIE
from engine.workflow.authorization import sessions
from engine.workflow.authorization.actor import Actor
from engine.workflow.definitions.bundle import Bundle
from tests.processes.conftest import OFFICE, Product

KEY = "soknad"


def made(build: Callable[[FormDraft], Any], step: str = "Apply") -> Bundle:
    """A process of two steps, with a form built in the first."""
    bundle = blank(KEY, "Søknad", {"orgno": OFFICE.orgno, "name": OFFICE.name})
    form = FormDraft(bundle.files, step)
    build(form)
    return Bundle(KEY, form.files())


class Browser:
    """Somebody logged in, who sends forms as a browser without script does."""

    def __init__(self, product: Product, who: Actor) -> None:
        app = create_app(product.application, logins={}, identify=lambda pid: ("", product.clock.now().date()))
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
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie(COOKIE, token)
        self.csrf = sessions.csrf_token(token, product.application.settings.secret_keys[0])

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def post(self, path: str, **form: object) -> TestResponse:
        """As one part after another, whether there is a file among them or not."""
        boundary, body = encode_multipart(MultiDict({"csrf_token": self.csrf, **form}))
        return self.client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")

    def follow(self, path: str, **form: object) -> str:
        """The page a press leads to."""
        answer = self.post(path, **form)
        assert answer.status_code == 303, (path, answer.status_code, faults(answer.get_data(as_text=True)))
        return self.get(answer.headers["Location"])


def sent(*files: tuple[bytes, str]) -> list[FileStorage]:
    """Files as a browser sends them: content and name."""
    return [FileStorage(io.BytesIO(data), name) for data, name in files]


def faults(page: str) -> list[str]:
    """What a page says must be put right."""
    summary = page.partition('class="ds-error-summary"')[2].partition("</div>")[0]
    return re.findall(r"<li>(?:<a[^>]*>)?([^<]+)", summary)


def begin(product: Product, bundle: Bundle) -> tuple[str, str]:
    """Deploy, and begin a case for Anne. Returns the case and its task."""
    with product.application.db.write() as connection:
        product.application.library.deploy(connection, bundle, by="test")
    case = product.start(bundle.key)
    product.work()
    return case, product.tasks(case)["Apply"]
