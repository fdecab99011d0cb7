"""What became of every record, a page at a time: by total, by line, and record by record.

The same whether all of it is at hand (``CompiledPages``) or was kept in parts of which a few are opened: a page shows
what it shows by ``RecordPages`` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from engine.advice.economy.figures import Gap, Total, Transaction
from engine.advice.economy.money import ZERO
from engine.advice.economy.overview import Compiled, Overview
from engine.advice.economy.reconciliation import Entry, Fate, Side, Sum

#: Records on one page.
PAGE = 200
#: How the line of records that became no figure begins.
GAP = "gap:"


@dataclass(frozen=True, slots=True)
class LineRecords:
    """The records a line is made of, and those that are the same as one of them.

    positions  where they stand among those of their total, in order
    """

    positions: Sequence[int]
    sums: Mapping[Fate, Sum]

    @property
    def received(self) -> Sum:
        found = self.sums.values()
        return Sum(sum(one.records for one in found), sum((one.amount for one in found), ZERO))


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some records of one total. ``counted``: by id, those that are counted in place of the ones that are the same."""

    entries: Sequence[Entry] = ()
    counted: Mapping[str, Entry] = field(default_factory=dict)


class RecordPages(Protocol):
    """What became of every record of one overview."""

    @property
    def overview(self) -> Overview: ...

    def side(self, total: Total) -> Side:
        """The sums of one total; its entries may be left out."""

    def size(self, total: Total) -> int:
        """How many entries there are of it."""

    def line(self, total: Total, line: str) -> LineRecords | None:
        """The records of a line; ``None`` where it has none."""

    def at(self, total: Total, positions: Sequence[int]) -> RecordPage:
        """The entries that stand there."""

    def same_as(self, total: Total, entry: Entry) -> RecordPage:
        """Those that are the same as this one."""

    def movement(self, entry: Entry) -> Transaction | None:
        """What moved, where that is at hand for an entry that was shown."""


def pages(records: RecordPages, total: Total) -> Iterator[RecordPage]:
    """All entries of a total, a page at a time."""
    size = records.size(total)
    for first in range(0, size, PAGE):
        yield records.at(total, range(first, min(first + PAGE, size)))


class CompiledPages:
    """Of a compilation at hand."""

    def __init__(self, made: Compiled) -> None:
        self._made = made
        self._lines: dict[Total, Mapping[str, Sequence[int]]] = {}

    @property
    def overview(self) -> Overview:
        return self._made.overview

    def side(self, total: Total) -> Side:
        return self._made.sides[total]

    def size(self, total: Total) -> int:
        return len(self.side(total).entries)

    def line(self, total: Total, line: str) -> LineRecords | None:
        if total not in self._lines:
            self._lines[total] = lines_of(self.side(total).entries)
        found = self._lines[total].get(line)
        return line_records(self.side(total).entries, found) if found else None

    def at(self, total: Total, positions: Sequence[int]) -> RecordPage:
        every = self.side(total).entries
        return self._page(total, [every[at] for at in positions])

    def same_as(self, total: Total, entry: Entry) -> RecordPage:
        same = [one for one in self.side(total).entries if one.fate is Fate.SAME and one.into == entry.record]
        return self._page(total, same)

    def movement(self, entry: Entry) -> Transaction | None:
        return None

    def _page(self, total: Total, entries: Sequence[Entry]) -> RecordPage:
        wanted = {one.into for one in entries if one.fate is Fate.SAME}
        return RecordPage(entries, {one: self._counted[total][one] for one in wanted if one in self._counted[total]})

    @cached_property
    def _counted(self) -> Mapping[Total, Mapping[str, Entry]]:
        return {total: counted_for(side.entries) for total, side in self._made.sides.items()}


def counted_for(entries: Iterable[Entry]) -> dict[str, Entry]:
    """By id the records that others are the same as."""
    found = list(entries)
    wanted = {one.into for one in found if one.fate is Fate.SAME}
    return {one.record: one for one in found if one.record in wanted and one.fate is not Fate.SAME}


def lines_of(entries: Sequence[Entry]) -> dict[str, list[int]]:
    """Where the records of each line stand, with those that are the same as one of them."""
    found: dict[str, list[int]] = {}
    of_record: dict[str, set[str]] = {}
    for entry in entries:
        if entry.fate is not Fate.SAME and entry.into:
            of_record.setdefault(entry.record, set()).add(entry.into)
    for position, entry in enumerate(entries):
        if entry.kind.startswith("gap."):
            found.setdefault(gap_entry_line(entry), []).append(position)
        for line in of_record.get(entry.into, ()) if entry.fate is Fate.SAME else (entry.into,):
            if line:
                found.setdefault(line, []).append(position)
    return found


def line_records(entries: Sequence[Entry], positions: Sequence[int]) -> LineRecords:
    """What a line is made of, added up."""
    counts, sums = dict.fromkeys(Fate, 0), dict.fromkeys(Fate, ZERO)
    for at in positions:
        one = entries[at]
        counts[one.fate] += one.count
        sums[one.fate] += one.amount or ZERO
    return LineRecords(positions, {fate: Sum(counts[fate], sums[fate]) for fate in Fate})


def gap_line(gap: Gap) -> str:
    """The line of records that became no figure, one for each sort of them that the overview lists as missing."""
    return f"{GAP}{gap.data_set}/{gap.who}/{gap.what}/{gap.why}"


def gap_entry_line(entry: Entry) -> str:
    """The line a record that became no figure belongs to."""
    return f"{GAP}{entry.source.data_set}/{entry.name}/{entry.kind.removeprefix('gap.')}/{entry.reason}"
