"""Asks the made-up source."""

from __future__ import annotations

from datetime import datetime

from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState, Title
from integrations.http import HttpClient
from integrations.provider import Provider, ProviderContext
from tests.integrations.made_up_source.mapping import figures
from tests.integrations.made_up_source.metadata import LOANS


class MadeUpClient:
    """A source with a consent channel of its own."""

    name = LOANS.channel
    citizen_ends = False
    title = Title(nb="den oppdiktede siden", nn="den oppdikta sida", en="the made-up page")

    def __init__(self, base_url: str, http: HttpClient) -> None:
        self._url = base_url
        self._http = http

    def request(self, ask: ChannelAsk) -> ChannelReply:
        return ChannelReply(ask.reference, ChannelState.PENDING, f"{self._url}/consent")

    def state(self, grant: str, now: datetime) -> ChannelState:
        return ChannelState.ACTIVE

    def revoke(self, grant: str) -> None:
        """Nothing to revoke."""

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        answer = self._http.get(f"{self._url}/loans", headers={"Consent-ID": asked.grant}).json()
        return Evidence(EvidenceState.ANSWERED, figures(answer, asked.as_of))


def connect(context: ProviderContext) -> Provider:
    client = MadeUpClient(context.url, context.http)
    return Provider(fetch={LOANS.id: client.fetch}, channels=(client,))
