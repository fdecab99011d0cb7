"""Consent by agreement, then the debt of the one who consented."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState, Title
from engine.platform.provider_errors import SourceBrokenError, SourceRefusedError
from integrations.answer import load
from integrations.gjeldsregister.mapping import figures
from integrations.gjeldsregister.metadata import DEBTS
from integrations.gjeldsregister.schema import DebtAnswer
from integrations.http import HttpClient
from integrations.provider import Provider, ProviderContext


class GjeldsregisterClient:
    name = DEBTS.channel
    title = Title(nb="Gjeldsregisteret", nn="Gjeldsregisteret", en="the debt register")

    def __init__(self, base_url: str, client: tuple[str, str], http: HttpClient) -> None:
        self._url = base_url
        self._client = client
        self._http = http
        self._tokens: dict[str, tuple[float, str]] = {}

    def request(self, ask: ChannelAsk) -> ChannelReply:
        body = {
            "nin": ask.subject.pid,
            "scope_of_consent": DEBTS.resource,
            "consent_duration_days": 180,
            "client_consent_id": ask.reference,
        }
        answer = self._http.call(
            "PUT", f"{self._url}/v1/consent/agreement", json=body, headers=self._bearer("consent.create")
        ).json()
        try:
            return ChannelReply(answer["consent"]["id"], ChannelState.ACTIVE)
        except (KeyError, TypeError):
            raise SourceBrokenError("consent_answer") from None

    def state(self, grant: str) -> ChannelState:
        answer = self._http.get(f"{self._url}/v1/debt/{quote(grant)}/status", headers=self._bearer(DEBTS.scope)).json()
        if not isinstance(answer, dict) or not isinstance(answer.get("active"), bool):
            raise SourceBrokenError("consent_status")
        return ChannelState.ACTIVE if answer["active"] else ChannelState.REVOKED

    def revoke(self, grant: str) -> None:
        url = f"{self._url}/v1/debt/{quote(grant)}"
        self._http.call("DELETE", url, headers=self._bearer(DEBTS.scope), expected=frozenset({200, 204, 404}))

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        """Every creditor's answer. One that did not answer is named as missing, never taken for zero."""
        url = f"{self._url}/v1/debt/{quote(asked.grant)}"
        answer = load(DebtAnswer(), self._http.get(url, headers=self._bearer(DEBTS.scope)).json())
        if answer["ssn"] != asked.subject.pid:
            raise SourceRefusedError("another_person")
        found, missing = figures(answer, asked.as_of)
        if missing:
            return Evidence(EvidenceState.PARTIAL, found, missing)
        return Evidence(EvidenceState.ANSWERED if found.debts else EvidenceState.EMPTY, found)

    def _bearer(self, scope: str) -> dict[str, str]:
        kept = self._tokens.get(scope)
        if kept is None or kept[0] < time.monotonic():
            form = {"grant_type": "client_credentials", "scope": scope}
            answer: Any = self._http.post(f"{self._url}/oauth2/token", form=form, auth=self._client).json()
            if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
                raise SourceBrokenError("token_answer")
            kept = self._tokens[scope] = (time.monotonic() + 50, answer["access_token"])
        return {"Authorization": f"Bearer {kept[1]}"}


def connect(context: ProviderContext) -> Provider:
    client = (context.settings.maskinporten.client_id, context.client_secret)
    register = GjeldsregisterClient(context.url, client, context.http)
    return Provider(fetch={DEBTS.id: register.fetch}, channels=(register,))
