"""The best way to put records together, held against trying every way there is."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.advice.economy import assignment
from engine.advice.economy.assignment import assign, clusters

worths = st.integers(0, 4).flatmap(
    lambda columns: st.lists(
        st.lists(st.none() | st.integers(-1, 9), min_size=columns, max_size=columns), min_size=1, max_size=4
    )
)


def best(worth: list[list[int | None]]) -> int:
    """By trying every assignment."""
    rows, columns = len(worth), len(worth[0])
    places: list[int | None] = [*range(columns), *[None] * rows]
    return max(
        sum(max(worth[row][column] or 0, 0) for row, column in enumerate(chosen) if column is not None)
        for chosen in permutations(places, rows)
    )


@settings(max_examples=200, deadline=None)
@given(worths)
def test_an_assignment_is_worth_as_much_as_the_best_of_all(worth: list[list[int | None]]) -> None:
    chosen = assign(worth)

    taken = [column for column in chosen if column is not None]
    assert len(taken) == len(set(taken))
    assert all((worth[row][column] or 0) > 0 for row, column in enumerate(chosen) if column is not None)
    assert sum(worth[row][column] or 0 for row, column in enumerate(chosen) if column is not None) == best(worth)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, 4), st.integers(5, 9)), st.integers(1, 99), max_size=12))
def test_two_sources_are_put_together_alike_by_trying_all_and_by_assignment(gains: dict[tuple[int, int], int]) -> None:
    """0-4 are one source's records and 5-9 the other's: what is worth most is the same however it is found."""

    def gain(one: int, other: int) -> int | None:
        return gains.get((min(one, other), max(one, other)))

    def worth(made: list[list[int]]) -> int:
        return sum(gain(one[0], one[1]) or 0 for one in made if len(one) == 2)

    exact = assignment._exact(range(10), gain)
    stepwise = clusters(range(10), gain)

    assert sorted(sum(exact, [])) == sorted(sum(stepwise, [])) == list(range(10))
    assert worth(exact) == worth(stepwise)


def test_sixty_loans_of_one_lender_in_two_sources_are_paired_one_by_one() -> None:
    records = [(source, number) for source in "ab" for number in range(60)]

    def gain(one: tuple[str, int], other: tuple[str, int]) -> int | None:
        return None if one[0] == other[0] else 1000 - abs(one[1] - other[1])

    assert sorted(clusters(records, gain)) == [[("a", number), ("b", number)] for number in range(60)]
