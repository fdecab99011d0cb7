"""A version deployed with a policy that is not evaluated in full: nobody is let in, and operations are told once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.application import Application
from engine.platform.clock import FixedClock
from engine.workflow.authorization import candidates
from engine.workflow.authorization.actor import SYSTEM, Actor, Office, Role
from engine.workflow.authorization.pep import may_begin
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.models import process_definition
from engine.workflow.errors import Forbidden, NotFound, NotPossible
from engine.workflow.execution.commands import (
    CancelCase,
    ClaimTask,
    Command,
    CompleteTask,
    MigrateInstance,
    ResolveIncident,
    SaveTaskData,
    StartInstance,
    UndoMigration,
)
from engine.workflow.execution.models import process_instance, user_task
from engine.workflow.operations.incidents import Selection, find, groups
from engine.workflow.workers import reconciliation
from tests.engine.workflow.jobs.conftest import ADMIN, CITIZEN, Cases
from tests.factories.bundles import POLICY, bundle, line

BODY = '<startEvent id="s"/><userTask id="a"/><userTask id="b"/><endEvent id="e"/>' + line("s", "a", "b", "e")
CONDITION = POLICY.replace(b"</Rule>", b"<Condition/></Rule>")
BROKEN = {
    "a condition": CONDITION,
    "no XML": b"<Policy",
    "no policy": None,
    "another algorithm": POLICY.replace(b"deny-overrides", b"permit-unless-deny"),
}
STRANGER = Actor(Role.CITIZEN, "stranger", "Stranger", level="high")
ADVISER = Actor(Role.CASEWORKER, "kari", "Kari", Office("312345672", "Office"), level="high")


@pytest.fixture
def cases(application: Application) -> Cases:
    return Cases(application)


def slip_in(cases: Cases, policy: bytes | None = CONDITION, body: str = BODY, version: int = 1) -> str:
    """A version as an older engine would have deployed it: into the table, past everything that checks it."""
    made = bundle(body)
    files = {**made.files, "policy.xml": policy} if policy is not None else dict(made.files)
    if policy is None:
        del files["policy.xml"]
    identity = str(uuid.uuid4())
    found = Bundle("p", files)
    with cases.app.db.write() as connection:
        connection.execute(
            process_definition.insert().values(
                id=identity,
                key="p",
                version=version,
                checksum=found.checksum,
                bundle=found.pack(),
                deployed_at=cases.app.clock.now(),
                deployed_by="test",
            )
        )
    return identity


def task_of(cases: Cases, case: str) -> str:
    with cases.app.db.read() as connection:
        wanted = (user_task.c.case_id == case, user_task.c.state.in_(("ready", "claimed")))
        return str(connection.execute(select(user_task.c.id).where(*wanted)).scalar_one())


def refused(cases: Cases, command: Command, actor: Actor = CITIZEN) -> None:
    with pytest.raises(Forbidden):
        cases.app.dispatch.send(command, actor)


def open_incidents(cases: Cases) -> list[Any]:
    return [one for one in cases.incidents() if one.state == "open"]


@pytest.mark.parametrize("policy", BROKEN.values(), ids=list(BROKEN))
def test_nobody_is_let_in_and_one_incident_is_raised_however_often_they_press(
    cases: Cases, policy: bytes | None
) -> None:
    slip_in(cases, policy)
    case = cases.start()
    task = task_of(cases, case)

    refused(cases, CompleteTask(task))
    refused(cases, CompleteTask(task))
    refused(cases, SaveTaskData(task, "x", {}))

    (found,) = cases.incidents()
    assert (found.code, found.case_id, found.state) == ("policy_not_evaluated", case, "open")
    assert cases.events()[case]["IncidentRaised"] == 1
    assert task_of(cases, case) == task
    assert cases.whole()


def test_the_incident_names_line_and_construct(cases: Cases) -> None:
    slip_in(cases)
    refused(cases, ClaimTask(task_of(cases, cases.start())))

    (found,) = cases.incidents()
    assert found.detail == "line 7: Condition in Rule is not evaluated"


def test_a_case_that_is_not_there_for_somebody_raises_nothing(cases: Cases) -> None:
    slip_in(cases)
    task = task_of(cases, cases.start())

    with pytest.raises(NotFound):
        cases.app.dispatch.send(CompleteTask(task), STRANGER)

    assert cases.incidents() == []


def test_each_case_has_its_own_incident_and_they_are_one_kind_in_operations(cases: Cases) -> None:
    slip_in(cases)
    for case in (cases.start(), cases.start()):
        refused(cases, CompleteTask(task_of(cases, case)))

    with cases.app.db.read() as connection:
        (kind,) = groups(connection)
        assert len(find(connection, Selection(code="policy_not_evaluated", process="p", kind="element"))) == 2
    assert (kind.code, kind.process, kind.count) == ("policy_not_evaluated", "p", 2)


def test_a_refusal_within_a_transaction_of_another_is_told_once_that_has_ended(cases: Cases) -> None:
    slip_in(cases)
    task = task_of(cases, cases.start())

    with cases.app.db.write() as connection, pytest.raises(Forbidden):
        cases.app.dispatch.send(CompleteTask(task), CITIZEN, connection=connection)

    assert [one.code for one in cases.incidents()] == ["policy_not_evaluated"]


def test_what_the_engine_does_itself_asks_no_policy(cases: Cases) -> None:
    slip_in(cases)
    case = cases.start()

    cases.app.dispatch.send(CompleteTask(task_of(cases, case)), SYSTEM)

    assert cases.incidents() == []


def test_the_incident_ends_when_the_case_goes_on_in_a_version_that_is_evaluated(cases: Cases) -> None:
    slip_in(cases)
    case = cases.start()
    refused(cases, CompleteTask(task_of(cases, case)))
    good = slip_in(cases, POLICY, version=2)

    cases.app.dispatch.send(MigrateInstance(case, good), SYSTEM)

    (found,) = cases.incidents()
    assert (found.state, found.ended_at) == ("retried", cases.app.clock.now())
    cases.app.dispatch.send(CompleteTask(task_of(cases, case)), CITIZEN)
    assert cases.whole()


def test_an_undone_migration_opens_the_incident_again(cases: Cases) -> None:
    slip_in(cases)
    case = cases.start()
    refused(cases, CompleteTask(task_of(cases, case)))
    done = cases.app.dispatch.send(MigrateInstance(case, slip_in(cases, POLICY, version=2)), SYSTEM)

    assert done.detail is not None
    cases.app.dispatch.send(UndoMigration(case, done.detail), SYSTEM)

    (found,) = cases.incidents()
    assert (found.state, found.ended_at) == ("open", None)
    refused(cases, CompleteTask(task_of(cases, case)))
    assert len(cases.incidents()) == 1


def test_the_incident_says_what_is_wrong_with_the_version_the_case_went_to(cases: Cases) -> None:
    slip_in(cases)
    case = cases.start()
    refused(cases, CompleteTask(task_of(cases, case)))

    cases.app.dispatch.send(MigrateInstance(case, slip_in(cases, b"<Policy", version=2)), SYSTEM)
    refused(cases, CompleteTask(task_of(cases, case)))

    (found,) = cases.incidents()
    assert found.state == "open" and "not well-formed XML" in found.detail


def test_a_retry_reads_the_policy_again_and_stays_open_while_it_is_the_same(cases: Cases) -> None:
    slip_in(cases)
    case = cases.start()
    refused(cases, CompleteTask(task_of(cases, case)))
    (found,) = cases.incidents()

    with pytest.raises(NotPossible, match="line 7: Condition in Rule is not evaluated"):
        cases.app.dispatch.send(ResolveIncident(found.id, "retry"), ADMIN)

    assert [one.state for one in cases.incidents()] == ["open"]


def test_a_retry_ends_the_incident_where_the_policy_is_evaluated_by_now(cases: Cases) -> None:
    slip_in(cases)
    case = cases.start()
    task = task_of(cases, case)
    refused(cases, CompleteTask(task))
    (found,) = cases.incidents()
    good = slip_in(cases, POLICY, version=2)
    with cases.app.db.write() as connection:  # as an engine that evaluates more would read the first one
        connection.execute(update(process_instance).values(definition_id=good))

    cases.app.dispatch.send(ResolveIncident(found.id, "retry"), ADMIN)

    assert [one.state for one in cases.incidents()] == ["retried"]
    assert (cases.state(case), task_of(cases, case)) == ("active", task)


def test_a_skip_lets_nobody_in_and_the_next_refusal_raises_it_anew(cases: Cases) -> None:
    slip_in(cases)
    case = cases.start()
    task = task_of(cases, case)
    refused(cases, CompleteTask(task))
    (found,) = cases.incidents()

    cases.app.dispatch.send(ResolveIncident(found.id, "skip", "a new version comes tomorrow"), ADMIN)
    assert (cases.state(case), task_of(cases, case), open_incidents(cases)) == ("active", task, [])

    refused(cases, CompleteTask(task))
    assert len(open_incidents(cases)) == 1


def cancel(cases: Cases, case: str, _: FixedClock) -> None:
    cases.app.dispatch.send(CancelCase(case, "a new case was begun"), SYSTEM)


def finish(cases: Cases, case: str, clock: FixedClock) -> None:
    for _ in range(2):
        cases.app.dispatch.send(CompleteTask(task_of(cases, case)), SYSTEM)
    clock.advance(timedelta(hours=1))
    reconciliation.tidy(cases.app)


@pytest.mark.parametrize("end", [cancel, finish])
def test_no_incident_outlives_its_case(
    cases: Cases, clock: FixedClock, end: Callable[[Cases, str, FixedClock], None]
) -> None:
    slip_in(cases)
    case = cases.start()
    refused(cases, CompleteTask(task_of(cases, case)))

    end(cases, case, clock)

    assert [one.state for one in cases.incidents()] == ["cancelled"]


def test_nobody_is_a_candidate_and_nobody_may_begin_it_for_another() -> None:
    broken = Bundle("p", {**bundle(BODY).files, "policy.xml": CONDITION})

    assert not candidates.of_task(broken, "a").admit(frozenset({"priv", "radgiver"}), "312345672")
    assert not may_begin(broken, ADVISER, "312345672")


def test_a_citizen_may_begin_their_own_and_gets_no_further(cases: Cases) -> None:
    slip_in(cases)

    begun = cases.app.dispatch.send(StartInstance("p", CITIZEN.person_id), CITIZEN)
    task = task_of(cases, begun.case_id)

    with pytest.raises(Forbidden):
        cases.app.dispatch.send(CompleteTask(task), CITIZEN)
    assert task_of(cases, begun.case_id) == task, "it still waits"


def test_presses_at_the_same_moment_raise_one_incident(cases: Cases) -> None:
    slip_in(cases)
    task = task_of(cases, cases.start())
    together = Barrier(3)

    def press(_: int) -> None:
        together.wait()
        refused(cases, CompleteTask(task))

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(press, range(3))) == [None] * 3

    assert len(cases.incidents()) == 1
