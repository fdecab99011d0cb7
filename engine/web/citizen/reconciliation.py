"""How the figures are put together, as a page shows it: one total at a time, its sums, and its records page by page.

A line of the overview is asked for by its key, and then its records alone are shown; so is a record, which then stands
open with what it said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.advice.documents.records import RecordRow, line_key, line_name, lines_of, rows, written
from engine.advice.documents.words import Words
from engine.advice.economy.figures import Debt, Total
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.overview import Compiled, Overview
from engine.advice.economy.reconciliation import Entry, Fate, Side, Sum
from engine.advice.economy.records import Fact
from engine.advice.economy.spending import MonthlyLine

#: Records on one page.
PAGE = 200
#: What an opened record said, read from the answer it stands in.
FactsOf = Callable[[Entry], tuple[Fact, ...]]


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A record that stands open.

    facts   (key, value) of what it said
    others  records of other sources that are the same
    debt    the debt it tells of, where it is one
    """

    row: RecordRow
    facts: tuple[tuple[str, str], ...]
    others: tuple[RecordRow, ...]
    debt: Debt | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of one total.

    line     what the line is called whose records alone are shown, "" for all
    key      that line in an address
    monthly  the line a month, where it is one of income or spending
    months   the most reported months a line is the average of
    """

    total: Total
    counts: Mapping[Total, int]
    received: Sum
    same: Sum
    not_counted: Sum
    counted: Sum
    groups: tuple[tuple[Fate, Sum, tuple[RecordRow, ...]], ...]
    line: str
    key: str
    monthly: MonthlyLine | None
    months: int
    page: int
    pages: int
    opened: OpenRecord | None

    @property
    def difference(self) -> Money:
        """What is not accounted for: 0, or something is wrong."""
        return self.received.amount - self.same.amount - self.not_counted.amount - self.counted.amount


def shown(made: Compiled, asked: Mapping[str, str], words: Words, facts_of: FactsOf) -> Shown:
    """The total, the line, the page and the record that are asked for; for nonsense the first, or none."""
    total = next((one for one in Total if one.value == asked.get("vis")), Total.DEBT)
    side = made.sides[total]
    every = list(zip(side.entries, lines_of(side.entries), strict=True))
    lines = {line_key(total, line): line for line in dict.fromkeys(line for _, line in every) if line}
    key = asked.get("linje", "")
    listed = [pair for pair in every if pair[1] == lines[key]] if key in lines else every
    pages = max(1, -(-len(listed) // PAGE))
    page = _number(asked.get("side", ""), pages)
    sums = {fate: _sum(entry for entry, _ in listed if entry.fate is fate) for fate in Fate}
    part = rows(made, total, listed[(page - 1) * PAGE : page * PAGE], words)
    opened = next((row for row in part if row.key == asked.get("post")), None)
    averages = {Total.INCOME: made.overview.incomes, Total.SPENDING: made.overview.spending}.get(total, ())
    return Shown(
        total=total,
        counts={one: found.received.records for one, found in made.sides.items()},
        received=_sum(entry for entry, _ in listed) if key in lines else side.received,
        same=sums[Fate.SAME],
        not_counted=sums[Fate.NOT_COUNTED],
        counted=sums[Fate.COUNTED],
        groups=tuple((fate, sums[fate], tuple(row for row in part if row.entry.fate is fate)) for fate in Fate),
        line=_line_title(part, made.overview, words) if key in lines else "",
        key=key if key in lines else "",
        monthly=next((one for one in averages if lines.get(key) == one.category), None),
        months=max((one.months for one in averages), default=0),
        page=page,
        pages=pages,
        opened=_opened(opened, side, made, words, facts_of) if opened else None,
    )


def _number(written: str, pages: int) -> int:
    return min(int(written[:9]), pages) or 1 if written.isascii() and written.isdigit() else 1


def _sum(entries: Iterable[Entry]) -> Sum:
    found = list(entries)
    return Sum(sum(one.count for one in found), sum((one.amount or ZERO for one in found), ZERO))


def _line_title(found: Sequence[RecordRow], overview: Overview, words: Words) -> str:
    """What the line is called that these records are of; records that are counted in none are called what they are."""
    if not found:
        return ""
    entry = next((row.entry for row in found if row.entry.fate is not Fate.SAME), found[0].entry)
    return line_name(entry.total, entry.into, overview, words) or found[0].kind


def _opened(row: RecordRow, side: Side, made: Compiled, words: Words, facts_of: FactsOf) -> OpenRecord:
    entry = row.entry
    same = [(one, "") for one in side.entries if one.fate is Fate.SAME and one.into == entry.record]
    overview = made.overview
    return OpenRecord(
        row=row,
        facts=tuple((fact.key, written(fact, words)) for fact in facts_of(entry)),
        others=rows(made, entry.total, same, words) if entry.fate is not Fate.SAME else (),
        debt=(overview.debt(entry.record) or overview.debt(entry.into)) if entry.total is Total.DEBT else None,
    )
