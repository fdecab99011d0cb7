"""Everything that cannot go on is told, and a person lets it go on, one or many at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from engine.application import Application
from engine.platform.clock import FixedClock
from engine.workflow.errors import Forbidden, Invalid
from engine.workflow.execution.commands import ResolveIncident
from engine.workflow.execution.models import element_instance
from engine.workflow.jobs.job_types import Done, GiveUp
from engine.workflow.jobs.models import due_work
from engine.workflow.operations.incidents import Selection, find, resolve
from engine.workflow.workers import reconciliation
from tests.engine.workflow.jobs.conftest import ADMIN, CITIZEN, REFUSING, Cases, Spawn
from tests.factories.bundles import job, line

JOB = f'<startEvent id="s"/><serviceTask id="j">{job("work")}</serviceTask><endEvent id="e"/>' + line("s", "j", "e")
TIMER = (
    '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
    '</timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>' + line("s", "t", "e")
)
#: A timer that leads to a stage nobody may enter.
BROKEN = (
    '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="b" attachedToRef="a" cancelActivity="false">'
    "<timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition></boundaryEvent>"
    '<userTask id="x"><extensionElements><ib:stage id="nowhere"/></extensionElements></userTask>'
    + line("s", "a")
    + line("b", "x")
)


def poison(cases: Cases) -> None:
    """As if the rows that are due had taken down five workers."""
    with cases.app.db.write() as connection:
        now = cases.app.clock.now()
        connection.execute(update(due_work).values(state="leased", lease_until=now, reclaims=5, due_at=now))


def outbox_row(cases: Cases, case: str) -> None:
    with cases.app.db.write() as connection:
        connection.execute(
            insert(due_work).values(
                id="o",
                kind="outbox",
                name="tell",
                case_id=case,
                instance_id=case,
                token_id="",
                element_id="",
                payload={},
                due_at=cases.app.clock.now(),
                state="due",
                fence=0,
                attempts=0,
                reclaims=0,
                idempotency_key="o",
                created_at=cases.app.clock.now(),
            )
        )


def test_a_timer_that_takes_down_its_workers_is_told_and_fires_when_let_go(cases: Cases, clock: FixedClock) -> None:
    cases.deploy(TIMER)
    case = cases.start()
    poison(cases)

    cases.work()
    (found,) = cases.incidents()
    assert (found.code, found.element_id, found.case_id) == ("poison", "t", case)
    cases.app.dispatch.send(ResolveIncident(found.id, "retry"), ADMIN)
    cases.work()

    assert cases.state(case) == "completed"
    assert cases.events()[case]["IncidentResolved"] == 1
    assert cases.whole()


def test_a_timer_that_is_skipped_goes_on_with_its_next_firing(cases: Cases, clock: FixedClock) -> None:
    cases.deploy(BROKEN, metadata=REFUSING)
    case = cases.start()
    clock.advance(timedelta(hours=1))
    cases.work()
    (found,) = cases.incidents()
    assert (found.code, found.element_id) == ("stage_refused", "b")

    cases.app.dispatch.send(ResolveIncident(found.id, "skip", "not this time"), ADMIN)

    assert cases.state(case) == "active"
    assert [row.due_at for row in cases.due()] == [clock.now() + timedelta(hours=1)]


def test_a_notice_that_cannot_be_sent_is_an_incident_too(cases: Cases) -> None:
    cases.deploy(JOB)
    cases.script("work", Done())
    scripted = cases.script("tell", GiveUp("http_403"), Done())
    case = cases.start()
    outbox_row(cases, case)

    cases.work()
    (found,) = cases.incidents()
    assert (found.code, found.work_id) == ("http_403", "o")
    cases.app.dispatch.send(ResolveIncident(found.id, "retry"), ADMIN)
    cases.work()

    assert len(scripted.calls) == 2
    assert cases.due() == []


def test_a_skip_says_why_and_only_those_who_run_the_house_may(cases: Cases) -> None:
    cases.deploy(JOB)
    cases.script("work", GiveUp("bad_answer"))
    case = cases.start()
    cases.work()
    (found,) = cases.incidents()

    with pytest.raises(Invalid):
        cases.app.dispatch.send(ResolveIncident(found.id, "skip", "  "), ADMIN)
    with pytest.raises(Forbidden):
        cases.app.dispatch.send(ResolveIncident(found.id, "skip", "I want it"), CITIZEN)
    cases.app.dispatch.send(ResolveIncident(found.id, "skip", "done by telephone"), ADMIN)

    assert cases.state(case) == "completed"
    (ended,) = cases.incidents()
    assert (ended.state, ended.ended_by, ended.reason) == ("skipped", "ada", "done by telephone")
    assert cases.due() == []


def test_many_are_let_go_each_as_its_own_and_each_is_told(cases: Cases) -> None:
    cases.deploy(JOB)
    cases.deploy(JOB, key="q")
    cases.script("work", *[GiveUp("http_403")] * 3, *[GiveUp("http_410")] * 2, Done())
    first = [cases.start() for _ in range(3)]
    cases.work()
    other = [cases.start("q") for _ in range(2)]
    cases.work()
    with cases.app.db.read() as connection:
        assert len(find(connection, Selection())) == 5
        assert [one.process for one in find(connection, Selection(code="http_410"))] == ["q", "q"]
        assert find(connection, Selection(kind="timer")) == []

    outcomes = list(resolve(cases.app.db, cases.app.dispatch, Selection(process="p"), "retry", actor=ADMIN))
    cases.work()

    assert {(one.case, outcome) for one, outcome in outcomes} == {(case, "retried") for case in first}
    assert len(outcomes) == 3
    assert [cases.state(case) for case in first + other] == ["completed"] * 3 + ["active"] * 2
    assert cases.whole()


def test_one_that_somebody_else_resolved_meanwhile_is_told_and_the_rest_go_on(cases: Cases) -> None:
    cases.deploy(JOB)
    cases.script("work", *[GiveUp("http_403")] * 2, Done())
    cases.start(), cases.start()
    cases.work()

    outcomes = []
    for one, outcome in resolve(cases.app.db, cases.app.dispatch, Selection(), "retry", actor=ADMIN):
        outcomes.append(outcome)
        if len(outcomes) == 1:
            other = next(row for row in cases.incidents() if row.id != one.id)
            cases.app.dispatch.send(ResolveIncident(other.id, "skip", "faster"), ADMIN)

    assert outcomes == ["retried", "already_done"]


def test_an_instance_that_waits_for_nothing_is_found_told_once_and_can_go_on(cases: Cases) -> None:
    cases.deploy(JOB)
    cases.script("work", Done())
    well, stuck = cases.start(), cases.start()
    with cases.app.db.write() as connection:
        connection.execute(due_work.delete().where(due_work.c.case_id == stuck))

    assert reconciliation.check(cases.app) == [stuck]
    cases.app.clock.advance(timedelta(seconds=2))  # type: ignore[attr-defined]
    assert reconciliation.check(cases.app) == []
    (found,) = cases.incidents()
    assert (found.code, found.case_id, found.element_id) == ("stuck", stuck, "j")
    cases.app.dispatch.send(ResolveIncident(found.id, "retry"), ADMIN)
    cases.work()

    assert (cases.state(stuck), cases.state(well)) == ("completed", "completed")


def test_an_instance_whose_elements_are_gone_is_found_and_ends_when_let_go(cases: Cases) -> None:
    cases.deploy(JOB)
    stuck = cases.start()
    with cases.app.db.write() as connection:
        connection.execute(due_work.delete())
        connection.execute(element_instance.delete())

    assert reconciliation.check(cases.app) == [stuck]
    (found,) = cases.incidents()
    cases.app.dispatch.send(ResolveIncident(found.id, "skip", "nothing is left to do"), ADMIN)

    assert cases.state(stuck) == "completed"


WAITING = {
    "a person": '<userTask id="w"/>',
    "a timer": '<intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>P1D</timeDuration>'
    "</timerEventDefinition></intermediateCatchEvent>",
    "a message": '<receiveTask id="w" messageRef="M"/>',
    "a signal": '<intermediateCatchEvent id="w"><signalEventDefinition signalRef="S"/></intermediateCatchEvent>',
    "a condition": '<intermediateCatchEvent id="w"><conditionalEventDefinition><condition>'
    '["equals", ["dataModel","x","variables"], 7]</condition></conditionalEventDefinition></intermediateCatchEvent>',
    "a called process": '<callActivity id="w" calledElement="q"/>',
    "one of several": '<parallelGateway id="w"/><userTask id="u"/><userTask id="v"/>' + line("w", "u") + line("w", "v"),
    "an incident": f'<serviceTask id="w">{job("fails")}</serviceTask>',
}


@pytest.mark.parametrize("what", WAITING)
def test_whoever_waits_for_something_is_never_taken_for_stuck(cases: Cases, what: str) -> None:
    cases.deploy('<startEvent id="s"/><userTask id="inner"/>' + line("s", "inner"), key="q")
    head = '<message id="M" name="m"/><signal id="S" name="s"/>'
    cases.deploy('<startEvent id="s"/>' + WAITING[what] + line("s", "w"), head=head)
    cases.script("fails", GiveUp("http_403"))
    case = cases.start()
    cases.work()

    assert reconciliation.check(cases.app) == []
    assert cases.state(case) == "active"


def test_the_command_line_lists_retries_and_skips(cases: Cases, spawn: Spawn) -> None:
    cases.deploy(JOB)
    cases.script("work", GiveUp("http_403"))
    case, other = cases.start(), cases.start()
    cases.work()

    listed = spawn("incidents", "list", "--code", "http_403", "--json")
    nothing = spawn("incidents", "retry")
    no_reason = spawn("incidents", "skip", "--all")
    assert (listed.wait(), nothing.wait(), no_reason.wait()) == (0, 2, 2)
    assert {row["case"] for row in listed.lines()} == {case, other}
    assert all(row["process"] == "p" and row["kind"] == "job" for row in listed.lines())
    one = next(row["id"] for row in listed.lines() if row["case"] == case)
    skipped = spawn("incidents", "skip", one, "--reason", "by hand", "--json")
    assert skipped.wait() == 0
    retried = spawn("incidents", "retry", "--all", "--json")
    assert retried.wait() == 0

    assert [(row["case"], row["outcome"]) for row in skipped.lines()] == [(case, "skipped")]
    assert [(row["case"], row["outcome"]) for row in retried.lines()] == [(other, "retried")]
    assert cases.state(case) == "completed"
    assert [row.state for row in cases.due()] == ["due"]


def test_looking_at_many_open_cases_is_cheap(application: Application, cases: Cases) -> None:
    """5 000 open cases are looked at in five parts, each once, however many workers ask."""
    import time

    cases.deploy('<startEvent id="s"/><userTask id="w"/>' + line("s", "w"))
    case = cases.start()
    _many(cases, case, 5000)
    clock = application.clock
    parts = 0
    begun = time.perf_counter()
    while True:
        clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
        assert reconciliation.check(application) == []
        assert reconciliation.check(application) == [], "another worker has just done it"
        parts += 1
        with application.db.read() as connection:
            from engine.workflow.jobs.models import sweep as table

            if connection.execute(select(table.c.position)).scalar_one() == "":
                break
    took = time.perf_counter() - begun

    assert parts == 6
    assert took / 5 < 1.0, f"{took:.2f} s for 5 000 cases"


def _many(cases: Cases, case: str, count: int) -> None:
    """Copies of a waiting case, written as rows."""
    import uuid

    from engine.workflow.execution.models import process_instance, user_task

    with cases.app.db.write() as connection:
        instance = connection.execute(select(process_instance)).one()._asdict()
        task = connection.execute(select(user_task)).one()._asdict()
        ids = [str(uuid.uuid4()) for _ in range(count)]
        connection.execute(insert(process_instance), [{**instance, "id": new, "case_id": new} for new in ids])
        rows = [{**task, "id": str(uuid.uuid4()), "instance_id": new, "case_id": new} for new in ids]
        connection.execute(insert(user_task), rows)
        assert connection.execute(select(func.count()).select_from(process_instance)).scalar_one() == count + 1
