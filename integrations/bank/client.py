"""Consents, accounts, card accounts, balances and transactions of one bank."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState, Title
from engine.platform.provider_errors import SourceBrokenError
from integrations.answer import load
from integrations.bank.mapping import figures
from integrations.bank.metadata import ACCOUNTS
from integrations.bank.schema import Accounts, CardAccounts, Transactions
from integrations.http import HttpClient
from integrations.provider import Provider, ProviderContext

MAX_PAGES = 50
_STATES = {
    "received": ChannelState.PENDING,
    "partiallyAuthorised": ChannelState.PENDING,
    "valid": ChannelState.ACTIVE,
    "rejected": ChannelState.REFUSED,
    "revokedByPsu": ChannelState.REVOKED,
    "terminatedByTpp": ChannelState.REVOKED,
    "expired": ChannelState.EXPIRED,
}


class BankClient:
    """One bank (ASPSP). No answer of Berlin Group's names the bank: *bank_name* goes with its address."""

    name = ACCOUNTS.channel
    title = Title(nb="banken", nn="banken", en="the bank")

    def __init__(self, base_url: str, bank_name: str, http: HttpClient) -> None:
        self._url = base_url
        self._bank_name = bank_name
        self._http = http

    # The consent channel

    def request(self, ask: ChannelAsk) -> ChannelReply:
        body = {
            "access": {"allPsd2": "allAccounts"},
            "recurringIndicator": True,
            "validUntil": ask.valid_to.date().isoformat(),
            "frequencyPerDay": 4,
            "combinedServiceIndicator": False,
        }
        headers = {
            "PSU-ID": ask.subject.pid,
            "PSU-IP-Address": "127.0.0.1",
            "TPP-Redirect-URI": ask.redirect_url,
            "TPP-Nok-Redirect-URI": ask.redirect_url,
            "X-Request-ID": ask.reference,
        }
        answer = self._http.post(
            f"{self._url}/v1/consents", json=body, headers=headers, expected=frozenset({200, 201})
        ).json()
        try:
            redirect = answer["_links"]["scaRedirect"]["href"]
            return ChannelReply(answer["consentId"], _STATES[answer["consentStatus"]], redirect)
        except (KeyError, TypeError):
            raise SourceBrokenError("consent_answer") from None

    def state(self, grant: str) -> ChannelState:
        answer = self._http.get(f"{self._url}/v1/consents/{quote(grant)}/status").json()
        try:
            return _STATES[answer["consentStatus"]]
        except (KeyError, TypeError):
            raise SourceBrokenError("consent_status") from None

    def revoke(self, grant: str) -> None:
        url = f"{self._url}/v1/consents/{quote(grant)}"
        self._http.call("DELETE", url, expected=frozenset({200, 204, 404}))

    # The data set

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        """Accounts, cards and booked transactions since ``asked.since``. No account at all is EMPTY."""
        headers = {"Consent-ID": asked.grant, "X-Request-ID": str(uuid.uuid4())}
        accounts = load(
            Accounts(), self._get("/v1/accounts", headers, {"withBalance": "true"})
        )["accounts"]  # fmt: skip
        cards = load(CardAccounts(), self._get("/v1/card-accounts", headers, {}))["cardAccounts"]
        movements = {
            account["resourceId"]: self._transactions(account["resourceId"], headers, asked.since)
            for account in accounts
            if account["cashAccountType"] != "LOAN"
        }
        found = figures(accounts, cards, movements, self._bank_name, asked.as_of)
        state = EvidenceState.ANSWERED if accounts or cards else EvidenceState.EMPTY
        return Evidence(state, found)

    def _transactions(self, account: str, headers: dict[str, str], since: date) -> list[dict[str, Any]]:
        path: str | None = f"/v1/accounts/{quote(account)}/transactions"
        query = {"bookingStatus": "booked", "dateFrom": since.isoformat()}
        booked: list[dict[str, Any]] = []
        for _ in range(MAX_PAGES):
            page = load(Transactions(), self._get(path, headers, query))["transactions"]
            booked.extend(page["booked"])
            path, query = page["_links"].get("next", {}).get("href"), {}
            if not path:
                return booked
        raise SourceBrokenError("too_many_pages")

    def _get(self, path: str | None, headers: dict[str, str], query: dict[str, str]) -> Any:
        if not path or not path.startswith("/v1/"):
            raise SourceBrokenError("link_outside_service")
        return self._http.get(f"{self._url}{path}", headers=headers, params=query).json()


def connect(context: ProviderContext) -> Provider:
    bank = BankClient(context.url, context.name, context.http)
    return Provider(fetch={ACCOUNTS.id: bank.fetch}, channels=(bank,))


def months_back(today: date, months: int) -> date:
    """The first day of the month *months* before this one."""
    first = today.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first
