"""Alminnelig inntekt: everything together, less deductions and the personal allowance, at one rate."""

from __future__ import annotations

from collections.abc import Iterator

from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.rates import Rates
from engine.advice.economy.tax.income import TaxableIncome
from engine.advice.economy.tax.line import Line, line
from engine.advice.economy.tax.standard_deduction import deduction


def basis(income: TaxableIncome, rates: Rates) -> Money:
    """NOK after every deduction, never below zero."""
    together = income.profit * income.share + income.wages + income.pension
    allowance = rates.get("personal_allowance", "amount")
    if income.finnmark:
        allowance += rates.get("personal_allowance", "finnmark_deduction")
    return max(together - deduction(income, rates) - income.deductions - allowance, ZERO)


def lines(income: TaxableIncome, rates: Rates) -> Iterator[Line]:
    rate = rates.get("general_income", "rate_finnmark" if income.finnmark else "rate")
    source = f"{rates.reference('general_income')}; personfradrag: {rates.reference('personal_allowance')}"
    yield line("general_income", basis(income, rates), rate, source)
