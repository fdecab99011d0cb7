"""Whole processes on a real database: what waits, what goes on, what is left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.application import Application
from engine.platform.clock import FixedClock
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.errors import AlreadyDone, NotFound, StageRefused
from engine.workflow.execution.commands import (
    CancelCase,
    CompleteTask,
    CorrelateMessage,
    Outcome,
    ResolveIncident,
    StartInstance,
)
from engine.workflow.execution.models import element_instance, incident, process_instance, user_task
from engine.workflow.jobs.job_types import Deferred, Done, Error, GiveUp, Result, Retry
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import Work
from tests.factories.bundles import bundle, flow, job, line

USER = '<userTask id="{0}"/>'


def citizen(person_id: str) -> Actor:
    return Actor(Role.CITIZEN, person_id, "Anne Eksempel", level="high")


def deploy(application: Application, body: str, **options: object) -> None:
    with application.db.write() as connection:
        application.library.deploy(connection, bundle(body, **options), by="test")  # type: ignore[arg-type]


def start(application: Application, person_id: str, key: str = "p", **variables: object) -> Outcome:
    return application.dispatch.send(StartInstance(key, person_id, variables), citizen(person_id))


def open_tasks(application: Application, case_id: str) -> dict[str, str]:
    with application.db.read() as connection:
        rows = connection.execute(
            select(user_task.c.element_id, user_task.c.id).where(
                user_task.c.case_id == case_id, user_task.c.state.in_(("ready", "claimed"))
            )
        )
        return {row.element_id: row.id for row in rows}


def state_of(application: Application, case_id: str) -> str:
    with application.db.read() as connection:
        return connection.execute(select(process_instance.c.state).where(process_instance.c.id == case_id)).scalar_one()


def complete(application: Application, person_id: str, case_id: str, element: str, **variables: object) -> Outcome:
    task = open_tasks(application, case_id)[element]
    return application.dispatch.send(CompleteTask(task, variables=variables), citizen(person_id))


class Scripted:
    """A job type that answers as told, once per call, then for ever the last way."""

    def __init__(self, name: str, *answers: Result) -> None:
        self.name = name
        self.answers = list(answers)
        self.calls: list[Work] = []

    def perform(self, work: Work, now: object) -> Result:
        self.calls.append(work)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def with_job(application: Application, name: str, *answers: Result) -> Scripted:
    scripted = Scripted(name, *answers)
    application.job_types[name] = scripted
    return scripted


def test_a_user_task_rests_until_completed_and_the_case_ends_after_it(application: Application, anne: str) -> None:
    deploy(application, '<startEvent id="s"/>' + USER.format("a") + '<endEvent id="e"/>' + line("s", "a", "e"))

    case = start(application, anne).case_id
    assert list(open_tasks(application, case)) == ["a"]
    complete(application, anne, case, "a")

    assert state_of(application, case) == "completed"
    with application.db.read() as connection:
        assert connection.execute(select(func.count()).select_from(element_instance)).scalar() == 0
        assert chain.verify(connection, case) is None


def test_an_exclusive_gateway_takes_the_flow_whose_condition_holds(application: Application, anne: str) -> None:
    deploy(
        application,
        '<startEvent id="s"/><exclusiveGateway id="g" default="g-b"/>'
        + USER.format("a")
        + USER.format("b")
        + line("s", "g")
        + flow("g", "a", '["equals", ["dataModel","x","variables"], 1]')
        + flow("g", "b"),
    )

    assert list(open_tasks(application, start(application, anne, x=1).case_id)) == ["a"]
    assert list(open_tasks(application, start(application, anne, x=2).case_id)) == ["b"]


def test_a_parallel_join_waits_for_every_branch(application: Application, anne: str) -> None:
    deploy(
        application,
        '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/>'
        + "".join(USER.format(x) for x in "abc")
        + line("s", "f", "a", "j", "c")
        + line("f", "b", "j"),
    )
    case = start(application, anne).case_id

    complete(application, anne, case, "a")
    assert list(open_tasks(application, case)) == ["b"]
    complete(application, anne, case, "b")

    assert list(open_tasks(application, case)) == ["c"]


def test_a_job_runs_once_and_its_variables_arrive(application: Application, anne: str) -> None:
    deploy(
        application,
        f'<startEvent id="s"/><serviceTask id="j">{job("work", size="3")}</serviceTask>'
        '<exclusiveGateway id="g" default="g-b"/>'
        + USER.format("a")
        + USER.format("b")
        + line("s", "j", "g")
        + flow("g", "a", '["dataModel","good","variables"]')
        + flow("g", "b"),
    )
    scripted = with_job(application, "work", Done({"good": True}))
    case = start(application, anne).case_id

    application.performer.run_until_idle()

    assert list(open_tasks(application, case)) == ["a"]
    assert [work.payload for work in scripted.calls] == [{"size": "3"}]


def test_waiting_is_not_failing_and_failing_waits_longer(
    application: Application, anne: str, clock: FixedClock
) -> None:
    deploy(application, f'<startEvent id="s"/><serviceTask id="j">{job("work")}</serviceTask>' + line("s", "j"))
    scripted = with_job(application, "work", Deferred(timedelta(seconds=10), "not yet"), Retry("http_500"), Done())
    case = start(application, anne).case_id

    application.performer.run_until_idle()
    assert len(scripted.calls) == 1
    clock.advance(timedelta(seconds=10))
    application.performer.run_until_idle()
    assert len(scripted.calls) == 2
    application.performer.run_until_idle()
    assert len(scripted.calls) == 2, "a failure is not tried again at once"
    clock.advance(timedelta(seconds=2))
    application.performer.run_until_idle()

    assert state_of(application, case) == "completed"


def test_giving_up_raises_an_incident_that_can_be_retried(application: Application, anne: str) -> None:
    deploy(application, f'<startEvent id="s"/><serviceTask id="j">{job("work")}</serviceTask>' + line("s", "j"))
    with_job(application, "work", GiveUp("bad_answer"), Done())
    case = start(application, anne).case_id
    application.performer.run_until_idle()
    with application.db.read() as connection:
        found = connection.execute(select(incident)).one()
    assert (found.code, found.state, found.element_id) == ("bad_answer", "open", "j")

    admin = Actor(Role.ADMINISTRATOR, "ada", "Ada")
    application.dispatch.send(ResolveIncident(found.id, "retry"), admin)
    application.performer.run_until_idle()

    assert state_of(application, case) == "completed"


def test_an_error_is_caught_by_the_boundary_event_of_its_code(application: Application, anne: str) -> None:
    deploy(
        application,
        f'<startEvent id="s"/><serviceTask id="j">{job("work")}</serviceTask>'
        '<boundaryEvent id="b" attachedToRef="j"><errorEventDefinition errorRef="E1"/></boundaryEvent>'
        + USER.format("ok")
        + USER.format("oops")
        + line("s", "j", "ok")
        + line("b", "oops"),
        head='<error id="E1" errorCode="NO_ANSWER"/>',
    )
    with_job(application, "work", Error("NO_ANSWER"))
    case = start(application, anne).case_id

    application.performer.run_until_idle()

    assert list(open_tasks(application, case)) == ["oops"]


def test_boundary_timers_interrupt_or_run_beside(application: Application, anne: str, clock: FixedClock) -> None:
    deploy(
        application,
        '<startEvent id="s"/>'
        + "".join(USER.format(x) for x in ("a", "remind", "late"))
        + '<boundaryEvent id="soft" attachedToRef="a" cancelActivity="false"><timerEventDefinition>'
        "<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>"
        '<boundaryEvent id="hard" attachedToRef="a"><timerEventDefinition>'
        "<timeDuration>PT2H</timeDuration></timerEventDefinition></boundaryEvent>"
        + line("s", "a")
        + line("soft", "remind")
        + line("hard", "late"),
    )
    case = start(application, anne).case_id

    clock.advance(timedelta(hours=1))
    application.performer.run_until_idle()
    assert set(open_tasks(application, case)) == {"a", "remind"}
    clock.advance(timedelta(hours=1))
    application.performer.run_until_idle()

    assert set(open_tasks(application, case)) == {"remind", "late"}


def test_a_timer_of_an_ended_task_is_gone(application: Application, anne: str) -> None:
    deploy(
        application,
        '<startEvent id="s"/>' + USER.format("a") + '<boundaryEvent id="b" attachedToRef="a"><timerEventDefinition>'
        "<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>"
        + line("s", "a")
        + line("b", "x")
        + USER.format("x"),
    )
    case = start(application, anne).case_id

    complete(application, anne, case, "a")

    with application.db.read() as connection:
        assert connection.execute(select(func.count()).select_from(due_work)).scalar() == 0


def test_multi_instance_runs_a_branch_per_item_and_collects(application: Application, anne: str) -> None:
    deploy(
        application,
        '<startEvent id="s"/><subProcess id="m"><multiInstanceLoopCharacteristics isSequential="false">'
        '<extensionElements><ib:collection item="source">["dataModel","sources","variables"]</ib:collection>'
        '<ib:output collection="answers">["dataModel","answer","variables"]</ib:output></extensionElements>'
        "</multiInstanceLoopCharacteristics><extensionElements>"
        '<ib:input target="answer">-</ib:input></extensionElements>'
        f'<startEvent id="ms"/><serviceTask id="j">'
        f"{job('work', source='[&quot;dataModel&quot;,&quot;source&quot;,&quot;variables&quot;]')}</serviceTask>"
        + line("ms", "j")
        + "</subProcess>"
        + USER.format("a")
        + line("s", "m", "a"),
    )

    class Echo:
        name = "work"

        def perform(self, work: Work, now: object) -> Result:
            return Done({"answer": f"from {work.payload['source']}"})

    application.job_types["work"] = Echo()
    case = start(application, anne, sources=["bank", "nav", "tax"]).case_id

    application.performer.run_until_idle()

    assert list(open_tasks(application, case)) == ["a"]
    with application.db.read() as connection:
        variables = connection.execute(select(process_instance.c.variables)).scalar_one()
    assert variables["answers"] == ["from bank", "from nav", "from tax"]


def test_a_call_activity_runs_another_process_in_the_same_case(application: Application, anne: str) -> None:
    deploy(application, '<startEvent id="s"/>' + USER.format("inner") + line("s", "inner"), key="q")
    deploy(
        application,
        '<startEvent id="s"/><callActivity id="c" calledElement="q"/>' + USER.format("after") + line("s", "c", "after"),
    )
    case = start(application, anne).case_id

    assert list(open_tasks(application, case)) == ["inner"]
    complete(application, anne, case, "inner", found=7)

    assert list(open_tasks(application, case)) == ["after"]
    with application.db.read() as connection:
        variables = connection.execute(
            select(process_instance.c.variables).where(process_instance.c.id == case)
        ).scalar_one()
    assert variables == {"found": 7}


def test_a_terminate_end_ends_everything_in_its_scope(application: Application, anne: str) -> None:
    deploy(application, '<startEvent id="s"/>' + USER.format("inner") + line("s", "inner"), key="q")
    deploy(
        application,
        '<startEvent id="s"/><parallelGateway id="f"/><callActivity id="c" calledElement="q"/>'
        + USER.format("a")
        + '<endEvent id="e"><terminateEventDefinition/></endEvent>'
        + line("s", "f", "c")
        + line("f", "a", "e"),
    )
    case = start(application, anne).case_id

    complete(application, anne, case, "a")

    assert state_of(application, case) == "completed"
    assert open_tasks(application, case) == {}
    with application.db.read() as connection:
        states = connection.execute(select(process_instance.c.state).order_by(process_instance.c.started_at)).scalars()
        assert sorted(states) == ["completed", "terminated"]


def test_a_message_wakes_who_waits_and_an_early_one_is_kept(application: Application, anne: str) -> None:
    deploy(
        application,
        '<startEvent id="s"/>'
        + USER.format("a")
        + '<receiveTask id="r" messageRef="M"/>'
        + USER.format("b")
        + line("s", "a", "r", "b"),
        head='<message id="M" name="answer"/>',
    )
    early, late = start(application, anne).case_id, start(application, anne).case_id

    def correlate(case: str) -> Outcome:
        message = CorrelateMessage("answer", case, "test", f"m-{case}", {"x": 1})
        return application.dispatch.send(message, citizen(anne))

    assert correlate(early).state == "buffered"
    complete(application, anne, early, "a")
    complete(application, anne, late, "a")
    correlate(late)

    assert list(open_tasks(application, early)) == ["b"]
    assert list(open_tasks(application, late)) == ["b"]
    assert correlate(late).repeated


def test_a_stage_guard_refuses_the_whole_command(application: Application, anne: str) -> None:
    stage = '<userTask id="advise"><extensionElements><ib:stage id="advice"/></extensionElements></userTask>'
    guard = ["equals", ["dataModel", "decided", "variables"], True]
    stages = {"stages": [{"id": "advice", "guard": guard, "refusal": "stage.needs_decision"}]}
    deploy(application, '<startEvent id="s"/>' + USER.format("a") + stage + line("s", "a", "advise"), metadata=stages)
    case = start(application, anne).case_id

    with pytest.raises(StageRefused) as refused:
        complete(application, anne, case, "a")
    assert refused.value.key == "stage.needs_decision"
    assert list(open_tasks(application, case)) == ["a"]

    complete(application, anne, case, "a", decided=True)
    assert list(open_tasks(application, case)) == ["advise"]


def test_the_second_to_complete_a_task_is_told_who_was_first(application: Application, anne: str) -> None:
    deploy(application, '<startEvent id="s"/>' + USER.format("a") + USER.format("b") + line("s", "a", "b"))
    case = start(application, anne).case_id
    task = open_tasks(application, case)["a"]
    application.dispatch.send(CompleteTask(task), citizen(anne), key="k1")

    again = application.dispatch.send(CompleteTask(task), citizen(anne), key="k1")
    assert again.repeated and len(again.next_tasks) == 1
    with pytest.raises(AlreadyDone) as refusal:
        application.dispatch.send(CompleteTask(task), citizen(anne), key="k2")
    assert refusal.value.by == anne


def test_a_stranger_is_told_the_task_is_not_there(application: Application, anne: str) -> None:
    deploy(application, '<startEvent id="s"/>' + USER.format("a") + line("s", "a"))
    task = open_tasks(application, start(application, anne).case_id)["a"]

    with pytest.raises(NotFound):
        application.dispatch.send(CompleteTask(task), citizen("someone else"))


def test_a_cancelled_case_leaves_nothing_waiting(application: Application, anne: str) -> None:
    deploy(application, '<startEvent id="s"/>' + USER.format("a") + line("s", "a"))
    case = start(application, anne).case_id

    application.dispatch.send(CancelCase(case, "moved abroad"), citizen(anne))

    assert state_of(application, case) == "terminated"
    assert open_tasks(application, case) == {}


def test_a_loop_of_ten_thousand_turns_ends(application: Application, anne: str) -> None:
    deploy(
        application,
        '<startEvent id="s"/><serviceTask id="t"><extensionElements><ib:output target="n">'
        '["plus", ["dataModel","n","variables"], 1]</ib:output></extensionElements></serviceTask>'
        '<exclusiveGateway id="g" default="g-t"/><endEvent id="e"/>'
        + line("s", "t", "g")
        + flow("g", "t")
        + flow("g", "e", '["greaterThanEq", ["dataModel","n","variables"], 10000]'),
    )

    case = start(application, anne, n=0).case_id

    assert state_of(application, case) == "completed"
