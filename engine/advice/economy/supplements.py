"""What the citizen adds, corrects or removes by hand (R54). Tagged "Lagt inn av deg" wherever shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.advice.economy.money import Money


class SupplementKind(StrEnum):
    DEBT = "debt"
    ASSET = "asset"
    INCOME = "income"
    SPENDING = "spending"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Supplement:
    """One entry.

    amount  NOK: balance of a debt, value of an asset, NOK per month of income and spending,
            the right balance of what is corrected
    target  id of the corrected debt, "" otherwise
    """

    id: str
    kind: SupplementKind
    name: str
    amount: Money
    at: datetime
    target: str = ""
