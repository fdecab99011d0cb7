"""How the sources are: what each data set answered lately. Counts, codes and times; nothing of a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, or_, select

from engine.advice.evidence.datasets import DataSet
from engine.advice.evidence.harvest import ANSWERED
from engine.advice.evidence.models import harvest

#: The health of a source is read from what it was asked in this time.
WINDOW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a data set answered what was asked in the last day. ``error``: the code of its last failure."""

    data_set: str
    requested: int
    answered: int
    failing: int
    last_answer: datetime | None
    error: str


def sources(connection: Connection, data_sets: Iterable[DataSet], now: datetime) -> list[SourceState]:
    """Every data set there is, also those nobody asked."""
    lately = or_(harvest.c.asked_at >= now - WINDOW, harvest.c.answered_at >= now - WINDOW)
    whole = case((harvest.c.state.in_(ANSWERED), 1), else_=0)
    counted = {
        row.data_set: row
        for row in connection.execute(
            select(
                harvest.c.data_set,
                func.count().label("requested"),
                func.sum(whole).label("answered"),
                func.sum(case((harvest.c.state.in_(("unavailable", "refused", "broken")), 1), else_=0)).label("bad"),
                func.max(harvest.c.answered_at).label("last"),
            )
            .where(lately)
            .group_by(harvest.c.data_set)
        )
    }
    found = []
    for data_set in sorted(one.id for one in data_sets):
        row = counted.get(data_set)
        if row is None:
            found.append(SourceState(data_set, 0, 0, 0, None, ""))
            continue
        error = ""
        if row.bad:
            error = (
                connection.execute(
                    select(harvest.c.error)
                    .where(harvest.c.data_set == data_set, harvest.c.error.is_not(None), lately)
                    .order_by(harvest.c.asked_at.desc())
                    .limit(1)
                ).scalar()
                or ""
            )
        found.append(SourceState(data_set, row.requested, int(row.answered), int(row.bad), row.last, error))
    return found
