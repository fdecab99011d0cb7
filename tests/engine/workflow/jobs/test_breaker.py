"""When the other side fails, most of the work waits while a few try."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.platform.clock import FixedClock
from engine.workflow.jobs.breaker import ENOUGH, FIRST_PAUSE, PROBES
from engine.workflow.jobs.job_types import Done, Result, Retry
from engine.workflow.jobs.models import breaker
from engine.workflow.jobs.outbox import Work
from tests.engine.workflow.jobs.conftest import Cases, Scripted
from tests.factories.bundles import job, line

BODY = f'<startEvent id="s"/><serviceTask id="j">{job("work")}</serviceTask><endEvent id="e"/>' + line("s", "j", "e")


@pytest.fixture
def down(cases: Cases) -> Cases:
    cases.deploy(BODY)
    cases.script("work", Retry("http_503"))
    for _ in range(70):
        cases.start()
    return cases


def opened(cases: Cases) -> int | None:
    with cases.app.db.read() as connection:
        return connection.execute(select(breaker.c.pause)).scalar()


def test_it_opens_when_most_fails_and_lets_a_few_try_after_each_growing_pause(down: Cases, clock: FixedClock) -> None:
    scripted = down.app.job_types["work"]
    performer = down.app.performer
    while performer.run_until_idle(5):
        pass
    assert opened(down) == FIRST_PAUSE
    calls = len(scripted.calls)  # type: ignore[attr-defined]
    assert calls < 70, "the last were not tried at all"

    clock.advance(timedelta(seconds=FIRST_PAUSE - 1))
    while performer.run_until_idle(5):
        pass
    assert len(scripted.calls) == calls, "nobody asks while it is left alone"  # type: ignore[attr-defined]
    clock.advance(timedelta(seconds=FIRST_PAUSE))
    while performer.run_until_idle(5):
        pass

    assert 1 <= len(scripted.calls) - calls <= PROBES  # type: ignore[attr-defined]
    assert (opened(down) or 0) >= 2 * FIRST_PAUSE


def test_it_lets_more_and_more_through_when_the_other_side_answers_and_closes(down: Cases, clock: FixedClock) -> None:
    performer = down.app.performer
    while performer.run_until_idle(5):
        pass
    down.script("work", Done())

    rounds = []
    for _ in range(60):
        before = down.states().get("completed", 0)
        clock.advance(timedelta(seconds=FIRST_PAUSE))
        while performer.run_until_idle(5):
            pass
        rounds.append(down.states().get("completed", 0) - before)

    assert opened(down) is None
    assert down.states() == {"completed": 70}
    assert down.incidents() == []
    assert max(rounds) > PROBES
    assert ENOUGH < 70


def test_a_few_failures_among_many_answers_change_nothing(cases: Cases, clock: FixedClock) -> None:
    cases.deploy(BODY)
    cases.script("work", *[Retry("http_503"), Done(), Done(), Done()] * 20, Done())
    for _ in range(40):
        cases.start()

    cases.work()

    assert opened(cases) is None


class ByBody(Scripted):
    """Asks the body its settings name; the one called ``down`` fails."""

    def other_side(self, payload: Mapping[str, Any]) -> str:
        return str(payload["receiver"])

    def perform(self, work: Work, now: object) -> Result:
        self.calls.append(work)
        return Retry("http_503") if work.payload["receiver"] == "down" else Done()


def test_one_body_that_fails_stops_no_other_of_the_same_task_type(cases: Cases, clock: FixedClock) -> None:
    for key in ("down", "up"):
        body = f'<startEvent id="s"/><serviceTask id="j">{job("ask", receiver=key)}</serviceTask><endEvent id="e"/>'
        cases.deploy(body + line("s", "j", "e"), key=key)
    scripted = ByBody("ask", Done())
    cases.app.job_types["ask"] = scripted
    for _ in range(70):
        cases.start("down")
    performer = cases.app.performer
    while performer.run_until_idle(5):
        pass
    with cases.app.db.read() as connection:
        assert connection.execute(select(breaker.c.name)).scalars().all() == ["ask:down"]

    for _ in range(30):
        cases.start("up")
    while performer.run_until_idle(5):
        pass

    assert cases.states() == {"active": 70, "completed": 30}
    assert sum(work.payload["receiver"] == "up" for work in scripted.calls) == 30


def test_a_source_the_diagram_itself_asks_again_is_left_alone_too(cases: Cases) -> None:
    cases.deploy(BODY)
    scripted = cases.script("work", Done(failed=True))
    for _ in range(90):
        cases.start()
    while cases.app.performer.run_until_idle(5):
        pass

    assert opened(cases) == FIRST_PAUSE
    assert len(scripted.calls) < 90, "the last were not tried"
    assert cases.states()["completed"] == len(scripted.calls), "each that was tried went on, with the gap it found"
