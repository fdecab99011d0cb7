"""Trouble, each with its documented outcome: an incident, a refusal or a retry; never a stuck or lost token.

The table in docs/durability.md has one line for each of these.
"""

from __future__ import annotations

import functools
import io
import threading
import time
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError

from engine.advice.retention import purge
from engine.application import Application
from engine.platform.clock import FixedClock
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import SYSTEM, Actor, Role
from engine.workflow.bpmn.parser import parse
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle, BundleError
from engine.workflow.execution import dispatch
from engine.workflow.execution.behaviours.call_activity import MAX_DEPTH
from engine.workflow.execution.behaviours.multi_instance import MAX_ITEMS
from engine.workflow.execution.commands import (
    CancelCase,
    CompleteTask,
    CorrelateMessage,
    ResolveIncident,
    StartInstance,
)
from engine.workflow.execution.context import Context
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.models import (
    element_instance,
    incident,
    message,
    process_instance,
    subscription,
    user_task,
)
from engine.workflow.execution.sequence import SEQUENCES
from engine.workflow.execution.simulation import Simulation
from engine.workflow.jobs.job_types import Done, Result
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import LEASE, Work
from tests.factories.bundles import bpmn, bundle, flow, job, line

USER = '<userTask id="{0}"/>'
ENDLESS = (
    '<startEvent id="s"/><parallelGateway id="f"/><userTask id="rest"/><exclusiveGateway id="m"/>'
    '<scriptTask id="t"/>' + line("s", "f", "rest") + line("f", "m", "t") + flow("t", "m")
)


class Case:
    """One case, with what a test asks of it."""

    def __init__(self, application: Application, owner: str, **variables: object) -> None:
        self.application = application
        self.actor = Actor(Role.CITIZEN, owner, "Anne Eksempel", level="high")
        self.id = application.dispatch.send(StartInstance("p", owner, variables), self.actor).case_id

    def tasks(self) -> list[str]:
        with self.application.db.read() as connection:
            open_tasks = (user_task.c.case_id == self.id, user_task.c.state.in_(("ready", "claimed")))
            return sorted(connection.execute(select(user_task.c.element_id).where(*open_tasks)).scalars())

    def complete(self, element: str, **variables: object) -> None:
        with self.application.db.read() as connection:
            wanted = (user_task.c.case_id == self.id, user_task.c.element_id == element, user_task.c.state == "ready")
            task = connection.execute(select(user_task.c.id).where(*wanted)).scalar_one()
        self.application.dispatch.send(CompleteTask(task, variables=variables), self.actor)

    def incidents(self) -> list[str]:
        with self.application.db.read() as connection:
            return list(connection.execute(select(incident.c.code).where(incident.c.state == "open")).scalars())

    def retry(self) -> None:
        with self.application.db.read() as connection:
            found = connection.execute(select(incident.c.id).where(incident.c.state == "open")).scalar_one()
        self.application.dispatch.send(ResolveIncident(found, "retry"), SYSTEM)

    @property
    def state(self) -> str:
        with self.application.db.read() as connection:
            found = select(process_instance.c.state).where(process_instance.c.id == self.id)
            return connection.execute(found).scalar_one()

    def cancelled_without_remains(self) -> bool:
        """Whether it can be cancelled, with no row left that waits and the audit chain whole."""
        self.application.dispatch.send(CancelCase(self.id, "trouble"), self.actor)
        with self.application.db.read() as connection:
            left = sum(
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (element_instance, subscription, due_work)
            )
            return left == 0 and chain.verify(connection, self.id) is None and self.incidents() == []


def deploy(application: Application, body: str, **options: object) -> None:
    with application.db.write() as connection:
        application.library.deploy(connection, bundle(body, **options), by="test")  # type: ignore[arg-type]


# What never ends


def test_a_process_that_calls_itself_is_stopped_at_a_depth(application: Application, anne: str) -> None:
    deploy(application, '<startEvent id="s"/><callActivity id="c" calledElement="p"/>' + line("s", "c"))

    case = Case(application, anne)

    assert case.incidents() == ["calls_too_deep"]
    with application.db.read() as connection:
        assert connection.execute(select(func.count()).select_from(process_instance)).scalar() == MAX_DEPTH + 1
    assert case.cancelled_without_remains()


