"""What is kept beside an overview says the same as all that was told, and is read a part at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.advice.economy import spending_details
from engine.advice.economy.compilation import MONTHS, categories, scope_of
from engine.advice.economy.enk.overview import Assumptions, build
from engine.advice.economy.enk.tagging import Tag
from engine.advice.economy.figures import Figures, Total, Transaction
from engine.advice.economy.overview import Compiled, compiled
from engine.advice.economy.plan_payments import plan_payments, shares
from engine.advice.economy.reconciliation import Entry, Fate
from engine.advice.economy.record_pages import PAGE, CompiledPages, pages
from engine.advice.economy.records import facts, of_source
from engine.advice.economy.repayment import plans
from engine.advice.economy.signals import signals
from engine.advice.economy.sourced import Source
from engine.advice.economy.spending import by_month, by_payee
from engine.advice.economy.supplements import Supplement
from engine.advice.evidence import snapshot_parts
from engine.advice.evidence.snapshot_parts import SnapshotParts
from tests.engine.advice.economy.test_reconciliation import AT, own_entries
from tests.factories import answers
from tests.factories.answers import TODAY
from tests.factories.sampling import examples

BANK = Source("bank.accounts", "Eksempelbanken", AT, "consent", "1")


class Read:
    """Parts as they come back from where they were kept, and which of them were read."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = [json.dumps(part) for part in parts]
        self.numbers: list[int] = []

    def __call__(self, number: int) -> object:
        self.numbers.append(number)
        return json.loads(self.parts[number]) if number < len(self.parts) else None


def kept(made: Compiled, found: Figures, own: Sequence[Supplement] = ()) -> tuple[SnapshotParts, Read]:
    read = Read(snapshot_parts.make(made, found, categories(own), frozenset()))
    return SnapshotParts(read, made.overview), read


@st.composite
def told(draw: st.DrawFn) -> tuple[Figures, list[Supplement]]:
    found = draw(answers.figures())
    return found, draw(own_entries(found))


@settings(max_examples=examples(60))
@given(told())
def test_every_record_comes_back_where_it_stood(one: tuple[Figures, list[Supplement]]) -> None:
    found, own = one
    made = compiled(found, as_of=TODAY, supplements=own)
    parts, _ = kept(made, found, own)
    whole = CompiledPages(made)

    for total, side in made.sides.items():
        assert replace(parts.side(total), entries=side.entries) == side
        assert [list(page.entries) for page in pages(parts, total)] == [list(p.entries) for p in pages(whole, total)]
        assert [page.counted for page in pages(parts, total)] == [page.counted for page in pages(whole, total)]
        for line in {entry.into for entry in side.entries} | {"no such line"}:
            there, here = parts.line(total, line), whole.line(total, line)
            assert (there is None) is (here is None)
            if there and here:
                assert (list(there.positions), there.sums) == (list(here.positions), here.sums)
                assert {side.entries[at] for at in there.positions} == set(of_line(side.entries, line))
        for entry in side.entries:
            assert list(parts.same_as(total, entry).entries) == list(whole.same_as(total, entry).entries)


def of_line(entries: Sequence[Entry], line: str) -> list[Entry]:
    """What a line is made of, told the slow way."""
    own = {entry.record for entry in entries if entry.into == line and entry.fate is not Fate.SAME}
    return [entry for entry in entries if (entry.into in own if entry.fate is Fate.SAME else entry.into == line)]


