"""The figures computed again, another way, from what a walk wrote down: what the product's own must agree with.

Nothing of ``engine.casework.statistics`` is used here, and nothing is read from a trail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from tests.factories.walks import STAGES, Walked

DAY = timedelta(days=1)


def within_two_days(cases: Iterable[Walked], now: datetime) -> tuple[int, int]:
    """(in time, should have been in time)."""
    good = all_ = 0
    for case in cases:
        if case.overview is not None:
            all_ += 1
            good += case.overview - case.opened <= 2 * DAY
        elif case.ended is None and now - case.opened > 2 * DAY:
            all_ += 1
    return good, all_


def middle(times: Sequence[timedelta]) -> timedelta | None:
    """The median by halving the sorted list."""
    if not times:
        return None
    ordered = sorted(times)
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2


def nine_of_ten(times: Sequence[timedelta]) -> timedelta | None:
    """The smallest of the times within which at least nine tenths of them lie."""
    return min((time for time in times if 10 * sum(other <= time for other in times) >= 9 * len(times)), default=None)


def times_until(cases: Iterable[Walked], when: Callable[[Walked], datetime | None]) -> list[timedelta]:
    return [at - case.opened for case in cases if (at := when(case)) is not None]


def is_open(case: Walked) -> bool:
    return case.ended is None


def fell_off(case: Walked) -> bool:
    """Ended, and not because everything was done."""
    return case.ended is not None and (case.cancelled or case.stages[-1] != STAGES[-1])


def few(number: int) -> int | None:
    return None if number in (1, 2, 3, 4) else number
