"""Maskinporten's grant over real HTTP, with the documented error codes."""

from __future__ import annotations

import pytest
import requests

from engine.platform.provider_errors import SourceRefusedError
from engine.platform.settings import Settings
from integrations import client_key
from integrations.client_key import sign
from integrations.maskinporten.client import GRANT
from integrations.wiring import connect


def ask(sandbox: Settings, **change: object) -> requests.Response:
    key = client_key.load(sandbox.client_key, create=False)
    issuer = sandbox.maskinporten.issuer
    claims = {"aud": issuer, "iss": sandbox.maskinporten.client_id, "scope": "kartverk:oed", **change}
    form = {"grant_type": GRANT, "assertion": sign(key, claims, 100)}
    return requests.post(f"{issuer}token", data=form, timeout=5)


def test_a_good_grant_gives_a_token_with_the_consumer(sandbox: Settings) -> None:
    connect(sandbox)
    answer = ask(sandbox).json()

    assert answer["token_type"] == "Bearer"
    assert answer["scope"] == "kartverk:oed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"aud": "https://other/"}, "MP-110"),
        ({"iss": "somebody-else"}, "MP-100"),
        ({"exp": 1}, "MP-130"),
        ({"scope": ""}, "MP-200"),
        ({"authorization_details": [{"type": "urn:other"}]}, "MP-301"),
        ({"authorization_details": [{"type": "urn:altinn:consent", "id": "none", "from": "x"}]}, "MP-303"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_grant_with_something_wrong_gets_the_documented_code(
    sandbox: Settings, change: dict[str, object], code: str
) -> None:
    connect(sandbox)

    answer = ask(sandbox, **change)

    assert answer.status_code == 400
    assert answer.json()["error_description"].startswith(code)


def test_a_grant_is_accepted_once(sandbox: Settings) -> None:
    connect(sandbox)

    assert ask(sandbox, jti="the-same").status_code == 200
    assert ask(sandbox, jti="the-same").json()["error_description"].startswith("MP-012")


def test_no_token_is_given_for_a_consent_nobody_gave(sandbox: Settings) -> None:
    from integrations.http import HttpClient
    from integrations.maskinporten.client import MaskinportenClient

    key = client_key.load(sandbox.client_key, create=False)
    client = MaskinportenClient(sandbox.maskinporten, key, HttpClient((sandbox.maskinporten.issuer,)))

    with pytest.raises(SourceRefusedError):
        client.token("skatteetaten:inntekt", consent=("no-such-consent", "21818297804"))
