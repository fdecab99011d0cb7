"""Every record of every answer and what became of it: the rows of the page that shows them and of the table of it.

One row is one record. Keys stand in addresses in place of what they name, so that no address tells whose account or
what payee it is about.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache

from engine.advice.documents.spreadsheet import BOM, csv_amount, csv_day, csv_text
from engine.advice.documents.words import Words
from engine.advice.economy.figures import Total
from engine.advice.economy.overview import Overview
from engine.advice.economy.reconciliation import Entry, Fate
from engine.advice.economy.record_pages import RecordPage, RecordPages, gap_line, pages
from engine.advice.economy.records import Fact, Unit
from engine.advice.economy.sourced import CITIZEN
from forms.formatting import kroner, long_date, month_name, percent

HEADS = ("figure", "record", "kind", "from", "date", "when", "amount", "told", "result", "into", "why", "reference")


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record in words.

    into     the line it is counted in, or the record that is counted in its place
    told     what was said where that is no amount in kroner
    """

    entry: Entry
    name: str
    kind: str
    source: str
    result: str
    into: str
    why: str
    told: str

    @property
    def key(self) -> str:
        """What names it in an address."""
        return record_key(self.entry)

    @property
    def by_citizen(self) -> bool:
        return self.entry.source.data_set == CITIZEN


def line_key(total: Total | str, line: str) -> str:
    """What names a line of the overview (a debt's id, a category) in an address."""
    return hashlib.sha256(f"{Total(total).value}\n{line}".encode()).hexdigest()[:12]


def known_lines(overview: Overview, total: Total) -> tuple[str, ...]:
    """Every line of the overview that records of this total may be part of."""
    lines: dict[Total, Iterable[str]] = {
        Total.DEBT: (debt.id for debt in overview.debts),
        Total.ASSETS: (asset.id for asset in overview.assets),
        Total.INCOME: (line.category for line in overview.incomes),
        Total.SPENDING: (line.category for line in overview.spending),
    }
    return (*lines[total], *(gap_line(gap) for gap in overview.gaps if gap.why))


def rows(page: RecordPage, overview: Overview, words: Words) -> tuple[RecordRow, ...]:
    """Entries of one total in words."""
    return tuple(_row(entry, page.counted, overview, words) for entry in page.entries)


def _row(entry: Entry, counted: Mapping[str, Entry], overview: Overview, words: Words) -> RecordRow:
    other = counted.get(entry.into) if entry.fate is Fate.SAME else None
    if entry.fate is Fate.COUNTED:
        into = line_name(entry.total, entry.into, overview, words)
    else:
        into = f"{other.name}, {source_of(other, words)}" if other else ""
    return RecordRow(
        entry=entry,
        name=entry.name,
        kind=kind_of(entry, words),
        source=source_of(entry, words),
        result=words[f"record_result.{entry.fate.value}"],
        into=into,
        why=why_of_record(entry, words),
        told=entry.told if entry.amount is None else "",
    )


def record_key(entry: Entry) -> str:
    """What names a record in an address."""
    known = (entry.source.data_set, entry.record, entry.fate.value, entry.reason, str(entry.amount), str(entry.when))
    return hashlib.sha256("\n".join(known).encode()).hexdigest()[:16]


def line_name(total: Total, line: str, overview: Overview, words: Words) -> str:
    """What a line of the overview is called."""
    if total is Total.DEBT:
        debt = overview.debt(line)
        return debt.creditor if debt else ""
    if total is Total.ASSETS:
        return next((asset.name for asset in overview.assets if asset.id == line), "")
    return words.line(total.value, line)


def kind_of(entry: Entry, words: Words) -> str:
    """What a record is: a kind of debt, what a movement went to, what could not be read."""
    if entry.kind == "transaction":
        return words.line(entry.total.value, entry.into) if entry.into else words["transaction"]
    if entry.total is Total.INCOME and "." not in entry.kind:
        return words.line("income", entry.kind)
    found = words[entry.kind]
    return entry.kind.partition(".")[2] if found == entry.kind else found


def why_of_record(entry: Entry, words: Words) -> str:
    """Why it is the same as another, or is not counted; "" for what is simply counted."""
    return words[f"{'same' if entry.fate is Fate.SAME else 'left_out'}.{entry.reason}"] if entry.reason else ""


def source_of(entry: Entry, words: Words) -> str:
    """Who told it."""
    if entry.source.data_set == CITIZEN:
        return words["overview.by_you"]
    return entry.source.provider or words.data_set(entry.source.data_set)


def written(fact: Fact, words: Words) -> str:
    """The value of a fact as a page writes it."""
    value = fact.value
    if isinstance(value, Decimal):
        return percent(value, words.language) if fact.unit is Unit.PERCENT else kroner(value, words.language)
    if isinstance(value, date):
        return (month_name if fact.unit is Unit.MONTH else long_date)(value, words.language)
    return words[value] if fact.unit is Unit.WORD else value


def to_csv(records: RecordPages, words: Words) -> Iterator[str]:
    """Every record as a row, for a Norwegian Excel as the table of the overview is; a page of records at a time."""
    words = replace(words, text=cache(words.text), data_set=cache(words.data_set))  # a row has ten texts, most alike
    yield BOM + _lines([[words[f"csv.record.{head}"] for head in HEADS]])
    for total in Total:
        for page in pages(records, total):
            yield _lines(_cells(row, total, words) for row in rows(page, records.overview, words))


def _lines(found: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(found)
    return out.getvalue()


def _cells(row: RecordRow, total: Total, words: Words) -> Iterable[str]:
    entry = row.entry
    return (
        words[f"column.{total.value}"],
        csv_text(row.name),
        csv_text(row.kind),
        csv_text(row.source),
        csv_day(entry.as_of),
        csv_day(entry.when),
        csv_amount(entry.amount),
        csv_text(row.told),
        row.result,
        csv_text(row.into),
        row.why,
        csv_text(entry.source.reference),
    )
