"""What pages show beside an overview, made with it and kept in parts, so that a page opens only those it shows.

The first part says where the others are. They go with their snapshot, and only the newest one of a case has any: a
page that finds none compiles what it shows, and so does one that finds some that were made in another shape.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from engine.advice.economy import record_wire, wire
from engine.advice.economy.enk.result import AccountDay, account_days
from engine.advice.economy.figures import Figures, Total, Transaction
from engine.advice.economy.overview import Compiled, Overview
from engine.advice.economy.page_figures import PageFigures, page_figures
from engine.advice.economy.reconciliation import Entry, Fate, Side, Sum
from engine.advice.economy.record_pages import PAGE, LineRecords, RecordPage, counted_for, line_records, lines_of
from engine.advice.economy.spending_details import Behind, ShownMovement, ShownPayee, behind
from engine.advice.economy.wire import Plain, from_json, to_json
from engine.advice.evidence.models import snapshot_part
from engine.platform.vault import Vault

#: Counted up when what is in the parts means something else than it did.
VERSION = 1
CONTENTS = 0


def _shape() -> str:
    """A short mark of all that is stored: another when a class gets another field."""
    told = "\n".join((str(VERSION), *wire.SHAPE, *record_wire.SHAPE))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def place(snapshot_id: str, number: int) -> str:
    """What a part is sealed for."""
    return f"snapshot_part.content:{snapshot_id}/{number}"


# Making


def make(made: Compiled, found: Figures, own: Mapping[str, str], tagged: Collection[str]) -> list[Plain]:
    """The parts by number. Pure, and in no transaction.

    found   all that was told;  own: what the citizen has said of payees
    tagged  account numbers the owner of a business has said what are for
    """
    parts: list[Plain] = [None]

    def add(part: Plain) -> int:
        parts.append(part)
        return len(parts) - 1

    known = {one.number for one in found.accounts} | set(tagged)
    contents: dict[str, Plain] = {
        "shape": _shape(),
        "pages": add(_pages(page_figures(found, made.overview, own))),
        "business": add([_day(one) for one in account_days(found.transactions, known)]),
        "behind": {name: add(_behind(one)) for name, one in behind(found, made.overview, own).items()},
    }
    moved: dict[tuple[str, str], Transaction] = {}
    for one in found.transactions:
        moved.setdefault((one.source.data_set, one.id), one)
    sides: dict[str, Plain] = {}
    for total, side in made.sides.items():
        counted = counted_for(side.entries)
        pages = [add(_record_page(page, counted, moved)) for page in _paged(side.entries)]
        sides[total.value] = {
            "sums": [_sum(one) for one in (side.received, side.counted, side.same, side.not_counted)],
            "size": len(side.entries),
            "lines": add(_lines(side.entries)),
            "same": add(_same(side.entries)),
            "first": pages[0] if pages else 0,
        }
    parts[CONTENTS] = {**contents, "sides": sides}
    return parts


def _pages(found: PageFigures) -> Plain:
    months: list[Plain] = [
        [month.isoformat(), {category: str(amount) for category, amount in sums.items()}]
        for month, sums in found.months.items()
    ]
    return {"figures": to_json(found.figures), "movements": found.movements, "months": months}


def _day(one: AccountDay) -> Plain:
    return [one.account, one.other, one.to_authority, one.outgoing, one.booked.isoformat(), str(one.amount)]


def _behind(found: Behind) -> Plain:
    payees: list[Plain] = [
        [one.name, str(one.total), [[m.booked.isoformat(), m.text, str(m.amount)] for m in one.entries], one.more]
        for one in found.payees
    ]
    return [payees, found.more]


def _paged(entries: Sequence[Entry]) -> Iterable[Sequence[Entry]]:
    return (entries[first : first + PAGE] for first in range(0, len(entries), PAGE))


def _record_page(
    entries: Sequence[Entry], counted: Mapping[str, Entry], moved: Mapping[tuple[str, str], Transaction]
) -> Plain:
    told: list[Plain] = []
    for entry in entries:
        one = moved.get((entry.source.data_set, entry.record)) if entry.kind == "transaction" else None
        told.append(
            [one.counterparty, one.text, one.account, one.counterparty_account, one.kid, str(one.amount)]
            if one
            else None
        )
    return {**record_wire.page_to_json(entries, counted), "told": told}


def _sum(found: Sum) -> Plain:
    return [found.records, str(found.amount)]


def _lines(entries: Sequence[Entry]) -> Plain:
    found: dict[str, Plain] = {}
    for line, positions in lines_of(entries).items():
        sums = line_records(entries, positions).sums
        found[line] = [list(positions), [_sum(sums[fate]) for fate in Fate]]
    return found


def _same(entries: Sequence[Entry]) -> Plain:
    """By record that is counted, where those that are the same as it stand."""
    found: dict[str, list[Plain]] = {}
    for at, entry in enumerate(entries):
        if entry.fate is Fate.SAME:
            found.setdefault(entry.into, []).append(at)
    return dict(found)


def store(connection: Connection, *, snapshot_id: str, case_id: str, person_id: str, sealed: Sequence[bytes]) -> None:
    """Keep the parts of the newest snapshot of a case, in place of those of the one before."""
    forget(connection, case_id)
    rows = [
        {"snapshot_id": snapshot_id, "number": number, "case_id": case_id, "person_id": person_id, "content": content}
        for number, content in enumerate(sealed)
    ]
    connection.execute(insert(snapshot_part), rows)


def forget(connection: Connection, case_id: str) -> None:
    """Pages compile what they show until there is a new overview."""
    connection.execute(delete(snapshot_part).where(snapshot_part.c.case_id == case_id))


# Reading


def stored(connection: Connection, vault: Vault, snapshot_id: str) -> Callable[[int], object]:
    """The parts of a snapshot by number, read and opened one by one."""

    def read(number: int) -> object:
        wanted = (snapshot_part.c.snapshot_id == snapshot_id, snapshot_part.c.number == number)
        query = select(snapshot_part.c.person_id, snapshot_part.c.content).where(*wanted)
        row = connection.execute(query).first()
        return vault.open(connection, row.person_id, place(snapshot_id, number), row.content) if row else None

    return read


class SnapshotParts:
    """The parts of one snapshot: each is opened when it is asked for, once."""

    def __init__(self, read: Callable[[int], Any], overview: Overview) -> None:
        """*read*: a part by its number, ``None`` where there is none."""
        self._open = cache(read)
        self._shown: dict[tuple[Total, int], Mapping[str, Any]] = {}
        self.overview = overview
        contents = self._open(CONTENTS)
        self._contents: Mapping[str, Any] = contents if contents and contents.get("shape") == _shape() else {}

    def __bool__(self) -> bool:
        """Whether there are any that can be read."""
        return bool(self._contents)

    def pages(self) -> PageFigures:
        found = self._open(self._contents["pages"])
        months = {
            date.fromisoformat(month): {category: Decimal(amount) for category, amount in sums.items()}
            for month, sums in found["months"]
        }
        return PageFigures(from_json(found["figures"]), found["movements"], months)

    def business(self) -> tuple[AccountDay, ...]:
        return tuple(
            AccountDay(account, other, to_authority, outgoing, date.fromisoformat(booked), Decimal(amount))
            for account, other, to_authority, outgoing, booked, amount in self._open(self._contents["business"])
        )

    def behind(self, category: str) -> Behind:
        if category not in self._contents["behind"]:
            return Behind()
        payees, more = self._open(self._contents["behind"][category])
        return Behind(tuple(_payee(*one) for one in payees), more)

    # As ``record_pages.RecordPages``

    def side(self, total: Total) -> Side:
        sums = [Sum(records, Decimal(amount)) for records, amount in self._side(total)["sums"]]
        received, counted, same, not_counted = sums
        return Side(total, received, counted, same, not_counted, ())

    def size(self, total: Total) -> int:
        size: int = self._side(total)["size"]
        return size

    def line(self, total: Total, line: str) -> LineRecords | None:
        found = self._open(self._side(total)["lines"]).get(line)
        if found is None:
            return None
        positions, sums = found
        told = (Sum(records, Decimal(amount)) for records, amount in sums)
        return LineRecords(positions, dict(zip(Fate, told, strict=True)))

    def at(self, total: Total, positions: Sequence[int]) -> RecordPage:
        by_part: dict[int, list[int]] = {}
        for position in positions:
            by_part.setdefault(position // PAGE, []).append(position % PAGE)
        entries: dict[int, Entry] = {}
        counted: dict[str, Entry] = {}
        for number, places in by_part.items():
            page = record_wire.page_from_json(total, self._page(total, number), places)
            counted |= page.counted
            entries |= {number * PAGE + at: entry for at, entry in zip(places, page.entries, strict=True)}
        return RecordPage([entries[one] for one in positions], counted)

    def same_as(self, total: Total, entry: Entry) -> RecordPage:
        return self.at(total, self._open(self._side(total)["same"]).get(entry.record, ()))

    def movement(self, entry: Entry) -> Transaction | None:
        """What moved: of an entry that was shown."""
        for page in (self._shown[key] for key in sorted(self._shown) if key[0] is entry.total):
            for at, row in enumerate(page["entries"]):
                of_source = page["sources"][row[3]][0] == entry.source.data_set
                if row[0] == entry.record and of_source and (told := page["told"][at]):
                    return _movement(entry, *told)
        return None

    def _side(self, total: Total) -> Mapping[str, Any]:
        side: Mapping[str, Any] = self._contents["sides"][total.value]
        return side

    def _page(self, total: Total, number: int) -> Mapping[str, Any]:
        page: Mapping[str, Any] = self._open(self._side(total)["first"] + number)
        self._shown[total, number] = page
        return page


def _payee(name: str, total: str, entries: Sequence[tuple[str, str, str]], more: int) -> ShownPayee:
    moved = (ShownMovement(date.fromisoformat(booked), text, Decimal(amount)) for booked, text, amount in entries)
    return ShownPayee(name, Decimal(total), tuple(moved), more)


def _movement(
    entry: Entry, counterparty: str, text: str, account: str, other: str, kid: str, amount: str
) -> Transaction:
    assert entry.when is not None
    return Transaction(entry.record, account, entry.when, Decimal(amount), counterparty, text, entry.source, other, kid)
