"""Does the profit carry the owner's own pay (R63, R64), and what if the owner falls ill."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.rates import rates

#: The three suggestions of the report, as text keys.
SUGGESTIONS = ("raise_turnover", "cut_costs", "talk_to_bank")
_ORE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PayCheck:
    """NOK for the year.

    left      profit of the year at this pace, after the tax it causes
    wanted    what the owner needs to live on
    taken     what the owner has taken out so far
    shortfall what is missing, 0 when it carries
    """

    left: Money
    wanted: Money
    taken: Money

    @property
    def shortfall(self) -> Money:
        return max(self.wanted - self.left, ZERO)

    @property
    def suggestions(self) -> tuple[str, ...]:
        return SUGGESTIONS if self.shortfall else ()


@dataclass(frozen=True, slots=True)
class SickPay:
    """What illness costs. NOK.

    waiting   income lost in the first 16 days, which nobody pays: the buffer to have
    monthly   sickness benefit a month from day 17
    """

    waiting: Money
    monthly: Money
    source: str


def sick_pay(profit: Money, year: int) -> SickPay:
    """80 % of the basis from day 17, the basis capped at 6 G. Source: folketrygdloven § 8-34 and § 8-35."""
    table = rates(year)
    cap = table.get("base_amount", "amount") * table.table["sick_pay"]["cap_in_base_amounts"]
    basis = min(max(profit, ZERO), cap)
    days = table.table["sick_pay"]["from_day"] - 1
    waiting = (max(profit, ZERO) * days / 365).quantize(_ORE, rounding=ROUND_HALF_UP)
    monthly = (basis * table.get("sick_pay", "share") / 100 / 12).quantize(_ORE, rounding=ROUND_HALF_UP)
    return SickPay(waiting, monthly, table.reference("sick_pay"))
