"""The debt answer of Norsk Gjeldsinformasjon, record by record. Amounts are øre, rates per cent x 100, both whole.

The register requires nothing of a lender: any field may be absent. It hands out no id of a loan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.advice.economy.figures import DebtKind
from engine.advice.economy.money import Money, from_ore
from integrations.record import Record, UnreadableError

#: What the register calls a kind of credit; one it calls something else is a debt of no known kind.
KINDS = {
    "creditFacility": DebtKind.CREDIT_CARD,
    "repaymentLoan": DebtKind.CONSUMER_LOAN,
    "chargeCard": DebtKind.CHARGE_CARD,
}


@dataclass(frozen=True, slots=True)
class Loan:
    """One credit or loan, as its lender told of it on ``read``.

    fee    NOK a month charged for having it (``installmentCharges``), whatever interval it is taken at
    terms  months that are left
    """

    kind: DebtKind
    balance: Money
    limit: Money | None
    original: Money | None
    rate: Decimal | None
    fee: Money | None
    terms: int | None
    co_borrower: bool
    read: date | None


def loan(told: Record) -> Loan:
    """Raises ``UnreadableError`` where the balance is not told, or a figure is not what it must be."""
    rate = told.whole("nominalInterestRate")
    if rate is not None and rate > 100_000:
        raise UnreadableError("nominalInterestRate")
    return Loan(
        kind=KINDS.get(told.text("type"), DebtKind.OTHER),
        balance=_balance(told),
        limit=_amount(told, "creditLimit"),
        original=_amount(told, "originalBalance"),
        rate=None if rate is None else Decimal(rate) / 100,
        fee=_amount(told, "installmentCharges"),
        terms=told.whole("terms"),
        co_borrower=told.text("coBorrower") in ("1", "2"),
        read=told.day("timestamp"),
    )


def _balance(told: Record) -> Money:
    """What is owed: with and without interest for a credit, one figure for a loan."""
    parts = [
        amount
        for name in ("balance", "interestBearingBalance", "nonInterestBearingBalance")
        if (amount := _amount(told, name)) is not None
    ]
    if not parts:
        raise UnreadableError("balance")
    return sum(parts[1:], parts[0])


def _amount(told: Record, name: str) -> Money | None:
    ore = told.whole(name)
    return None if ore is None else from_ore(ore)
