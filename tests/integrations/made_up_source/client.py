"""Asks the made-up source."""

from __future__ import annotations

from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from integrations.http import HttpClient
from integrations.provider import Provider, Surroundings
from tests.integrations.made_up_source.mapping import figures
from tests.integrations.made_up_source.metadata import LOANS


class MadeUpClient:
    def __init__(self, base_url: str, http: HttpClient) -> None:
        self._url = base_url
        self._http = http

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        answer = self._http.get(f"{self._url}/loans", headers={"Consent-ID": asked.grant}).json()
        return Evidence(EvidenceState.ANSWERED, figures(answer, asked.as_of))


def connect(given: Surroundings) -> Provider:
    return Provider(fetch={LOANS.id: MadeUpClient(given.url, given.http).fetch})
