"""What the law says a claim may cost, and what a debtor keeps to live on, as dated data.

An edition holds from a day to a day. After its last day it is not used in silence: what is
asked for is either unknown, or shown together with the day it is from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.advice.economy.money import ZERO, Money

_FILE = Path(__file__).parent / "rates" / "claims.json"
_ADULT = 18


@dataclass(frozen=True, slots=True)
class LateInterest:
    """Forsinkelsesrente, per cent a year. ``current`` is false when the newest known period has ended."""

    rate: Decimal
    since: date
    current: bool


@dataclass(frozen=True, slots=True)
class LivingCosts:
    """NOK a month for a household, housing on top; ``current`` is false when newer rates are not known."""

    amount: Money
    since: date
    current: bool


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


def _newest(rows: Sequence[Mapping[str, Any]], as_of: date, what: str) -> tuple[Mapping[str, Any], date, bool]:
    """The last row begun, its first day, and whether it still holds. Raises ``ValueError`` before the first."""
    begun = [row for row in rows if date.fromisoformat(row["from"]) <= as_of]
    if not begun:
        raise ValueError(f"no {what} known for {as_of}")
    newest = begun[-1]
    return newest, date.fromisoformat(newest["from"]), as_of <= date.fromisoformat(newest["to"])


def late_interest(as_of: date) -> LateInterest:
    """The forsinkelsesrente of a day. Raises ``ValueError`` before the first one known."""
    row, since, current = _newest(_data()["late_interest"]["periods"], as_of, "forsinkelsesrente")
    return LateInterest(Decimal(row["rate"]), since, current)


def highest_fee(principal: Money, as_of: date, step: str = "heavy") -> Money | None:
    """The most a consumer may be charged for collection of *principal*, NOK; ``None`` for a year not known.

    step  light | heavy
    """
    year = _data()["collection"]["years"].get(str(as_of.year))
    if year is None:
        return None
    return next(Decimal(row[step]) for row in year["fees"] if principal <= Decimal(row["up_to"]))


def living_costs(ages: Sequence[int], as_of: date) -> LivingCosts:
    """What a household keeps to live on (livsopphold), NOK a month, before housing.

    ages  whole years. One adult is single, two live together; more adults have means of their own.
    From the fourth person the rate of the youngest is a fifth lower. Raises ``ValueError`` before the first edition.
    """
    rules = _data()["living_costs"]
    row, since, current = _newest(rules["editions"], as_of, "livsopphold")
    adults = min(sum(age >= _ADULT for age in ages), 2)
    children = sorted(age for age in ages if age < _ADULT)
    total = {0: ZERO, 1: Decimal(row["single"]), 2: Decimal(row["couple"])}[adults]
    reduced = max(adults + len(children) - rules["reduction_from"] + 1, 0)
    for number, age in enumerate(children):
        amount = next(Decimal(rate) for below, rate in row["children"] if age < below)
        total += amount * (1 - Decimal(rules["reduction"])) if number < reduced else amount
    return LivingCosts(total.quantize(Decimal(1)), since, current)
