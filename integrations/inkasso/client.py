"""One question to every collector; those that have not answered are named."""

from __future__ import annotations

from engine.advice.evidence.datasets import Evidence, EvidenceRequest
from engine.platform.provider_errors import SourceRefusedError
from integrations.answer import load, state_of
from integrations.http import HttpClient
from integrations.inkasso.mapping import figures
from integrations.inkasso.metadata import CLAIMS
from integrations.inkasso.schema import Balance
from integrations.maskinporten.client import MaskinportenClient
from integrations.provider import Provider, ProviderContext
from integrations.record import Record


class InkassoClient:
    def __init__(self, base_url: str, organisation: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = base_url
        self._organisation = organisation
        self._http = http
        self._maskinporten = maskinporten

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        body = {
            "personidentifikator": asked.subject.pid,
            "fullmakt": {"id": asked.grant, "giver": asked.subject.name, "mottaker": self._organisation},
            "formaal": "økonomisk rådgivning",
        }
        headers = {
            "Authorization": f"Bearer {self._maskinporten.token(CLAIMS.scope)}",
            "Idempotency-Key": asked.idempotency_key,
        }
        raw = self._http.post(f"{self._url}/saldo/v1/foresporsel", json=body, headers=headers).json()
        answer = load(Balance(), raw)
        if answer["personidentifikator"] != asked.subject.pid:
            raise SourceRefusedError("another_person")
        missing = tuple(dict.fromkeys(Record(answer).texts("ikkeSvart")))
        found = figures(answer, asked.as_of)
        return Evidence(state_of(found, missing), found, missing)


def connect(context: ProviderContext) -> Provider:
    client = InkassoClient(context.url, context.settings.organisation_number, context.http, context.maskinporten)
    return Provider(fetch={CLAIMS.id: client.fetch})
