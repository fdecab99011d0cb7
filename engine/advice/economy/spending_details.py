"""What is behind each line of spending, as a page shows it: the movements by whom they went to, bounded. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.advice.economy.compilation import MONTHS, scope_of
from engine.advice.economy.figures import Figures
from engine.advice.economy.money import Money
from engine.advice.economy.overview import Overview
from engine.advice.economy.reported import spending_months
from engine.advice.economy.spending import Payee, by_payee

#: So many payees and movements of each are shown on one page; the rest are counted.
MAX_PAYEES, MAX_ENTRIES = 100, 50


@dataclass(frozen=True, slots=True)
class ShownMovement:
    """One movement. ``amount`` is NOK, negative out."""

    booked: date
    text: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ShownPayee:
    """What was paid to one payee: NOK in all, and the newest movements. ``more``: how many are not shown."""

    name: str
    total: Money
    entries: tuple[ShownMovement, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Behind:
    """The payees of one category, the most first. ``more``: how many are not shown."""

    payees: tuple[ShownPayee, ...] = ()
    more: int = 0


def behind(found: Figures, overview: Overview, own: Mapping[str, str]) -> dict[str, Behind]:
    """By category, in the months the overview is the average of. *own*: as in ``spending.Scope``."""
    scope = scope_of(found.accounts, overview.debts, own)
    months = spending_months(found, overview.as_of, MONTHS)
    every = by_payee(found.transactions, scope, overview.as_of, months)
    return {category: _shown(payees) for category, payees in every.items()}


def _shown(payees: Sequence[Payee]) -> Behind:
    return Behind(tuple(_payee(one) for one in payees[:MAX_PAYEES]), max(len(payees) - MAX_PAYEES, 0))


def _payee(one: Payee) -> ShownPayee:
    entries = tuple(ShownMovement(t.booked, t.text, t.amount) for t in one.entries[:MAX_ENTRIES])
    return ShownPayee(one.name, one.total, entries, max(len(one.entries) - MAX_ENTRIES, 0))
