"""A random process with random stimuli goes the same way in memory, on each database, and through crashes.

``IBALANSE_EXAMPLES=1000`` runs the thousand of the promise.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from engine.bpmn.parser import parse
from engine.bpmn.validator import validate
from engine.cli import CAPABILITIES
from tests.durability.durable import Durable, House
from tests.durability.generate import Move, models, moves
from tests.durability.memory import Memory, Stimulus
from tests.durability.model import Model, Written, write

EXAMPLES = int(os.environ.get("IBALANSE_EXAMPLES", "150"))
ONWARD = 12


@pytest.fixture(scope="session")
def postgres_house(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """On the server's own database: the tests beside it make their own."""
    house = House(postgres, tmp_path_factory.mktemp("durable-pg"))
    yield house
    house.close()


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    directory = tmp_path_factory.mktemp("durable")
    house = House(f"sqlite:///{directory / 'test.db'}", directory)
    yield house
    house.close()


def rehearse(written: Written, plan: list[Move]) -> tuple[list[Stimulus], Memory]:
    """Turn moves into what can really happen, in memory; then go on until it ends or enough has been seen."""
    memory = Memory(parse(written.bpmn), written)
    memory.begin()
    stimuli: list[Stimulus] = []
    onward = [Move(0, "b", 0)] * ONWARD
    for move in [*plan, *onward]:
        if memory.ended:
            break
        possible = memory.possible()
        if not possible:
            break
        chosen = possible[move.pick % len(possible)]
        if chosen.kind in ("complete", "finish", "message", "signal"):
            chosen = Stimulus(chosen.kind, chosen.target, move.variable, move.value)
        for stimulus in (Stimulus("advance", "1"), chosen):
            stimuli.append(stimulus)
            memory.apply(stimulus)
    if not memory.ended:
        stimuli.append(Stimulus("cancel"))
    return stimuli, memory


def compare(written: Written, plan: list[Move], begin: Callable[[], Durable], *, crash: bool) -> None:
    """Run both side by side; the first picture that differs fails."""
    stimuli, _ = rehearse(written, plan)
    memory = Memory(parse(written.bpmn), written)
    durable = begin()
    memory.begin()
    durable.begin(plan[0].crashes if crash and plan else ())
    _same(memory, durable, "start")
    for number, stimulus in enumerate(stimuli):
        crashes: tuple[int, ...] = ()
        if crash and stimulus.target != "1" and number // 2 < len(plan):
            crashes = plan[number // 2].crashes
        note(f"{stimulus}" + (f"  crashes after {crashes} points" if crashes else ""))
        memory.apply(stimulus)
        durable.apply(stimulus, crashes)
        if stimulus.target != "1":
            _same(memory, durable, str(stimulus))
    assert memory.ended
    left = durable.left_behind()
    assert not left, "\n".join(left)


def _same(memory: Memory, durable: Durable, when: str) -> None:
    found = memory.picture().differences(durable.picture()) + durable.faults()
    assert not found, f"after {when}:\n" + "\n".join(found)


def _written(model: Model) -> Written:
    written = write(model)
    note(written.outline)
    faults = [f for f in validate(parse(written.bpmn), CAPABILITIES) if f.severity == "error"]
    assert not faults, faults
    return written


MODEST = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip


def test_the_same_everywhere(sqlite_house: House, postgres_house: House) -> None:
    """In memory, on SQLite, on PostgreSQL, and on one of them through crashes."""

    @MODEST
    @given(models(), moves(), st.booleans())
    def run(model: Model, plan: list[Move], first: bool) -> None:
        written = _written(model)
        for house in (sqlite_house, postgres_house):
            note(f"on {house.db.engine.name}")
            compare(written, plan, lambda house=house: Durable(house, written), crash=False)
        house = sqlite_house if first else postgres_house
        note(f"through crashes on {house.db.engine.name}")
        compare(written, plan, lambda: Durable(house, written), crash=True)

    run()


def test_the_same_after_kill_9(sqlite_house: House, postgres_house: House, tmp_path: Path) -> None:
    """Fewer, and slower: each cut is a child process that is really killed."""

    @settings(MODEST, max_examples=max(10, EXAMPLES // 10))
    @given(models(), moves(), st.booleans())
    def run(model: Model, plan: list[Move], first: bool) -> None:
        written = _written(model)
        house = sqlite_house if first else postgres_house
        compare(written, plan, lambda: Durable(house, written, kill=True), crash=True)

    run()
