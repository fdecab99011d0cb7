"""Records and what became of them as JSON and back, exactly and small: there are thousands of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

from engine.advice.economy.figures import Total
from engine.advice.economy.reconciliation import Entry, Fate
from engine.advice.economy.record_pages import RecordPage
from engine.advice.economy.sourced import Source
from engine.advice.economy.wire import Plain

#: What an entry is written as, in this order: changed with ``Entry`` and ``Source``.
SHAPE = tuple(f"{cls.__name__}.{one.name}" for cls in (Entry, Source) for one in fields(cls))
_FATES = tuple(Fate)
_NUMBERS = {fate: number for number, fate in enumerate(_FATES)}
#: A source without the reference, which is each record's own.
_Who: TypeAlias = tuple[str, str, datetime, str, str]


class _Sources:
    """The sources of a page, each written once."""

    def __init__(self) -> None:
        self._numbers: dict[_Who, int] = {}

    def number(self, source: Source) -> int:
        who = source.data_set, source.provider, source.fetched_at, source.legal_basis, source.institution
        return self._numbers.setdefault(who, len(self._numbers))

    def plain(self) -> list[Plain]:
        return [
            [data_set, provider, at.isoformat(), basis, institution]
            for data_set, provider, at, basis, institution in self._numbers
        ]


def page_to_json(entries: Iterable[Entry], counted: Mapping[str, Entry]) -> dict[str, Plain]:
    """A page of one total. *counted*: at least those that its entries are the same as."""
    sources = _Sources()
    day = cache(date.isoformat)
    written: list[Plain] = []
    others: list[Plain] = []
    there: set[str] = set()
    for entry in entries:
        written.append(_written(entry, sources, day))
        if entry.fate is Fate.SAME and entry.into in counted and entry.into not in there:
            there.add(entry.into)
            others.append(_written(counted[entry.into], sources, day))
    return {"entries": written, "counted": others, "sources": sources.plain()}


def _written(entry: Entry, sources: _Sources, day: Callable[[date], str]) -> Plain:
    return [
        entry.record,
        entry.kind,
        entry.name,
        sources.number(entry.source),
        entry.source.reference,
        None if entry.amount is None else str(entry.amount),
        _NUMBERS[entry.fate],
        entry.into,
        entry.reason,
        day(entry.as_of) if entry.as_of else None,
        day(entry.when) if entry.when else None,
        entry.count,
        entry.told,
    ]


def page_from_json(total: Total, found: Mapping[str, Any], at: Sequence[int]) -> RecordPage:
    """The entries of a page that stand at these places of it, and those counted in place of the ones that are same."""
    read = _Reader(total, found["sources"])
    entries = [read.entry(found["entries"][one]) for one in at]
    wanted = {one.into for one in entries if one.fate is Fate.SAME}
    return RecordPage(entries, {row[0]: read.entry(row) for row in found["counted"] if row[0] in wanted})


class _Reader:
    def __init__(self, total: Total, sources: Sequence[Sequence[str]]) -> None:
        self._total = total
        self._sources = [
            (data_set, provider, datetime.fromisoformat(at), basis, institution)
            for data_set, provider, at, basis, institution in sources
        ]
        self._day = cache(date.fromisoformat)

    def entry(self, row: Sequence[Any]) -> Entry:
        record, kind, name, number, reference, amount, fate, into, reason, as_of, when, count, told = row
        data_set, provider, at, basis, institution = self._sources[number]
        return Entry(
            self._total,
            record,
            kind,
            name,
            Source(data_set, provider, at, basis, reference, institution),
            None if amount is None else Decimal(amount),
            _FATES[fate],
            into,
            reason,
            self._day(as_of) if as_of else None,
            self._day(when) if when else None,
            count,
            told,
        )
