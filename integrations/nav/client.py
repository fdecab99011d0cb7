"""What Nav paid, month by month, with what was withheld for creditors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import fields

from engine.advice.economy.figures import Figures, Income, IncomeKind
from engine.advice.economy.sourced import Source
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceRefusedError
from integrations.answer import Answer, load, sourced
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient
from integrations.nav.metadata import BENEFITS
from integrations.provider import Provider, ProviderContext

KINDS = {"Barnetrygd": IncomeKind.CHILD_BENEFIT, "Alderspensjon": IncomeKind.PENSION}


class Withheld(Answer):
    trekktype = fields.String(load_default="")
    trekkbeloep = fields.Decimal(required=True)
    kreditor = fields.String(load_default="", allow_none=True)


class Receiver(Answer):
    ident = fields.String(required=True)


class Benefit(Answer):
    ytelsestype = fields.String(required=True)
    ytelseNettobeloep = fields.Decimal(required=True)
    ytelseskomponentersum = fields.Decimal(required=True)
    skattsum = fields.Decimal(load_default=Decimal(0))
    trekkListe = fields.List(fields.Nested(Withheld), load_default=list)
    rettighetshaver = fields.Nested(Receiver, required=True)


class Payment(Answer):
    posteringsdato = fields.Date(required=True)
    ytelseListe = fields.List(fields.Nested(Benefit), required=True)


class NavClient:
    def __init__(self, base_url: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = f"{base_url}/utbetaldata/api/v2/hent-utbetalingsinformasjon/ekstern"
        self._http = http
        self._maskinporten = maskinporten

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        body = {
            "ident": asked.subject.pid,
            "rolle": "RETTIGHETSHAVER",
            "periode": {"fom": asked.since.isoformat(), "tom": norwegian_day(asked.as_of).isoformat()},
            "periodetype": "UTBETALINGSPERIODE",
        }
        headers = {"Authorization": f"Bearer {self._maskinporten.token(BENEFITS.scope)}", "X-Fullmakt": asked.grant}
        payments = load(Payment(many=True), self._http.post(self._url, json=body, headers=headers).json())
        found = tuple(_income(payment, benefit, asked) for payment in payments for benefit in payment["ytelseListe"])
        return Evidence(EvidenceState.ANSWERED if found else EvidenceState.EMPTY, Figures(incomes=found))


def _income(payment: dict[str, Any], benefit: dict[str, Any], asked: EvidenceRequest) -> Income:
    if benefit["rettighetshaver"]["ident"] != asked.subject.pid:
        raise SourceRefusedError("another_person")
    month = payment["posteringsdato"].replace(day=1)
    kind = benefit["ytelsestype"]
    source = Source(BENEFITS.id, "Nav", asked.as_of, BENEFITS.requirement.value, f"{kind}/{month:%Y-%m}")
    withheld = sum((abs(item["trekkbeloep"]) for item in benefit["trekkListe"]), Decimal(0))
    at = asked.as_of
    return Income(
        id=f"{BENEFITS.id}:{kind}/{month:%Y-%m}",
        kind=KINDS.get(kind, IncomeKind.BENEFIT),
        payer="Nav",
        month=month,
        gross=sourced(benefit["ytelseskomponentersum"], source, at),
        net=sourced(benefit["ytelseNettobeloep"], source, at),
        tax=sourced(abs(benefit["skattsum"]), source, at),
        attached=sourced(withheld, source, at) if withheld else None,
        payer_orgno="889640782",
        name=kind,
    )


def connect(context: ProviderContext) -> Provider:
    client = NavClient(context.url, context.http, context.maskinporten)
    return Provider(fetch={BENEFITS.id: client.fetch})
