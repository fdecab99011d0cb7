"""Consent by agreement, then the debt of the one who consented. Tokens come from another host than the answers."""

from __future__ import annotations

import math
import time
from datetime import datetime, timedelta
from urllib.parse import quote

from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState
from engine.advice.evidence.datasets import DataSetMetadata, Evidence, EvidenceRequest, EvidenceState, Title
from engine.platform.provider_errors import SourceBrokenError, SourceRefusedError
from integrations.gjeldsregister.mapping import REGISTER, figures
from integrations.gjeldsregister.metadata import DEBTS
from integrations.http import HttpClient
from integrations.provider import Provider, ProviderContext
from integrations.record import Record, UnreadableError

#: What each call's token must be made for: path of the audience, and scope.
AGREEMENT = ("/v1/consent/agreement", "consent.create")
LOOKING_UP = "/v1/debt"
#: A token is used until this long before its end: seconds.
MARGIN = 30.0
DAY = timedelta(days=1)


TITLE = Title(nb="Gjeldsregisteret", nn="Gjeldsregisteret", en="the debt register")


class GjeldsregisterClient:
    citizen_ends = False

    def __init__(
        self,
        base_url: str,
        token_url: str,
        client: tuple[str, str],
        http: HttpClient,
        register: str = REGISTER,
        data_set: DataSetMetadata = DEBTS,
    ) -> None:
        self._url = base_url
        self._token_url = token_url
        self._client = client
        self._http = http
        self._register = register
        self._data_set = data_set
        self.name = data_set.channel
        self.title = TITLE if data_set is DEBTS else data_set.title
        self._tokens: dict[str, tuple[float, str]] = {}

    def request(self, ask: ChannelAsk) -> ChannelReply:
        days = math.ceil((ask.valid_to - ask.asked_at) / DAY)
        body = {
            "nin": ask.subject.pid,
            "scope_of_consent": self._data_set.resource,
            "consent_duration_days": max(days, 1),
            "client_consent_id": ask.reference,
        }
        answer = self._http.call(
            "PUT", f"{self._url}{AGREEMENT[0]}", json=body, headers=self._bearer(*AGREEMENT)
        ).json()
        consent_id = Record(answer).record("consent").text("id")
        if not consent_id:
            raise SourceBrokenError("consent_answer")
        return ChannelReply(consent_id, ChannelState.ACTIVE)

    def state(self, grant: str, now: datetime) -> ChannelState:
        """One that has run out is not one that was withdrawn."""
        answer, active = self._status(grant)
        if active:
            return ChannelState.ACTIVE
        try:
            ends = answer.whole("expires_at")
        except UnreadableError:
            ends = None
        return ChannelState.EXPIRED if ends is not None and ends <= now.timestamp() else ChannelState.REVOKED

    def revoke(self, grant: str) -> None:
        url = f"{self._url}{LOOKING_UP}/{quote(grant, safe='')}"
        try:
            self._http.call("DELETE", url, headers=self._looking_up(), expected=frozenset({200, 204}))
        except SourceRefusedError:
            if self._status(grant)[1]:
                raise

    def _status(self, grant: str) -> tuple[Record, bool]:
        """What the register says of a consent, and whether it is in force."""
        url = f"{self._url}{LOOKING_UP}/{quote(grant, safe='')}/status"
        answer = Record(self._http.get(url, headers=self._looking_up()).json())
        active = answer.flag("active")
        if active is None:
            raise SourceBrokenError("consent_status")
        return answer, active

    def fetch(self, request: EvidenceRequest) -> Evidence:
        """Every creditor's answer. One that did not answer is named as missing, never taken for zero."""
        url = f"{self._url}{LOOKING_UP}/{quote(request.grant, safe='')}"
        answer = self._http.get(url, headers=self._looking_up()).json()
        about = Record(answer).text("ssn")
        if about and about != request.subject.pid:
            raise SourceRefusedError("another_person")
        found, missing = figures(answer, request.as_of, self._register, self._data_set)
        if missing or any(gap.lacking for gap in found.record_gaps):
            return Evidence(EvidenceState.PARTIAL, found, missing)
        return Evidence(EvidenceState.ANSWERED if found.debts else EvidenceState.EMPTY, found)

    def _looking_up(self) -> dict[str, str]:
        return self._bearer(LOOKING_UP, self._data_set.scope)

    def _bearer(self, audience: str, scope: str) -> dict[str, str]:
        kept = self._tokens.get(scope)
        if kept is None or kept[0] < time.monotonic():
            form = {"grant_type": "client_credentials", "audience": f"{self._url}{audience}", "scope": scope}
            answer = self._http.post(self._token_url, form=form, auth=self._client).json()
            token_answer = Record(answer)
            token = token_answer.text("access_token", limit=8000)
            if not token:
                raise SourceBrokenError("token_answer")
            try:
                life = token_answer.whole("expires_in") or 0
            except UnreadableError:
                life = 0
            kept = self._tokens[scope] = (time.monotonic() + life - MARGIN, token)
        return {"Authorization": f"Bearer {kept[1]}"}


def connect(context: ProviderContext) -> Provider:
    client = (context.settings.maskinporten.client_id, context.client_secret)
    data_set = context.of(DEBTS)
    register = GjeldsregisterClient(
        context.url, context.token_url, client, context.http, context.called(REGISTER), data_set
    )
    return Provider(fetch={data_set.id: register.fetch}, channels=(register,))
