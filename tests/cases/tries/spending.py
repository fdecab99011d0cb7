"""What is bought, by the name of the one who is paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from engine.advice.economy.figures import Transaction
from engine.advice.economy.sourced import Source
from tests.cases.seam import NAMES

SOURCE = Source("bank.accounts", "Banken", datetime(2026, 11, 27, tzinfo=UTC), "consent")


def categories(names: Sequence[str]) -> list[str]:
    """Each counterparty → the category of a payment to it."""
    category_of: Any = NAMES["engine.economy.spending:category_of"]
    return [
        category_of(Transaction("1", "2", date(2026, 10, 5), Decimal(-100), name, "", SOURCE), frozenset())
        for name in names
    ]
