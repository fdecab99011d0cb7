"""How the figures are put together, as a page shows it: one total at a time, its sums, and its records page by page.

A line of the overview is asked for by its key, and then its records alone are shown; so is a record, which then stands
open with what it said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.advice.documents.records import RecordRow, known_lines, line_key, line_name, rows, written
from engine.advice.documents.words import Words
from engine.advice.economy.figures import Debt, Total
from engine.advice.economy.money import Money
from engine.advice.economy.overview import Overview
from engine.advice.economy.reconciliation import Entry, Fate, Sum
from engine.advice.economy.record_pages import GAP, PAGE, RecordPages
from engine.advice.economy.records import Fact
from engine.advice.economy.spending import MonthlyLine

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


def shown(records: RecordPages, asked: Mapping[str, str], words: Words, facts_of: FactsOf) -> Shown:
    """The total, the line, the page and the record that are asked for; for nonsense the first, or none."""
    total = next((one for one in Total if one.value == asked.get("vis")), Total.DEBT)
    side, overview = records.side(total), records.overview
    key = asked.get("linje", "")
    line = next((one for one in known_lines(overview, total) if line_key(total, one) == key), "") if key else ""
    of_one = records.line(total, line) if line else None
    listed = of_one.positions if of_one else range(records.size(total))
    pages = max(1, -(-len(listed) // PAGE))
    page = _number(asked.get("side", ""), pages)
    part = rows(records.at(total, listed[(page - 1) * PAGE : page * PAGE]), overview, words)
    sums = of_one.sums if of_one else {fate: side.sum_of(fate) for fate in Fate}
    opened = next((row for row in part if row.key == asked.get("post")), None)
    averages = {Total.INCOME: overview.incomes, Total.SPENDING: overview.spending}.get(total, ())
    return Shown(
        total=total,
        counts={one: records.side(one).received.records for one in Total},
        received=of_one.received if of_one else side.received,
        same=sums[Fate.SAME],
        not_counted=sums[Fate.NOT_COUNTED],
        counted=sums[Fate.COUNTED],
        groups=tuple((fate, sums[fate], tuple(row for row in part if row.entry.fate is fate)) for fate in Fate),
        line=_line_title(line, part, overview, words) if of_one else "",
        key=key if of_one else "",
        monthly=next((one for one in averages if of_one and one.category == line), None),
        months=max((one.months for one in averages), default=0),
        page=page,
        pages=pages,
        opened=_opened(opened, records, words, facts_of) if opened else None,
    )


def _line_title(line: str, part: Sequence[RecordRow], overview: Overview, words: Words) -> str:
    """What the line is called; records that are counted in none are called what they are."""
    return part[0].kind if line.startswith(GAP) else line_name(part[0].entry.total, line, overview, words)


def _number(written: str, pages: int) -> int:
    return min(int(written[:9]), pages) or 1 if written.isascii() and written.isdigit() else 1


def _opened(row: RecordRow, records: RecordPages, words: Words, facts_of: FactsOf) -> OpenRecord:
    entry, overview = row.entry, records.overview
    return OpenRecord(
        row=row,
        facts=tuple((fact.key, written(fact, words)) for fact in facts_of(entry)),
        others=rows(records.same_as(entry.total, entry), overview, words) if entry.fate is not Fate.SAME else (),
        debt=(overview.debt(entry.record) or overview.debt(entry.into)) if entry.total is Total.DEBT else None,
    )
