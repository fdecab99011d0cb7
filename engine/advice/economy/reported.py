"""Which months are known: a month that nobody has reported is unknown, and no average counts it as zero."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from engine.advice.economy.figures import Figures, Income, Reported, Total
from engine.advice.economy.spending import whole_months

#: Wages of a month are due on the 5th of the next; the month is whole from this day (reference: the a-melding).
WHOLE_FROM_DAY = 10


def last_day(month: date) -> date:
    """The last day of the month that begins on *month*."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _covered(rows: Sequence[Reported], month: date) -> bool:
    """Whether every institution of one data set has told all of *month*."""
    end = last_day(month)
    by_institution: dict[str, bool] = {}
    for row in rows:
        inside = row.since <= month and end <= row.until
        by_institution[row.institution] = by_institution.get(row.institution, False) or inside
    return all(by_institution.values())


def spending_months(found: Figures, as_of: date, count: int) -> tuple[date, ...]:
    """The last whole months that the banks have told all of, newest first: all of them where no bank says so."""
    rows = [row for row in found.reported if row.total is Total.SPENDING]
    window = whole_months(as_of, count)
    if not rows:
        return window
    sets = {row.data_set for row in rows}
    return tuple(
        month for month in window if all(_covered([r for r in rows if r.data_set == one], month) for one in sets)
    )


def income_months(
    incomes: Sequence[Income], reported: Iterable[Reported], kind: str, as_of: date, count: int
) -> tuple[date, ...]:
    """The last whole months an income of *kind* is known for, newest first.

    incomes  of all kinds and months, each once

    Counted from the first month there was any; a month is known when those who told of the kind have told all of it,
    or when everyone who paid it the month before has paid already. Where none is known, the months something came in.
    """
    of_kind = [income for income in incomes if income.kind.value == kind]
    if not of_kind:
        return ()
    first = min(income.month for income in of_kind)
    rows = [row for row in reported if row.total is Total.INCOME]
    tellers = {source.data_set for income in of_kind for source in income.gross.sources[:1]}
    window = [month for month in whole_months(as_of, count) if month >= first]
    known = [
        month for month in window if all(_told(one, rows, month, as_of) for one in tellers) or _all_paid(of_kind, month)
    ]
    return tuple(known or [month for month in window if any(income.month == month for income in of_kind)])


def _told(data_set: str, rows: Sequence[Reported], month: date, as_of: date) -> bool:
    own = [row for row in rows if row.data_set == data_set]
    if own:
        return _covered(own, month)
    return as_of >= (last_day(month) + timedelta(days=WHOLE_FROM_DAY))


def _all_paid(incomes: Sequence[Income], month: date) -> bool:
    before = (month - timedelta(days=1)).replace(day=1)

    def payers(of: date) -> set[str]:
        return {income.payer_orgno or income.payer for income in incomes if income.month == of}

    now = payers(month)
    return bool(now) and payers(before) <= now
