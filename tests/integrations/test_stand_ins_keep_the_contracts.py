"""What our stand-ins answer is what the providers' own specifications allow, and no field besides."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.platform.settings import Settings
from integrations.dsop.client import MANDATE
from integrations.sandbox import keys
from integrations.sandbox.app import create_sandbox
from integrations.sandbox.persons import person_by_key
from tests.integrations.fake_provider import contract

PEOPLE = ("anne", "truls", "andreas", "tone", "ali", "jonas", "dagny")
SANDBOX = "http://localhost:8001"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    data: Path = tmp_path_factory.mktemp("sandbox")
    env = {"IBALANSE_DATA": str(data), "IBALANSE_ENV": "test", "IBALANSE_SANDBOX_URL": SANDBOX}
    yield create_sandbox(Settings.from_env(env)).test_client()


def consented(sandbox: FlaskClient, key: str) -> dict[str, str]:
    """Headers of one who may look at a person's bank."""
    headers = {
        "PSU-ID": person_by_key(key).pid,
        "PSU-IP-Address": "192.0.2.1",
        "X-Request-ID": str(uuid.uuid4()),
        "TPP-Redirect-URI": "http://localhost:8000/back",
    }
    body = {
        "access": {"allPsd2": "allAccounts"},
        "recurringIndicator": True,
        "validUntil": "2099-01-01",
        "frequencyPerDay": 4,
        "combinedServiceIndicator": False,
    }
    answer = sandbox.post("/bank/v1/consents", headers=headers, json=body).get_json()
    contract("bank", "consentsResponse-201").validate(answer)
    sandbox.post(f"/bank/sca/{answer['consentId']}", data={"accept": "1"})
    return {"Consent-ID": answer["consentId"], "X-Request-ID": str(uuid.uuid4())}


def get(sandbox: FlaskClient, path: str, headers: dict[str, str]) -> dict[str, Any]:
    answer = sandbox.get(path, headers=headers)
    assert answer.status_code == 200, (path, answer.status_code, answer.get_data())
    body: dict[str, Any] = answer.get_json()
    return body


@pytest.mark.parametrize("key", PEOPLE)
def test_the_bank_answers_as_berlin_group_says(sandbox: FlaskClient, key: str) -> None:
    headers = consented(sandbox, key)
    status = get(sandbox, f"/bank/v1/consents/{headers['Consent-ID']}/status", headers)
    contract("bank", "consentStatusResponse-200").validate(status)
    accounts = get(sandbox, "/bank/v1/accounts?withBalance=true", headers)
    contract("bank", "accountList").validate(accounts)
    assert all("balances" not in one for one in get(sandbox, "/bank/v1/accounts", headers)["accounts"])
    cards = get(sandbox, "/bank/v1/card-accounts", headers)
    contract("bank", "cardAccountList").validate(cards)
    for account in accounts["accounts"]:
        links = account["_links"]
        balances = get(sandbox, links["balances"]["href"], headers)
        contract("bank", "readAccountBalanceResponse-200").validate(balances)
        if "transactions" in links:
            report = get(sandbox, f"{links['transactions']['href']}?bookingStatus=booked&dateFrom=2020-01-01", headers)
            contract("bank", "transactionsResponse-200_json").validate(report)
    for card in cards["cardAccounts"]:
        report = get(sandbox, f"{card['_links']['transactions']['href']}?bookingStatus=booked", headers)
        contract("bank", "cardAccountsTransactionsResponse200").validate(report)
        assert report["cardTransactions"]["booked"]


def test_the_bank_calls_an_account_something_else_under_another_consent(sandbox: FlaskClient) -> None:
    names = [
        {one["resourceId"] for one in get(sandbox, "/bank/v1/accounts", consented(sandbox, "anne"))["accounts"]}
        for _ in range(2)
    ]
    assert names[0] and not names[0] & names[1]


