"""Small numbers: what is published never pins a number from 1 to 4."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.casework.statistics.small_cell_suppression import FEWEST, row, shown


@pytest.mark.parametrize(
    ("count", "told"), [(0, 0), (1, None), (4, None), (5, 5), (12, 12)]
)  # fmt: skip
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
