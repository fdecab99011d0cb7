"""How often Python looks for circular garbage in a process of ours."""

from __future__ import annotations

import gc

#: New objects between two looks; Python's own is 700. A process with a hundred thousand live element
#: instances is otherwise walked from end to end so often that each of them costs twice as much.
YOUNG = 10_000


def raise_gc_threshold() -> None:
    """Done once when a process of the product begins; it is for the whole process, so no library may do it."""
    _, middle, old = gc.get_threshold()
    gc.set_threshold(YOUNG, middle, old)
