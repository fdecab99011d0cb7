"""What the citizen adds, corrects or removes by hand (R54). Tagged "Lagt inn av deg" wherever shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from engine.advice.economy.figures import DebtKind
from engine.advice.economy.money import Money


class SupplementKind(StrEnum):
    DEBT = "debt"
    ASSET = "asset"
    INCOME = "income"
    SPENDING = "spending"
    CORRECTION = "correction"
    SAME_DEBT = "same_debt"  # two debts of the overview are one
    OTHER_DEBT = "other_debt"  # they are two
    CATEGORY = "category"  # what payments to somebody are for


@dataclass(frozen=True, slots=True)
class Supplement:
    """One entry.

    amount  NOK: balance of a debt, value of an asset, NOK per month of income and spending,
            the right balance of what is corrected
    target  id of the corrected debt, or of the first of two that are compared, "" otherwise
    targets ids and fingerprints of all records of that debt, as they became known: it is found again by any of them
    others  the same of the second of two that are compared
    category  what payments are for to the payee called ``name``, known again by ``target`` (``payees.payee_key``)
    debt    kind of an added debt, where it was told;  ``rate`` per cent a year and ``monthly`` NOK of it
    """

    id: str
    kind: SupplementKind
    name: str
    amount: Money
    at: datetime
    target: str = ""
    targets: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    debt: DebtKind | None = None
    rate: Decimal | None = None
    monthly: Money | None = None
    category: str = ""
