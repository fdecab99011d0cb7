"""The log-in protocol over real HTTP: what must match is checked, what is for once works once."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from engine.platform.settings import Settings
from engine.workflow.authorization.login import LoginStart
from integrations import client_key
from integrations.client_key import sign
from integrations.idporten.client import ASSERTION, LoginError, OidcClient
from integrations.sandbox.persons import person_by_key
from integrations.wiring import connect

BACK = "http://localhost:8000/logg-inn/idporten/svar"


@pytest.fixture
def client(sandbox: Settings) -> OidcClient:
    return connect(sandbox).logins["idporten"]


def choose(start: LoginStart, **fields: str) -> dict[str, str]:
    """Choose a person on the sandbox's page, and return what comes back in the address."""
    request_uri = parse_qs(urlsplit(start.url).query)["request_uri"][0]
    form = {"request_uri": request_uri, **(fields or {"person": "anne"})}
    answer = requests.post(start.url.partition("?")[0], data=form, allow_redirects=False, timeout=5)
    answer.raise_for_status()
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def begin(client: OidcClient) -> LoginStart:
    return client.begin(redirect_uri=BACK, locale="nb")


def test_the_address_the_browser_gets_carries_a_reference_and_nothing_else(client: OidcClient) -> None:
    assert set(parse_qs(urlsplit(begin(client).url).query)) == {"client_id", "request_uri"}


def test_the_one_who_logged_in_is_anne(client: OidcClient) -> None:
    start = begin(client)

    identity = client.finish(start, BACK, choose(start))

    assert identity.pid == person_by_key("anne").pid
    assert (identity.level, identity.locale, identity.offices) == ("high", "nb", ())
    assert identity.sub != identity.pid and identity.sid


def test_an_employee_brings_the_office_they_may_act_for(sandbox: Settings) -> None:
    client = connect(sandbox).logins["ansattporten"]
    start = begin(client)

    identity = client.finish(start, BACK, choose(start, person="kari"))

    assert identity.offices == (("312345672", "Nav Lillestrøm"),)


def test_who_works_at_two_offices_brings_both_and_what_was_given_at_each(sandbox: Settings) -> None:
    client = connect(sandbox).logins["ansattporten"]
    start = begin(client)

    identity = client.finish(start, BACK, choose(start, person="tone"))

    assert [orgno for orgno, _ in identity.offices] == ["312345672", "313367002"]
    given = {orgno: {name.rpartition("-")[2] for name in names} for orgno, names in identity.granted.items()}
    assert given == {"312345672": {"ansatt"}, "313367002": {"leder"}}
    assert identity.leads == ("313367002",)


def test_a_code_works_once(client: OidcClient) -> None:
    start = begin(client)
    answer = choose(start)
    client.finish(start, BACK, answer)

    with pytest.raises(LoginError, match="provider_http_400"):
        client.finish(start, BACK, answer)


def test_another_verifier_gets_nothing(client: OidcClient) -> None:
    start = begin(client)

    with pytest.raises(LoginError, match="provider_http_400"):
        client.finish(replace(start, verifier="x" * 43), BACK, choose(start))


@pytest.mark.parametrize(
    ("change", "code"),
    [({"state": "other"}, "state"), ({"iss": "https://somebody.else"}, "iss"), ({"code": "made-up"}, "provider")],
)
def test_a_changed_answer_is_refused(client: OidcClient, change: dict[str, str], code: str) -> None:
    start = begin(client)

    with pytest.raises(LoginError, match=code):
        client.finish(start, BACK, {**choose(start), **change})


def test_an_answer_to_somebody_elses_log_in_is_refused(client: OidcClient) -> None:
    mine, other = begin(client), begin(client)

    with pytest.raises(LoginError, match="nonce|provider"):
        client.finish(replace(mine, state=other.state), BACK, choose(other))


def test_cancelling_says_cancelled(client: OidcClient) -> None:
    start = begin(client)

    with pytest.raises(LoginError, match="cancelled"):
        client.finish(start, BACK, choose(start, cancel="1"))


def test_a_pushed_request_is_used_once(client: OidcClient) -> None:
    start = begin(client)
    choose(start)

    with pytest.raises(requests.HTTPError):
        choose(start)


@pytest.mark.parametrize(
    "change", [{"aud": "https://other"}, {"iss": "other"}, {"exp": 1}, {"exp": 99999999999}], ids=str
)
def test_the_sandbox_refuses_a_client_assertion_with_anything_wrong(
    sandbox: Settings, change: dict[str, object]
) -> None:
    key = client_key.load(sandbox.client_key, create=False)
    name = sandbox.idporten.client_id
    claims = {"iss": name, "sub": name, "aud": sandbox.idporten.issuer, **change}
    form = {"client_assertion_type": ASSERTION, "client_assertion": sign(key, claims)}

    answer = requests.post(f"{sandbox.idporten.issuer}/par", data=form, timeout=5)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_client_assertion_is_accepted_once(sandbox: Settings) -> None:
    key = client_key.load(sandbox.client_key, create=False)
    name = sandbox.idporten.client_id
    assertion = sign(key, {"iss": name, "sub": name, "aud": sandbox.idporten.issuer})
    form = {"client_assertion_type": ASSERTION, "client_assertion": assertion}

    statuses = [requests.post(f"{sandbox.idporten.issuer}/par", data=form, timeout=5).status_code for _ in range(2)]

    assert statuses == [400, 401], "the first fails on its empty request, the second on its assertion"
