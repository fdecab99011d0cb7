"""Every address that takes forms answers a GET with a page, and what is too long is refused whole."""

from __future__ import annotations

from html import unescape

import pytest
from werkzeug.datastructures import MultiDict

from engine.workflow.authorization.actor import Role
from tests.engine.web.filled import Browser
from tests.engine.web.test_unsent_forms import everybody, forms
from tests.processes.conftest import Product, product

__all__ = ["product"]

#: The session ends, or is another's, by these.
OF_THE_SESSION = ("/logg-ut", "/ansatt/kontor")
LONG = "Lang tekst " * 4_000 + "siste ord"


def test_no_address_that_takes_forms_refuses_to_be_opened(product: Product) -> None:  # noqa: F811
    tried = 0
    for who in everybody(product):
        browser = Browser(product, who)
        for rule in browser.client.application.url_map.iter_rules():
            if "POST" not in (rule.methods or ()) or rule.rule in OF_THE_SESSION:
                continue
            path = rule.build({name: 6 if name == "months" else "advice" for name in rule.arguments})
            assert path is not None
            assert browser.client.get(path[1]).status_code != 405, rule.rule
            tried += 1
    assert tried >= 3 * 90


def test_a_page_that_answered_a_form_can_be_opened_again(product: Product) -> None:  # noqa: F811
    answered = 0
    for who in everybody(product):
        browser = Browser(product, who)
        for sent in list(forms(browser, who)):
            emptied = [(name, "" if name in sent.typed else value) for name, value in sent.fields.items(multi=True)]
            answer = browser.client.post(sent.action, data=MultiDict([*emptied, ("csrf_token", browser.csrf)]))
            if answer.status_code in (200, 422) and answer.mimetype == "text/html":
                answered += 1
                again = browser.client.get(sent.action, follow_redirects=True)
                assert again.status_code == 200, (sent.action, again.status_code)
    assert answered >= 10, answered


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.CASEWORKER, Role.ADMINISTRATOR])
def test_a_long_text_is_refused_whole_or_stored_whole(product: Product, role: Role) -> None:  # noqa: F811
    [who] = [one for one in everybody(product) if one.role is role]
    browser, tried = Browser(product, who), 0
    for sent in list(forms(browser, who)):
        for name in sent.typed:
            fields = [(field, LONG if field == name else value) for field, value in sent.fields.items(multi=True)]
            answer = browser.client.post(sent.action, data=MultiDict([*fields, ("csrf_token", browser.csrf)]))
            if answer.status_code == 303:  # led back to the form, or away from one that takes a text as long as this
                answer = browser.client.get(answer.headers["Location"], follow_redirects=True)
            assert answer.status_code in (200, 409, 422), (sent.action, name, answer.status_code)
            assert LONG in unescape(answer.get_data(as_text=True)), (sent.action, name)
            tried += 1
    assert tried >= 3, tried
