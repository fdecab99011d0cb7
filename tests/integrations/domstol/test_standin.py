"""The court and the population register of the sandbox: one says who takes part, the other who they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Unpack, cast
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from engine.platform.settings import Settings
from integrations.domstol.client import DomstolClient
from integrations.folkeregisteret.client import Folkeregisteret
from integrations.http import CallOptions, HttpClient, Response
from integrations.maskinporten.client import MaskinportenClient
from integrations.sandbox import keys
from integrations.sandbox.app import create_sandbox
from integrations.sandbox.persons.estate import GUARDIAN, HANNA, HEDDA, HEIDI, HENRIK
from tests.integrations.fake_provider import example


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[FlaskClient]:
    env = {"IBALANSE_DATA": str(tmp_path), "IBALANSE_ENV": "test", "IBALANSE_SANDBOX_URL": "http://localhost:8001"}
    yield create_sandbox(Settings.from_env(env)).test_client()


class Tokens:
    def __init__(self, sandbox: FlaskClient) -> None:
        self._folder = sandbox.application.config["SANDBOX_DATA"]

    def token(self, scope: str, **_: object) -> str:
        return keys.sign(self._folder, {"scope": scope}, 60)


class Through:
    """Calls the sandbox in this process."""

    def __init__(self, sandbox: FlaskClient) -> None:
        self._sandbox = sandbox

    def get(self, url: str, **options: Unpack[CallOptions]) -> Response:
        answer = self._sandbox.get(urlsplit(url).path, headers=options["headers"], query_string=options.get("params"))
        return Response(answer.status_code, {}, answer.data)

    def post(self, url: str, **options: Unpack[CallOptions]) -> Response:
        answer = self._sandbox.post(urlsplit(url).path, headers=options["headers"], json=options["json"])
        return Response(answer.status_code, {}, answer.data)


def court(sandbox: FlaskClient) -> DomstolClient:
    http, tokens = cast(HttpClient, Through(sandbox)), cast(MaskinportenClient, Tokens(sandbox))
    return DomstolClient("http://s/domstol", http, tokens, Folkeregisteret("http://s/folkeregisteret", http, tokens))


def test_the_minor_is_acted_for_by_the_guardian_the_population_register_knows(sandbox: FlaskClient) -> None:
    found = court(sandbox).find(GUARDIAN.pid)
    assert found is not None
    (hedda,) = (party for party in found.parties if party.pid == HEDDA.pid)

    assert (hedda.name, hedda.birth_date, hedda.guardian_name) == (HEDDA.name, HEDDA.birth_date, GUARDIAN.name)
    assert [party.acts for party in found.parties] == [False, True, True, True, True]
    assert court(sandbox).find(HEDDA.pid) is None


def test_an_heir_who_dies_is_followed_by_their_own_heir(sandbox: FlaskClient) -> None:
    sandbox.post("/domstol/handling", data={"act": "died"})

    found = court(sandbox).find(HANNA.pid)
    assert found is not None

    acting = {party.pid for party in found.parties if party.acts}
    assert HENRIK.pid in acting and HEIDI.pid not in acting
    assert HENRIK.name in sandbox.get("/domstol/").get_data(as_text=True)


def test_the_court_tells_no_field_that_its_published_cases_do_not(sandbox: FlaskClient) -> None:
    headers = {"Authorization": f"Bearer {Tokens(sandbox).token('domstol:dodsbo')}"}
    case = sandbox.post("/domstol/api/v1/estates/search", json={"heirSsn": HANNA.pid}, headers=headers).get_json()
    published = [example("domstol/external_api_sample")]
    published += [example(f"domstol/{name}")["DaCaseList"][0] for name in ("personlig_balltre", "ivrig_panikk")]

    assert case.keys() <= {name for one in published for name in one}
    told = {name for one in published for party in one["parter"] if party["type"] == "Person" for name in party}
    assert {name for party in case["parter"] for name in party} <= told
