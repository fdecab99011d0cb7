"""What it is worth to society: the report's sums, computed from its named assumptions (R123-R127)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Assumption:
    """One named number. ``source`` says where it is from, ``requirement`` is our number of the promise."""

    key: str
    value: Decimal
    unit: str
    source: str
    requirement: str


@dataclass(frozen=True, slots=True)
class Benefit:
    """NOK a year and its present value; what the report itself printed beside it, ``None`` where it printed none."""

    key: str
    yearly: Decimal
    present_value: Decimal
    reported_yearly: Decimal | None
    reported_value: Decimal | None


class WrongAssumption(ValueError):
    """``key`` names the assumption whose value cannot be used."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} must be a number of 0 or more")
        self.key = key


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((Path(__file__).parent / "benefit.json").read_text(encoding="utf-8"))
    return found


def assumptions() -> tuple[Assumption, ...]:
    """Every assumption with the report's value."""
    return tuple(
        Assumption(key, Decimal(row["value"]), row["unit"], row["source"], row["requirement"])
        for key, row in _data()["assumptions"].items()
    )


def present_value(yearly: Decimal) -> Decimal:
    """Ten years at the report's rate, the first sum a year from now."""
    rate, years = Decimal(_data()["rate"]["value"]), int(_data()["years"]["value"])
    total = sum((yearly / (1 + rate) ** year for year in range(1, years + 1)), Decimal(0))
    return total.quantize(Decimal(1), rounding=ROUND_HALF_UP)


def benefits(changed: Mapping[str, str] | None = None) -> tuple[Benefit, ...]:
    """The sums from the assumptions, those in *changed* replaced. Raises ``WrongAssumption``."""
    v = {assumption.key: assumption.value for assumption in assumptions()}
    for key, text in (changed or {}).items():
        try:
            value = Decimal(str(text).replace("\u00a0", "").replace(" ", "").replace(",", "."))
        except InvalidOperation:
            raise WrongAssumption(key) from None
        if key not in v or not value.is_finite() or not 0 <= value <= 10**12:
            raise WrongAssumption(key)
        v[key] = value
    million = Decimal(1_000_000)
    yearly = {
        "caseworker": v["caseworker"] * million,
        "letters": v["letters"] * million,
        "balance_requests": v["balance_requests"] * million,
        "debtors": v["debtors"] * million,
        "enk_time": v["enk"] * v["reached"] * v["helped"] * v["hours"] * v["hourly"],
        "survival": v["new_enk"] * v["survive_more"] * v["value_added"],
    }
    reported = _data()["reported"]
    return tuple(
        Benefit(
            key,
            amount.quantize(Decimal(1)),
            present_value(amount),
            Decimal(reported[key]["yearly"]) if key in reported else None,
            Decimal(reported[key]["npv"]) if key in reported else None,
        )
        for key, amount in yearly.items()
    )
