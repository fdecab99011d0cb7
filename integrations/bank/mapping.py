"""Berlin Group answers → figures.

Amounts are signed decimal text. Where only one of creditor and debtor is named it
is the counterparty, and decides the direction: the standard's own sample shows
outgoing entries without a minus.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.advice.economy.figures import Account, Debt, DebtKind, Figures, Transaction
from engine.advice.economy.money import Money
from engine.advice.economy.sourced import Source
from integrations.answer import sourced
from integrations.bank.metadata import ACCOUNTS


def _source(bank: str, at: datetime, reference: str) -> Source:
    return Source(ACCOUNTS.id, bank, at, ACCOUNTS.requirement.value, reference)


def figures(
    accounts: list[dict[str, Any]],
    cards: list[dict[str, Any]],
    movements: dict[str, list[dict[str, Any]]],
    bank: str,
    at: datetime,
) -> Figures:
    """Deposits, loans (a balance only: AIS tells no rate), cards and transactions.

    bank  the bank's name as shown
    """
    deposits = tuple(_account(a, bank, at) for a in accounts if a["cashAccountType"] != "LOAN")
    loans = tuple(_loan(a, bank, at) for a in accounts if a["cashAccountType"] == "LOAN")
    used = tuple(_card(c, bank, at) for c in cards)
    numbers = {a["resourceId"]: a["bban"] for a in accounts}
    transactions = tuple(
        _transaction(entry, numbers[account], bank, at) for account, entries in movements.items() for entry in entries
    )
    return Figures(debts=loans + used, accounts=deposits, transactions=transactions)


def _booked(balances: list[dict[str, Any]]) -> Money:
    """The booked balance where there is one, else the first."""
    chosen = next((b for b in balances if b["balanceType"] in ("closingBooked", "interimBooked")), balances[0])
    amount: Money = chosen["balanceAmount"]["amount"]
    return amount


def _account(account: dict[str, Any], bank: str, at: datetime) -> Account:
    source = _source(bank, at, account["resourceId"])
    return Account(
        id=f"{ACCOUNTS.id}:{account['resourceId']}",
        number=account["bban"],
        name=account["name"],
        product=account["product"],
        usage=account["usage"],
        balance=sourced(_booked(account["balances"]), source, at),
        bank=bank,
    )


def _loan(account: dict[str, Any], bank: str, at: datetime) -> Debt:
    source = _source(bank, at, account["resourceId"])
    product = account["product"].lower()
    kind = (
        DebtKind.MORTGAGE
        if "bolig" in product
        else DebtKind.CAR_LOAN
        if "bil" in product
        else DebtKind.CONSUMER_LOAN
        if "forbruk" in product
        else DebtKind.OTHER
    )
    return Debt(
        id=f"{ACCOUNTS.id}:{account['resourceId']}",
        kind=kind,
        creditor=account["name"] or bank,
        balance=sourced(abs(_booked(account["balances"])), source, at),
        secured=kind in (DebtKind.MORTGAGE, DebtKind.CAR_LOAN),
        account=account["bban"],
    )


def _card(card: dict[str, Any], bank: str, at: datetime) -> Debt:
    source = _source(bank, at, card["resourceId"])
    limit = card["creditLimit"]
    return Debt(
        id=f"{ACCOUNTS.id}:{card['resourceId']}",
        kind=DebtKind.CREDIT_CARD,
        creditor=card["name"],
        balance=sourced(abs(_booked(card["balances"])), source, at),
        limit=sourced(limit["amount"], source, at) if limit else None,
    )


def _transaction(entry: dict[str, Any], account: str, bank: str, at: datetime) -> Transaction:
    amount: Money = entry["transactionAmount"]["amount"]
    outgoing = bool(entry["creditorName"]) and not entry["debtorName"]
    incoming = bool(entry["debtorName"]) and not entry["creditorName"]
    if outgoing:
        amount = -abs(amount)
    elif incoming:
        amount = abs(amount)
    other = entry["creditorAccount"] if amount < 0 else entry["debtorAccount"]
    return Transaction(
        id=f"{ACCOUNTS.id}:{entry['transactionId']}",
        account=account,
        booked=entry["bookingDate"],
        amount=amount,
        counterparty=entry["creditorName"] if amount < 0 else entry["debtorName"],
        text=entry["remittanceInformationUnstructured"],
        source=_source(bank, at, entry["transactionId"]),
        counterparty_account=(other or {}).get("bban", ""),
        kid=entry["remittanceInformationStructured"],
        mcc=entry["merchantCategoryCode"],
        code=entry["bankTransactionCode"],
    )
