"""Shares in property. Kartverket knows what is owned, not what it is worth."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import fields, validate

from engine.advice.economy.figures import Asset, AssetKind, Figures
from engine.advice.economy.sourced import Source
from engine.advice.evidence.datasets import DataSetMetadata, Evidence, EvidenceRequest, EvidenceState, Requirement
from integrations.answer import Answer, load
from integrations.http import HttpClient
from integrations.kartverket.metadata import ESTATE_PROPERTY, PROPERTY
from integrations.maskinporten.client import MaskinportenClient
from integrations.provider import Provider, ProviderContext


class Municipality(Answer):
    kommunenummer = fields.String(required=True)
    navn = fields.String(required=True)


class Unit(Answer):
    type = fields.String(required=True)
    kommune = fields.Nested(Municipality, load_default=None, allow_none=True)
    gaardsnummer = fields.Integer(load_default=0)
    bruksnummer = fields.Integer(load_default=0)
    festenummer = fields.Integer(load_default=0)
    seksjonsnummer = fields.Integer(load_default=0)


class Right(Answer):
    registerenhet = fields.Nested(Unit, required=True)


class Share(Answer):
    teller = fields.Integer(required=True, validate=validate.Range(min=1))
    nevner = fields.Integer(required=True, validate=validate.Range(min=1))
    registerenhetsrett = fields.Nested(Right, required=True)


class Shares(Answer):
    registerenhetsrettsandeler = fields.List(fields.Nested(Share), required=True)


class KartverketClient:
    """*data_set* says what it is asked as: by the citizen's mandate, or by statute for an estate."""

    def __init__(
        self,
        base_url: str,
        http: HttpClient,
        maskinporten: MaskinportenClient,
        data_set: DataSetMetadata = PROPERTY,
    ) -> None:
        self._url = base_url
        self._data_set = data_set
        self._http = http
        self._maskinporten = maskinporten

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        headers = {
            "Authorization": f"Bearer {self._maskinporten.token(self._data_set.scope)}",
        }
        if self._data_set.requirement is Requirement.MANDATE:
            headers["X-Fullmakt"] = asked.grant
        else:
            headers["X-Hjemmel"] = "arveloven-88a"
        url = f"{self._url}/registerenhetsrettsandeler/for/person/{asked.subject.pid}"
        answer = self._http.get(url, headers=headers, expected=frozenset({200, 404}))
        if answer.status == 404:
            return Evidence(EvidenceState.EMPTY, Figures())
        shares = load(Shares(), answer.json())["registerenhetsrettsandeler"]
        assets = tuple(_asset(share, asked, self._data_set) for share in shares)
        return Evidence(EvidenceState.ANSWERED if assets else EvidenceState.EMPTY, Figures(assets=assets))


def _asset(share: dict, asked: EvidenceRequest, data_set: DataSetMetadata) -> Asset:  # type: ignore[type-arg]
    unit = share["registerenhetsrett"]["registerenhet"]
    place = unit["kommune"] or {"kommunenummer": "", "navn": ""}
    number = f"{place['kommunenummer']}-{unit['gaardsnummer']}/{unit['bruksnummer']}"
    source = Source(data_set.id, "Kartverket", asked.as_of, data_set.requirement.value, number)
    return Asset(
        id=f"{data_set.id}:{number}",
        kind=AssetKind.HOME,
        name=f"Eiendom i {place['navn']}",
        value=None,
        source=source,
        share=Decimal(share["teller"]) / Decimal(share["nevner"]),
        matrikkel=number,
    )


def connect(context: ProviderContext) -> Provider:
    clients = {
        one.id: KartverketClient(context.url, context.http, context.maskinporten, one)
        for one in (PROPERTY, ESTATE_PROPERTY)
    }
    return Provider(fetch={name: client.fetch for name, client in clients.items()})
