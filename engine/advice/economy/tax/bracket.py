"""Trinnskatt: five steps of personal income, each rate only of what lies within its step."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.advice.economy.money import Money
from engine.advice.economy.rates import Rates
from engine.advice.economy.tax.income import TaxableIncome
from engine.advice.economy.tax.line import Line, line
from engine.advice.economy.tax.shielding import personal_income


def lines(income: TaxableIncome, rates: Rates) -> Iterator[Line]:
    """One line per step that is reached. Source: skatteloven § 5-2 and the year's resolution § 3-1."""
    personal = personal_income(income, rates) + income.wages + income.pension
    steps = rates.table["bracket_tax"]["steps"]
    for number, step in enumerate(steps, 1):
        start = Decimal(step["from"])
        if personal <= start:
            return
        end: Money = Decimal(steps[number]["from"]) if number < len(steps) else personal
        yield line(
            f"bracket_tax.{number}",
            min(personal, end) - start,
            Decimal(step["rate"]),
            rates.reference("bracket_tax"),
        )
