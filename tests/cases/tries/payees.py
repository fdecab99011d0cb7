"""What a payment is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.advice.economy.figures import Transaction
from tests.cases.seam import NAMES


def movement(payee: str, text: str = "", code: str = "") -> Transaction:
    transaction: Any = NAMES["engine.economy.figures:Transaction"]
    source: Any = NAMES["engine.economy.sourced:Source"]
    bank = source("bank.accounts", "Banken", datetime(2026, 11, 27, tzinfo=UTC), "consent")
    found: Transaction = transaction(
        "1", "86011117947", date(2026, 10, 5), Decimal(-100), payee, text, bank, "", "", code
    )
    return found


def categories(paid: Sequence[Sequence[str]]) -> list[str]:
    """The category of each payment: payee, text, code of the merchant."""
    category_of: Any = NAMES["engine.economy.spending:category_of"]
    return [category_of(movement(*one), frozenset()) for one in paid]


def to_creditors(told: Mapping[str, Sequence[str]]) -> list[str]:
    """The category of payments to each, where some are owed."""
    category_of: Any = NAMES["engine.economy.spending:category_of"]
    return [category_of(movement(payee), frozenset(told["owed"])) for payee in told["paid"]]
