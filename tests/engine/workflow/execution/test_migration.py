"""A running instance goes on in another version: what fits moves whole, what does not is told whole, undo puts back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Unpack

import pytest
from sqlalchemy import Table, select

from engine.application import Application
from engine.platform.clock import FixedClock
from engine.workflow.audit.chain import verify
from engine.workflow.authorization.actor import SYSTEM, Actor, Role
from engine.workflow.definitions.bundle import BundleError
from engine.workflow.errors import NotPossible, Reason
from engine.workflow.execution.commands import (
    CompleteTask,
    CorrelateMessage,
    MigrateInstance,
    Outcome,
    ResumeCase,
    StartInstance,
    SuspendCase,
    UndoMigration,
)
from engine.workflow.execution.models import element_instance, process_instance, subscription, user_task
from engine.workflow.instances.models import case_file
from engine.workflow.jobs.models import due_work
from tests.factories.bundles import BundleOptions, assigned, bundle, flow, job, line

USER = '<userTask id="{0}"/>'


class Two:
    """A case on version 1 of a process that has a version 2."""

    def __init__(
        self,
        application: Application,
        owner: str,
        first: str,
        second: str,
        *,
        second_metadata: Mapping[str, object] | None = None,
        **options: Unpack[BundleOptions],
    ) -> None:
        self.application = application
        self.anne = Actor(Role.CITIZEN, owner, "Anne", level="high")
        self.one = self._deploy(first, **options)
        self.case = application.dispatch.send(StartInstance("p", owner), self.anne).case_id
        if second_metadata is not None:
            options["metadata"] = second_metadata
        self.two = self._deploy(second, **options)

    def _deploy(self, body: str, **options: Unpack[BundleOptions]) -> str:
        with self.application.db.write() as connection:
            return self.application.library.deploy(connection, bundle(body, **options), by="t")[0].id

    def migrate(self, **mapping: str) -> Outcome:
        return self.application.dispatch.send(MigrateInstance(self.case, self.two, mapping), SYSTEM)

    def undo(self, done: Outcome) -> Outcome:
        assert done.detail is not None
        return self.application.dispatch.send(UndoMigration(self.case, done.detail), SYSTEM)

    def refused(self, **mapping: str) -> dict[str, str]:
        """Element → rule of every reason why it does not fit."""
        with pytest.raises(NotPossible) as refused:
            self.migrate(**mapping)
        return {reason.element: reason.rule for reason in refused.value.reasons}

    def rows(self, table: Table) -> list[Any]:
        with self.application.db.read() as connection:
            return [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]

    def open(self) -> dict[str, str]:
        with self.application.db.read() as connection:
            wanted = (user_task.c.case_id == self.case, user_task.c.state.in_(("ready", "claimed")))
            rows = connection.execute(select(user_task.c.element_id, user_task.c.id).where(*wanted)).all()
            return {row.element_id: row.id for row in rows}

    def complete(self, element: str) -> None:
        self.application.dispatch.send(CompleteTask(self.open()[element]), self.anne)

    def state(self) -> str:
        with self.application.db.read() as connection:
            assert verify(connection, self.case) is None
            return str(
                connection.execute(
                    select(process_instance.c.state).where(process_instance.c.id == self.case)
                ).scalar_one()
            )


def timer(identity: str, host: str, duration: str) -> str:
    return (
        f'<boundaryEvent id="{identity}" attachedToRef="{host}"><timerEventDefinition>'
        f"<timeDuration>{duration}</timeDuration></timerEventDefinition></boundaryEvent>"
    )


def message(identity: str, host: str, reference: str) -> str:
    return (
        f'<boundaryEvent id="{identity}" attachedToRef="{host}" cancelActivity="false">'
        f'<messageEventDefinition messageRef="{reference}"/></boundaryEvent>'
    )


def one(*tasks: str) -> str:
    return '<startEvent id="s"/>' + "".join(USER.format(t) for t in tasks) + line("s", *tasks)


def test_elements_keep_their_ids_and_the_case_goes_on_in_the_new_version(application: Application, anne: str) -> None:
    two = Two(application, anne, one("a"), one("a", "extra"))

    two.migrate()

    with application.db.read() as connection:
        for table in (process_instance, user_task, case_file):
            assert connection.execute(select(table.c.definition_id)).scalar_one() == two.two, table.name
    two.complete("a")
    assert list(two.open()) == ["extra"]
    two.complete("extra")
    assert two.state() == "completed"


def test_an_element_may_be_mapped_and_its_task_shows_the_new_form(application: Application, anne: str) -> None:
    new = '<startEvent id="s"/><userTask id="b">' + job("signing") + "</userTask>" + line("s", "b")
    two = Two(application, anne, one("a"), new)
    assert two.refused() == {"a": "element-gone"}

    two.migrate(a="b")

    with application.db.read() as connection:
        row = connection.execute(select(user_task)).one()
    assert (row.element_id, row.task_type, row.definition_id) == ("b", "signing", two.two)


def test_a_mapping_that_names_what_is_not_there_is_a_slip_that_is_told(application: Application, anne: str) -> None:
    two = Two(application, anne, one("a"), one("a", "b"))
    assert two.refused(aa="b") == {"aa": "unknown-element"}
    assert two.refused(a="bb") == {"a": "unknown-element"}


def test_everything_that_does_not_fit_is_told_at_once_and_nothing_changes(application: Application, anne: str) -> None:
    old = (
        '<startEvent id="s"/><parallelGateway id="f"/>'
        + "".join(USER.format(t) for t in ("gone", "typed", "moved"))
        + '<userTask id="many"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>'
        "</multiInstanceLoopCharacteristics></userTask>"
        + USER.format("host")
        + timer("t", "host", "PT1H")
        + line("s", "f", "gone")
        + flow("f", "typed")
        + flow("f", "moved")
        + flow("f", "many")
        + flow("f", "host")
    )
    new = (
        '<startEvent id="s"/><parallelGateway id="f"/><receiveTask id="typed" messageRef="m"/>'
        '<subProcess id="sub">'
        + USER.format("moved")
        + "</subProcess>"
        + USER.format("many")
        + USER.format("host")
        + line("s", "f", "typed")
        + flow("f", "sub")
        + flow("f", "many")
        + flow("f", "host")
    )
    two = Two(application, anne, old, new, head='<message id="m" name="m"/>')
    before = [two.rows(table) for table in (element_instance, user_task, due_work, process_instance)]

    assert two.refused() == {
        "gone": "element-gone",
        "typed": "type-changed",
        "moved": "scope-changed",
        "many": "loop-changed",
        "t": "wait-lost",
    }

    assert [two.rows(table) for table in (element_instance, user_task, due_work, process_instance)] == before


def test_a_timer_keeps_its_date_and_one_that_only_the_new_version_has_begins_now(
    application: Application, anne: str, clock: FixedClock
) -> None:
    old = one("a") + timer("t", "a", "PT10H") + USER.format("late") + line("t", "late")
    new = (
        one("a")
        + timer("t2", "a", "PT90H")
        + timer("extra", "a", "PT20H")
        + USER.format("late")
        + USER.format("n")
        + line("t2", "late")
        + line("extra", "n")
    )
    two = Two(application, anne, old, new)
    began = clock.now()
    clock.advance(timedelta(hours=5))

    two.migrate(t="t2")

    with application.db.read() as connection:
        work = {row.element_id: row.due_at - began for row in connection.execute(select(due_work))}
    assert work == {"t2": timedelta(hours=10), "extra": timedelta(hours=25)}
    clock.advance(timedelta(hours=5))
    application.performer.run_until_idle()
    assert list(two.open()) == ["late"]


def test_a_wait_that_is_lost_must_be_dropped_by_name(application: Application, anne: str) -> None:
    old = one("a") + timer("t", "a", "PT10H") + USER.format("late") + line("t", "late")
    two = Two(application, anne, old, one("a"))
    assert two.refused() == {"t": "wait-lost"}

    two.migrate(t="")

    assert two.rows(due_work) == []


def test_a_subscription_gets_its_new_name_and_takes_what_lay_under_it(application: Application, anne: str) -> None:
    head = '<message id="m1" name="old-name"/><message id="m2" name="new-name"/>'
    old = one("a") + message("b", "a", "m1") + USER.format("x") + line("b", "x")
    new = one("a") + message("b", "a", "m2") + USER.format("x") + line("b", "x")
    two = Two(application, anne, old, new, head=head)
    application.dispatch.send(CorrelateMessage("new-name", two.case, "t", "1"), SYSTEM)
    assert set(two.open()) == {"a"}

    two.migrate()

    assert set(two.open()) == {"a", "x"}
    application.dispatch.send(CorrelateMessage("new-name", two.case, "t", "2"), SYSTEM)
    with application.db.read() as connection:
        assert connection.execute(select(subscription.c.message)).scalars().all() == ["new-name"]


def test_tokens_before_a_join_wait_on_by_the_same_flows(application: Application, anne: str) -> None:
    def join(flow_id: str) -> str:
        return (
            '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/>'
            + "".join(USER.format(t) for t in ("a", "b", "c"))
            + line("s", "f", "a", "j", "c")
            + flow("f", "b")
            + f'<sequenceFlow id="{flow_id}" sourceRef="b" targetRef="j"/>'
        )

    two = Two(application, anne, join("b-j"), join("other"))
    two.complete("b")
    assert two.refused() == {"j": "arrival-lost"}

    two.migrate(**{"b-j": "other"})
    two.complete("a")

    assert list(two.open()) == ["c"]


def test_a_job_under_way_must_be_of_the_same_type(application: Application, anne: str) -> None:
    def with_job(kind: str) -> str:
        return f'<startEvent id="s"/><serviceTask id="j">{job(kind)}</serviceTask>' + line("s", "j")

    two = Two(application, anne, with_job("one"), with_job("two"))
    assert two.refused() == {"j": "job-changed"}


def test_a_stage_the_new_version_does_not_know_holds_the_case_back(application: Application, anne: str) -> None:
    staged = (
        '<startEvent id="s"/><userTask id="a"><extensionElements><ib:stage id="st"/></extensionElements></userTask>'
    )
    two = Two(
        application,
        anne,
        staged + line("s", "a"),
        one("a"),
        metadata={"stages": [{"id": "st"}]},
        second_metadata={"stages": [{"id": "other"}]},
    )
    assert two.refused() == {"stage:st": "stage-gone"}
    assert two.refused(**{"stage:st": "nowhere"}) == {"stage:st": "unknown-stage"}
    assert two.refused(**{"stage:nowhere": "other"}) == {"stage:nowhere": "unknown-stage"}
    stages = [tuple(row) for row in _stages(application)]

    done = two.migrate(**{"stage:st": "other"})
    (after,) = _stages(application)
    assert after.stage == "other" and [entry["id"] for entry in after.stages] == ["other"]
    two.undo(done)
    assert [tuple(row) for row in _stages(application)] == stages
    two.migrate(**{"stage:st": "other"})
    two.complete("a")
    assert two.state() == "completed"


def test_a_stage_that_says_what_it_replaces_takes_the_case_along(application: Application, anne: str) -> None:
    staged = (
        '<startEvent id="s"/><userTask id="a"><extensionElements><ib:stage id="st"/></extensionElements></userTask>'
    )
    two = Two(
        application,
        anne,
        staged + line("s", "a"),
        one("a"),
        metadata={"stages": [{"id": "st"}]},
        second_metadata={"stages": [{"id": "first"}, {"id": "other", "replaces": ["older", "st"]}]},
    )
    two.migrate()
    assert [row.stage for row in _stages(application)] == ["other"]


def _stages(application: Application) -> list[Any]:
    with application.db.read() as connection:
        return list(connection.execute(select(case_file.c.stage, case_file.c.stages)))


def test_undo_puts_every_row_back_where_nothing_has_moved(application: Application, anne: str) -> None:
    deadline = assigned("citizen", dueAfter="P5D")
    old = (
        f'<startEvent id="s"/><userTask id="a">{deadline}</userTask>'
        + line("s", "a")
        + timer("t", "a", "PT10H")
        + message("b", "a", "m1")
        + USER.format("x")
        + line("t", "x")
        + line("b", "x")
    )
    new = old.replace('id="a"', 'id="a2"').replace('"a"', '"a2"').replace("m1", "m2").replace("PT10H", "PT20H")
    new = new.replace('id="t"', 'id="t2"').replace('"t"', '"t2"').replace("t-x", "t2-x") + timer("n", "a2", "PT1H")
    new += line("n", "x")
    head = '<message id="m1" name="m1"/><message id="m2" name="m2"/>'
    two = Two(application, anne, old, new, head=head)
    tables = (element_instance, user_task, due_work, subscription, case_file)
    before = [two.rows(table) for table in tables]

    done = two.migrate(a="a2", t="")
    assert [two.rows(table) for table in tables] != before
    two.undo(done)

    assert [two.rows(table) for table in tables] == before
    two.complete("a")
    assert two.state() == "completed"


def test_undo_is_refused_once_something_has_moved(application: Application, anne: str) -> None:
    two = Two(application, anne, one("a", "b"), one("a", "b", "c"))
    done = two.migrate()
    two.complete("a")

    with pytest.raises(NotPossible) as refused:
        two.undo(done)

    assert refused.value.reasons[0].rule == "moved-since"
    assert "TaskCompleted" in refused.value.reasons[0].message


def test_a_suspended_case_is_migrated_and_hears_the_new_events_when_it_is_resumed(
    application: Application, anne: str
) -> None:
    new = one("a") + message("b", "a", "m") + USER.format("x") + line("b", "x")
    two = Two(application, anne, one("a"), new, head='<message id="m" name="m"/>')
    application.dispatch.send(SuspendCase(two.case, "migration"), SYSTEM)
    application.dispatch.send(CorrelateMessage("m", two.case, "t", "1"), SYSTEM)

    two.migrate()
    assert set(two.open()) == {"a"}
    application.dispatch.send(ResumeCase(two.case), SYSTEM)

    assert set(two.open()) == {"a", "x"}


def test_a_condition_that_holds_already_is_noticed_when_a_migrated_case_is_resumed(
    application: Application, anne: str
) -> None:
    condition = '["equals", 1, 1]'
    boundary = (
        '<boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><conditionalEventDefinition>'
        f"<condition>{condition}</condition></conditionalEventDefinition></boundaryEvent>"
    )
    two = Two(application, anne, one("a"), one("a") + boundary + USER.format("x") + line("b", "x"))
    application.dispatch.send(SuspendCase(two.case, "migration"), SYSTEM)

    two.migrate()
    assert set(two.open()) == {"a"}
    application.dispatch.send(ResumeCase(two.case), SYSTEM)

    assert set(two.open()) == {"a", "x"}


def test_what_could_be_compensated_still_can_and_a_lost_handler_holds_the_case_back(
    application: Application, anne: str
) -> None:
    def booking(task: str, handler: str) -> str:
        undo = (
            f'<boundaryEvent id="cb" attachedToRef="{task}"><compensateEventDefinition/></boundaryEvent>'
            f'<userTask id="{handler}" isForCompensation="true"/>'
            f'<association id="as" sourceRef="cb" targetRef="{handler}" associationDirection="One"/>'
        )
        end = '<endEvent id="e"><compensateEventDefinition/></endEvent>'
        body = '<startEvent id="s"/>' + USER.format(task) + USER.format("wait")
        return body + (undo if handler else "") + end + line("s", task, "wait", "e")

    lost = Two(application, anne, booking("book", "undo"), booking("book", ""))
    lost.complete("book")
    assert lost.refused() == {"book": "compensation-lost"}
    booked = Two(application, anne, booking("book", "undo"), booking("order", "revoke"))
    booked.complete("book")

    booked.migrate(book="order")
    booked.complete("wait")

    assert list(booked.open()) == ["revoke"]


def test_an_event_subprocess_of_the_new_version_begins_to_listen(application: Application, anne: str) -> None:
    handler = (
        '<subProcess id="h" triggeredByEvent="true"><startEvent id="hs" isInterrupting="false">'
        '<messageEventDefinition messageRef="m"/></startEvent>' + USER.format("x") + line("hs", "x") + "</subProcess>"
    )
    two = Two(application, anne, one("a"), one("a") + handler, head='<message id="m" name="m"/>')
    done = two.migrate()
    application.dispatch.send(CorrelateMessage("m", two.case, "t", "1"), SYSTEM)

    assert set(two.open()) == {"a", "x"}
    with pytest.raises(NotPossible):
        two.undo(done)


def test_a_called_instance_migrates_by_itself(application: Application, anne: str) -> None:
    caller = '<startEvent id="s"/><callActivity id="c" calledElement="q"/>' + line("s", "c")
    with application.db.write() as connection:
        application.library.deploy(connection, bundle(one("in"), key="q"), by="t")
    two = Two(application, anne, caller, caller + USER.format("unused"))
    with application.db.write() as connection:
        newer = application.library.deploy(connection, bundle(one("in", "more"), key="q"), by="t")[0]
        inner = connection.execute(select(process_instance.c.id).where(process_instance.c.key == "q")).scalar_one()

    application.dispatch.send(MigrateInstance(inner, newer.id), SYSTEM)
    two.complete("in")

    assert list(two.open()) == ["more"]
    other = application.dispatch
    with pytest.raises(NotPossible) as refused:
        other.send(MigrateInstance(two.case, newer.id), SYSTEM)
    assert refused.value.reasons == (Reason("", "other-process", "q is not another version of p"),)


# Versions


def test_call_activities_bind_to_the_newest_a_number_or_a_tag(application: Application, anne: str) -> None:
    with application.db.write() as connection:
        for tag, task in (("2026", "first"), ("2027", "second"), ("", "third")):
            metadata = {"versionTag": f"law-{tag}"} if tag else {}
            application.library.deploy(connection, bundle(one(task), key="q", metadata=metadata), by="t")
    for binding, expected in (("", "third"), ("latest", "third"), ("1", "first"), ("law-2027", "second")):
        bound = f' ib:calledVersion="{binding}"' if binding else ""
        two = Two(
            application,
            anne,
            f'<startEvent id="s"/><callActivity id="c" calledElement="q"{bound}/>' + line("s", "c"),
            one("a"),
        )
        assert list(two.open()) == [expected], binding


def test_a_tag_names_one_version_for_good(application: Application) -> None:
    with application.db.write() as connection:
        application.library.deploy(connection, bundle(one("a"), metadata={"versionTag": "law-2026"}), by="t")
        with pytest.raises(BundleError, match="is version 1 of p already"):
            application.library.deploy(connection, bundle(one("b"), metadata={"versionTag": "law-2026"}), by="t")
        for tag in ("7", "latest", "x" * 61):
            with pytest.raises(BundleError, match="versionTag"):
                application.library.deploy(connection, bundle(one("b"), metadata={"versionTag": tag}), by="t")
        assert application.library.version(connection, "p", "law-2026").version == 1
