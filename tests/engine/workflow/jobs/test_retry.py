"""When a job is tried again, when it may wait, and when a person must look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from engine.platform.clock import FixedClock
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.jobs.job_types import Deferred, Done, GiveUp, Retry
from engine.workflow.jobs.retry import DEFAULT, RetryPolicy
from integrations.http import _asked_pause
from tests.engine.workflow.jobs.conftest import Cases
from tests.factories.bundles import bundle, job, line


def one_job(retry: str = "", **config: str) -> str:
    extension = job("work", **config).replace("</extensionElements>", f"{retry}</extensionElements>")
    return f'<startEvent id="s"/><serviceTask id="j">{extension}</serviceTask><endEvent id="e"/>' + line("s", "j", "e")


def test_the_type_says_how_often_and_a_job_that_fails_oftener_is_an_incident(cases: Cases, clock: FixedClock) -> None:
    cases.deploy(one_job())
    scripted = cases.script("work", Retry("http_503"))
    minute = timedelta(minutes=1)
    scripted.retry = RetryPolicy(attempts=3, first=minute, factor=10, jitter=0, longest=60 * minute)
    cases.start()

    for pause in (0, 1, 10):
        clock.advance(pause * minute - timedelta(seconds=1))
        cases.work()
        before = len(scripted.calls)
        clock.advance(timedelta(seconds=1))
        cases.work()
        assert len(scripted.calls) == max(before, 1) + (pause > 0), "tried exactly when the pause is over"

    (found,) = cases.incidents()
    assert (found.code, found.detail) == ("http_503", "failed 3 times")


def test_the_diagram_comes_before_the_type(cases: Cases, clock: FixedClock) -> None:
    cases.deploy(one_job('<ib:retry attempts="2" first="PT1H" jitter="0"/>'))
    scripted = cases.script("work", Retry("network"))
    cases.start()

    cases.work()
    clock.advance(timedelta(minutes=59))
    cases.work()
    assert len(scripted.calls) == 1
    clock.advance(timedelta(minutes=1))
    cases.work()

    assert len(scripted.calls) == 2
    assert cases.incidents()[0].detail == "failed 2 times"


@pytest.mark.parametrize(
    "retry", ['<ib:retry tries="2"/>', '<ib:retry attempts="0"/>', '<ib:retry first="soon"/>', '<ib:retry jitter="2"/>']
)
def test_a_retry_that_cannot_be_read_is_refused_with_its_line(retry: str) -> None:
    with pytest.raises(BpmnSyntaxError) as found:
        _ = bundle(one_job(retry)).definitions
    assert found.value.line > 0


def test_what_the_other_side_asks_for_is_honoured_also_as_a_date(cases: Cases, clock: FixedClock) -> None:
    cases.deploy(one_job())
    scripted = cases.script("work", Retry("http_429", after=600), Done())
    case = cases.start()
    cases.work()
    clock.advance(timedelta(seconds=599))
    cases.work()
    assert len(scripted.calls) == 1
    clock.advance(timedelta(seconds=1))
    cases.work()

    assert cases.state(case) == "completed"
    dated = {"Retry-After": "Tue, 24 Nov 2026 10:02:00 GMT", "Date": "Tue, 24 Nov 2026 10:00:00 GMT"}
    assert _asked_pause(dated) == 120
    assert _asked_pause({"Retry-After": "soon"}) is None


def test_failing_too_long_is_an_incident_and_waiting_does_not_count_as_failing(cases: Cases, clock: FixedClock) -> None:
    cases.deploy(one_job())
    cases.script("work", Deferred(timedelta(hours=30), "not yet"), Retry("http_500"), Retry("http_500"), Retry("x"))
    cases.start()

    cases.work()
    clock.advance(timedelta(hours=30))
    cases.work()
    assert cases.incidents() == [], "the thirty hours before were waiting"
    clock.advance(timedelta(hours=23))
    cases.work()
    assert cases.incidents() == []
    clock.advance(timedelta(hours=1))
    cases.work()

    assert [row.detail for row in cases.incidents()] == ["failed for too long"]


def test_waiting_has_a_budget_of_its_own_that_a_person_can_renew(cases: Cases, clock: FixedClock) -> None:
    from engine.workflow.execution.commands import ResolveIncident
    from tests.engine.workflow.jobs.conftest import ADMIN

    cases.deploy(one_job('<ib:retry waitFor="P3D"/>'))
    scripted = cases.script("work", Deferred(timedelta(days=1), "not_answered"))
    cases.start()
    for _ in range(4):
        cases.work()
        clock.advance(timedelta(days=1))
    (found,) = cases.incidents()
    assert (found.code, found.detail) == ("waited_too_long", "not_answered")

    cases.app.dispatch.send(ResolveIncident(found.id, "retry"), ADMIN)
    cases.work()

    assert len(scripted.calls) == 5
    assert [row.state for row in cases.incidents()] == ["retried"]


@pytest.mark.parametrize("error", [ValueError("secret"), KeyError("secret"), RecursionError("secret")])
def test_a_failure_nobody_foresaw_is_an_incident_at_once_without_its_words(cases: Cases, error: Exception) -> None:
    cases.deploy(one_job())
    cases.script("work", error)
    cases.start()

    cases.work()

    (found,) = cases.incidents()
    assert (found.code, found.detail) == ("crashed", type(error).__name__)


def test_a_database_that_was_away_during_the_job_is_a_passing_failure(cases: Cases, clock: FixedClock) -> None:
    class Away(Exception):
        sqlstate = "57P01"

    cases.deploy(one_job())
    cases.script("work", OperationalError("SELECT", {}, Away()), Done())
    case = cases.start()

    cases.work()
    assert cases.incidents() == []
    clock.advance(timedelta(seconds=2))
    cases.work()

    assert cases.state(case) == "completed"


def test_an_effect_that_cannot_be_written_is_an_incident_and_writes_nothing(cases: Cases) -> None:
    def broken(_connection: object) -> None:
        raise ZeroDivisionError

    cases.deploy(one_job())
    cases.script("work", Done({"x": 1}, broken))
    case = cases.start()

    cases.work()

    assert [row.code for row in cases.incidents()] == ["crashed"]
    assert cases.state(case) == "active"


def test_giving_up_is_not_tried_again(cases: Cases) -> None:
    cases.deploy(one_job())
    scripted = cases.script("work", GiveUp("http_400"))
    cases.start()

    cases.work()
    cases.work()

    assert len(scripted.calls) == 1


def test_pauses_differ_so_that_a_thousand_do_not_come_at_once(clock: FixedClock) -> None:
    pauses = {DEFAULT.again_at(clock.now(), 5) for _ in range(100)}
    assert len(pauses) > 90


def test_what_can_wait_waits_for_what_people_wait_for(cases: Cases) -> None:
    cases.deploy(one_job(priority="bulk"), key="bulk")
    cases.deploy(one_job(), key="p")
    scripted = cases.script("work", Done())
    slow, fast = cases.start("bulk"), cases.start("p")

    cases.work()

    assert [work.case_id for work in scripted.calls] == [fast, slow]
