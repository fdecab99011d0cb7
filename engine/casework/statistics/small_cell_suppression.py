"""Numbers too small to be shown: behind one to four cases a person could be recognised.

The rule, the same in pages, pictures and files:

1. A number of cases from 1 to 4 is not shown. 0 is: it is nobody.
2. A time (median, nine of ten, share) is shown when at least 5 cases are behind it.
3. Where numbers stand under a sum, the smallest others are hidden too until at least two are, and each of
   them could be 5 or more for all that subtraction can tell.
4. Where that cannot be reached, the sum is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def _vague(counts: Sequence[int], hidden: set[int]) -> bool:
    """Whether each hidden number could be 5 or more: each is 1 at least, so it is the sum less the others at most."""
    return len(hidden) > 1 and sum(counts[at] for at in hidden) - (len(hidden) - 1) >= FEWEST
