"""Shares in property. Kartverket knows what is owned, not what it is worth."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from engine.advice.economy.figures import Asset, AssetKind, Figures, RecordGap, RecordGapReason, Total
from engine.advice.economy.sourced import Source
from engine.advice.evidence.datasets import DataSetMetadata, Evidence, EvidenceRequest, EvidenceState, Requirement
from engine.platform.provider_errors import SourceBrokenError
from engine.platform.strict_json import Json
from integrations.answer import state_of
from integrations.http import HttpClient
from integrations.kartverket.metadata import ESTATE_PROPERTY, PROPERTY
from integrations.maskinporten.client import MaskinportenClient
from integrations.provider import Provider, ProviderContext
from integrations.record import Record, UnreadableError, once, rows

KARTVERKET = "Kartverket"
#: A flat in a cooperative is a share in it; rights whose code begins with F are leases of land.
COOPERATIVE, LEASEHOLD = "Borettslagsandel", "F"


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
        found = properties(answer.json(), asked, self._data_set)
        return Evidence(state_of(found), found)


def properties(answer: Json, asked: EvidenceRequest, data_set: DataSetMetadata = PROPERTY) -> Figures:
    """One asset for each share, its value unknown. Raises ``SourceBrokenError`` where there are no shares at all."""
    told = rows(answer, "registerenhetsrettsandeler")
    if told is None:
        raise SourceBrokenError("schema")
    assets: list[Asset] = []
    gaps: list[RecordGap] = []
    for number, share in enumerate(told):

        def gap(reason: RecordGapReason, *feeds: Total) -> None:
            gaps.append(RecordGap(data_set.id, "asset", reason, KARTVERKET, feeds=feeds))

        if any(share.same_as(before) for before in told[:number]):
            gap(RecordGapReason.REPEATED)
            continue
        right = share.record("registerenhetsrett")
        unit = right.record("registerenhet")
        name = _named(right, unit)
        if not name:
            gap(RecordGapReason.UNREADABLE, Total.ASSETS)
            continue
        part = _part(share)
        if part is None:
            gap(RecordGapReason.UNREADABLE)  # that it is owned is known, and how much of it is not
        assets.append(_asset(name, _number(unit), right, part or Decimal(1), asked, data_set))
    ids = once(asset.id for asset in assets)
    known = tuple(replace(asset, id=one) for asset, one in zip(assets, ids, strict=True))
    return Figures(assets=known, record_gaps=tuple(gaps))


def _named(right: Record, unit: Record) -> str:
    """What it is called: a share in a housing cooperative, land that is leased, or a property in a municipality."""
    cooperative = unit.record("borettslag").text("navn")
    place = unit.record("kommune").text("navn")
    if unit.text("type") == COOPERATIVE or cooperative:
        return f"Andel {unit.text('andelsnummer')} i {cooperative or 'borettslag'}".replace("  ", " ")
    if not place and not _number(unit):
        return ""
    leased = right.record("registerenhetsrettstype").text("kodeverdi").startswith(LEASEHOLD)
    return f"{'Festet tomt' if leased else 'Eiendom'} i {place}" if place else f"Eiendom {_number(unit)}"


def _number(unit: Record) -> str:
    """Municipality, holding and subholding, with lease and section where there are such: "3205-12/34/0/5"."""
    if unit.record("borettslag"):
        return f"{unit.record('borettslag').text('organisasjonsnummer')}/{unit.text('andelsnummer')}"
    parts = [unit.text(one) or "0" for one in ("gaardsnummer", "bruksnummer", "festenummer", "seksjonsnummer")]
    while len(parts) > 2 and parts[-1] == "0":
        parts.pop()
    municipality = unit.record("kommune").text("kommunenummer")
    return f"{municipality}-{'/'.join(parts)}" if municipality or parts != ["0", "0"] else ""


def _part(share: Record) -> Decimal | None:
    try:
        over, under = share.whole("teller"), share.whole("nevner")
    except UnreadableError:
        return None
    return Decimal(over) / Decimal(under) if over and under and over <= under else None


def _asset(
    name: str, number: str, right: Record, part: Decimal, asked: EvidenceRequest, data_set: DataSetMetadata
) -> Asset:
    source = Source(data_set.id, KARTVERKET, asked.as_of, data_set.requirement.value, number)
    leased = right.record("registerenhetsrettstype").text("kodeverdi").startswith(LEASEHOLD)
    return Asset(
        id=f"{data_set.id}:{number}",
        kind=AssetKind.OTHER if leased else AssetKind.HOME,
        name=name,
        value=None,
        source=source,
        share=part,
        matrikkel=number,
    )


def connect(context: ProviderContext) -> Provider:
    clients = {
        one.id: KartverketClient(context.url, context.http, context.maskinporten, one)
        for one in (PROPERTY, ESTATE_PROPERTY)
    }
    return Provider(fetch={name: client.fetch for name, client in clients.items()})
