"""Every krone accounted for: each record of each answer is counted, the same as another, or not counted, with a reason.

``Reconciliation`` adds them up. The sums of the three are the sum of what came in, to the øre, because no entry is made
of a sum: each is made of one record, and what came in is added up from the answers themselves (``received``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.advice.economy.figures import Total
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.sourced import Source


class Fate(StrEnum):
    """What became of a record."""

    COUNTED = "counted"
    SAME = "same"
    NOT_COUNTED = "not_counted"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of one answer, or one entry of the citizen's own, and what became of it.

    total   the total it is of; of money that moves the incoming is income and the outgoing spending
    record  the record's id
    kind    what it is: a kind of debt, asset or income, ``transaction``, or what a gap says
    name    creditor, payer, counterparty, as told
    amount  NOK as told: what is owed, owned, comes in or goes out; ``None`` where no amount in kroner was told
    into    counted: id or category of the line; the same: id of the record that is counted
    reason  key of the words that say why; "" for what is simply counted
    when    the day of a movement, the month of an income
    count   records this stands for, where single ones cannot be told apart
    """

    total: Total
    record: str
    kind: str
    name: str
    source: Source
    amount: Money | None
    fate: Fate
    into: str = ""
    reason: str = ""
    as_of: date | None = None
    when: date | None = None
    count: int = 1
    told: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many records, and NOK."""

    records: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Side:
    """What came in of one total and what became of it; ``entries`` in the order a page shows them."""

    total: Total
    received: Sum
    counted: Sum
    same: Sum
    not_counted: Sum
    entries: tuple[Entry, ...]

    @property
    def difference(self) -> Money:
        """What is not accounted for: 0, or something is wrong."""
        return self.received.amount - self.counted.amount - self.same.amount - self.not_counted.amount

    def sum_of(self, fate: Fate) -> Sum:
        """The records of one fate."""
        return {Fate.COUNTED: self.counted, Fate.SAME: self.same, Fate.NOT_COUNTED: self.not_counted}[fate]


def reconciliation(received: Mapping[Total, Sum], entries: Iterable[Entry]) -> dict[Total, Side]:
    """The entries by total, added up, against what came in."""
    by_total: dict[Total, list[Entry]] = {total: [] for total in Total}
    for entry in entries:
        by_total[entry.total].append(entry)
    return {
        total: Side(
            total,
            received.get(total, Sum(0, ZERO)),
            counted=_sum(found, Fate.COUNTED),
            same=_sum(found, Fate.SAME),
            not_counted=_sum(found, Fate.NOT_COUNTED),
            entries=tuple(sorted(found, key=_shown)),
        )
        for total, found in by_total.items()
    }


def _sum(entries: Iterable[Entry], fate: Fate) -> Sum:
    found = [entry for entry in entries if entry.fate is fate]
    return Sum(sum(entry.count for entry in found), sum((entry.amount or ZERO for entry in found), ZERO))


_ORDER = {fate: number for number, fate in enumerate(Fate)}


def _shown(entry: Entry) -> tuple[int, int, Money, str, str, str]:
    """What is counted first, what has no day, the newest and the largest before the others."""
    newest = -entry.when.toordinal() if entry.when else -date.max.toordinal() - 1
    return _ORDER[entry.fate], newest, -(entry.amount or ZERO), entry.source.data_set, entry.record, entry.reason