def test_the_bank_refuses_what_the_standard_requires_and_is_not_told(sandbox: FlaskClient) -> None:
    headers = consented(sandbox, "anne")
    (first, *_) = get(sandbox, "/bank/v1/accounts", headers)["accounts"]
    where = first["_links"]["transactions"]["href"]
    assert sandbox.get(f"{where}?dateFrom=2026-01-01", headers=headers).status_code == 400, "bookingStatus"
    assert sandbox.post("/bank/v1/consents", json={}, headers={"PSU-ID": person_by_key("anne").pid}).status_code == 400


def token(sandbox: FlaskClient, scope: str, audience: str) -> TestResponse:
    settings: Settings = sandbox.application.config["SETTINGS"]
    given = (settings.maskinporten.client_id, settings.provider_secret("gjeldsregister"))
    form = {"grant_type": "client_credentials", "scope": scope, "audience": audience}
    return sandbox.post("/gjeldsregister/oauth2/token", data=form, auth=given)


def bearer(sandbox: FlaskClient, scope: str, path: str) -> dict[str, str]:
    answer = token(sandbox, scope, f"{SANDBOX}/gjeldsregister{path}").get_json()
    return {"Authorization": f"Bearer {answer['access_token']}"}


@pytest.mark.parametrize("key", PEOPLE)
def test_the_debt_register_answers_as_it_says(sandbox: FlaskClient, key: str) -> None:
    body = {
        "nin": person_by_key(key).pid,
        "scope_of_consent": "debt.unsecured.presentation",
        "consent_duration_days": 30,
        "client_consent_id": str(uuid.uuid4()),
    }
    agreeing = bearer(sandbox, "consent.create", "/v1/consent/agreement")
    agreed = sandbox.put("/gjeldsregister/v1/consent/agreement", json=body, headers=agreeing).get_json()
    contract("gjeldsregister", "CreateConsentResponseDTO").validate(agreed)
    looking = bearer(sandbox, "debt.unsecured.presentation", "/v1/debt")
    where = f"/gjeldsregister/v1/debt/{agreed['consent']['id']}"
    contract("gjeldsregister", "consent_status").validate(get(sandbox, f"{where}/status", looking))
    contract("gjeldsregister", "debt_information").validate(get(sandbox, where, looking))
    assert sandbox.get(where, headers=agreeing).status_code == 403, "a token is for one audience and one scope"


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        ("debt", "/v1/debt"),
        ("debt.unsecured.presentation", ""),
        ("debt.unsecured.presentation", "/v1/consent/agreement"),
    ],
)
def test_the_debt_register_gives_no_token_but_those_it_documents(sandbox: FlaskClient, scope: str, path: str) -> None:
    assert token(sandbox, scope, f"{SANDBOX}/gjeldsregister{path}").status_code == 400


@pytest.mark.parametrize("key", PEOPLE)
def test_the_bank_of_a_deceased_answers_as_bits_says(sandbox: FlaskClient, key: str) -> None:
    signed = keys.sign(sandbox.application.config["SANDBOX_DATA"], {"scope": "bits:kontoinformasjon"}, 60)
    headers = {
        "Authorization": f"Bearer {signed}",
        "AccountInfoRequestID": str(uuid.uuid4()),
        "CorrelationID": str(uuid.uuid4()),
        "Legal-Mandate": MANDATE.encode().hex(),
        "PartyID": person_by_key(key).pid,
    }
    assert sandbox.get("/dsop/v2/accounts", headers=headers).status_code == 400, "OnlyPrimaryOwner is required"
    accounts = get(sandbox, "/dsop/v2/accounts?OnlyPrimaryOwner=TRUE", headers)
    contract("dsop", "Accounts").validate(accounts)
    assert accounts["accounts"]
    for account in accounts["accounts"]:
        where = f"/dsop/v2/accounts/{account['accountReference']}"
        contract("dsop", "AccountDetails").validate(get(sandbox, where, headers))
        assert sandbox.get(f"{where}/roles", headers=headers).status_code == 403
        if account["type"] != "loanAccount":
            moved = get(sandbox, f"{where}/transactions?fromDate=2020-01-01", headers)
            contract("dsop", "Transactions").validate(moved)
