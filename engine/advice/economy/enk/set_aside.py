"""What is set aside against what falls due (R61, R62): money is used for the nearest due date first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.advice.economy.enk.deadlines import Due
from engine.advice.economy.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class SetAside:
    """NOK. ``covered`` + ``gap`` = ``estimate``, always."""

    due: Due
    estimate: Money
    covered: Money
    gap: Money


@dataclass(frozen=True, slots=True)
class Cover:
    """Every due with its cover, nearest first; ``left`` NOK is on the accounts beyond all of it."""

    dues: tuple[SetAside, ...]
    left: Money

    @property
    def gap(self) -> Money:
        return sum((one.gap for one in self.dues), ZERO)


def cover(dues: Sequence[Due], *, tax: Money, vat: Money, both: Money) -> Cover:
    """Lay the money of the tagged accounts on the dues in order of date.

    tax, vat  NOK on accounts for that alone; ``both`` may go to either. A balance below zero is nothing.
    """
    left = {"tax": max(tax, ZERO), "vat": max(vat, ZERO)}
    shared = max(both, ZERO)
    found = []
    for due in sorted((d for d in dues if d.amount is not None), key=lambda d: (d.due, d.key)):
        kind = "vat" if due.kind == "vat" else "tax"
        estimate = due.amount or ZERO
        own = min(left[kind], estimate)
        left[kind] -= own
        more = min(shared, estimate - own)
        shared -= more
        found.append(SetAside(due, estimate, own + more, estimate - own - more))
    return Cover(tuple(found), left["tax"] + left["vat"] + shared)
