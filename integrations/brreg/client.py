"""Sole proprietorships whose owner (INNH) has the person's name and birth date."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from engine.advice.economy.figures import Enterprise, Figures
from engine.advice.economy.sourced import Source
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from integrations.answer import Answer, load
from integrations.brreg.metadata import ENTERPRISES
from integrations.http import HttpClient
from integrations.provider import Provider, ProviderContext


class Code(Answer):
    kode = fields.String(required=True)
    beskrivelse = fields.String(load_default="")


class Entity(Answer):
    organisasjonsnummer = fields.String(required=True)
    navn = fields.String(required=True)
    organisasjonsform = fields.Nested(Code, required=True)
    registreringsdatoEnhetsregisteret = fields.Date(load_default=None, allow_none=True)
    registrertIMvaregisteret = fields.Boolean(load_default=False)
    naeringskode1 = fields.Nested(Code, load_default=None, allow_none=True)
    konkurs = fields.Boolean(load_default=False)
    underAvvikling = fields.Boolean(load_default=False)


class Embedded(Answer):
    enheter = fields.List(fields.Nested(Entity), load_default=list)


class Found(Answer):
    _embedded = fields.Nested(Embedded, load_default=None, allow_none=True)


class BrregClient:
    def __init__(self, base_url: str, http: HttpClient) -> None:
        self._url = f"{base_url}/enhetsregisteret/api/enheter"
        self._http = http

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        query = {"navn": asked.subject.name.split()[0], "organisasjonsform": "ENK", "size": "100"}
        found = load(Found(), self._http.get(self._url, params=query).json())
        entities = (found["_embedded"] or {"enheter": []})["enheter"]
        own = [entity for entity in entities if self._owns(entity["organisasjonsnummer"], asked)]
        enterprises = tuple(_enterprise(entity, asked) for entity in own)
        state = EvidenceState.ANSWERED if enterprises else EvidenceState.EMPTY
        return Evidence(state, Figures(enterprises=enterprises))

    def _owns(self, orgno: str, asked: EvidenceRequest) -> bool:
        answer = self._http.get(f"{self._url}/{orgno}/roller", expected=frozenset({200, 404, 410}))
        if answer.status != 200:
            return False
        roles = answer.json()
        for group in roles.get("rollegrupper", ()) if isinstance(roles, dict) else ():
            for role in group.get("roller", ()):
                person: dict[str, Any] = role.get("person") or {}
                name = person.get("navn", {})
                full = f"{name.get('fornavn', '')} {name.get('etternavn', '')}".lower()
                born = person.get("fodselsdato")
                if role.get("type", {}).get("kode") == "INNH" and born == asked.subject.birth_date.isoformat():
                    return full == asked.subject.name.lower()
        return False


def _enterprise(entity: dict[str, Any], asked: EvidenceRequest) -> Enterprise:
    orgno = entity["organisasjonsnummer"]
    return Enterprise(
        orgno=orgno,
        name=entity["navn"],
        form=entity["organisasjonsform"]["kode"],
        industry=(entity["naeringskode1"] or {}).get("beskrivelse", ""),
        registered=entity["registreringsdatoEnhetsregisteret"],
        vat_registered=entity["registrertIMvaregisteret"],
        bankrupt=entity["konkurs"],
        winding_up=entity["underAvvikling"],
        source=Source(ENTERPRISES.id, "Brønnøysundregistrene", asked.as_of, ENTERPRISES.requirement.value, orgno),
    )


def connect(context: ProviderContext) -> Provider:
    client = BrregClient(context.url, context.http)
    return Provider(fetch={ENTERPRISES.id: client.fetch})
