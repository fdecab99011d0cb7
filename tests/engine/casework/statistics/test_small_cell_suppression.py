"""Small numbers: what is published never pins a number from 1 to 4."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.casework.statistics.small_cell_suppression import FEWEST, across, row, shown
from tests.factories.sampling import examples


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (4, None), (5, 5), (12, 12)])
def test_a_number_alone(count: int, told: int | None) -> None:
    assert shown(count) == told


@pytest.mark.parametrize(
    ("counts", "cells", "total"),
    [
        ((0, 0), (0, 0), 0),
        ((7, 9), (7, 9), 16),
        ((3, 0), (3 - 3 or None, 0), None),  # nothing else to hide: the sum is hidden
        ((3, 9), (None, None), 12),  # 9 would give 3 away
        ((2, 9, 20), (None, None, 20), 31),  # the smallest other is hidden, not the largest
        ((1, 1), (None, None), None),  # a sum of 2 would tell both
        ((4, 4, 9), (None, None, 9), 17),
        ((1, 1, 1, 1, 1), (None,) * 5, None),  # five hidden under a sum of five would be one each
    ],
)
def test_numbers_under_a_sum(counts: tuple[int, ...], cells: tuple[int | None, ...], total: int | None) -> None:
    assert row(counts) == (cells, total)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=7))
def test_no_small_number_is_shown_and_no_other_is_changed(counts: list[int]) -> None:
    cells, total = row(counts)

    assert all(cell is None for cell, count in zip(cells, counts, strict=True) if 0 < count < FEWEST)
    assert all(cell in (None, count) for cell, count in zip(cells, counts, strict=True))
    assert all(cell == 0 for cell, count in zip(cells, counts, strict=True) if count == 0)
    assert total in (None, sum(counts))


@given(st.lists(st.integers(0, 8), min_size=1, max_size=4))
def test_subtraction_tells_of_no_hidden_number_that_it_is_small(counts: list[int]) -> None:
    """Whoever knows that a hidden number is not 0 can still believe each to be 5 or more: all answers are tried."""
    cells, total = row(counts)
    hidden = [at for at, cell in enumerate(cells) if cell is None]
    if total is None or not hidden:
        return
    left = total - sum(cell for cell in cells if cell is not None)
    answers = [found for found in product(range(1, left + 1), repeat=len(hidden)) if sum(found) == left]

    for place in range(len(hidden)):
        assert any(found[place] >= FEWEST for found in answers), (counts, cells, total)
        assert len({found[place] for found in answers}) > 1


def _offices(cells: int, most: int) -> st.SearchStrategy[list[list[int]]]:
    return st.lists(st.lists(st.integers(0, 6), min_size=cells, max_size=cells), min_size=2, max_size=most)


#: Few enough that every world can be tried: several offices with one number each, or two with two.
OFFICES = _offices(1, 4) | _offices(2, 2)
#: More than any number or sum of one office that is drawn.
MOST = 13


@settings(max_examples=examples(80))
@given(OFFICES, st.booleans())
def test_no_office_can_be_found_small_from_the_others_and_the_sum(numbers: list[list[int]], leads: bool) -> None:
    """Every world that agrees with what is published is tried: in some of them each hidden number is 5 or more.

    Whoever leads the first office knows its numbers too. Nothing else is assumed of what is hidden.
    """
    offices = {f"o{at}": tuple(counts) for at, counts in enumerate(numbers)}
    own = "o0" if leads else ""
    published = across(offices, own)
    names = [name for name in offices if name != own]

    def worlds_of(name: str) -> list[tuple[int, ...]]:
        cells, total = published[name]
        ranges = [range(MOST) if cell is None else [cell] for cell in cells]
        return [world for world in product(*ranges) if total in (None, sum(world))]

    cells, total = published[""]
    known = offices.get(own, (0,) * len(cells))
    possible: dict[str, set[tuple[int, ...]]] = {name: set() for name in names}
    choices = {name: worlds_of(name) for name in names}
    for world in _fitting(
        names,
        choices,
        [None if c is None else c - k for c, k in zip(cells, known, strict=True)],
        None if total is None else total - sum(known),
    ):
        for name, counts in zip(names, world, strict=True):
            possible[name].add(counts)

    for name in names:
        assert offices[name] in possible[name], "the truth agrees with what is published"
        for place, count in enumerate(offices[name]):
            if shown(count) is None:
                assert any(world[place] >= FEWEST for world in possible[name]), (offices, published)
        if shown(sum(offices[name])) is None:
            assert any(sum(world) >= FEWEST for world in possible[name]), (offices, published)


def _fitting(
    names: list[str], choices: dict[str, list[tuple[int, ...]]], cells: list[int | None], total: int | None
) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Worlds of all offices whose sums are those published. The last office's is looked up and not tried."""
    *first, last = names
    for world in product(*(choices[name] for name in first)):
        sums = [sum(found) for found in zip(*world, strict=True)] if world else [0] * len(cells)
        for counts in choices[last]:
            fits = all(cell in (None, s + c) for cell, s, c in zip(cells, sums, counts, strict=True))
            if fits and total in (None, sum(sums) + sum(counts)):
                yield (*world, counts)


def test_an_office_that_is_not_small_may_be_told_beside_the_sum() -> None:
    found = across({"a": (7, 9), "b": (0, 6)})

    assert found == {"a": ((7, 9), 16), "b": ((0, 6), 6), "": ((7, 15), 22)}


def test_the_readers_own_small_office_is_no_key_to_the_others() -> None:
    """Of 3, 4 and 20 the reader knows the 3: the 4 must not be what is left of the sum."""
    found = across({"mine": (3,), "a": (4,), "b": (20,)}, own="mine")

    assert found["mine"] == ((3,), 3)
    assert found["a"] == found["b"] == ((None,), None)
    assert found[""] == ((27,), 27)
