"""Numbers too small to be shown: behind one to four cases a person could be recognised.

The rule, the same in pages, pictures and files:

1. A number of cases from 1 to 4 is not shown. 0 is: it is nobody.
2. A time (median, nine of ten, share) is shown when at least 5 cases are behind it.
3. Where numbers stand under a sum, the smallest others are hidden too until at least two are, and each of
   them could be 5 or more for all that subtraction can reveal.
4. Where that cannot be reached, the sum is hidden.
5. Where several offices and their sum are shown, the offices stand under it by rule 3, see ``across``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

FEWEST = 5


def shown(count: int) -> int | None:
    """The number, or ``None`` where it is too small."""
    return count if count == 0 or count >= FEWEST else None


def row(counts: Sequence[int]) -> tuple[tuple[int | None, ...], int | None]:
    """Numbers under a sum, and the sum; ``None`` where hidden."""
    hidden = {at for at, count in enumerate(counts) if shown(count) is None}
    rest = sorted((at for at, count in enumerate(counts) if count >= FEWEST), key=lambda at: counts[at])
    while hidden and rest and not _vague(counts, hidden):
        hidden.add(rest.pop(0))
    cells = tuple(None if at in hidden else count for at, count in enumerate(counts))
    total = shown(sum(counts)) if not hidden or _vague(counts, hidden) else None
    return cells, total


def across(offices: Mapping[str, Sequence[int]], own: str = "") -> dict[str, tuple[tuple[int | None, ...], int | None]]:
    """The same row of several offices, and under ``""`` of all together: (numbers, sum) each, ``None`` where hidden.

    offices  organisation number -> the numbers of its row, equally many in each
    own      the office whose numbers the reader knows: shown as they are, and no help to find those of others
    """
    others = {office: tuple(counts) for office, counts in offices.items() if office != own}
    sums, together = row([sum(counts) for counts in others.values()])
    found: dict[str, tuple[tuple[int | None, ...], int | None]] = {}
    rest = [0] * len(next(iter(offices.values()), ()))
    whole = list(rest)
    for (office, counts), total in zip(others.items(), sums, strict=True):
        disclosed = total is not None and all(shown(count) is not None for count in counts)
        found[office] = (counts if disclosed else (None,) * len(counts), total)
        into = whole if disclosed else rest
        into[:] = [so_far + count for so_far, count in zip(into, counts, strict=True)]
    known = tuple(offices[own]) if own in offices else (0,) * len(rest)
    if own in offices:
        found[own] = (known, sum(known))
    found[""] = _together(whole, rest, known, together)
    return found


def _together(
    whole: Sequence[int], rest: Sequence[int], known: Sequence[int], together: int | None
) -> tuple[tuple[int | None, ...], int | None]:
    """All offices: those disclosed whole and the reader's own, and of the *rest* what may be shown of one."""
    cells, total = row(rest)
    if together is None or (total is None and any(rest)):
        cells = (None,) * len(rest)
    summed = tuple(
        None if cell is None else cell + one + mine for cell, one, mine in zip(cells, whole, known, strict=True)
    )
    return summed, None if together is None else together + sum(known)


def _vague(counts: Sequence[int], hidden: set[int]) -> bool:
    """Whether each hidden number could be 5 or more: each is 1 at least, so it is the sum less the others at most."""
    return len(hidden) > 1 and sum(counts[at] for at in hidden) - (len(hidden) - 1) >= FEWEST
