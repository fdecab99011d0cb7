"""What a bank holds of a deceased. There is no interest rate, term or instalment in DSOP: a loan is a balance."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from marshmallow import fields, validate

from engine.advice.economy.figures import Account, Debt, DebtKind, Figures, Transaction
from engine.advice.economy.sourced import Source
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from integrations.answer import Answer, load, sourced
from integrations.dsop.metadata import ESTATE_ACCOUNTS
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient
from integrations.provider import Provider, ProviderContext

MONTHS_BEFORE = 3
PAGES = 50
_SIDE = validate.OneOf(("credit", "debit"))


class Balance(Answer):
    type = fields.String(required=True)
    amount = fields.Decimal(required=True)
    creditDebitIndicator = fields.String(required=True, validate=_SIDE)


class BankAccount(Answer):
    accountIdentifier = fields.String(required=True)
    accountReference = fields.String(required=True)
    type = fields.String(required=True)
    name = fields.String(load_default="")
    balances = fields.List(fields.Nested(Balance), load_default=list)


class Details(Answer):
    status = fields.String(required=True, validate=validate.OneOf(("complete", "partial")))


class Accounts(Answer):
    responseDetails = fields.Nested(Details, required=True)
    accounts = fields.List(fields.Nested(BankAccount), required=True)


class OneAccount(Answer):
    account = fields.Nested(BankAccount, required=True)


class CounterParty(Answer):
    name = fields.String(load_default="")
    accountIdentifier = fields.String(load_default="")


class Movement(Answer):
    transactionIdentifier = fields.String(required=True)
    creditDebitIndicator = fields.String(required=True, validate=_SIDE)
    bookingDate = fields.Date(required=True)
    amount = fields.Decimal(required=True)
    counterParties = fields.List(fields.Nested(CounterParty), load_default=list)
    additionalInfo = fields.String(load_default="")


class Link(Answer):
    rel = fields.String(required=True)
    href = fields.String(required=True)


class Movements(Answer):
    transactions = fields.List(fields.Nested(Movement), required=True)
    links = fields.List(fields.Nested(Link), load_default=list)


class DsopClient:
    """One bank. Its answers do not name it (KAR's ``bankName`` does): *bank_name* goes with its address."""

    def __init__(self, base_url: str, bank_name: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = base_url
        self._bank_name = bank_name
        self._http = http
        self._maskinporten = maskinporten

    def fetch(self, asked: EvidenceRequest) -> Evidence:
        """Accounts with balances, and movements from three months back."""
        found = load(Accounts(), self._get("/v2/accounts", asked, PartyID=asked.subject.pid))
        source = Source(ESTATE_ACCOUNTS.id, self._bank_name, asked.as_of, ESTATE_ACCOUNTS.requirement.value)
        accounts: list[Account] = []
        debts: list[Debt] = []
        moved: list[Transaction] = []
        since = (asked.as_of - timedelta(days=30 * MONTHS_BEFORE)).date()
        for row in found["accounts"]:
            path = f"/v2/accounts/{quote(row['accountReference'], safe='')}"
            detail = load(OneAccount(), self._get(path, asked))["account"]
            balance = sourced(_booked(detail), source, asked.as_of)
            identity = f"{ESTATE_ACCOUNTS.id}:{row['accountReference']}"
            if row["type"] == "loanAccount":
                owed = sourced(-balance.value, source, asked.as_of)
                debts.append(
                    Debt(identity, DebtKind.OTHER, row["name"] or "Lån", owed, account=row["accountIdentifier"])
                )
                continue
            accounts.append(
                Account(identity, row["accountIdentifier"], row["name"], row["type"], "PRIV", balance, self._bank_name)
            )
            moved += self._movements(path, row, asked, source, f"?fromDate={since.isoformat()}")
        partial = found["responseDetails"]["status"] == "partial"
        state = (
            EvidenceState.PARTIAL if partial else EvidenceState.ANSWERED if found["accounts"] else EvidenceState.EMPTY
        )
        figures = Figures(debts=tuple(debts), accounts=tuple(accounts), transactions=tuple(moved))
        return Evidence(state, figures, (self._bank_name,) if partial else ())

    def _movements(
        self, path: str, row: dict[str, Any], asked: EvidenceRequest, source: Source, query: str
    ) -> list[Transaction]:
        found: list[Transaction] = []
        following = f"{path}/transactions{query}"
        for _ in range(PAGES):
            page = load(Movements(), self._get(following, asked))
            found += [_transaction(entry, row["accountIdentifier"], source) for entry in page["transactions"]]
            following = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
            if not following:
                break
        return found

    def _get(self, path: str, asked: EvidenceRequest, **more: str) -> Any:
        headers = {
            "Authorization": f"Bearer {self._maskinporten.token(ESTATE_ACCOUNTS.scope, resource=self._url)}",
            "Accept": "application/json",
            "AccountInfoRequestID": asked.correlation_id,
            "CorrelationID": str(uuid.uuid4()),
            "Legal-Mandate": quote(ESTATE_ACCOUNTS.legal_reference),
            **more,
        }
        return self._http.get(f"{self._url}{path}", headers=headers).json()


def _booked(account: dict[str, Any]) -> Decimal:
    found = next((b for b in account["balances"] if b["type"] == "bookedBalance"), None)
    if found is None:
        return Decimal(0)
    amount: Decimal = found["amount"]
    return amount if found["creditDebitIndicator"] == "credit" else -amount


def _transaction(entry: dict[str, Any], account: str, source: Source) -> Transaction:
    other = entry["counterParties"][0] if entry["counterParties"] else {"name": "", "accountIdentifier": ""}
    amount = entry["amount"] if entry["creditDebitIndicator"] == "credit" else -entry["amount"]
    return Transaction(
        f"{ESTATE_ACCOUNTS.id}:{entry['transactionIdentifier']}",
        account,
        entry["bookingDate"],
        amount,
        other["name"],
        entry["additionalInfo"],
        source,
        other["accountIdentifier"],
    )


def connect(context: ProviderContext) -> Provider:
    client = DsopClient(context.url, context.name, context.http, context.maskinporten)
    return Provider(fetch={ESTATE_ACCOUNTS.id: client.fetch})
