"""What comes in each month: the same money once, averaged over the months that are known.

A payer tells of what it paid (Nav), and the tax administration of what was reported to it. For one payer and month
the larger of the two stands, the other is the same money. Wages and benefits are never taken for one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from engine.advice.economy import identity, reported
from engine.advice.economy.figures import Figures, Income, IncomeKind, Total
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.reconciliation import Entry, Fate
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.spending import MonthlyLine, whole_months

#: So far may two amounts of the same money be apart.
_NEAR = Decimal("0.02")
_BENEFITS = frozenset({IncomeKind.BENEFIT, IncomeKind.PENSION, IncomeKind.HOUSING_BENEFIT, IncomeKind.OTHER})


@dataclass(frozen=True, slots=True)
class Once:
    """``kept``: every income once; ``same``: each of the others with the one it is the same as."""

    kept: tuple[Income, ...]
    same: tuple[tuple[Income, Income], ...]


def amount_of(income: Income) -> Money:
    """NOK that reached the person, where that is known, else before tax."""
    return (income.net or income.gross).value


def once(found: Iterable[Income]) -> Once:
    """What a payer tells of itself and what another reports of it, as one. Child benefit is not reported."""
    incomes = sorted(found, key=_canonical)
    own: dict[tuple[date, str], list[Income]] = {}
    told: dict[tuple[date, str], list[Income]] = {}
    for income in incomes:
        if income.kind in _BENEFITS:
            rows = own if _told_by_payer(income) else told
            rows.setdefault((income.month, _payer(income)), []).append(income)
    gone: dict[int, Income] = {}
    for key in sorted(told):
        match = own.get(key) or _equal_elsewhere(key, told[key], own, told)
        if match:
            gone.update(_smaller(match, told[key]))
    kept = tuple(_lent(income, gone, incomes) for income in incomes if id(income) not in gone)
    by_id = {id(income): income for income in incomes}
    return Once(kept, tuple((by_id[one], other) for one, other in gone.items()))


def _canonical(income: Income) -> tuple[date, str, str, str, Money, str]:
    source = income.gross.sources[0]
    return income.month, income.kind.value, identity.source_key(source), _payer(income), income.gross.value, income.id


def _payer(income: Income) -> str:
    return income.payer_orgno or " ".join(identity.name_words(income.payer))


def _told_by_payer(income: Income) -> bool:
    return income.gross.sources[0].provider == income.payer


def _equal_elsewhere(
    key: tuple[date, str],
    reported_ones: Sequence[Income],
    own: dict[tuple[date, str], list[Income]],
    told: dict[tuple[date, str], list[Income]],
) -> list[Income]:
    """A payer has several numbers: what it tells under one may be reported under another, the same to the krone."""
    total = _gross(reported_ones)
    for (month, payer), rows in sorted(own.items(), key=lambda item: item[0]):
        if month == key[0] and (month, payer) not in told and _near(_gross(rows), total):
            return rows
    return []


def _smaller(own: Sequence[Income], reported_ones: Sequence[Income]) -> dict[int, Income]:
    """Those of the two tellings that sum up to less, each with one of the other it is the same as."""
    ours, theirs = _gross(own), _gross(reported_ones)
    if theirs > ours and not _near(ours, theirs):
        return {id(income): reported_ones[0] for income in own}
    return {id(income): own[0] for income in reported_ones}


def _gross(incomes: Iterable[Income]) -> Money:
    return sum((income.gross.value for income in incomes), ZERO)


def _near(one: Money, other: Money) -> bool:
    return abs(one - other) <= _NEAR * max(abs(one), abs(other))


def _lent(income: Income, gone: dict[int, Income], incomes: Sequence[Income]) -> Income:
    """With the sources of those that are the same."""
    more = tuple(s for one in incomes if gone.get(id(one)) is income for s in one.gross.sources)
    return replace(income, gross=replace(income.gross, sources=income.gross.sources + more)) if more else income


def lines(found: Figures, kept: Sequence[Income], as_of: date, months: int) -> tuple[MonthlyLine, ...]:
    """NOK per month by kind, each averaged over the months that are known of it, largest first."""
    made = []
    for kind in sorted({income.kind.value for income in kept}):
        counted = reported.income_months(kept, found.reported, kind, as_of, months)
        inside = [income for income in kept if income.kind.value == kind and income.month in counted]
        if inside:
            total = sum((amount_of(income) for income in inside), ZERO)
            monthly = (total / len(counted)).quantize(Decimal("0.01"))
            made.append(MonthlyLine(kind, monthly, len(inside), _sources(inside), len(counted)))
    return tuple(sorted(made, key=lambda line: (-line.amount, line.category)))


def _sources(incomes: Iterable[Income]) -> tuple[Source, ...]:
    """One of each data set, in the order of their names."""
    known = {source.data_set: source for income in incomes for source in reversed(income.gross.sources)}
    return tuple(known[name] for name in sorted(known))


def withheld(kept: Sequence[Income], as_of: date) -> Sourced[Money] | None:
    """NOK withheld for creditors in the newest of the last months with any; ``as_of`` is the first day of it."""
    wanted = (as_of.replace(day=1), *whole_months(as_of, 2))
    told = [income for income in kept if income.attached and income.attached.value > 0 and income.month in wanted]
    if not told:
        return None
    month = max(income.month for income in told)
    newest = [income for income in told if income.month == month]
    total = sum((income.attached.value for income in newest if income.attached), ZERO)
    return Sourced(total, _sources(newest), month)


def entries(found: Figures, income: Once, as_of: date, months: int) -> list[Entry]:
    """What became of each income."""
    made = [_entry(one, Fate.SAME, other.id, "paid_and_reported") for one, other in income.same]
    for kind in sorted({one.kind.value for one in income.kept}):
        counted = reported.income_months(income.kept, found.reported, kind, as_of, months)
        for one in income.kept:
            if one.kind.value == kind:
                made.append(_placed(one, counted, as_of))
    return made


def _placed(income: Income, counted: Sequence[date], as_of: date) -> Entry:
    if income.month in counted:
        return _entry(income, Fate.COUNTED, income.kind.value, "")
    late = income.month >= as_of.replace(day=1)
    older = not counted or income.month < min(counted)
    reason = "month_not_over" if late else "older_month" if older else "month_not_whole"
    return _entry(income, Fate.NOT_COUNTED, "", reason)


def _entry(income: Income, fate: Fate, into: str, reason: str) -> Entry:
    figure = income.net or income.gross
    return Entry(
        Total.INCOME,
        income.id,
        income.kind.value,
        income.payer,
        figure.sources[0],
        amount_of(income),
        fate,
        into,
        reason,
        figure.as_of,
        income.month,
    )
