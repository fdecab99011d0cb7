"""Timers under clocks that jump, workers that come late, and versions that change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from engine.platform.clock import FixedClock
from engine.workflow.definitions.bundle import BundleError
from engine.workflow.execution.models import process_instance, user_task
from engine.workflow.jobs import outbox
from engine.workflow.jobs.models import due_work
from tests.engine.workflow.jobs.conftest import REFUSING, Cases
from tests.factories.bundles import line

HOUR = timedelta(hours=1)


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def reminders(kind: str, text: str) -> str:
    """A task with a timer beside it that gives somebody a task each time it fires."""
    return (
        '<startEvent id="s"/><userTask id="a"/><userTask id="r"/>'
        f'<boundaryEvent id="b" attachedToRef="a" cancelActivity="false">{timer(kind, text)}</boundaryEvent>'
        + line("s", "a")
        + line("b", "r")
    )


def begins(kind: str, text: str, task: str = "a") -> str:
    return f'<startEvent id="s">{timer(kind, text)}</startEvent><userTask id="{task}"/>' + line("s", task)


def fired(cases: Cases) -> int:
    with cases.app.db.read() as connection:
        return len(connection.execute(select(user_task.c.id).where(user_task.c.element_id == "r")).all())


def begun(cases: Cases) -> list[tuple[str, int]]:
    """(owner, version) of each case, in order."""
    with cases.app.db.read() as connection:
        rows = connection.execute(select(process_instance).order_by(process_instance.c.started_at)).all()
        return [(row.owner_id, cases.app.library.get(connection, row.definition_id).version) for row in rows]


def next_at(cases: Cases) -> list[datetime]:
    return [row.due_at for row in cases.due()]


@pytest.mark.parametrize("text", ["R/PT1H", "0 * * * *"])
def test_a_clock_that_jumps_forward_or_back_neither_loses_a_firing_nor_doubles_one(
    cases: Cases, clock: FixedClock, text: str
) -> None:
    cases.deploy(reminders("timeCycle", text))
    begin = clock.now()
    cases.start()

    clock.advance(HOUR)
    cases.work()
    assert fired(cases) == 1
    clock.set(begin + timedelta(minutes=30))
    cases.work()
    assert fired(cases) == 1, "the same hour again, and nothing fires twice"
    clock.set(begin + 3 * HOUR + timedelta(minutes=10))
    cases.work()

    assert fired(cases) == 3, "two hours were jumped over, and each has its firing"
    assert next_at(cases) == [begin + 4 * HOUR]
    assert cases.whole()


def test_timers_long_past_fire_at_once_and_in_order(cases: Cases, clock: FixedClock) -> None:
    branches = "".join(
        f'<intermediateCatchEvent id="t{n}">{timer("timeDuration", f"PT{n}H")}</intermediateCatchEvent>'
        + line("f", f"t{n}")
        for n in (3, 1, 4, 2)
    )
    past = f'<intermediateCatchEvent id="t0">{timer("timeDate", "2020-01-01T00:00:00Z")}</intermediateCatchEvent>'
    cases.deploy('<startEvent id="s"/><parallelGateway id="f"/>' + line("s", "f", "t0") + branches + past)
    case = cases.start()

    clock.advance(timedelta(days=9))
    cases.work()

    with cases.app.db.read() as connection:
        from engine.workflow.audit.chain import audit_event

        rows = connection.execute(
            select(audit_event.c.data).where(audit_event.c.kind == "TimerFired").order_by(audit_event.c.seq)
        ).scalars()
        assert [data["element"] for data in rows] == ["t0", "t1", "t2", "t3", "t4"]
    assert cases.state(case) == "completed"


def test_a_later_timer_of_a_case_waits_for_an_earlier_one_in_another_workers_hand(
    cases: Cases, clock: FixedClock
) -> None:
    cases.deploy(
        '<startEvent id="s"/><parallelGateway id="f"/>'
        f'<intermediateCatchEvent id="t1">{timer("timeDuration", "PT1H")}</intermediateCatchEvent>'
        f'<intermediateCatchEvent id="t2">{timer("timeDuration", "PT2H")}</intermediateCatchEvent>'
        + line("s", "f", "t1")
        + line("f", "t2")
    )
    case = cases.start()
    clock.advance(timedelta(hours=3))
    with cases.app.db.write() as connection:
        (first,) = outbox.claim(connection, clock.now(), limit=1)
    with cases.app.db.write() as connection:
        assert outbox.claim(connection, clock.now()) == [], "one at a time for each case"
        row = connection.execute(select(due_work).where(due_work.c.state == "due")).one()
        (second,) = outbox._lease(connection, [row.id], clock.now(), reclaimed=0)
    with pytest.raises(outbox.OutOfTurnError), cases.app.db.write() as connection:
        outbox.require_turn(connection, second)

    clock.advance(outbox.LEASE)
    cases.work()

    assert first.element_id == "t1"
    assert cases.state(case) == "completed"


def test_a_lease_of_a_clock_far_ahead_is_taken_over(cases: Cases, clock: FixedClock) -> None:
    cases.deploy(reminders("timeDuration", "PT1H"))
    cases.start()
    begin = clock.now()
    clock.set(begin + timedelta(days=365))
    with cases.app.db.write() as connection:
        (ahead,) = outbox.claim(connection, clock.now())
    clock.set(begin + HOUR)

    cases.work()

    assert fired(cases) == 1
    with pytest.raises(outbox.LeaseLostError), cases.app.db.write() as connection:
        outbox.finish(connection, ahead)


def test_a_timer_begins_cases_of_the_house_once_for_each_firing(cases: Cases, clock: FixedClock) -> None:
    cases.deploy(begins("timeCycle", "R3/PT1H"))
    cases.work()
    assert begun(cases) == []

    clock.advance(HOUR)
    cases.work()
    cases.work()
    assert begun(cases) == [("system", 1)]
    clock.advance(timedelta(hours=5))
    cases.work()

    assert begun(cases) == [("system", 1)] * 3, "three firings, then it is used up"
    assert next_at(cases) == []
    assert all(found["CaseStarted"] == 1 for found in cases.events().values())


@pytest.mark.parametrize(
    ("kind", "text", "after"),
    [
        ("timeDate", "2026-11-24T12:00:00Z", timedelta(days=1, hours=5)),
        ("timeDuration", "P2D", timedelta(days=2)),
        ("timeCycle", "0 9 1 12 *", timedelta(days=8, hours=1)),
    ],
)
def test_dates_durations_and_cron_lines_begin_cases_of_whoever_the_bundle_says(
    cases: Cases, clock: FixedClock, anne: str, kind: str, text: str, after: timedelta
) -> None:
    cases.deploy(begins(kind, text), metadata={"timerOwner": anne})
    clock.advance(after - timedelta(seconds=1))
    cases.work()
    assert begun(cases) == []
    clock.advance(timedelta(seconds=1))
    cases.work()

    assert begun(cases) == [(anne, 1)]


def test_a_new_version_takes_the_timers_over(cases: Cases, clock: FixedClock) -> None:
    cases.deploy(begins("timeCycle", "R/PT1H"))
    first = next_at(cases)
    clock.advance(timedelta(minutes=30))

    cases.deploy(begins("timeCycle", "R/PT1H", task="b"))
    assert next_at(cases) == first, "a deployment does not put the next firing off"
    clock.advance(timedelta(minutes=30))
    cases.work()
    assert begun(cases) == [("system", 2)]

    cases.deploy(begins("timeDuration", "PT5M"))
    assert next_at(cases) == [clock.now() + timedelta(minutes=5)]
    cases.deploy('<startEvent id="s"/><userTask id="a"/>' + line("s", "a"))
    assert next_at(cases) == []
    clock.advance(timedelta(days=1))
    cases.work()

    assert len(begun(cases)) == 1


def test_what_has_fired_does_not_fire_again_because_of_a_deployment(cases: Cases, clock: FixedClock) -> None:
    date = datetime(2026, 11, 23, 8, tzinfo=UTC)
    cases.deploy(begins("timeDate", date.isoformat()))
    clock.advance(timedelta(days=1))
    cases.work()

    cases.deploy(begins("timeDate", date.isoformat(), task="b"))
    cases.work()

    assert len(begun(cases)) == 1


def test_a_start_event_whose_timer_must_be_reckoned_is_refused(cases: Cases) -> None:
    with pytest.raises(BundleError, match="written out"):
        cases.deploy(begins("timeDuration", '["dataModel","x","variables"]'))


def test_a_timer_that_cannot_begin_its_case_is_an_incident_and_the_next_firing_stands(
    cases: Cases, clock: FixedClock
) -> None:
    body = begins("timeCycle", "R/PT1H").replace(
        '<userTask id="a"/>',
        '<userTask id="a"><extensionElements xmlns:ib="http://ibalanse.no/process"><ib:stage id="nowhere"/>'
        "</extensionElements></userTask>",
    )
    cases.deploy(body, metadata=REFUSING)
    begin = clock.now()
    clock.advance(HOUR)
    cases.work()
    cases.work()

    assert [(row.code, row.case_id, row.element_id) for row in cases.incidents()] == [("stage_refused", "", "s")]
    assert [row.due_at for row in cases.due() if row.state == "due"] == [begin + 2 * HOUR]

    cases.deploy(begins("timeCycle", "R/PT1H"))
    from engine.workflow.execution.commands import ResolveIncident
    from tests.engine.workflow.jobs.conftest import ADMIN

    cases.app.dispatch.send(ResolveIncident(cases.incidents()[0].id, "retry"), ADMIN)
    cases.work()
    assert begun(cases) == [("system", 2)], "retried with the version that was put right"
