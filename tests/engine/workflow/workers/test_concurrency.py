"""Jobs that wait for somebody else run beside each other: one other side that hangs holds up its own group alone."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.application import Application
from engine.platform.clock import FixedClock
from engine.platform.failpoints import FailPoints
from engine.workflow.jobs import outbox
from engine.workflow.jobs.job_types import Done, Result
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import LEASE, Work
from engine.workflow.workers.performer import Performer

#: Only a test that fails waits so long, in seconds.
PATIENCE = 100


class Ask:
    """Asks the side named in the payload; ``slow`` answers when it is let go."""

    name = "ask"
    concurrency = 2

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.heard = threading.Semaphore(0)
        self.lock = threading.Lock()
        self.asked: list[str] = []
        self.at_once = 0
        self.most = 0

    def other_side(self, payload: Mapping[str, Any]) -> str:
        return str(payload["side"])

    def perform(self, work: Work, now: object) -> Result:
        side = work.payload["side"]
        with self.lock:
            self.asked.append(side)
        if side == "slow":
            with self.lock:
                self.at_once += 1
                self.most = max(self.most, self.at_once)
            self.let_go.wait(PATIENCE)
            with self.lock:
                self.at_once -= 1
        elif side == "broken":
            raise SystemExit(3)
        self.heard.release()
        return Done()


@pytest.fixture
def ask() -> Iterator[Ask]:
    found = Ask()
    yield found
    found.let_go.set()


@pytest.fixture
def performer(application: Application, ask: Ask) -> Iterator[Performer]:
    found = Performer(application.db, application.clock, application.dispatch, {"ask": ask}, FailPoints(""), beside=8)
    yield found
    ask.let_go.set()
    found.close(PATIENCE)


def enqueue(application: Application, *sides: str) -> None:
    with application.db.write() as connection:
        for side in sides:
            key = str(uuid.uuid4())
            now = application.clock.now()
            outbox.enqueue(connection, name="ask", case_id="c", payload={"side": side}, key=key, now=now)


def states(application: Application) -> dict[str, list[str]]:
    """The sides by the state of their rows, in order."""
    found: dict[str, list[str]] = {}
    with application.db.read() as connection:
        for row in connection.execute(select(due_work.c.state, due_work.c.payload)):
            found.setdefault(row.state, []).append(row.payload["side"])
    return {state: sorted(sides) for state, sides in found.items()}


def take_all(performer: Performer) -> None:
    """Until nothing more may be taken; what is in hand stays so."""
    while performer.run_batch():
        pass


def until_done(application: Application, ask: Ask, performer: Performer, others: int) -> None:
    """Until so many of the sides that answer have done so, whatever the slow one does."""
    until = time.monotonic() + PATIENCE
    for _ in range(others):
        take_all(performer)
        while not ask.heard.acquire(timeout=0.01):  # its group has room a moment after it has answered
            assert time.monotonic() < until, states(application)
            take_all(performer)


def test_a_side_that_hangs_is_asked_no_more_than_its_group_allows_and_the_others_are_served(
    application: Application, ask: Ask, performer: Performer
) -> None:
    enqueue(application, *["slow"] * 30, *["quick"] * 6, *["other"] * 6)

    until_done(application, ask, performer, 12)

    assert ask.asked.count("slow") == 2, "as many as the group holds"
    assert ask.asked.count("quick") == ask.asked.count("other") == 6
    ask.let_go.set()
    performer.run_until_idle()
    assert states(application) == {"done": sorted(["slow"] * 30 + ["quick"] * 6 + ["other"] * 6)}
    assert len(ask.asked) == 42, "each once"
    assert ask.most == 2


def test_in_all_no_more_are_in_hand_than_the_process_holds(application: Application, ask: Ask) -> None:
    performer = Performer(
        application.db, application.clock, application.dispatch, {"ask": ask}, FailPoints(""), beside=1
    )
    enqueue(application, "slow", "slow", "slow")

    take_all(performer)

    assert states(application) == {"leased": ["slow"], "due": ["slow", "slow"]}
    ask.let_go.set()
    performer.run_until_idle()
    assert ask.most == 1 and states(application) == {"done": ["slow"] * 3}


def test_what_is_not_done_when_the_worker_closes_is_given_back_and_its_late_answer_counts_for_nothing(
    application: Application, ask: Ask, performer: Performer
) -> None:
    enqueue(application, "slow")
    take_all(performer)

    performer.close(0.0)
    assert states(application) == {"due": ["slow"]}
    with application.db.write() as connection:
        (again,) = outbox.claim(connection, application.clock.now())
    ask.let_go.set()
    performer.close(PATIENCE)

    assert states(application) == {"leased": ["slow"]}, "the one who has it now is not disturbed"
    with application.db.write() as connection:
        outbox.finish(connection, again)


def test_a_lease_in_a_full_group_that_ran_out_is_left_for_a_worker_with_room(
    application: Application, ask: Ask, performer: Performer, clock: FixedClock
) -> None:
    enqueue(application, "slow")
    with application.db.write() as connection:
        outbox.claim(connection, clock.now())
    clock.advance(timedelta(seconds=1))
    enqueue(application, "slow", "slow")
    take_all(performer)
    clock.advance(LEASE - timedelta(seconds=1))
    enqueue(application, "quick")

    until_done(application, ask, performer, 1)

    assert ask.asked.count("slow") == 2


def test_a_job_that_ends_its_thread_is_raised_to_the_worker(
    application: Application, ask: Ask, performer: Performer
) -> None:
    enqueue(application, "broken")
    with pytest.raises(SystemExit):
        performer.run_until_idle()


def test_without_room_beside_all_is_done_in_line(application: Application, ask: Ask) -> None:
    performer = Performer(application.db, application.clock, application.dispatch, {"ask": ask}, FailPoints(""))
    enqueue(application, "quick", "other")
    assert performer.run_until_idle() == 2
    assert not performer.has_work_in_hand
    assert states(application) == {"done": ["other", "quick"]}


class Line:
    """Done in line, and only when all that was asked beside it has answered."""

    name = "line"

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def perform(self, work: Work, now: object) -> Result:
        for _ in range(3):
            assert self._ask.heard.acquire(timeout=PATIENCE), "nobody was asked while this was done"
        return Done()


def test_what_is_done_in_line_first_does_not_keep_the_others_from_being_asked(
    application: Application, ask: Ask
) -> None:
    types = {"ask": ask, "line": Line(ask)}
    performer = Performer(application.db, application.clock, application.dispatch, types, FailPoints(""), beside=8)
    with application.db.write() as connection:
        now = application.clock.now() - timedelta(seconds=1)
        payload, key = {"side": "line"}, str(uuid.uuid4())
        outbox.enqueue(connection, name="line", case_id="c", payload=payload, key=key, now=now)
    enqueue(application, "one", "two", "three")

    performer.run_until_idle()

    assert states(application) == {"done": ["line", "one", "three", "two"]}


def test_work_that_was_lost_once_is_taken_alone(
    application: Application, clock: FixedClock, ask: Ask, performer: Performer
) -> None:
    enqueue(application, "lost")
    with application.db.write() as connection:
        outbox.claim(connection, clock.now())
    clock.advance(LEASE + timedelta(seconds=1))
    enqueue(application, "one", "two")

    assert performer.run_batch() == 1

    performer.run_until_idle()
    assert states(application) == {"done": ["lost", "one", "two"]}
