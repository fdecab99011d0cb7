"""Minstefradrag of wages and pension. There is none of business income. Source: skatteloven § 6-32."""

from __future__ import annotations

from decimal import Decimal

from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.rates import Rates
from engine.advice.economy.tax.income import TaxableIncome
from engine.advice.economy.tax.line import percent_of


def deduction(income: TaxableIncome, rates: Rates) -> Money:
    """NOK, never more than the income it is of; both kinds together at most the limit of wages."""
    table = rates.table["standard_deduction"]
    found = ZERO
    for kind, amount in (("wages", income.wages), ("pension", income.pension)):
        rule = table[kind]
        found += min(percent_of(amount, Decimal(rule["rate"])), Decimal(rule["max"]), amount)
    limits = [Decimal(table[kind]["max"]) for kind in ("wages", "pension") if getattr(income, kind)]
    return min(found, max(limits, default=ZERO))