def test_two_processes_that_call_each_other_are_stopped_too(application: Application, anne: str) -> None:
    for key, other in (("p", "q"), ("q", "p")):
        body = f'<startEvent id="s"/><callActivity id="c" calledElement="{other}"/>' + line("s", "c")
        deploy(application, body, key=key)

    case = Case(application, anne)

    assert case.incidents() == ["calls_too_deep"]
    assert case.cancelled_without_remains()


@pytest.mark.parametrize("count", ["1000001", "1000000000000"])
def test_a_million_instances_are_refused_before_they_are_made(application: Application, anne: str, count: str) -> None:
    many = f"<multiInstanceLoopCharacteristics><loopCardinality>{count}</loopCardinality>"
    body = f'<userTask id="m">{many}</multiInstanceLoopCharacteristics></userTask>'
    deploy(application, '<startEvent id="s"/>' + body + line("s", "m"))
    tracemalloc.start()
    began = time.monotonic()

    case = Case(application, anne)

    assert time.monotonic() - began < 5
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert case.incidents() == ["too_many_items"]
    assert case.cancelled_without_remains()


def test_an_endless_loop_is_an_incident_and_the_case_is_otherwise_intact(
    application: Application, anne: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "Execution", functools.partial(Execution, max_steps=5_000))
    deploy(application, ENDLESS)

    case = Case(application, anne)

    assert case.incidents() == ["endless_loop"]
    assert case.tasks() == ["rest"]
    case.complete("rest")
    assert case.state == "active"
    assert case.cancelled_without_remains()


def test_an_endless_loop_in_memory_is_an_incident_too() -> None:
    simulation = Simulation(parse(bpmn(ENDLESS)), max_steps=5_000)
    simulation.start({})

    result = simulation.result()

    assert [found["code"] for found in result["incidents"]] == ["endless_loop"]
    assert [waiting["element"] for waiting in result["waiting"]] == ["rest"]


LOOP = (
    '<startEvent id="s"/><scriptTask id="t"><extensionElements><ib:output target="n">'
    '["plus", ["dataModel","n","variables"], 1]</ib:output></extensionElements></scriptTask>'
    '<exclusiveGateway id="g" default="g-t"/><endEvent id="e"/>'
    + line("s", "t", "g")
    + flow("g", "t")
    + flow("g", "e", '["greaterThanEq", ["dataModel","n","variables"], 10000]')
)
MANY = (
    '<startEvent id="s"/><scriptTask id="m"><multiInstanceLoopCharacteristics>'
    f"<loopCardinality>{MAX_ITEMS}</loopCardinality></multiInstanceLoopCharacteristics></scriptTask>"
    '<endEvent id="e"/>' + line("s", "m", "e")
)


@pytest.mark.parametrize("body", [LOOP, MANY], ids=["10 000 turns", "100 000 items"])
def test_what_is_long_but_ends_is_no_endless_loop_in_memory(body: str) -> None:
    simulation = Simulation(parse(bpmn(body)))
    simulation.start({"n": 0})

    assert simulation.result()["state"] == "completed"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_multi_instance_of_a_hundred_thousand_items_ends(application: Application, anne: str) -> None:
    deploy(application, MANY)

    assert Case(application, anne).state == "completed"


# What is hostile or too large


