"""Skjermingsfradrag: what the means in the business would have given elsewhere is not personal income."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.rates import Rates
from engine.advice.economy.tax.income import TaxableIncome


def deduction(income: TaxableIncome, rates: Rates) -> Money:
    """NOK: base x rate x months owned / 12. Source: skatteloven § 12-12."""
    amount = income.shielding_base * rates.get("shielding", "rate") / 100 * income.months_owned / 12
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def personal_income(income: TaxableIncome, rates: Rates) -> Money:
    """The owner's personal income from the business, never below zero here; a deficit is carried forward.

    Shielding is taken from the result before it is shared: where spouses run it together, each has their part of both.
    """
    result = (income.profit - deduction(income, rates)) * income.share
    return max(result, ZERO).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
