"""A case stands still and goes on with what came meanwhile; tokens are moved by hand and never leave nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.application import Application
from engine.platform.clock import FixedClock
from engine.workflow.audit.chain import verify
from engine.workflow.authorization.actor import SYSTEM, Actor, Role
from engine.workflow.errors import AlreadyDone, Forbidden, NotPossible, Suspended
from engine.workflow.execution.commands import (
    BroadcastSignal,
    CancelCase,
    CompleteTask,
    CorrelateMessage,
    ModifyInstance,
    Outcome,
    ResumeCase,
    SaveTaskData,
    StartAt,
    StartInstance,
    SuspendCase,
)
from engine.workflow.execution.models import process_instance, user_task
from engine.workflow.instances.models import case_file
from engine.workflow.jobs.job_types import Done, Result
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import LeaseLostError, Work, claim, finish
from tests.factories.bundles import bundle, flow, job, line

USER = '<userTask id="{0}"/>'
ADA = Actor(Role.ADMINISTRATOR, "ada", "Ada")


class Case:
    """One running case of a process with this inside."""

    def __init__(self, application: Application, owner: str, body: str, **options: object) -> None:
        self.application = application
        self.owner = Actor(Role.CITIZEN, owner, "Anne", level="high")
        with application.db.write() as connection:
            application.library.deploy(connection, bundle(body, **options), by="t")  # type: ignore[arg-type]
        self.id = application.dispatch.send(StartInstance("p", owner), self.owner).case_id

    def open(self) -> dict[str, str]:
        with self.application.db.read() as connection:
            wanted = (user_task.c.case_id == self.id, user_task.c.state.in_(("ready", "claimed")))
            rows = connection.execute(select(user_task.c.element_id, user_task.c.id).where(*wanted)).all()
            return {row.element_id: row.id for row in rows}

    def state(self) -> tuple[str, str]:
        with self.application.db.read() as connection:
            assert verify(connection, self.id) is None
            wanted = process_instance.c.id == self.id
            instance = connection.execute(select(process_instance.c.state).where(wanted)).scalar_one()
            return instance, connection.execute(select(case_file.c.state).where(case_file.c.id == self.id)).scalar_one()

    def complete(self, element: str, **variables: object) -> Outcome:
        return self.application.dispatch.send(CompleteTask(self.open()[element], variables=variables), self.owner)

    def send(self, command: object, who: Actor = ADA) -> Outcome:
        return self.application.dispatch.send(command, who)  # type: ignore[arg-type]

    def modify(self, *cancel: str, start: tuple[StartAt, ...] = (), reason: str = "went astray") -> Outcome:
        return self.send(ModifyInstance(self.id, cancel, start, reason))


def timer(identity: str, host: str, duration: str, interrupting: str = "true") -> str:
    return (
        f'<boundaryEvent id="{identity}" attachedToRef="{host}" cancelActivity="{interrupting}"><timerEventDefinition>'
        f"<timeDuration>{duration}</timeDuration></timerEventDefinition></boundaryEvent>"
    )


def catch(identity: str, kind: str, reference: str) -> str:
    return (
        f'<intermediateCatchEvent id="{identity}"><{kind}EventDefinition {kind}Ref="{reference}"/>'
        "</intermediateCatchEvent>"
    )


class Counted:
    name = "work"

    def __init__(self) -> None:
        self.calls = 0

    def perform(self, work: Work, now: object) -> Result:
        self.calls += 1
        return Done()


def test_nothing_moves_in_a_suspended_case_and_its_task_is_refused(application: Application, anne: str) -> None:
    case = Case(application, anne, '<startEvent id="s"/>' + USER.format("a") + line("s", "a"))
    case.send(SuspendCase(case.id, "complaint"))
    task = case.open()["a"]

    with pytest.raises(Suspended):
        case.complete("a")
    case.send(SaveTaskData(task, "d", {"half": "done"}), case.owner)
    with pytest.raises(NotPossible, match="suspended"):
        case.send(SuspendCase(case.id, "again"))
    assert case.state() == ("suspended", "open")
    case.send(ResumeCase(case.id))
    case.complete("a")

    assert case.state() == ("completed", "closed")


def test_only_operators_suspend(application: Application, anne: str) -> None:
    case = Case(application, anne, '<startEvent id="s"/>' + USER.format("a") + line("s", "a"), roles=("radgiver",))
    with pytest.raises(Forbidden):
        case.send(SuspendCase(case.id, "x"), case.owner)


def test_a_timer_that_runs_out_meanwhile_fires_at_resume(
    application: Application, anne: str, clock: FixedClock
) -> None:
    case = Case(
        application,
        anne,
        '<startEvent id="s"/>'
        + USER.format("a")
        + timer("t", "a", "PT1H")
        + USER.format("late")
        + line("s", "a")
        + line("t", "late"),
    )
    case.send(SuspendCase(case.id, "x"))
    clock.advance(timedelta(hours=2))
    assert application.performer.run_until_idle() == 0
    assert set(case.open()) == {"a"}

    case.send(ResumeCase(case.id))
    application.performer.run_until_idle()

    assert set(case.open()) == {"late"}


def test_messages_wait_in_the_buffer_and_arrive_in_order_at_resume(application: Application, anne: str) -> None:
    case = Case(
        application,
        anne,
        '<startEvent id="s"/>'
        + catch("one", "message", "m1")
        + catch("two", "message", "m2")
        + USER.format("a")
        + line("s", "one", "two", "a"),
        head='<message id="m1" name="first"/><message id="m2" name="second"/>',
    )
    case.send(SuspendCase(case.id, "x"))
    for name in ("first", "second"):
        outcome = case.send(CorrelateMessage(name, case.id, "test", name, {name: 1}), SYSTEM)
        assert outcome.state == "buffered"
    assert case.open() == {}

    case.send(ResumeCase(case.id))

    assert set(case.open()) == {"a"}
    with application.db.read() as connection:
        variables = connection.execute(select(process_instance.c.variables)).scalar_one()
    assert variables == {"first": 1, "second": 1}


def test_a_signal_is_heard_at_resume(application: Application, anne: str) -> None:
    case = Case(
        application,
        anne,
        '<startEvent id="s"/>' + catch("c", "signal", "g") + USER.format("a") + line("s", "c", "a"),
        head='<signal id="g" name="all"/>',
    )
    case.send(SuspendCase(case.id, "x"))
    case.send(BroadcastSignal("all", "test", "1"), SYSTEM)
    application.performer.run_until_idle()
    assert case.open() == {}

    case.send(ResumeCase(case.id))
    application.performer.run_until_idle()

    assert set(case.open()) == {"a"}


def test_a_job_in_hand_loses_its_lease_and_is_done_again_after_resume(application: Application, anne: str) -> None:
    case = Case(
        application, anne, f'<startEvent id="s"/><serviceTask id="j">{job("work")}</serviceTask>' + line("s", "j")
    )
    counted = application.job_types["work"] = Counted()
    with application.db.write() as connection:
        in_hand = claim(connection, application.clock.now())[0]

    case.send(SuspendCase(case.id, "x"))
    with application.db.write() as connection, pytest.raises(LeaseLostError):
        finish(connection, in_hand)
    with application.db.read() as connection:
        row = connection.execute(select(due_work)).one()
    assert (row.state, row.fence) == ("held", in_hand.fence + 1)
    assert application.performer.run_until_idle() == 0
    case.send(ResumeCase(case.id))
    application.performer.run_until_idle()

    assert counted.calls == 1
    assert case.state()[0] == "completed"


def test_a_suspended_case_can_be_cancelled_and_leaves_no_work(application: Application, anne: str) -> None:
    case = Case(application, anne, '<startEvent id="s"/>' + USER.format("a") + timer("t", "a", "PT1H") + line("s", "a"))
    case.send(SuspendCase(case.id, "x"))

    case.send(CancelCase(case.id, "over"), case.owner)

    assert case.state() == ("terminated", "cancelled")
    with application.db.read() as connection:
        assert connection.execute(select(due_work)).all() == []
    with pytest.raises(AlreadyDone):
        case.send(ResumeCase(case.id))


def test_a_called_process_stands_still_with_its_case(application: Application, anne: str) -> None:
    with application.db.write() as connection:
        inner = '<startEvent id="s"/>' + USER.format("in") + line("s", "in")
        application.library.deploy(connection, bundle(inner, key="q"), by="t")
    case = Case(application, anne, '<startEvent id="s"/><callActivity id="c" calledElement="q"/>' + line("s", "c"))
    case.send(SuspendCase(case.id, "x"))
    with pytest.raises(Suspended):
        case.complete("in")

    case.send(ResumeCase(case.id))
    case.complete("in")

    assert case.state()[0] == "completed"


# Modification


TWO = '<startEvent id="s"/>' + USER.format("a") + USER.format("b") + '<endEvent id="e"/>' + line("s", "a", "b", "e")


def test_a_token_is_moved_and_the_answer_says_where_everything_stands(application: Application, anne: str) -> None:
    case = Case(application, anne, TWO)

    outcome = case.modify("a", start=(StartAt("b", variables={"why": "skipped"}),))

    assert [(element, state) for element, _, state in outcome.tokens] == [("b", "activated")]
    assert set(case.open()) == {"b"}
    case.complete("b")
    assert case.state() == ("completed", "closed")


def test_a_modification_that_would_leave_nothing_is_refused_and_changes_nothing(
    application: Application, anne: str
) -> None:
    case = Case(application, anne, TWO)

    with pytest.raises(NotPossible) as refused:
        case.modify("a")
    assert refused.value.reasons[0].rule == "nothing-left"
    for element, rule in (("nowhere", "not-there"), ("b", "not-there")):
        with pytest.raises(NotPossible) as refused:
            case.modify(element)
        assert refused.value.reasons[0].rule == rule
    with pytest.raises(NotPossible, match="no such element"):
        case.modify(start=(StartAt("nowhere"),))
    with pytest.raises(NotPossible, match="name what to cancel"):
        case.modify()

    assert set(case.open()) == {"a"}


SUB = (
    '<startEvent id="s"/>'
    + USER.format("a")
    + '<subProcess id="sub"><startEvent id="is"/>'
    + USER.format("in")
    + USER.format("in2")
    + line("is", "in", "in2")
    + "</subProcess>"
    + USER.format("z")
    + '<boundaryEvent id="stop" attachedToRef="sub"><messageEventDefinition messageRef="m"/></boundaryEvent>'
    + line("s", "a", "sub", "z")
    + line("stop", "z")
)


def test_starting_inside_a_subprocess_that_does_not_run_opens_it_with_its_events(
    application: Application, anne: str
) -> None:
    case = Case(application, anne, SUB, head='<message id="m" name="stop"/>')

    outcome = case.modify("a", start=(StartAt("in2"),))

    assert sorted(element for element, _, _ in outcome.tokens) == ["in2", "sub"]
    case.send(CorrelateMessage("stop", case.id, "t", "1"), SYSTEM)
    assert set(case.open()) == {"z"}


def test_moving_inside_a_running_subprocess_keeps_it_and_emptying_it_is_refused(
    application: Application, anne: str
) -> None:
    case = Case(application, anne, SUB, head='<message id="m" name="stop"/>')
    case.complete("a")
    with pytest.raises(NotPossible) as refused:
        case.modify("in")
    assert refused.value.reasons[0].element == "sub"

    case.modify("in", start=(StartAt("in2"),))
    case.complete("in2")

    assert set(case.open()) == {"z"}


def test_cancelling_a_subprocess_ends_what_is_in_it(application: Application, anne: str) -> None:
    case = Case(application, anne, SUB, head='<message id="m" name="stop"/>')
    case.complete("a")

    case.modify("sub", start=(StartAt("z"),))

    assert set(case.open()) == {"z"}


def test_an_ambiguous_scope_is_asked_for_and_can_be_named(application: Application, anne: str) -> None:
    case = Case(
        application,
        anne,
        '<startEvent id="s"/><parallelGateway id="g"/><exclusiveGateway id="x"/><subProcess id="sub">'
        '<startEvent id="is"/>'
        + USER.format("in")
        + USER.format("in2")
        + line("is", "in", "in2")
        + "</subProcess>"
        + line("s", "g", "x", "sub")
        + flow("g", "sub"),
    )
    with pytest.raises(NotPossible) as refused:
        case.modify(start=(StartAt("in2"),))
    assert refused.value.reasons[0].rule == "scope-ambiguous"
    scope = refused.value.reasons[0].message.split(": ")[1].split(", ")[0]

    outcome = case.modify(start=(StartAt("in2", scope),))

    assert sorted(element for element, _, _ in outcome.tokens) == ["in", "in", "in2", "sub", "sub"]


def test_what_has_no_place_of_its_own_cannot_be_started(application: Application, anne: str) -> None:
    case = Case(application, anne, SUB, head='<message id="m" name="stop"/>')
    with pytest.raises(NotPossible, match="boundary event"):
        case.modify(start=(StartAt("stop"),))
    with pytest.raises(NotPossible, match="does not belong"):
        case.modify(start=(StartAt("in2", "no-such-instance"),))


def test_one_instance_of_a_multi_instance_is_not_cancelled_alone(application: Application, anne: str) -> None:
    case = Case(
        application,
        anne,
        '<startEvent id="s"/><userTask id="m"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>'
        "</multiInstanceLoopCharacteristics></userTask>" + USER.format("z") + line("s", "m", "z"),
    )
    with application.db.read() as connection:
        inner = connection.execute(select(user_task.c.id).limit(1)).scalar_one()
    with pytest.raises(NotPossible) as refused:
        case.modify(inner)
    assert refused.value.reasons[0].rule == "inner-instance"

    case.modify("m", start=(StartAt("z"),))

    assert set(case.open()) == {"z"}


def test_cancelling_an_event_subprocess_by_hand_leaves_its_scope_listening(application: Application, anne: str) -> None:
    handler = (
        '<subProcess id="h" triggeredByEvent="true"><startEvent id="hs" isInterrupting="false">'
        '<messageEventDefinition messageRef="m"/></startEvent>' + USER.format("x") + line("hs", "x") + "</subProcess>"
    )
    body = '<startEvent id="s"/>' + USER.format("a") + line("s", "a") + handler
    case = Case(application, anne, body, head='<message id="m" name="m"/>')
    case.send(CorrelateMessage("m", case.id, "t", "1"), SYSTEM)

    case.modify("h")
    assert set(case.open()) == {"a"}
    case.send(CorrelateMessage("m", case.id, "t", "2"), SYSTEM)

    assert set(case.open()) == {"a", "x"}
