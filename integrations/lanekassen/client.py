"""Balance of the student loan, split in loan, interest, fees and costs. Each part is read by itself.

The documented sample says a total of 0 beside parts that are not: the parts are what is owed. Overpaid is below zero.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from engine.advice.economy.figures import Debt, DebtKind, Figures, RecordGap, RecordGapReason, Total
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceBrokenError
from engine.platform.strict_json import Json
from integrations.answer import state_of
from integrations.http import HttpClient
from integrations.lanekassen.metadata import LOANS
from integrations.maskinporten.client import MaskinportenClient
from integrations.provider import Provider, ProviderContext
from integrations.record import BeyondSenseError, Record, UnreadableError, rows

LANEKASSEN = "Lånekassen"
PRINCIPAL, INTEREST, COSTS = "Lån", "Renter", "Gebyr"
#: Which part of the debt each name is; what has another name is still owed.
PARTS = {"lån": PRINCIPAL, "renter": INTEREST, "gebyr": COSTS, "omkostninger": COSTS}


class LanekassenClient:
    def __init__(self, base_url: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = base_url
        self._http = http
        self._maskinporten = maskinporten

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        token = self._maskinporten.token(LOANS.scope, consent=(asked.grant, asked.subject.pid))
        headers = {
            "Authorization": token,  # the documentation wants the token alone, without "Bearer"
            "Consent-ID": token,
            "PSU_ID": asked.subject.pid,
        }
        answer = self._http.get(f"{self._url}/saldo/v1/Accounts", headers=headers, expected=frozenset({200, 404}))
        if answer.status == 404:  # Lånekassen does not know the person
            return Evidence(EvidenceState.EMPTY, Figures())
        found = figures(answer.json(), asked)
        return Evidence(state_of(found), found)


def figures(answer: Json, asked: EvidenceRequest) -> Figures:
    """One debt, or none. Raises ``SourceBrokenError`` where there are no accounts in the answer."""
    told = rows(answer, "Accounts")
    if told is None:
        raise SourceBrokenError("schema")
    parts: dict[str, Money] = defaultdict(lambda: ZERO)
    gaps: list[RecordGap] = []
    days: list[date] = []

    def gap(reason: RecordGapReason, account: Record, *feeds: Total, currency: str = "") -> None:
        gaps.append(RecordGap(LOANS.id, "loan", reason, LANEKASSEN, account.text("Name"), feeds, currency=currency))

    for number, account in enumerate(told):
        if any(account.same_as(before) for before in told[:number]):
            gap(RecordGapReason.REPEATED, account)
            continue
        balance = (account.records("Balances") or [Record(None)])[0]
        amount = balance.record("BalanceAmount")
        try:
            money, currency = amount.money("amount"), amount.text("currency").upper()
        except BeyondSenseError:
            gap(RecordGapReason.TOO_LARGE, account, Total.DEBT)
            continue
        except UnreadableError:
            gap(RecordGapReason.UNREADABLE, account, Total.DEBT)
            continue
        if money is None:
            gap(RecordGapReason.NO_AMOUNT, account, Total.DEBT)
        elif currency not in ("", "NOK"):
            gap(RecordGapReason.FOREIGN_CURRENCY, account, Total.DEBT, currency=currency)
        else:
            parts[PARTS.get(account.text("Name").lower(), "")] += money
            days += [day] if (day := balance.day("LastChangeDateTime")) else []
    return Figures(debts=_debts(answer, parts, days, gaps, asked), record_gaps=tuple(gaps))


def _debts(
    answer: Json, parts: dict[str, Money], days: list[date], gaps: list[RecordGap], asked: EvidenceRequest
) -> tuple[Debt, ...]:
    balance = sum(parts.values(), ZERO)
    if gaps and (whole := _total(answer)):
        balance, parts = whole, {}  # a part could not be read, and the total says what is owed in all
    if not balance:
        return ()
    source = Source(LOANS.id, LANEKASSEN, asked.as_of, LOANS.requirement.value, "saldo")
    day = max(days, default=norwegian_day(asked.as_of))

    def sourced(value: Money | None) -> Sourced[Money] | None:
        return None if value is None else Sourced(value, (source,), day)

    return (
        Debt(
            id=f"{LOANS.id}:saldo",
            kind=DebtKind.STUDENT_LOAN,
            creditor=LANEKASSEN,
            balance=Sourced(balance, (source,), day),
            principal=sourced(parts.get(PRINCIPAL)),
            interest=sourced(parts.get(INTEREST)),
            costs=sourced(parts.get(COSTS)),
        ),
    )


def _total(answer: Json) -> Money | None:
    try:
        return Record(answer).money("TotalAmount")
    except UnreadableError:
        return None


def connect(context: ProviderContext) -> Provider:
    client = LanekassenClient(context.url, context.http, context.maskinporten)
    return Provider(fetch={LOANS.id: client.fetch})
