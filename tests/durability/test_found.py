"""What the random processes have found, kept: each was a fault of the engine once."""

from __future__ import annotations

import pytest

from tests.durability.durable import Durable, Product
from tests.durability.memory import Memory, Stimulus
from tests.durability.model import Activity, Catch, Catcher, Model, Par, Seq, Task, Throw, write
from tests.durability.side_by_side import run_through

USER = Task("user")

FOUND = {
    "a job whose incident is skipped leaves no parked work": (
        Model(Task("job")),
        [Stimulus("fail", "p/job1"), Stimulus("skip", "p/job1")],
    ),
    "a job whose case is cancelled with an incident leaves no parked work": (
        Model(Task("job")),
        [Stimulus("fail", "p/job1"), Stimulus("cancel")],
    ),
    "a conditional handler beside one that has interrupted stays silent": (
        Model(USER, (Catcher("conditional", True, USER), Catcher("signal", True, USER))),
        [Stimulus("signal", "s1"), Stimulus("complete", "p/handler2/user3", "c", 1)],
    ),
    "one message is heard once by a receive task in a loop": (
        Model(Activity("task", Task("receive"), "loop", 2)),
        [Stimulus("message", "m1"), Stimulus("message", "m1")],
    ),
    "a process called from its own file is found again": (
        Model(Activity("call", Seq((USER, USER)))),
        [Stimulus("complete", "p/call1/p-call1/user1"), Stimulus("complete", "p/call1/p-call1/user2")],
    ),
    "a message thrown before somebody listens on the way reaches them": (
        Model(Seq((Throw("mail"), Catch("mail"), USER))),
        [Stimulus("complete", "p/user1")],
    ),
    "a signal thrown on one branch is heard on the other": (
        Model(Par((Catch("call"), Throw("call")))),
        [],
    ),
}


@pytest.mark.parametrize(("model", "stimuli"), FOUND.values(), ids=FOUND)
def test_what_was_found_is_mended(model: Model, stimuli: list[Stimulus], sqlite_house: Product) -> None:
    written = write(model)
    memory = Memory.of(written)

    run_through(memory, Durable(sqlite_house, written), stimuli)

    assert memory.ended
