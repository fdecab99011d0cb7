"""Trygdeavgift: by kind of income, nothing below the lower limit, phased in above it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.advice.economy.rates import Rates
from engine.advice.economy.tax.income import TaxableIncome
from engine.advice.economy.tax.line import Line, line
from engine.advice.economy.tax.shielding import personal_income


def lines(income: TaxableIncome, rates: Rates) -> Iterator[Line]:
    """A line per kind of income, or the one of the phase-in where that is lower. Source: folketrygdloven § 23-3."""
    source = rates.reference("national_insurance")
    kinds = [
        (kind, amount, rate)
        for kind, amount, rate in (
            ("wages", income.wages, _rate("wages", income, rates)),
            ("business", personal_income(income, rates), _rate("business", income, rates)),
            ("pension", income.pension, rates.get("national_insurance", "pension")),
        )
        if amount > 0
    ]
    together = sum((amount for _, amount, _ in kinds), Decimal(0))
    above = together - rates.get("national_insurance", "lower_limit")
    if above <= 0:
        return
    full = [line(f"national_insurance.{kind}", amount, rate, source) for kind, amount, rate in kinds]
    phased = line("national_insurance.phase_in", above, rates.get("national_insurance", "phase_in"), source)
    if phased.amount < sum(part.amount for part in full):
        yield phased
    else:
        yield from full


def _rate(kind: str, income: TaxableIncome, rates: Rates) -> Decimal:
    table = rates.table["national_insurance"]
    if income.age is not None and (income.age < table["low_rate_under"] or income.age > table["low_rate_over"]):
        return rates.get("national_insurance", "pension")
    return rates.get("national_insurance", "wages" if income.primary else kind)
