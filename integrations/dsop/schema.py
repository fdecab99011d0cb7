"""What we read of Bits' Kontrollinformasjon V2, record by record: lists and most fields may be absent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.advice.economy.identity import account_number
from engine.advice.economy.money import ZERO, Money
from integrations.record import Record, UnreadableError

HOME = "NOK"
BOOKED = "bookedBalance"
#: Reference types that hold what a payer must give: KID.
_KID = ("remittanceReference",)
_DEBTORS, _CREDITORS = ("debtor", "ultimateDebtor"), ("creditor", "ultimateCreditor")


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account as the bank lists it. ``owner``: number of the primary owner, "" where not told."""

    reference: str
    number: str
    kind: str
    name: str
    currency: str
    status: str
    bank: str
    owner: str
    with_other: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """What is booked, without any credit line; below zero the bank has lent it."""

    amount: Money
    currency: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement, with its sign. ``status``: booked, pending or info."""

    reference: str
    status: str
    day: date
    amount: Money
    currency: str
    other: tuple[str, str]
    text: str
    kid: str
    code: str


def account(record: Record) -> AccountRecord:
    """Raises ``UnreadableError`` where nothing tells which account it is."""
    number, reference = record.text("accountIdentifier"), record.text("accountReference", limit=4000)
    if not number:
        raise UnreadableError("accountIdentifier")
    owner = record.record("primaryOwner")
    identifier = owner.record("identifier").text("value")
    return AccountRecord(
        reference=reference,
        number=account_number(number),
        kind=record.text("type"),
        name=record.text("name"),
        currency=record.text("currency").upper() or HOME,
        status=record.text("status"),
        bank=record.record("servicer").text("name"),
        owner=identifier if len(identifier) == 11 and identifier.isdigit() else "",
        with_other=owner.text("permission") == "rightToUseWithOther",
    )


def booked(record: Record, currency: str) -> tuple[Balance, ...]:
    """What is booked in each currency, the newest of each. Raises ``UnreadableError``.

    currency  the account's, for a balance that tells none
    """
    newest: dict[str, Balance] = {}
    for one in record.records("balances"):
        if one.text("type") != BOOKED:
            continue
        written = one.text("currency").upper() or currency
        amount = _signed(one, "amount")
        if one.flag("creditLineIncluded"):
            line = one.money("creditLineAmount")
            if line is None or line < 0:
                raise UnreadableError("creditLineAmount")
            amount -= line
        found = Balance(amount, written, one.day("registered"))
        before = newest.get(written)
        if before is None or (found.day or date.min) > (before.day or date.min):
            newest[written] = found
    return tuple(newest.values())


def entry(record: Record, account: AccountRecord) -> Entry:
    """Raises ``UnreadableError``."""
    day = record.day("bookingDate", "valueDate", "registered")
    if day is None:
        raise UnreadableError("bookingDate")
    amount = _signed(record, "amount")
    code = record.record("transactionCode")
    return Entry(
        reference=record.text("transactionIdentifier"),
        status=record.text("status") or "booked",
        day=day,
        amount=amount,
        currency=record.text("currency").upper() or account.currency,
        other=_other(record.records("counterParties"), account, _CREDITORS if amount < 0 else _DEBTORS),
        text=record.text("additionalInfo", "merchant") or code.text("freeText"),
        kid=next((one.text("value") for one in record.records("references") if one.text("type") in _KID), ""),
        code=code.text("subFamily", "family"),
    )


def _signed(record: Record, name: str) -> Money:
    """An amount is never below zero; the side says which way it goes. A reversal has the side it is booked on."""
    amount, side = record.money(name), record.text("creditDebitIndicator")
    if amount is None or amount < 0 or (side not in ("credit", "debit") and amount):
        raise UnreadableError(name)
    return -amount if side == "debit" else amount or ZERO


def _other(record: list[Record], account: AccountRecord, sides: tuple[str, str]) -> tuple[str, str]:
    """The other side of a movement: of the parties that are not this account, the one on that side."""
    parties = [(one.text("type"), one.text("name"), account_number(one.text("accountIdentifier"))) for one in record]
    others = [one for one in parties if one[2] != account.number]
    found = next((one for one in others if one[0] in sides), others[0] if others else ("", "", ""))
    return found[1], found[2]
