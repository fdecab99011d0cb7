"""Every krone accounted for, whatever the sources send and in whatever order it comes."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.advice.economy.figures import Figures, Gap, GapReason, Total
from engine.advice.economy.money import ZERO
from engine.advice.economy.overview import Completeness, build, compiled
from engine.advice.economy.reconciliation import Fate
from engine.advice.economy.sourced import Source
from engine.advice.economy.supplements import Supplement, SupplementKind
from tests.factories import answers
from tests.factories.answers import TODAY

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)


def own_entries(found: Figures) -> st.SearchStrategy[list[Supplement]]:
    """Corrections of what there is, and things no source knows."""
    targets = [debt.id for debt in found.debts] or ["nothing"]
    kinds = st.sampled_from((SupplementKind.CORRECTION, SupplementKind.DEBT, SupplementKind.INCOME))
    amounts = st.integers(0, 100_000).map(Decimal)
    one = st.builds(
        lambda number, kind, amount, target: Supplement(
            f"s{number}",
            kind,
            "Lån av mor",
            amount,
            AT + timedelta(seconds=number),
            target if kind is SupplementKind.CORRECTION else "",
        ),
        st.integers(0, 99),
        kinds,
        amounts,
        st.sampled_from(targets),
    )
    return st.lists(one, max_size=3, unique_by=lambda entry: entry.id)


def shuffled(draw: st.DrawFn, found: Figures) -> Figures:
    told: dict[str, Any] = {field.name: draw(st.permutations(getattr(found, field.name))) for field in fields(Figures)}
    return Figures(**{name: tuple(value) for name, value in told.items()})


T = TypeVar("T")


def fetched(value: T, seconds: int) -> T:
    """The same figures fetched at other times: each source by as much as its name says."""
    if isinstance(value, Source):
        late = sum(value.data_set.encode()) * seconds % 90_000
        return replace(value, fetched_at=datetime(2026, 11, 26, tzinfo=UTC) + timedelta(seconds=late))
    if isinstance(value, tuple):
        return tuple(fetched(one, seconds) for one in value)
    if hasattr(value, "__dataclass_fields__"):
        return replace(value, **{f.name: fetched(getattr(value, f.name), seconds) for f in fields(value)})
    return value


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_order_of_sources_and_records_and_their_arrival_change_nothing(data: st.DataObject) -> None:
    found = data.draw(answers.figures())
    entries = data.draw(own_entries(found))
    other = shuffled(data.draw, found)
    turned = data.draw(st.permutations(entries))

    one = compiled(found, as_of=TODAY, supplements=entries)
    same = compiled(other, as_of=TODAY, supplements=turned)
    later = compiled(fetched(other, data.draw(st.integers(1, 999))), as_of=TODAY, supplements=turned)

    assert same == one
    assert fetched(later.overview, 0) == fetched(one.overview, 0)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_became_of_the_records_sums_up_to_what_came_in(data: st.DataObject) -> None:
    found = data.draw(answers.figures())
    entries = data.draw(own_entries(found))

    made = compiled(found, as_of=TODAY, supplements=entries)

    for total, side in made.sides.items():
        assert side.difference == 0, total
        assert side.received.records == side.counted.records + side.same.records + side.not_counted.records, total
        assert all(entry.reason for entry in side.entries if entry.fate is not Fate.COUNTED), total


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_each_record_is_in_exactly_one_place(data: st.DataObject) -> None:
    found = data.draw(answers.figures())

    sides = compiled(found, as_of=TODAY).sides.values()

    placed = Counter(entry.record for side in sides for entry in side.entries if entry.reason != "co_owner")
    told = Counter(
        one.id for name in ("debts", "accounts", "assets", "incomes", "transactions") for one in getattr(found, name)
    )
    assert {record: placed[record] for record in told} == told


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_is_counted_is_what_the_overview_shows(data: st.DataObject) -> None:
    found = data.draw(answers.figures())
    entries = data.draw(own_entries(found))

    made = compiled(found, as_of=TODAY, supplements=entries)

    assert made.sides[Total.DEBT].counted.amount == made.overview.total_debt
    assert made.sides[Total.ASSETS].counted.amount == made.overview.total_assets
    for total, lines in ((Total.INCOME, made.overview.incomes), (Total.SPENDING, made.overview.spending)):
        sums: dict[str, Decimal] = {}
        for entry in made.sides[total].entries:
            if entry.fate is Fate.COUNTED and not entry.record.startswith("citizen:"):
                sums[entry.into] = sums.get(entry.into, ZERO) + (entry.amount or ZERO)
        shown = {line.category: line for line in lines if line.sources[0].data_set != "citizen"}
        assert sums.keys() == shown.keys()
        for category, line in shown.items():
            assert abs(sums[category] / line.months - line.amount) <= Decimal("0.005"), category


@settings(max_examples=100, deadline=None)
@given(answers.figures(), st.sampled_from(answers.SOURCES), st.sampled_from(list(Total)))
def test_more_answers_are_never_less_known_and_a_silent_source_is_never_zero(
    found: Figures, silent: str, total: Total
) -> None:
    gap = Gap(silent, "", GapReason.NOT_ANSWERED, (total,))
    known = [Completeness.UNKNOWN, Completeness.LOWER_BOUND, Completeness.COMPLETE]

    without = build(found, as_of=TODAY, gaps=[gap]).completeness(total)
    whole = build(found, as_of=TODAY).completeness(total)

    assert known.index(without) <= known.index(whole)
    assert without is not Completeness.COMPLETE
    assert build(Figures(), as_of=TODAY, gaps=[gap]).completeness(total) is Completeness.UNKNOWN
