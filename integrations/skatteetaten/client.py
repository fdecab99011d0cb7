"""Three questions to three services, each with its own consent token."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace

from engine.advice.consent.channels import ChannelAsk
from engine.advice.economy.figures import Figures, RecordGap, RecordGapReason, Total
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceBrokenError, SourceError, SourceRefusedError
from engine.platform.strict_json import Json
from integrations.answer import state_of
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient
from integrations.provider import SERVICE, Provider, ProviderContext, no_name
from integrations.record import Record, rows
from integrations.skatteetaten import mapping
from integrations.skatteetaten.incomes import SKATTEETATEN, incomes, reported
from integrations.skatteetaten.metadata import CLAIMS, INCOME, TAX_BASE
from integrations.skatteetaten.tax_base import tax_base

#: Codes of a 404 that says "nothing on this person"; every other means an address that nobody knows.
NOTHING = frozenset({"IM-007", "IM-008", "SSG-006", "SSG-007", "SSG-008", "TD-004", "KB-007"})


class SkatteetatenClient:
    def __init__(
        self,
        base_url: str,
        http: HttpClient,
        maskinporten: MaskinportenClient,
        name_of: Callable[[str], str] = no_name,
    ) -> None:
        self._url = base_url
        self._name_of = name_of
        self._http = http
        self._maskinporten = maskinporten

    def income(self, asked: EvidenceRequest) -> Evidence:
        """Wages and benefits by month since ``asked.since``."""
        path = f"/v1/sbl/{asked.subject.pid}/inntekter"
        period = {"fraOgMed": f"{asked.since:%Y-%m}", "tilOgMed": f"{asked.as_of:%Y-%m}"}
        raw = self._get("inntekt", path, INCOME.scope, asked, period)
        if raw is None:
            return Evidence(EvidenceState.EMPTY, Figures(reported=(reported(asked.as_of, asked.since),)))
        for entry in rows(raw, "oppgaveInntektsmottaker") or []:
            _same_person(entry.record("inntektsmottaker").text("personidentifikator"), asked)
        return _evidence(self._with_names(incomes(raw, asked.as_of, asked.since)))

    def _with_names(self, found: Figures) -> Figures:
        """Each payer by its name in Enhetsregisteret; the answer has numbers alone."""
        numbers = {one.payer_orgno for one in found.incomes if one.payer == one.payer_orgno}
        names = {number: name for number in sorted(numbers) if (name := self._name_of(number))}
        named = (replace(one, payer=names.get(one.payer, one.payer)) for one in found.incomes)
        return replace(found, incomes=tuple(named))

    def newest_assessment(self, asked: ChannelAsk) -> str:
        """The newest year there is an assessment of, which alone may be asked for; last year where none is told of."""
        expected = norwegian_day(asked.asked_at).year - 1
        try:
            told = self._http.get(
                f"{self._at('sistetilgjengeligeskatteoppgjoer')}/v1/{asked.subject.pid}",
                headers=self._headers(self._maskinporten.token(TAX_BASE.scope)),
                expected=frozenset({200, 404}),
            )
            year = Record(told.json()).text("sisteTilgjengeligePeriode") if told.status == 200 else ""
        except SourceError:
            year = ""  # what it opens is asked for without it too, and a page of consent waits for nobody
        return year if re.fullmatch(r"20\d\d", year) and int(year) <= expected else str(expected)

    def tax_base(self, asked: EvidenceRequest) -> Evidence:
        """The newest assessment there is. Last year's comes in spring; until then the one before is the newest.

        A consent is to one year: where it was given before a newer assessment came, that one is refused.
        """
        last = norwegian_day(asked.as_of).year - 1
        for year in (last, last - 1):
            path = f"/v2/oppgjoer/sbl/{year}/{asked.subject.pid}"
            try:
                raw = self._get("summertskattegrunnlag", path, TAX_BASE.scope, asked, {})
            except SourceRefusedError:
                if year == last:
                    continue
                raise
            if raw is not None:
                _same_person(Record(raw).text("personidentifikator"), asked)
                return _evidence(tax_base(raw, asked.as_of))
        missing = RecordGap(TAX_BASE.id, "asset", RecordGapReason.NOT_SENT, SKATTEETATEN, feeds=(Total.ASSETS,))
        return _evidence(Figures(record_gaps=(missing,)))

    def claims(self, asked: EvidenceRequest) -> Evidence:
        """Open claims with what remains of each."""
        path = f"/v1/finans/{asked.subject.pid}/aapnekrav"
        raw = self._get("kravogbetalinger", path, CLAIMS.scope, asked, {})
        if raw is None:
            return Evidence(EvidenceState.EMPTY, Figures())
        parties = {row.text("partIdentifikator") for row in rows(raw, "aapentKravMedGjenstaaendeBeloep") or []}
        if asked.subject.pid not in parties:
            _same_person(Record(raw).text("partIdentifikator"), asked)
        return _evidence(mapping.claims(raw, asked.as_of, asked.subject.pid))

    def _at(self, service: str) -> str:
        """Each service has a host of its own; settings may know one for all."""
        return self._url.replace(SERVICE, service)

    @staticmethod
    def _headers(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}", "Korrelasjonsid": str(uuid.uuid4())}

    def _get(self, service: str, path: str, scope: str, asked: EvidenceRequest, query: dict[str, str]) -> Json:
        """The answer, or ``None`` for "there is nothing". Raises ``SourceBrokenError`` for an address nobody knows.

        404 means both; the code of the answer tells which.
        """
        token = self._maskinporten.token(scope, consent=(asked.grant, asked.subject.pid))
        answer = self._http.get(
            f"{self._at(service)}{path}",
            headers=self._headers(token),
            params=query,
            expected=frozenset({200, 404, 410}),
        )
        if answer.status == 200:
            return answer.json()
        if answer.status == 404 and Record(answer.json()).text("kode") not in NOTHING:
            raise SourceBrokenError("unknown_address")
        return None


def _same_person(pid: str, asked: EvidenceRequest) -> None:
    """An answer about somebody else is not read. One that does not say whom it is about was asked for by the number."""
    if pid and pid != asked.subject.pid:
        raise SourceRefusedError("another_person")


def _evidence(found: Figures) -> Evidence:
    return Evidence(state_of(found), found)


def connect(context: ProviderContext) -> Provider:
    client = SkatteetatenClient(context.url, context.http, context.maskinporten, context.name_of)
    return Provider(
        fetch={INCOME.id: client.income, TAX_BASE.id: client.tax_base, CLAIMS.id: client.claims},
        consent_parameters={"inntektsaar": client.newest_assessment},
    )
