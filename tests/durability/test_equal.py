"""A random process with random stimuli goes the same way in memory, on each database, and through crashes.

``make prove`` tries the thousand of the promise, and more.
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from engine.cli.capabilities import CAPABILITIES
from engine.workflow.bpmn.parser import parse
from engine.workflow.bpmn.validator import validate
from tests.durability.durable import Durable, Product
from tests.durability.generate import Move, models, moves
from tests.durability.memory import Memory
from tests.durability.model import Model, Written, write
from tests.durability.side_by_side import rehearse, run_through
from tests.factories.sampling import examples

EXAMPLES = examples(100)
QUIET = settings(
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def valid(model: Model) -> Written:
    """The model written out; the validator has nothing against it, so what fails is the engine's own."""
    written = write(model)
    note(written.outline)
    faults = [fault for fault in validate(parse(written.bpmn), CAPABILITIES) if fault.severity == "error"]
    assert not faults, faults
    return written


def compare(written: Written, plan: list[Move], product: Product, *, crash: bool = False, kill: bool = False) -> None:
    note(f"{'through crashes ' if crash else ''}on {product.db.engine.name}")
    cuts = [plan[0].crashes, *(move.crashes for move in plan)] if crash and plan else []
    run_through(Memory.of(written), Durable(product, written, kill=kill), rehearse(written, plan), cuts)


def test_a_process_goes_the_same_way_everywhere(sqlite_house: Product, postgres_house: Product) -> None:
    """In memory, on SQLite, on PostgreSQL, and on one of them through crashes between and inside steps."""

    @settings(QUIET, max_examples=EXAMPLES)
    @given(models(), moves(), st.booleans())
    def run(model: Model, plan: list[Move], first: bool) -> None:
        written = valid(model)
        compare(written, plan, sqlite_house)
        compare(written, plan, postgres_house)
        compare(written, plan, sqlite_house if first else postgres_house, crash=True)

    run()
    assert len(sqlite_house.crasher.crashed) > EXAMPLES / 5
    assert len(postgres_house.crasher.crashed) > EXAMPLES / 5


def test_a_process_goes_the_same_way_through_kill_9(sqlite_house: Product, postgres_house: Product) -> None:
    """Fewer, and slower: each cut is a child process that is really killed."""
    house_crashes = len(sqlite_house.crasher.crashed)

    @settings(QUIET, max_examples=max(12, EXAMPLES // 10))
    @given(st.booleans(), moves(), models())
    def run(first: bool, plan: list[Move], model: Model) -> None:
        compare(valid(model), plan, sqlite_house if first else postgres_house, crash=True, kill=True)

    run()
    assert "killed" in sqlite_house.crasher.crashed[house_crashes:]