@settings(max_examples=examples(60))
@given(told(), st.integers(1, 12), st.integers(0, 50_000))
def test_every_figure_is_that_of_all_movements(
    one: tuple[Figures, list[Supplement]], months: int, monthly: int
) -> None:
    found, own = one
    made = compiled(found, as_of=TODAY, supplements=own)
    overview = made.overview
    parts, _ = kept(made, found, own)
    page, scope = parts.pages(), scope_of(found.accounts, overview.debts, categories(own))

    assert page.movements is bool(found.transactions)
    assert page.last_months(MONTHS) == by_month(found.transactions, scope, TODAY, MONTHS)
    assert page.months == by_month(found.transactions, scope, TODAY, 6)
    assert signals(overview, page.figures) == signals(overview, found)
    debts = plans(overview.debts, TODAY)
    given_ = shares(debts, Decimal(monthly), "avalanche")
    began = TODAY - timedelta(days=30 * months)
    of_all = plan_payments(found, overview.debts, debts, given_, began, TODAY)
    assert plan_payments(page.figures, overview.debts, debts, given_, began, TODAY) == of_all
    for tag in (Tag.BUSINESS, Tag.PRIVATE):
        tagging = {account.number: (tag if at else Tag.BUSINESS) for at, account in enumerate(found.accounts)}
        business = build(page.figures, tagging, Assumptions(), TODAY, days=parts.business())
        assert business == build(found, tagging, Assumptions(), TODAY)


def spent(number: int, payee: str = "", back: int = 0) -> Transaction:
    day = date(2026, 10, 31) - timedelta(days=back or number % 80)
    amount = -Decimal(100 + number)
    return Transaction(f"t{number}", "86011117947", day, amount, payee or f"Butikk {number % 7}", f"nr {number}", BANK)


MANY = Figures(transactions=tuple(spent(number) for number in range(1_000)))


def test_what_is_behind_a_line_is_bounded_and_the_rest_is_counted() -> None:
    many = tuple(
        spent(number, f"Ukjent {'abcdefghij'[number % 10]}{'klmnopqrstuv'[number // 10 % 12]}") for number in range(360)
    )
    found = Figures(transactions=(*many, *(spent(number, "Ukjent aa") for number in range(1000, 1060))))
    made = compiled(found, as_of=TODAY)
    parts, _ = kept(made, found)

    shown = parts.behind("other")

    scope = scope_of((), (), {})
    every = by_payee(found.transactions, scope, TODAY, [date(2026, month, 1) for month in (8, 9, 10)])["other"]
    most = spending_details.MAX_PAYEES
    assert shown.more == len(every) - most > 0
    assert [(one.name, one.total) for one in shown.payees] == [(one.name, one.total) for one in every[:most]]
    largest = shown.payees[0]
    assert (largest.name, len(largest.entries), largest.more) == ("Ukjent aa", spending_details.MAX_ENTRIES, 10)
    assert parts.behind("no such category") == spending_details.Behind()


def test_a_page_reads_the_parts_it_shows_and_no_more() -> None:
    made = compiled(MANY, as_of=TODAY)
    total = Total.SPENDING

    parts, read = kept(made, MANY)
    second = parts.at(total, range(PAGE, 2 * PAGE))
    assert len(second.entries) == PAGE
    assert len(read.numbers) == 2, "what there is, and one page"

    parts, read = kept(made, MANY)
    assert parts.pages().movements and parts.behind("other").payees
    assert len(read.numbers) == 3
    assert parts.behind("other") and len(read.numbers) == 3, "none is opened twice"


def test_a_movement_that_is_opened_says_what_its_source_said() -> None:
    made = compiled(MANY, as_of=TODAY)
    parts, read = kept(made, MANY)
    entry = parts.at(Total.SPENDING, [317]).entries[0]
    before = len(read.numbers)

    moved = parts.movement(entry)

    assert moved is not None and len(read.numbers) == before
    assert facts(entry, Figures(transactions=(moved,))) == facts(entry, MANY)
    assert of_source(MANY, "bank.accounts") == MANY and of_source(MANY, "another") == Figures()


def test_parts_of_another_shape_are_not_read() -> None:
    made = compiled(MANY, as_of=TODAY)
    parts = snapshot_parts.make(made, MANY, {}, frozenset())
    contents = parts[snapshot_parts.CONTENTS]
    assert isinstance(contents, dict)

    assert SnapshotParts(Read(parts), made.overview)
    assert not SnapshotParts(Read([{**contents, "shape": "before"}, *parts[1:]]), made.overview)
    assert not SnapshotParts(Read([]), made.overview)
