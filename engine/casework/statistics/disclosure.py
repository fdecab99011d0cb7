"""What of the figures may be shown to whom: an office's own as they are, those of others without small numbers.

Who leads an office knows its cases and sees its figures whole. Who sees every office sees the others' by the rule of
``small_cell_suppression``, and the sum of them so that no number of one office can be found by subtraction: of each
row of a table an office is disclosed whole, or by its sum alone, or not at all; the sum over the offices tells of those
that are not disclosed whole no more than the rule allows of one. The viewer's own office, which they know, is taken
out of the sum before that is decided, and laid on it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from engine.casework.statistics.computation import DropOut, Duration, Figures, Row, Source
from engine.casework.statistics.small_cell_suppression import FEWEST, across, row

Shown = tuple[tuple[int | None, ...], int | None]
#: (name of a row, its numbers) -> the numbers and their sum, ``None`` where hidden.
Decide = Callable[[str, Sequence[int]], Shown]
#: Every office together, where the name of one is asked for.
EVERY = ""
#: Stands for the cases that belong to no office.
NO_OFFICE = "-"


def suppressed(figures: Figures) -> Figures:
    """Figures that stand alone, without small numbers."""
    return _restricted(figures, lambda _, counts: row(counts))


def of_offices(offices: Mapping[str, Figures], together: Figures, chosen: str, own: str) -> Figures:
    """The figures of the *chosen* office, or with ``EVERY`` of all, for somebody who may choose any of them.

    offices   each office's figures as they are, computed with the same stages
    together  the figures of all their cases
    own       the viewer's office, of which they see everything; "" where they have none
    """
    if chosen != EVERY and chosen == own:
        return offices[own]
    rows = {office: _rows(figures) for office, figures in offices.items()}

    def decide(name: str, counts: Sequence[int]) -> Shown:
        of_each = {office: found.get(name, (0,) * len(counts)) for office, found in rows.items()}
        return across(of_each, own)[chosen]

    return _restricted(together if chosen == EVERY else offices[chosen], decide)


def _rows(figures: Figures) -> dict[str, tuple[int, ...]]:
    """Every row of numbers, by name."""
    found: dict[str, tuple[int, ...]] = {}

    def note(name: str, counts: Sequence[int]) -> Shown:
        found[name] = tuple(counts)
        return tuple(counts), sum(counts)

    _restricted(figures, note)
    return found


def _restricted(figures: Figures, decide: Decide) -> Figures:
    """The same with what *decide* hides left out. A time is shown where its number is, and is large enough."""
    return Figures(
        cases=decide("cases", [figures.cases or 0])[1],
        open=decide("open", [figures.open or 0])[1],
        overview=_duration("overview", figures.overview, decide),
        decision=_duration("decision", figures.decision, decide),
        early=decide("early", [figures.early or 0])[1],
        notes=_row("notes", figures.notes, decide),
        stages=_stages(figures.stages, decide),
        dropped=tuple(_drop_out(found, decide) for found in figures.dropped),
        sources=tuple(_source(found, decide) for found in figures.sources),
    )


def _duration(name: str, found: Duration, decide: Decide) -> Duration:
    count = decide(f"{name}.count", [found.count or 0])[1]
    late = None if found.late is None else decide(f"{name}.late", [found.late])[1]
    waiting = decide(f"{name}.waiting", [found.waiting or 0])[1]
    enough = count is not None and count >= FEWEST
    # The share is of the done and the late together: shown beside the one it would reveal the other.
    disclosed = late is not None and (enough or late >= FEWEST)
    return Duration(
        count,
        found.median if enough else None,
        found.ninety if enough else None,
        waiting,
        found.within if disclosed else None,
        late,
    )


def _row(name: str, found: Row, decide: Decide) -> Row:
    return Row(found.key, *decide(name, [cell or 0 for cell in found.cells]))


def _stages(stages: Sequence[Row], decide: Decide) -> tuple[Row, ...]:
    """Each stage by age, and the stages together: they make up the open cases, whose number is known."""
    totals, _ = decide("stages", [found.total or 0 for found in stages])
    rows = [_row(f"stage.{found.key}", found, decide) for found in stages]
    return tuple(
        replace(found, cells=(None,) * len(found.cells), total=None) if total is None else found
        for found, total in zip(rows, totals, strict=True)
    )


def _drop_out(found: DropOut, decide: Decide) -> DropOut:
    stopped, entered = found.stopped or 0, found.entered or 0
    (gone, _), total = decide(f"dropped.{found.stage}", [stopped, entered - stopped])
    return DropOut(found.stage, total, gone, found.share if gone is not None and total else None)


def _source(found: Source, decide: Decide) -> Source:
    asked, answers, silent = found.asked or 0, found.answered or 0, found.open or 0
    (answered, waits, _), total = decide(f"source.{found.data_set}", [answers, silent, asked - answers - silent])
    enough = answered is not None and answered >= FEWEST
    return Source(
        found.data_set,
        total,
        answered,
        waits,
        found.median if enough else None,
        found.ninety if enough else None,
        found.longest if waits else None,
    )
