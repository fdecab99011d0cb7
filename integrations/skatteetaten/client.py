"""Three questions to three services, each with its own consent token."""

from __future__ import annotations

from typing import Any

from engine.advice.economy.figures import Figures
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from engine.platform.provider_errors import SourceRefusedError
from integrations.answer import load
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient
from integrations.provider import Provider, ProviderContext
from integrations.skatteetaten import mapping
from integrations.skatteetaten.metadata import CLAIMS, INCOME, TAX_BASE
from integrations.skatteetaten.schema import IncomeAnswer, OpenClaims, TaxBase


class SkatteetatenClient:
    def __init__(self, base_url: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = base_url
        self._http = http
        self._maskinporten = maskinporten

    def income(self, asked: EvidenceRequest) -> Evidence:
        """Wages and benefits by month since ``asked.since``."""
        path = f"/v1/sbl/{asked.subject.pid}/inntekter"
        period = {"fraOgMed": f"{asked.since:%Y-%m}", "tilOgMed": f"{asked.as_of:%Y-%m}"}
        raw = self._get(path, INCOME.scope, asked, period)
        if raw is None:
            return Evidence(EvidenceState.EMPTY, Figures())
        answer = load(IncomeAnswer(), raw)
        for entry in answer["oppgaveInntektsmottaker"]:
            _same_person(entry["inntektsmottaker"]["personidentifikator"], asked)
        return _evidence(mapping.incomes(answer, asked.as_of))

    def tax_base(self, asked: EvidenceRequest) -> Evidence:
        """Totals of the newest assessment, status 31 December."""
        year = asked.as_of.year - 1
        raw = self._get(f"/v2/oppgjoer/sbl/{year}/{asked.subject.pid}", TAX_BASE.scope, asked, {})
        if raw is None:
            return Evidence(EvidenceState.EMPTY, Figures())
        answer = load(TaxBase(), raw)
        _same_person(answer["personidentifikator"], asked)
        return _evidence(mapping.tax_base(answer, asked.as_of))

    def claims(self, asked: EvidenceRequest) -> Evidence:
        """Open claims with what remains of each."""
        path = f"/api/innkreving/kravogbetalinger/v1/finans/{asked.subject.pid}/aapnekrav"
        raw = self._get(path, CLAIMS.scope, asked, {})
        if raw is None:
            return Evidence(EvidenceState.EMPTY, Figures())
        answer = load(OpenClaims(), raw)
        _same_person(answer["partIdentifikator"], asked)
        return _evidence(mapping.claims(answer, asked.as_of))

    def _get(self, path: str, scope: str, asked: EvidenceRequest, query: dict[str, str]) -> Any:
        """The answer, or ``None`` for "there is nothing" (404)."""
        token = self._maskinporten.token(scope, consent=(asked.grant, asked.subject.pid))
        answer = self._http.get(
            f"{self._url}{path}",
            headers={"Authorization": f"Bearer {token}"},
            params=query,
            expected=frozenset({200, 404}),
        )
        return None if answer.status == 404 else answer.json()


def _same_person(pid: str, asked: EvidenceRequest) -> None:
    if pid != asked.subject.pid:
        raise SourceRefusedError("another_person")


def _evidence(found: Figures) -> Evidence:
    return Evidence(EvidenceState.EMPTY if found == Figures() else EvidenceState.ANSWERED, found)


def connect(context: ProviderContext) -> Provider:
    client = SkatteetatenClient(context.url, context.http, context.maskinporten)
    return Provider(fetch={INCOME.id: client.income, TAX_BASE.id: client.tax_base, CLAIMS.id: client.claims})