def test_a_bpmn_file_of_fifty_megabytes_is_refused_at_once() -> None:
    data = bpmn("<!-- -->" + USER.format("a") * 2_800_000)
    assert len(data) > 50_000_000
    began = time.monotonic()

    with pytest.raises(BpmnSyntaxError, match="at most"):
        parse(data)

    assert time.monotonic() - began < 0.5


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "billion laughs": f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]><d>&l9;</d>'.encode(),
    "the same in UTF-16": (
        f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]><d>&l9;</d>'
    ).encode("utf-16"),
    "an outside file": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
    "nested too deep": bpmn('<subProcess id="a">' * 5_000 + "</subProcess>" * 5_000),
    "too many elements": bpmn("<task/>" * 150_000),
    "too many attributes": bpmn("<task " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>"),
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_an_xml_bomb_is_refused_before_it_goes_off(data: bytes) -> None:
    began = time.monotonic()

    with pytest.raises(BpmnSyntaxError):
        parse(data)

    assert time.monotonic() - began < 3


def test_a_bundle_that_swells_when_unpacked_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("process.bpmn", b" " * 30_000_000)
    assert len(packed.getvalue()) < 100_000

    with pytest.raises(BundleError):
        Bundle.unpack("p", packed.getvalue())


# What does not evaluate, and what nobody waits for


def test_a_condition_that_fails_is_tried_again_with_corrected_data(application: Application, anne: str) -> None:
    deploy(
        application,
        '<startEvent id="s"/><parallelGateway id="f"/><exclusiveGateway id="g" default="g-b"/>'
        + "".join(USER.format(x) for x in ("fix", "a", "b"))
        + line("s", "f", "fix")
        + line("f", "g")
        + flow("g", "a", '["greaterThan", ["dataModel","x","variables"], 1]')
        + flow("g", "b"),
    )
    case = Case(application, anne, x="many")
    assert case.incidents() == ["expression_failed"]
    assert case.tasks() == ["fix"]

    case.retry()
    assert case.incidents() == ["expression_failed"]
    case.complete("fix", x=2)
    case.retry()

    assert case.tasks() == ["a"]
    assert case.incidents() == []


def test_a_message_nobody_waits_for_is_kept_and_expires(application: Application, anne: str, clock: FixedClock) -> None:
    deploy(
        application,
        '<startEvent id="s"/><userTask id="a"/><receiveTask id="r" messageRef="M"/>' + line("s", "a", "r"),
        head='<message id="M" name="answer"/>',
    )
    case = Case(application, anne)
    early = CorrelateMessage("answer", case.id, "test", "m1", {}, time_to_live=timedelta(hours=1))
    assert application.dispatch.send(early, case.actor).state == "buffered"

    clock.advance(timedelta(hours=2))
    case.complete("a")
    assert case.state == "active"  # too late: the receive task waits
    with application.db.write() as connection:
        assert purge(connection, clock.now(), {})["messages"] == 1
        assert connection.execute(select(func.count()).select_from(message)).scalar() == 0
    application.dispatch.send(CorrelateMessage("answer", case.id, "test", "m2"), case.actor)

    assert case.state == "completed"


# Time


@pytest.mark.parametrize("when", ["<timeDate>2020-01-01</timeDate>", "<timeDuration>-PT1H</timeDuration>"])
def test_a_timer_in_the_past_fires_at_once(application: Application, anne: str, when: str) -> None:
    catch = f'<intermediateCatchEvent id="t"><timerEventDefinition>{when}</timerEventDefinition>'
    deploy(
        application,
        '<startEvent id="s"/>' + catch + "</intermediateCatchEvent>" + USER.format("a") + line("s", "t", "a"),
    )
    case = Case(application, anne)

    application.performer.run_until_idle()

    assert case.tasks() == ["a"]


REMINDED = (
    '<startEvent id="s"/><userTask id="a"/><boundaryEvent id="b" attachedToRef="a" cancelActivity="false">'
    "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition></boundaryEvent>"
    '<userTask id="reminder"/>' + line("s", "a") + line("b", "reminder")
)


def test_a_clock_that_jumps_ahead_fires_each_missed_moment_once(
    application: Application, anne: str, clock: FixedClock
) -> None:
    deploy(application, REMINDED)
    case = Case(application, anne)

    clock.advance(timedelta(hours=2))
    application.performer.run_until_idle()
    assert case.tasks() == ["a", "reminder", "reminder"]
    clock.advance(timedelta(days=30))
    application.performer.run_until_idle()

    assert case.tasks() == ["a", "reminder", "reminder", "reminder"]


def test_a_clock_that_jumps_back_delays_and_loses_nothing(
    application: Application, anne: str, clock: FixedClock
) -> None:
    deploy(application, REMINDED)
    case = Case(application, anne)
    due = clock.now() + timedelta(hours=1)

    clock.advance(timedelta(days=-1))
    application.performer.run_until_idle()
    assert case.tasks() == ["a"]
    clock.set(due)
    application.performer.run_until_idle()
    application.performer.run_until_idle()

    assert case.tasks() == ["a", "reminder"]


# Two at once


class Counted:
    """A job type that notes each call, and may do something in the middle of one."""

    name = "work"

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.meanwhile: list[Callable[[], None]] = []

    def perform(self, work: Work, now: datetime) -> Result:
        self.calls[work.id] += 1
        if self.meanwhile:
            self.meanwhile.pop()()
        return Done({"by": self.calls[work.id]})


def _job_then_task(application: Application) -> Counted:
    deploy(
        application,
        f'<startEvent id="s"/><serviceTask id="j">{job("work")}</serviceTask>' + USER.format("a") + line("s", "j", "a"),
    )
    counted = application.job_types["work"] = Counted()
    return counted


def test_a_worker_that_was_away_too_long_finds_its_work_done(
    application: Application, anne: str, clock: FixedClock
) -> None:
    """The first worker stalls with the job in hand, its lease runs out, a second one does it; the first wakes up."""
    counted = _job_then_task(application)
    case = Case(application, anne)

    def another() -> None:
        clock.advance(LEASE + timedelta(seconds=1))
        assert application.performer.run_batch()

    counted.meanwhile.append(another)
    assert application.performer.run_batch()

    assert case.tasks() == ["a"]
    assert list(counted.calls.values()) == [2]  # asked twice, under one idempotency key
    with application.db.read() as connection:
        done = connection.execute(text("SELECT count(*) FROM audit_event WHERE kind = 'JobFinished'")).scalar()
        assert done == 1
        assert chain.verify(connection, case.id) is None


def test_many_workers_share_the_work_and_none_is_done_twice(application: Application, anne: str) -> None:
    counted = _job_then_task(application)
    cases = [Case(application, anne) for _ in range(12)]
    errors: list[BaseException] = []

    def work() -> None:
        try:
            application.performer.run_until_idle(20)
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert not errors
    assert [case.tasks() for case in cases] == [["a"]] * 12
    assert sorted(counted.calls.values()) == [1] * 12


# The process dies


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_changes_nothing_and_the_same_command_works_later(application: Application, anne: str) -> None:
    deploy(application, '<startEvent id="s"/>' + USER.format("a") + USER.format("b") + line("s", "a", "b"))
    case = Case(application, anne)

    with application.db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    application.db.engine.dispose()
    full = _limit_pages(application, pages)
    with pytest.raises(OperationalError, match="full"):
        case.complete("a", text="x" * 2_000_000)
    assert case.tasks() == ["a"]
    full()
    case.complete("a", text="x" * 2_000_000)

    assert case.tasks() == ["b"]
    with application.db.read() as connection:
        assert chain.verify(connection, case.id) is None


def _limit_pages(application: Application, pages: int) -> Callable[[], None]:
    """Let the database grow no further; the result lifts the limit."""

    def limit(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    event.listen(application.db.engine, "connect", limit)

    def lift() -> None:
        event.remove(application.db.engine, "connect", limit)
        application.db.engine.dispose()

    return lift


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("place", ["run_ending_hook", "write_rows"])
def test_a_connection_that_breaks_in_the_middle_is_tried_again_unseen(
    application: Application, anne: str, place: str
) -> None:
    deploy(application, '<startEvent id="s"/>' + USER.format("a") + USER.format("b") + line("s", "a", "b"))
    case = Case(application, anne)
    cut: list[int] = []

    def cut_off_once(context: Context) -> None:
        if not cut:
            cut.append(context.connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
            with application.db.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": cut[0]})

    steps = list(SEQUENCES[CompleteTask])
    steps.insert([step.__name__ for step in steps].index(place), cut_off_once)
    application.dispatch.add({CompleteTask: tuple(steps)})
    case.complete("a")

    assert cut
    assert case.tasks() == ["b"]
    with application.db.read() as connection:
        assert chain.verify(connection, case.id) is None
