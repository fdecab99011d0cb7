"""The figures as tables and bars: what stands in each cell in words and as a plain number for files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from flask import g

from engine.casework.statistics.computation import AGES, NOTES, Duration, Figures
from engine.web.shared import view
from forms import formatting

TABLES = ("ventetid", "notater", "steg", "frafall", "kilder")


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` for people, ``plain`` for files, ``width`` of its bar in per cent; ``None`` = it has no bar."""

    text: str
    plain: str
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``bar`` is the column that is drawn; ``summary`` says the picture in words."""

    name: str
    first: str
    columns: tuple[str, ...]
    rows: tuple[Line, ...]
    bar: int
    summary: str


def tables(figures: Figures, titles: Mapping[str, str]) -> dict[str, Table]:
    """Every table, by name."""
    found = (_waits(figures), _notes(figures), _stages(figures, titles), _dropped(figures, titles), _sources(figures))
    return {table.name: table for table in found}


def count(number: int | None) -> Cell:
    if number is None:
        return Cell(view.t("figures.hidden"), view.t("figures.hidden"))
    return Cell(formatting.number(Decimal(number), 0, g.language), str(number))


#: Where there is nothing to tell, as against what is hidden.
NOTHING = Cell("–", "")


def share(number: float | None, of: int | None = None) -> Cell:
    """*of*: how many it is a share of; of none there is nothing to hide."""
    if number is None and of == 0:
        return NOTHING
    if number is None:
        return Cell(view.t("figures.hidden"), view.t("figures.hidden"))
    return Cell(f"{formatting.number(Decimal(number) * 100, 0, g.language)}{formatting.NBSP}%", f"{number:.4f}")


def time(took: timedelta | None, of: int | None = None) -> Cell:
    """Minutes, hours or days as people say it; in files days with four decimals. *of*: how many cases took it."""
    if took is None and of == 0:
        return NOTHING
    if took is None:
        return Cell(view.t("figures.hidden"), view.t("figures.hidden"))
    seconds = took.total_seconds()
    plain = f"{seconds / 86_400:.4f}"
    if seconds < 3_600:
        return Cell(_many("minutes", round(seconds / 60)), plain)
    if seconds < 2 * 86_400:
        return Cell(_many("hours", round(seconds / 3_600)), plain)
    return Cell(view.t("figures.days", count=formatting.number(Decimal(seconds / 86_400), 1, g.language)), plain)


def _many(unit: str, number: int) -> str:
    return view.t(f"figures.{unit}", count=number)


def _table(name: str, columns: Sequence[str], rows: Sequence[Line], bar: int, values: Sequence[float | None]) -> Table:
    """With bars on one scale, zero based. A value that is hidden has none, and the words say so."""
    largest = max((value for value in values if value is not None), default=0) or 1
    drawn = []
    for line, value in zip(rows, values, strict=True):
        width = None if value is None else round(100 * value / largest, 2)
        cells = list(line.cells)
        cells[bar] = Cell(cells[bar].text, cells[bar].plain, width)
        drawn.append(Line(line.name, tuple(cells)))
    spoken = "; ".join(f"{line.name}: {line.cells[bar].text}" for line in drawn)
    title = view.t(f"figures.{name}.picture")
    return Table(
        name,
        view.t(f"figures.{name}.first"),
        tuple(view.t(f"figures.{column}") for column in columns),
        tuple(drawn),
        bar,
        f"{title}. {spoken}",
    )


def _seconds(took: timedelta | None) -> float | None:
    return None if took is None else took.total_seconds()


def _both(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _waits(figures: Figures) -> Table:
    def line(key: str, found: Duration) -> Line:
        within = share(found.within, _both(found.count, found.late)) if key == "overview" else NOTHING
        cells = (
            count(found.count),
            time(found.median, found.count),
            time(found.ninety, found.count),
            within,
            count(found.waiting),
        )
        return Line(view.t(f"figures.{key}"), cells)

    return _table(
        "ventetid",
        ("done", "median", "ninety", "within", "waiting"),
        [line("overview", figures.overview), line("decision", figures.decision)],
        1,
        [_seconds(figures.overview.median), _seconds(figures.decision.median)],
    )


def _buckets(bounds: Sequence[int]) -> list[str]:
    first = view.t("figures.up_to", days=bounds[0])
    between = [view.t("figures.between", low=low + 1, high=high) for low, high in zip(bounds, bounds[1:], strict=False)]
    return [first, *between, view.t("figures.over", days=bounds[-1])]


def _notes(figures: Figures) -> Table:
    names = [*_buckets(NOTES), view.t("figures.no_note")]
    rows = [Line(name, (count(cell),)) for name, cell in zip(names, figures.notes.cells, strict=True)]
    return _table("notater", ("cases",), rows, 0, figures.notes.cells)


def _stages(figures: Figures, titles: Mapping[str, str]) -> Table:
    rows = [
        Line(titles.get(found.key, found.key), (*(count(cell) for cell in found.cells), count(found.total)))
        for found in figures.stages
    ]
    made = _table("steg", (), rows, len(AGES) + 1, [found.total for found in figures.stages])
    columns = (*_buckets(AGES), view.t("figures.together"))
    return Table(made.name, made.first, columns, made.rows, made.bar, made.summary)


def _dropped(figures: Figures, titles: Mapping[str, str]) -> Table:
    rows = [
        Line(
            titles.get(found.stage, found.stage),
            (count(found.entered), count(found.stopped), share(found.share, found.entered)),
        )
        for found in figures.dropped
    ]
    return _table("frafall", ("entered", "stopped", "share"), rows, 2, [found.share for found in figures.dropped])


def _sources(figures: Figures) -> Table:
    rows = [
        Line(
            view.data_set_name(found.data_set),
            (
                count(found.asked),
                count(found.answered),
                count(found.open),
                time(found.median, found.answered),
                time(found.ninety, found.answered),
                time(found.longest) if found.open != 0 else NOTHING,
            ),
        )
        for found in figures.sources
    ]
    columns = ("asked", "answered", "open", "median", "ninety", "longest")
    return _table("kilder", columns, rows, 3, [_seconds(found.median) for found in figures.sources])
