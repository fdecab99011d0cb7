"""What it is worth to society: the report's sums, computed from its named assumptions (R123-R127)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from forms.amounts import AmountError, read_number

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Assumption:
    """One named number from 0 to ``most``.

    ``source`` says by language where it is from, ``requirement`` is our number of it.
    """

    key: str
    value: Decimal
    unit: str
    source: Mapping[str, str]
    requirement: str
    most: Decimal


@dataclass(frozen=True, slots=True)
class Benefit:
    """NOK a year and its present value; what the report itself printed beside it, ``None`` where it printed none.

    ``note`` says how the sums of the unchanged assumptions differ from the report's.
    """

    key: str
    yearly: Decimal
    present_value: Decimal
    reported_yearly: Decimal | None
    reported_value: Decimal | None
    requirement: str
    note: str


@dataclass(frozen=True, slots=True)
class Unpriced:
    """What the report counts without a price; ``effect`` is its own mark, "+" or "++", empty where it gave none."""

    key: str
    requirement: str
    effect: str


class AssumptionError(ValueError):
    """``key`` names the assumption whose value cannot be used."""

    def __init__(self, key: str, rule: str) -> None:
        super().__init__(f"{key} {rule}")
        self.key = key


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((Path(__file__).parent / "benefit.json").read_text(encoding="utf-8"))
    return found


def assumptions() -> tuple[Assumption, ...]:
    """Every assumption with the report's value."""
    return tuple(
        Assumption(key, Decimal(row["value"]), row["unit"], row["source"], row["requirement"], Decimal(row["most"]))
        for key, row in _data()["assumptions"].items()
    )


def unpriced() -> tuple[Unpriced, ...]:
    """The benefits no sum is given for."""
    return tuple(Unpriced(**row) for row in _data()["unpriced"])


def present_value(yearly: Decimal, rate: Decimal, years: int) -> Decimal:
    """What *yearly* is worth today, in whole kroner, the first sum a year from now."""
    total = sum((yearly / (1 + rate) ** year for year in range(1, years + 1)), Decimal(0))
    return total.quantize(Decimal(1), rounding=ROUND_HALF_UP)


def recompute(**changed: object) -> tuple[Benefit, ...]:
    """The sums with some assumptions changed by name, as a live calculator does. Raises ``AssumptionError``."""
    return benefits(changed)


def benefits(changed: Mapping[str, object] | None = None) -> tuple[Benefit, ...]:
    """The sums from the assumptions, those in *changed* replaced. Raises ``AssumptionError``."""
    known = {assumption.key: assumption for assumption in assumptions()}
    v = {key: assumption.value for key, assumption in known.items()}
    for key, value in (changed or {}).items():
        if key not in known:
            raise AssumptionError(key, "is not an assumption")
        v[key] = _number(known[key], value)
    yearly = {
        "caseworker": v["caseworker"] * MILLION,
        "letters": v["letters"] * MILLION,
        "balance_requests": v["balance_requests"] * MILLION,
        "debtors": v["debtors"] * MILLION,
        "enk_time": v["enk"] * v["reached"] * v["helped"] * v["hours"] * v["hourly"],
        "survival": v["new_enk"] * v["survive_more"] * v["value_added"],
    }
    return tuple(_benefit(key, amount, v["rate"], int(v["years"])) for key, amount in yearly.items())


def _benefit(key: str, amount: Decimal, rate: Decimal, years: int) -> Benefit:
    row = _data()["reported"][key]
    return Benefit(
        key,
        amount.quantize(Decimal(1), rounding=ROUND_HALF_UP),
        present_value(amount, rate, years),
        Decimal(row["yearly"]) if "yearly" in row else None,
        Decimal(row["npv"]) if "npv" in row else None,
        row["requirement"],
        row["note"],
    )


def _number(assumption: Assumption, submitted: object) -> Decimal:
    """A number as typed in Norwegian or English, within the bounds of its assumption."""
    try:
        value = read_number(str(submitted))
    except AmountError:
        raise AssumptionError(assumption.key, "must be a number") from None
    if not 0 <= value <= assumption.most:
        raise AssumptionError(assumption.key, f"must be from 0 to {assumption.most}")
    if assumption.unit == "years" and value != value.to_integral_value():
        raise AssumptionError(assumption.key, "must be whole years")
    return value
