"""One process twice: in memory and on a database, compared after every stimulus."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import currently_in_test_context, note

from tests.durability.durable import Durable
from tests.durability.generate import Move
from tests.durability.memory import Memory, Stimulus
from tests.durability.model import Written

ONWARD = 12
TICK = "1"


def rehearse(written: Written, plan: Sequence[Move]) -> list[Stimulus]:
    """Turn moves into what can really happen, in memory; then go on until it ends or enough has been seen."""
    memory = Memory.of(written)
    memory.begin()
    stimuli: list[Stimulus] = []
    for move in [*plan, *[Move(0, "b", 0)] * ONWARD]:
        possible = [] if memory.ended else memory.possible()
        if not possible:
            break
        chosen = possible[move.pick % len(possible)]
        if chosen.kind in ("complete", "finish", "message", "signal"):
            chosen = Stimulus(chosen.kind, chosen.target, move.variable, move.value)
        stimuli.append(chosen)
        memory.apply(Stimulus("advance", TICK))
        memory.apply(chosen)
    return stimuli if memory.ended else [*stimuli, Stimulus("cancel")]


def run_through(
    memory: Memory, durable: Durable, stimuli: Sequence[Stimulus], crashes: Sequence[tuple[int, ...]] = ()
) -> None:
    """Both take the same way; the first difference fails. At the end nothing is left behind.

    crashes  for the start and each stimulus: the points passed before each crash
    """
    cuts = [*crashes, *[()] * (len(stimuli) + 1)]
    memory.begin()
    durable.begin(cuts[0])
    _same(memory, durable, "start")
    for stimulus, cut in zip(stimuli, cuts[1:], strict=False):
        if currently_in_test_context():
            note(f"{stimulus}" + (f"  crashes after {cut} points" if cut else ""))
        for world in (memory, durable):
            world.apply(Stimulus("advance", TICK))
        memory.apply(stimulus)
        durable.apply(stimulus, cut)
        _same(memory, durable, str(stimulus))
    left = durable.left_behind()
    assert not memory.ended or not left, "\n".join(left)


def _same(memory: Memory, durable: Durable, when: str) -> None:
    found = memory.picture().differences(durable.picture()) + durable.faults()
    assert not found, f"after {when}:\n" + "\n".join(found)
