"""The figures reckoned again, another way, from the bare events: what the product's own must agree with.

Nothing of ``engine.casework.statistics`` is used here. Where the product reads on case by case and keeps courses, this
asks the whole list of events one question at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

DAY = timedelta(days=1)


@dataclass
class Told:
    """A case of a seeded history: its events as (moment, kind, data), in order, and how it ended."""

    id: str
    opened: datetime
    events: list[tuple[datetime, str, dict[str, Any]]] = field(default_factory=list)
    ended: datetime | None = None
    cancelled: bool = False

    def first(self, kind: str, **wanted: Any) -> datetime | None:
        found = [
            at for at, what, data in self.events
            if what == kind and all(data.get(name) in value for name, value in wanted.items())
        ]  # fmt: skip
        return min(found, default=None)

    def stages(self) -> list[str]:
        return [stage for _, _, data in self.events for stage in data.get("stages", [])]


def within_two_days(cases: Iterable[Told], now: datetime) -> tuple[int, int]:
    """(in time, should have been in time)."""
    good = all_ = 0
    for case in cases:
        at = case.first("JobFinished", job={"overview"})
        if at is not None:
            all_ += 1
            good += at - case.opened <= 2 * DAY
        elif case.ended is None and now - case.opened > 2 * DAY:
            all_ += 1
    return good, all_


def middle(times: Sequence[timedelta]) -> timedelta:
    """The median by halving the sorted list."""
    ordered = sorted(times)
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2


def nine_of_ten(times: Sequence[timedelta]) -> timedelta:
    """The smallest of the times within which at least nine tenths of them lie."""
    return min(time for time in times if 10 * sum(other <= time for other in times) >= 9 * len(times))


def few(number: int) -> int | None:
    return None if number in (1, 2, 3, 4) else number
