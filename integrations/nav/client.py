"""What Nav paid the person, month by month, with what was withheld for creditors. Each benefit is read by itself.

Withheld is negative and paid back is positive. A payment belongs to the month it was paid; one that is to come, came
back, or went to an employer is no income.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from engine.advice.economy.figures import Figures, Income, IncomeKind, RecordGap, RecordGapReason, Reported, Total
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import Evidence, EvidenceRequest
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceBrokenError
from engine.platform.strict_json import Json
from integrations.answer import state_of
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient
from integrations.nav.metadata import BENEFITS
from integrations.provider import Provider, ProviderContext
from integrations.record import BeyondSenseError, Record, UnreadableError, once

NAV, NAV_ORGNO = "Nav", "889640782"
KINDS = {"Barnetrygd": IncomeKind.CHILD_BENEFIT, "Alderspensjon": IncomeKind.PENSION}
#: What a status says of money that was not paid out after all.
CAME_BACK = ("retur", "annuller", "stoppet", "avvist")


class NavClient:
    def __init__(self, base_url: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = f"{base_url}/utbetaldata/api/v2/hent-utbetalingsinformasjon/ekstern"
        self._http = http
        self._maskinporten = maskinporten

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        """What was paid to the person since ``asked.since``, today too: ``tom`` is the first day left out."""
        until = norwegian_day(asked.as_of) + timedelta(days=1)
        body = {
            "ident": asked.subject.pid,
            "rolle": "UTBETALT_TIL",
            "periode": {"fom": asked.since.isoformat(), "tom": until.isoformat()},
            "periodetype": "UTBETALINGSPERIODE",
        }
        headers = {"Authorization": f"Bearer {self._maskinporten.token(BENEFITS.scope)}", "X-Fullmakt": asked.grant}
        found = benefits(self._http.post(self._url, json=body, headers=headers).json(), asked)
        return Evidence(state_of(found), found)


@dataclass(slots=True)
class _Read:
    """What was read so far."""

    asked: EvidenceRequest
    incomes: list[Income] = field(default_factory=list)
    gaps: list[RecordGap] = field(default_factory=list)

    def gap(self, reason: RecordGapReason, what: str, *feeds: Total) -> None:
        self.gaps.append(RecordGap(BENEFITS.id, "benefit", reason, NAV, what, feeds))


def benefits(answer: Json, asked: EvidenceRequest) -> Figures:
    """One income for each benefit of each payment. Raises ``SourceBrokenError`` for what is no list of payments."""
    if not isinstance(answer, list):
        raise SourceBrokenError("schema")
    told = [Record(one) for one in answer]
    read = _Read(asked)
    for number, payment in enumerate(told):
        if any(payment.same_as(before) for before in told[:number]):
            read.gap(RecordGapReason.REPEATED, "")
        else:
            _payment(payment, read)
    names = once(f"{BENEFITS.id}:{income.id}" for income in read.incomes)
    found = tuple(replace(one, id=name) for name, one in zip(names, read.incomes, strict=True))
    whole = Reported(BENEFITS.id, Total.INCOME, asked.since, norwegian_day(asked.as_of))
    return Figures(incomes=found, record_gaps=tuple(read.gaps), reported=(whole,))


def _payment(payment: Record, read: _Read) -> None:
    paid, due = payment.day("utbetalingsdato"), payment.day("forfallsdato", "posteringsdato")
    receiver = payment.record("utbetaltTil").text("ident")
    status = payment.text("utbetalingsstatus").lower()
    told = payment.records("ytelseListe")
    if not told:
        read.gap(RecordGapReason.UNREADABLE, "", Total.INCOME)
    for benefit in told:
        name = benefit.text("ytelsestype") or "Ytelse"
        if any(word in status for word in CAME_BACK):
            read.gap(RecordGapReason.CLOSED, name)
        elif (receiver and receiver != read.asked.subject.pid) or benefit.text("refundertForOrg"):
            read.gap(RecordGapReason.ANOTHER_PERSON, name)
        elif paid is None and due is not None and due > norwegian_day(read.asked.as_of):
            read.gap(RecordGapReason.NOT_YET, name)
        else:
            _benefit(benefit, name, paid or due, read)


def _benefit(benefit: Record, name: str, day: date | None, read: _Read) -> None:
    try:
        if day is None:
            raise UnreadableError("utbetalingsdato")
        amounts = _amounts(benefit)
    except BeyondSenseError:
        read.gap(RecordGapReason.TOO_LARGE, name, Total.INCOME)
    except UnreadableError:
        read.gap(RecordGapReason.UNREADABLE, name, Total.INCOME)
    else:
        if amounts is None:
            read.gap(RecordGapReason.NO_AMOUNT, name, Total.INCOME)
        else:
            read.incomes.append(_income(benefit, name, day, amounts, read.asked))


def _amounts(benefit: Record) -> tuple[Money, Money, Money, Money] | None:
    """Gross, tax, withheld for creditors, net; ``None`` where no amount is told."""
    gross, net = benefit.money("ytelseskomponentersum"), benefit.money("ytelseNettobeloep")
    tax = -(benefit.money("skattsum") or ZERO)
    attached = -sum((row.money("trekkbeloep") or ZERO for row in benefit.records("trekkListe")), ZERO)
    if gross is None and net is None:
        return None
    if gross is None:
        gross = (net or ZERO) + tax + attached
    return gross, tax, attached, gross - tax - attached if net is None else net


def _income(
    benefit: Record, name: str, day: date, amounts: tuple[Money, Money, Money, Money], asked: EvidenceRequest
) -> Income:
    gross, tax, attached, net = amounts
    period = benefit.record("ytelsesperiode").day("fom") or day
    reference = f"{name}/{day:%Y-%m-%d}/{period:%Y-%m-%d}"
    source = Source(BENEFITS.id, NAV, asked.as_of, BENEFITS.requirement.value, reference)

    def sourced(value: Money) -> Sourced[Money]:
        return Sourced(value, (source,), day)

    return Income(
        id=reference,
        kind=KINDS.get(name, IncomeKind.BENEFIT),
        payer=NAV,
        month=day.replace(day=1),
        gross=sourced(gross),
        net=sourced(net),
        tax=sourced(tax),
        attached=sourced(attached) if attached else None,
        payer_orgno=NAV_ORGNO,
        name=name,
    )


def connect(context: ProviderContext) -> Provider:
    client = NavClient(context.url, context.http, context.maskinporten)
    return Provider(fetch={BENEFITS.id: client.fetch})
