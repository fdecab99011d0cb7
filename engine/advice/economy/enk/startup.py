"""Can the private economy carry a start (R67): run-way, tolerance, three scenarios. Kind words, strict figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.tax.estimate import of_business
from engine.advice.economy.tax.income import TaxableIncome

MONTHS = 24
#: name → share of the turnover that was hoped for.
SCENARIOS = (("hoped", Decimal(1)), ("careful", Decimal("0.7")), ("hard", Decimal("0.4")))

#: What to set up from day one.
SETUP_STEPS = ("accounts", "tax_card", "vat", "insurance", "bookkeeping")


class Verdict(StrEnum):
    """CARRIES also in the careful scenario; TIGHT only as hoped; NOT_YET not even then."""

    CARRIES = "carries"
    TIGHT = "tight"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Plan:
    """The owner's budget, NOK without VAT.

    turnover, costs  a month, when it runs;  ``ramp`` months until it does, growing evenly
    start_costs      once
    savings          what may be used
    other_income     the household's income a month after tax that goes on
    spending         what the household uses a month, debts served
    """

    turnover: Money
    costs: Money
    start_costs: Money
    savings: Money
    other_income: Money
    spending: Money
    ramp: int = 6

    def __post_init__(self) -> None:
        for name in ("turnover", "costs", "start_costs", "savings", "other_income", "spending"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
        if not 0 <= self.ramp <= MONTHS:
            raise ValueError(f"ramp must be 0 to {MONTHS}")


@dataclass(frozen=True, slots=True)
class Scenario:
    """NOK.

    profit    a year when it runs;  ``tax`` the year's tax of it
    left      a month for the household after tax, spending and other income; negative = missing
    runway    months until the savings are used up; ``None`` = they last
    lowest    the lowest the savings come within two years; ``balances`` after each month
    """

    name: str
    profit: Money
    tax: Money
    left: Money
    runway: int | None
    lowest: Money
    balances: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class DueDiligence:
    """``needed``: NOK of turnover a month that makes ends meet when it runs, ``None`` when none within reason does."""

    scenarios: tuple[Scenario, ...]
    verdict: Verdict
    needed: Money | None


def assess(plan: Plan, year: int) -> DueDiligence:
    """The three scenarios and what they say together. Raises ``rates.UnknownYearError``."""
    found = tuple(_scenario(name, plan, share, year) for name, share in SCENARIOS)
    hoped, careful, _ = found
    if careful.runway is None and careful.left >= 0:
        verdict = Verdict.CARRIES
    elif hoped.runway is None and hoped.left >= 0:
        verdict = Verdict.TIGHT
    else:
        verdict = Verdict.NOT_YET
    return DueDiligence(found, verdict, _needed(plan, year))


def _year_tax(turnover: Money, costs: Money, year: int) -> Money:
    return of_business(TaxableIncome(profit=(turnover - costs) * 12), year).total


def _left(plan: Plan, turnover: Money, year: int) -> Money:
    tax = _year_tax(turnover, plan.costs, year) / 12
    return (turnover - plan.costs - tax + plan.other_income - plan.spending).quantize(Decimal("0.01"))


def _scenario(name: str, plan: Plan, share: Decimal, year: int) -> Scenario:
    turnover = plan.turnover * share
    profit = ((turnover - plan.costs) * 12).quantize(Decimal("0.01"))
    tax = _year_tax(turnover, plan.costs, year)
    left = plan.savings - plan.start_costs
    balances, runway = [], None
    for month in range(1, MONTHS + 1):
        grown = Decimal(min(month, plan.ramp)) / plan.ramp if plan.ramp else Decimal(1)
        now = turnover * grown
        left += now - plan.costs - max(tax, ZERO) / 12 * grown + plan.other_income - plan.spending
        balances.append(left.quantize(Decimal("0.01")))
        if left < 0 and runway is None:
            runway = month - 1
    return Scenario(name, profit, tax, _left(plan, turnover, year), runway, min(balances), tuple(balances))


def _needed(plan: Plan, year: int) -> Money | None:
    """Least whole thousand of turnover a month at which nothing is missing when it runs."""
    low, high = 0, 1000
    if _left(plan, Decimal(high * 1000), year) < 0:
        return None
    while low < high:
        middle = (low + high) // 2
        if _left(plan, Decimal(middle * 1000), year) >= 0:
            high = middle
        else:
            low = middle + 1
    return Decimal(high * 1000)
