"""What has happened can be asked for; what has had its time is gone, and the trails show that nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.application import Application
from engine.platform.clock import FixedClock
from engine.platform.db import metadata
from engine.workflow.audit import chain
from engine.workflow.audit.chain import audit_event, audit_head
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.definitions.bundle import BundleError
from engine.workflow.execution.commands import CancelCase, ClaimTask, CompleteTask, ResolveIncident, StartInstance
from engine.workflow.execution.models import incident, user_task
from engine.workflow.jobs.job_types import Done, GiveUp, Result
from engine.workflow.jobs.outbox import Work
from engine.workflow.operations import history, retention
from engine.workflow.operations.history import Filter
from tests.factories.bundles import bundle, job, line

USER = '<userTask id="{0}"/>'


def citizen(person: str) -> Actor:
    return Actor(Role.CITIZEN, person, "Anne", level="high")


def deploy(application: Application, body: str, **options: object) -> None:
    with application.db.write() as connection:
        application.library.deploy(connection, bundle(body, **options), by="t")  # type: ignore[arg-type]


def start(application: Application, owner: str, key: str = "p") -> str:
    return application.dispatch.send(StartInstance(key, owner), citizen(owner)).case_id


def complete(application: Application, owner: str, case: str) -> None:
    with application.db.read() as connection:
        wanted = (user_task.c.case_id == case, user_task.c.state.in_(("ready", "claimed")))
        task = connection.execute(select(user_task.c.id).where(*wanted)).scalars().one()
    application.dispatch.send(CompleteTask(task), citizen(owner))


ONE = '<startEvent id="s"/>' + USER.format("a") + '<endEvent id="e"/>' + line("s", "a", "e")


def test_finished_instances_are_found_page_by_page(application: Application, anne: str, clock: FixedClock) -> None:
    deploy(application, ONE)
    deploy(application, ONE, key="q")
    began = clock.now()
    cases = []
    for hour in range(5):
        case = start(application, anne)
        clock.set(began + timedelta(hours=hour))
        if hour == 4:
            application.dispatch.send(CancelCase(case, "x"), citizen(anne))
        else:
            complete(application, anne, case)
        cases.append(case)
    complete(application, anne, start(application, anne, "q"))
    start(application, anne)

    with application.db.read() as connection:
        seen: list[str] = []
        after = None
        while True:
            rows, more = history.finished(connection, Filter(process="p"), after, limit=2)
            seen += [row.id for row in rows]
            if not more:
                break
            after = (rows[-1].ended_at, rows[-1].id)
        assert seen == cases[::-1]
        cancelled, _ = history.finished(connection, Filter(outcome="terminated"))
        assert [row.id for row in cancelled] == [cases[4]]
        window = Filter("p", since=began + timedelta(hours=1), until=began + timedelta(hours=3))
        assert [row.id for row in history.finished(connection, window)[0]] == [cases[2], cases[1]]


def test_each_element_says_when_it_began_and_ended_and_who_did_it(
    application: Application, anne: str, clock: FixedClock
) -> None:
    class Late:
        name = "work"

        def __init__(self) -> None:
            self.answers: list[Result] = [GiveUp("bad"), Done()]

        def perform(self, work: Work, now: object) -> Result:
            return self.answers.pop(0)

    application.job_types["work"] = Late()
    deploy(
        application,
        '<startEvent id="s"/>'
        + USER.format("a")
        + f'<serviceTask id="j">{job("work")}</serviceTask>'
        + line("s", "a", "j"),
    )
    began = clock.now()
    case = start(application, anne)
    clock.advance(timedelta(hours=1))
    complete(application, anne, case)
    application.performer.run_until_idle()
    clock.advance(timedelta(hours=1))
    with application.db.read() as connection:
        before = {entry.element: entry.outcome for entry in history.elements(connection, case)}
        found = connection.execute(select(incident.c.id)).scalar_one()
    assert before["j"] == "failed"
    application.dispatch.send(ResolveIncident(found, "retry"), Actor(Role.ADMINISTRATOR, "ada", "Ada"))
    application.performer.run_until_idle()

    with application.db.read() as connection:
        entries = {entry.element: entry for entry in history.elements(connection, case)}
    hour = timedelta(hours=1)
    assert {name: (e.began - began, e.ended and e.ended - began, e.outcome) for name, e in entries.items()} == {
        "s": (timedelta(0), timedelta(0), "completed"),
        "a": (timedelta(0), hour, "completed"),
        "j": (hour, 2 * hour, "completed"),
    }
    assert (entries["a"].ended_by, entries["j"].ended_by) == (anne, "system")


RETENTION = {"retention": {"case": "P1Y", "audit": "P2Y"}}


def test_a_case_goes_after_its_time_and_its_trail_later_and_all_chains_hold(
    application: Application, anne: str, clock: FixedClock
) -> None:
    deploy(application, ONE, metadata=RETENTION)
    deploy(application, ONE, key="q")
    old, other = start(application, anne), start(application, anne, "q")
    with application.db.read() as connection:
        task = connection.execute(select(user_task.c.id).where(user_task.c.case_id == old)).scalar_one()
    application.dispatch.send(ClaimTask(task), citizen(anne))
    complete(application, anne, old)
    complete(application, anne, other)
    running = start(application, anne)
    clock.advance(timedelta(days=364))
    assert retention.purge(application) == {"cases": 0, "trails": 0}
    clock.advance(timedelta(days=2))

    assert retention.purge(application) == {"cases": 1, "trails": 0}

    left = _tables_with(application, old)
    assert left == {"audit_event", "audit_head", "purged_case"}
    assert "case_file" not in left and _tables_with(application, other) >= {"user_task", "process_instance"}
    assert _tables_with(application, running) >= {"user_task", "process_instance"}
    with application.db.read() as connection:
        assert [broken for _, broken in chain.verify_all(connection) if broken] == []
        kinds = connection.execute(
            select(audit_event.c.kind).where(audit_event.c.case_id == old).order_by(audit_event.c.seq)
        ).scalars()
        assert list(kinds) == ["CaseStarted", "TaskClaimed", "TaskCompleted", "CasePurged"]
        head = connection.execute(select(audit_head).where(audit_head.c.case_id == old)).one()

    clock.advance(timedelta(days=366))
    assert retention.purge(application)["trails"] == 1
    assert _tables_with(application, old) == set()
    with application.db.read() as connection:
        assert [broken for _, broken in chain.verify_all(connection) if broken] == []
        event = connection.execute(select(audit_event.c.data).where(audit_event.c.kind == "TrailPurged")).scalar_one()
    assert event == {"case": old, "events": 4, "head": bytes(head.hash).hex()}


def _tables_with(application: Application, case: str) -> set[str]:
    """Every table in which some column holds the case's id."""
    found = set()
    with application.db.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                if case in [value for value in row if isinstance(value, str)]:
                    found.add(table.name)
    return found


def test_the_rule_of_the_newest_version_counts_and_none_keeps_for_ever(
    application: Application, anne: str, clock: FixedClock
) -> None:
    deploy(application, ONE)
    complete(application, anne, start(application, anne))
    clock.advance(timedelta(days=3650))
    assert retention.purge(application)["cases"] == 0

    deploy(application, ONE, metadata={"retention": {"case": "P5Y"}})

    assert retention.purge(application)["cases"] == 1
    clock.advance(timedelta(days=36500))
    assert retention.purge(application)["trails"] == 0


@pytest.mark.parametrize(
    "rule", [{"case": "five years"}, {"case": "P5Y", "audit": "P1Y"}, {"audit": "P1Y"}, {"case": "P0D"}]
)
def test_a_rule_that_cannot_be_kept_is_refused_at_deployment(application: Application, rule: dict[str, str]) -> None:
    with pytest.raises(BundleError, match="retention"):
        deploy(application, ONE, metadata={"retention": rule})
