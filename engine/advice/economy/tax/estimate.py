"""The tax of one income year, line by line (R61). Roughly computed: it does not replace accounting (R65)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.rates import rates
from engine.advice.economy.tax import bracket, general_income, national_insurance
from engine.advice.economy.tax.income import TaxableIncome
from engine.advice.economy.tax.line import Line, add_up


@dataclass(frozen=True, slots=True)
class TaxEstimate:
    """NOK for the year. ``lines`` add up to ``total`` to the øre.

    provisional  a rate of the year is carried over and not final (named by rule key)
    """

    year: int
    total: Money
    lines: tuple[Line, ...]
    provisional: tuple[str, ...] = ()


def estimate(income: TaxableIncome, year: int) -> TaxEstimate:
    """Tax of *income* in *year*. Raises ``rates.UnknownYearError``."""
    table = rates(year)
    found = (
        *general_income.lines(income, table),
        *bracket.lines(income, table),
        *national_insurance.lines(income, table),
    )
    open_rates = ("shielding",) if income.shielding_base and not table.table["shielding"]["final"] else ()
    rounded = add_up(found)
    return TaxEstimate(year, sum((line.amount for line in rounded), ZERO), rounded, open_rates)


def of_business(income: TaxableIncome, year: int) -> TaxEstimate:
    """What the business adds: the tax with it less the tax without it, so that wages keep their own withholding."""
    whole = estimate(income, year)
    without = estimate(replace(income, profit=ZERO, shielding_base=ZERO), year)
    return replace(whole, total=whole.total - without.total)
