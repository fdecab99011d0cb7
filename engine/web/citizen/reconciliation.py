"""How the figures are put together, as a page shows it: one total at a time, its sums, and its records page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.advice.economy.comparison import Reason
from engine.advice.economy.figures import Debt, Total
from engine.advice.economy.overview import Compiled, Overview
from engine.advice.economy.reconciliation import Entry, Fate, Side

#: Records on one page.
PAGE = 200


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """Two debts that may be one, and why."""

    one: Debt
    other: Debt
    reason: Reason


def question_lines(overview: Overview) -> tuple[QuestionLine, ...]:
    """What the citizen is asked, with the debts it is about."""
    made = []
    for question in overview.questions:
        one, other = overview.debt(question.one), overview.debt(question.other)
        if one and other:
            made.append(QuestionLine(one, other, question.reason))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Line:
    """A record on the page, and the debt it is told of, where it is one."""

    entry: Entry
    debt: Debt | None
    counted_as: str


def shown(made: Compiled, asked: Mapping[str, str]) -> dict[str, Any]:
    """What the template needs for the total and the page that are asked for; for nonsense the first."""
    total = next((one for one in Total if one.value == asked.get("vis")), Total.DEBT)
    side = made.sides[total]
    pages = max(1, -(-len(side.entries) // PAGE))
    number = asked.get("side", "")
    page = min(int(number), pages) if number.isascii() and number.isdigit() and int(number[:9]) else 1
    entries = side.entries[(page - 1) * PAGE : page * PAGE]
    return {
        "total": total,
        "side": side,
        "sides": made.sides,
        "groups": [(fate, _sum(side, fate), _lines(entries, fate, made.overview)) for fate in Fate],
        "page": page,
        "pages": pages,
        "months": max((line.months for line in _averages(made.overview, total)), default=0),
    }


def _averages(overview: Overview, total: Total) -> tuple[Any, ...]:
    return {Total.INCOME: overview.incomes, Total.SPENDING: overview.spending}.get(total, ())


def _sum(side: Side, fate: Fate) -> Any:
    return {Fate.COUNTED: side.counted, Fate.SAME: side.same, Fate.NOT_COUNTED: side.not_counted}[fate]


def _lines(entries: tuple[Entry, ...], fate: Fate, overview: Overview) -> list[Line]:
    found = []
    for entry in entries:
        if entry.fate is fate:
            debt = overview.debt(entry.record) if entry.total is Total.DEBT else None
            found.append(Line(entry, debt, entry.into if entry.total in (Total.INCOME, Total.SPENDING) else ""))
    return found
