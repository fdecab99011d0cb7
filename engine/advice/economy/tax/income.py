"""What is taxed in one income year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.advice.economy.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class TaxableIncome:
    """NOK in the income year, for one person.

    profit      result of the business after tax corrections, before shielding; may be negative
    wages       gross wages
    pension     gross pension
    deductions  interest and other deductions in ordinary income
    shielding_base  skjermingsgrunnlag of the whole business: means less its debt; 0 where no balance sheet is known
    months_owned    of the year, 1-12
    share       the owner's share of the result, 1 = all; less where a spouse takes part
    age         years at the end of the income year; ``None`` = 17 to 69
    finnmark    lives in the action zone of Finnmark and Nord-Troms
    primary     primary industry: national insurance at the rate of wages
    """

    profit: Money = ZERO
    wages: Money = ZERO
    pension: Money = ZERO
    deductions: Money = ZERO
    shielding_base: Money = ZERO
    months_owned: int = 12
    share: Decimal = Decimal(1)
    age: int | None = None
    finnmark: bool = False
    primary: bool = False

    def __post_init__(self) -> None:
        for name in ("wages", "pension", "deductions", "shielding_base"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
        if not 1 <= self.months_owned <= 12:
            raise ValueError("months_owned must be 1 to 12")
        if not 0 <= self.share <= 1:
            raise ValueError("share must be 0 to 1")
        if self.age is not None and not 0 <= self.age <= 130:
            raise ValueError("age must be 0 to 130")
