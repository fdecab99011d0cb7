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

#: More per cent x 100, and more months, than any credit has.
MAX_RATE, MAX_TERMS = 100_000, 1200
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
    odd    names of figures that cannot be read: they are unknown, and what is owed stands
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
    odd: tuple[str, ...] = ()


def loan(record: Record) -> Loan:
    """Raises ``UnreadableError`` where the balance is not told, or cannot be read."""
    odd: list[str] = []

    def whole(name: str, limit: int = 10**13) -> int | None:
        try:
            found = record.whole(name)
        except UnreadableError:
            found = limit + 1
        if found is not None and found > limit:
            odd.append(name)
            return None
        return found

    def amount(name: str) -> Money | None:
        ore = whole(name)
        return None if ore is None else from_ore(ore)

    rate = whole("nominalInterestRate", MAX_RATE)
    return Loan(
        kind=KINDS.get(record.text("type"), DebtKind.OTHER),
        balance=_balance(record),
        limit=amount("creditLimit"),
        original=amount("originalBalance"),
        rate=None if rate is None else Decimal(rate) / 100,
        fee=amount("installmentCharges"),
        terms=whole("terms", MAX_TERMS),
        co_borrower=record.text("coBorrower") in ("1", "2"),
        read=record.day("timestamp"),
        odd=tuple(odd),
    )


def _balance(record: Record) -> Money:
    """What is owed: with and without interest for a credit, one figure for a loan."""
    names = ("balance", "interestBearingBalance", "nonInterestBearingBalance")
    parts = [ore for name in names if (ore := record.whole(name)) is not None]
    if not parts:
        raise UnreadableError("balance")
    return from_ore(sum(parts))
