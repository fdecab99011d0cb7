"""The best way to put records together, so that the whole is worth most: exact for a few, by assignment for many.

*gain* of two records is what it is worth to hold them for one, ``None`` when they must not be. The records come in a
fixed order; so is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
Gain = Callable[[T, T], int | None]

#: So many records are tried in every way; above it source after source is assigned to what is there.
FEW = 9


def clusters(records: Sequence[T], gain: Gain[T]) -> list[list[T]]:
    """The records in clusters of the same thing; no two in one cluster that must not be."""
    if len(records) <= 1:
        return [list(records)] if records else []
    return _exact(records, gain) if len(records) <= FEW else _stepwise(records, gain)


def _exact(records: Sequence[T], gain: Gain[T]) -> list[list[T]]:
    gains = [[gain(one, other) if a != b else 0 for b, other in enumerate(records)] for a, one in enumerate(records)]
    #: The most that the records from each place on can still bring.
    reach = [0] * (len(records) + 1)
    for place in range(len(records) - 1, -1, -1):
        reach[place] = reach[place + 1] + sum(max(gains[place][before] or 0, 0) for before in range(place))
    best: tuple[int, list[list[int]]] = (-1, [])

    def place_next(place: int, made: list[list[int]], worth: int) -> None:
        nonlocal best
        if worth + reach[place] <= best[0]:
            return
        if place == len(records):
            best = (worth, [list(one) for one in made])
            return
        for one in made:
            more = [gains[place][member] for member in one]
            if any(value is None for value in more):
                continue
            one.append(place)
            place_next(place + 1, made, worth + sum(value or 0 for value in more))
            one.pop()
        made.append([place])
        place_next(place + 1, made, worth)
        made.pop()

    place_next(0, [], 0)
    return [[records[place] for place in one] for one in best[1]]


def _stepwise(records: Sequence[T], gain: Gain[T]) -> list[list[T]]:
    """Layers of records that must not be one another, each assigned to the clusters made so far."""
    layers: list[list[T]] = []
    for record in records:
        for layer in layers:
            if all(gain(record, other) is None for other in layer):
                layer.append(record)
                break
        else:
            layers.append([record])
    made = [[record] for record in layers[0]]
    for layer in layers[1:]:
        worth = [[_joined(record, cluster, gain) for cluster in made] for record in layer]
        for record, choice in zip(layer, assign(worth), strict=True):
            if choice is None:
                made.append([record])
            else:
                made[choice].append(record)
    return made


def _joined(record: T, cluster: Sequence[T], gain: Gain[T]) -> int | None:
    gains = [gain(record, member) for member in cluster]
    return None if any(value is None for value in gains) else sum(value or 0 for value in gains)


def assign(worth: Sequence[Sequence[int | None]]) -> list[int | None]:
    """Row → column, each column once, so that the sum is greatest; a row may stay alone (``None``), worth 0.

    The Hungarian method with potentials, O(rows² · columns).
    """
    rows, columns = len(worth), len(worth[0]) if worth else 0
    width = columns + rows  # a column of its own for every row that stays alone
    never = 1 + 2 * sum(max(value or 0 for value in (*row, 0)) for row in worth)

    def cost(row: int, column: int) -> int:
        if column < columns:
            value = worth[row][column]
            return never if value is None or value <= 0 else -value
        return 0 if column - columns == row else never

    far = (never + 1) * (rows + width + 2)
    high = [0] * (rows + 1)
    low = [0] * (width + 1)
    taken = [0] * (width + 1)
    for row in range(1, rows + 1):
        taken[0], here = row, 0
        slack = [far] * (width + 1)
        came = [0] * (width + 1)
        seen = [False] * (width + 1)
        while taken[here]:
            seen[here] = True
            at, step, following = taken[here], far, 0
            for column in range(1, width + 1):
                if seen[column]:
                    continue
                reduced = cost(at - 1, column - 1) - high[at] - low[column]
                if reduced < slack[column]:
                    slack[column], came[column] = reduced, here
                if slack[column] < step:
                    step, following = slack[column], column
            for column in range(width + 1):
                if seen[column]:
                    high[taken[column]] += step
                    low[column] -= step
                else:
                    slack[column] -= step
            here = following
        while here:
            taken[here] = taken[came[here]]
            here = came[here]
    found: list[int | None] = [None] * rows
    for column in range(1, columns + 1):
        row = taken[column]
        if row and worth[row - 1][column - 1]:
            found[row - 1] = column - 1
    return found
