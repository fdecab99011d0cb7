"""Money is ``Decimal`` NOK. Never float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

Money: TypeAlias = Decimal

ZERO = Decimal("0.00")
_ORE = Decimal("0.01")


def from_ore(ore: int) -> Money:
    """NOK from a whole number of øre (100 øre = 1 krone)."""
    return (Decimal(ore) / 100).quantize(_ORE)


def to_ore(amount: Money) -> int:
    """Whole øre, rounded half up."""
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def whole_kroner(amount: Money) -> Money:
    """Rounded half up to whole kroner: what a page shows."""
    return amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)
