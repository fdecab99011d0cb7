"""Balance of the student loan, split in loan, interest, fees and costs."""

from __future__ import annotations

from engine.advice.economy.figures import Debt, DebtKind, Figures
from engine.advice.economy.sourced import Source
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from integrations.answer import load, sourced
from integrations.http import HttpClient
from integrations.lanekassen.metadata import LOANS
from integrations.lanekassen.schema import Balances
from integrations.maskinporten.client import MaskinportenClient
from integrations.provider import Provider, ProviderContext


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
        answer = load(Balances(), self._http.get(f"{self._url}/saldo/v1/Accounts", headers=headers).json())
        found = _figures(answer, asked)
        return Evidence(EvidenceState.ANSWERED if found.debts else EvidenceState.EMPTY, found)


def _figures(answer: dict[str, object], asked: EvidenceRequest) -> Figures:
    parts: dict[str, object] = {}
    for account in answer["Accounts"]:  # type: ignore[attr-defined]
        parts[account["Name"]] = account["Balances"][0]["BalanceAmount"]["amount"]
    if not answer["TotalAmount"]:
        return Figures()
    source = Source(LOANS.id, "Lånekassen", asked.as_of, LOANS.requirement.value, "saldo")

    def part(name: str):  # type: ignore[no-untyped-def]
        return sourced(parts[name], source, asked.as_of) if name in parts else None

    debt = Debt(
        id=f"{LOANS.id}:saldo",
        kind=DebtKind.STUDENT_LOAN,
        creditor="Lånekassen",
        balance=sourced(answer["TotalAmount"], source, asked.as_of),
        principal=part("Lån"),
        interest=part("Renter"),
        costs=part("Gebyr"),
    )
    return Figures(debts=(debt,))


def connect(context: ProviderContext) -> Provider:
    client = LanekassenClient(context.url, context.http, context.maskinporten)
    return Provider(fetch={LOANS.id: client.fetch})
