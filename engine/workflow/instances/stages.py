"""The stages of a case: declared in the bundle, guarded, one flat life cycle each.

A case moves to a stage when the process activates an element that names it.
Forward and back are both legal, the guard decides; entering the stage one is in
changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from engine.platform.lifecycle import Lifecycle
from engine.workflow.definitions.bundle import Bundle, Stage
from forms.values import Value

START = "new"


class GuardError(Exception):
    """A stage's guard says no. ``key`` names the sentence that tells which rule."""

    def __init__(self, stage: str, key: str) -> None:
        super().__init__(stage)
        self.stage = stage
        self.key = key


@lru_cache(maxsize=256)
def lifecycle(name: str, stages: tuple[str, ...]) -> Lifecycle:
    """The life cycle of the stages: one trigger ``to_<stage>`` per stage, from every other one."""
    rows = [(f"to_{stage}", [START, *(s for s in stages if s != stage)], stage) for stage in stages]
    return Lifecycle(f"stages of {name}", START, rows)


def declared(bundle: Bundle, stage_id: str) -> Stage:
    """The stage as declared. Raises ``KeyError``: the validator refuses a bundle that names an unknown one."""
    return next(stage for stage in bundle.stages if stage.id == stage_id)


def enter(bundle: Bundle, current: str | None, stage_id: str, holds: Callable[[Value], bool]) -> str:
    """The stage after entering *stage_id*. Raises ``GuardError`` when its guard does not hold."""
    if current == stage_id:
        return stage_id
    stage = declared(bundle, stage_id)
    if stage.guard is not None and not holds(stage.guard):
        raise GuardError(stage_id, stage.refusal)
    cycle = lifecycle(bundle.key, tuple(s.id for s in bundle.stages))
    return cycle.after(current or START, f"to_{stage_id}")
