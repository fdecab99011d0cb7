"""Whose task it is, until when, and what is written down about it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from engine.application import Application
from engine.platform.calendar import end_of_day, norwegian_day
from engine.platform.clock import FixedClock
from engine.workflow.audit.chain import audit_event, verify
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.errors import AlreadyDone, Forbidden, NotPossible
from engine.workflow.execution import worklist
from engine.workflow.execution.commands import (
    AssignTask,
    ClaimTask,
    Command,
    CompleteTask,
    DelegateTask,
    GiveBackTask,
    PauseTask,
    PlanTask,
    ReleaseTask,
    ResumeTask,
    StartInstance,
)
from engine.workflow.execution.models import user_task
from tests.factories.bundles import assigned, bundle, line

NAV = Office("312345672", "Nav Lillestrøm")
OTHER = Office("312345680", "Nav Bergen")
KARI = Actor(Role.CASEWORKER, "kari", "Kari", NAV, level="high")
OLA = Actor(Role.CASEWORKER, "ola", "Ola", NAV, level="high")
EVA = Actor(Role.CASEWORKER, "eva", "Eva", OTHER, level="high")
ADA = Actor(Role.ADMINISTRATOR, "ada", "Ada", level="high")


class Desk:
    """One case with one caseworker's task, and people who send commands about it."""

    def __init__(self, application: Application, owner: str, body: str, **options: object) -> None:
        self.application, self.owner = application, owner
        with application.db.write() as connection:
            application.library.deploy(connection, bundle(body, roles=("radgiver", "administrator"), **options), by="t")  # type: ignore[arg-type]
        anne = Actor(Role.CITIZEN, owner, "Anne", level="high")
        started = application.dispatch.send(StartInstance("p", owner, {"office": NAV.orgno}), anne)
        self.case, self.task = started.case_id, started.next_tasks[0]

    def send(self, command: Command, who: Actor) -> None:
        self.application.dispatch.send(command, who)

    @property
    def row(self) -> object:
        with self.application.db.read() as connection:
            return connection.execute(select(user_task).where(user_task.c.id == self.task)).one()

    @property
    def history(self) -> list[tuple[str, str, str | None, str | None, str]]:
        with self.application.db.read() as connection:
            found = worklist.changes(connection, self.application.vault, self.task, self.owner)
            return [(c.kind, c.by, c.from_person, c.to_person, c.reason) for c in found]

    @property
    def audited(self) -> list[str]:
        with self.application.db.read() as connection:
            assert verify(connection, self.case) is None
            return list(
                connection.execute(
                    select(audit_event.c.kind).where(audit_event.c.case_id == self.case).order_by(audit_event.c.seq)
                ).scalars()
            )

    def open(self) -> set[str]:
        with self.application.db.read() as connection:
            wanted = (user_task.c.case_id == self.case, user_task.c.state.in_(("ready", "claimed")))
            return set(connection.execute(select(user_task.c.element_id).where(*wanted)).scalars())


def simple(extension: str, after: str = "") -> str:
    return f'<startEvent id="s"/><userTask id="a">{extension}{after}</userTask>' + line("s", "a")


def test_a_task_goes_from_hand_to_hand_and_every_change_says_who_and_why(application: Application, anne: str) -> None:
    desk = Desk(application, anne, simple(assigned("caseworker")))

    desk.send(ClaimTask(desk.task), KARI)
    with pytest.raises(AlreadyDone) as taken:
        desk.send(ClaimTask(desk.task), OLA)
    assert taken.value.by == "kari"
    desk.send(DelegateTask(desk.task, "ola", "away until Monday"), KARI)
    desk.send(GiveBackTask(desk.task, "done with my part"), OLA)
    desk.send(ReleaseTask(desk.task, "too much to do"), KARI)
    desk.send(AssignTask(desk.task, "ola", "knows the family"), KARI)

    assert desk.history == [
        ("claim", "kari", None, "kari", ""),
        ("delegate", "kari", "kari", "ola", "away until Monday"),
        ("give_back", "ola", "ola", "kari", "done with my part"),
        ("release", "kari", "kari", None, "too much to do"),
        ("assign", "kari", None, "ola", "knows the family"),
    ]
    assert desk.audited == [
        "CaseStarted",
        "TaskClaimed",
        "TaskDelegated",
        "TaskGivenBack",
        "TaskReleased",
        "TaskAssigned",
    ]


def test_reasons_are_not_in_the_audit_trail_in_words(application: Application, anne: str) -> None:
    desk = Desk(application, anne, simple(assigned("caseworker")))
    desk.send(ClaimTask(desk.task), KARI)
    desk.send(ReleaseTask(desk.task, "Anne is my neighbour"), KARI)

    with application.db.read() as connection:
        events = connection.execute(select(audit_event.c.data)).scalars().all()
    assert "neighbour" not in str(events)
    assert events[-1]["said_why"] is True


def test_only_who_has_a_task_hands_it_on_or_does_it_and_an_administrator_may_release(
    application: Application, anne: str
) -> None:
    desk = Desk(application, anne, simple(assigned("caseworker")))
    desk.send(ClaimTask(desk.task), KARI)

    for command in (ReleaseTask(desk.task, "x"), DelegateTask(desk.task, "ola"), CompleteTask(desk.task)):
        with pytest.raises(AlreadyDone) as refused:
            desk.send(command, OLA)
        assert refused.value.by == "kari"
    desk.send(ReleaseTask(desk.task, "on sick leave"), ADA)
    with pytest.raises(Forbidden):
        desk.send(ReleaseTask(desk.task, "x"), OLA)
    desk.send(CompleteTask(desk.task), OLA)

    assert desk.row.state == "completed"  # type: ignore[attr-defined]


def test_a_task_that_was_not_delegated_cannot_be_given_back(application: Application, anne: str) -> None:
    desk = Desk(application, anne, simple(assigned("caseworker")))
    desk.send(ClaimTask(desk.task), KARI)

    with pytest.raises(NotPossible, match="was not delegated"):
        desk.send(GiveBackTask(desk.task), KARI)
    with pytest.raises(NotPossible, match="name another person"):
        desk.send(DelegateTask(desk.task, "kari"), KARI)


def test_a_lane_that_metadata_explains_narrows_down_who_may(application: Application, anne: str) -> None:
    lanes = '<laneSet id="ls"><lane id="l" name="Tax"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    metadata = {"groups": {"Tax": {"roles": ["radgiver"], "offices": [OTHER.orgno]}}}
    desk = Desk(application, anne, lanes + simple(assigned("caseworker")), metadata=metadata)

    with pytest.raises(Forbidden):
        desk.send(ClaimTask(desk.task), KARI)
    with application.db.read() as connection:
        assert worklist.claimable(connection, application.library, KARI) == ([], False)


def test_a_lane_that_is_only_a_drawing_narrows_nothing(application: Application, anne: str) -> None:
    lanes = '<laneSet id="ls"><lane id="l" name="Back office"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    desk = Desk(application, anne, lanes + simple(assigned("caseworker")))
    with application.db.read() as connection:
        rows, more = worklist.claimable(connection, application.library, KARI)
        assert ([row.id for row in rows], more) == ([desk.task], False)
        assert worklist.claimable(connection, application.library, EVA) == ([], False)

    desk.send(ClaimTask(desk.task), KARI)

    with application.db.read() as connection:
        assert worklist.claimable(connection, application.library, KARI) == ([], False)
        assert [row.id for row in worklist.of_assignee(connection, "kari")[0]] == [desk.task]


def test_a_potential_owner_may_be_a_role_of_the_policy_or_an_office(application: Application, anne: str) -> None:
    owner = (
        "<potentialOwner><resourceAssignmentExpression><formalExpression>{}</formalExpression>"
        "</resourceAssignmentExpression></potentialOwner>"
    )
    desk = Desk(application, anne, simple(assigned("caseworker"), owner.format("administrator")))
    with pytest.raises(Forbidden):
        desk.send(ClaimTask(desk.task), KARI)
    desk.send(ClaimTask(desk.task), ADA)

    office = Desk(application, anne, simple(assigned("caseworker"), owner.format(NAV.orgno)))
    office.send(ClaimTask(office.task), KARI)


def test_a_deadline_warns_once_escalates_once_and_takes_the_boundary_event(
    application: Application, anne: str, clock: FixedClock
) -> None:
    desk = Desk(
        application,
        anne,
        simple(assigned("caseworker", dueAfter="P10D", warnBefore="P3D", escalate="LATE"))
        + '<boundaryEvent id="b" attachedToRef="a" cancelActivity="false"><escalationEventDefinition '
        'escalationRef="E"/></boundaryEvent>'
        f'<userTask id="boss">{assigned("caseworker")}</userTask>' + line("b", "boss"),
        head='<escalation id="E" escalationCode="LATE"/>',
    )

    clock.set(datetime(2026, 11, 29, 23, 0, tzinfo=UTC))  # the 30th in Norway, three days before the deadline's day
    application.performer.run_until_idle()
    assert [line_[0] for line_ in desk.history] == ["warn"]
    assert desk.open() == {"a"}
    clock.set(datetime(2026, 12, 3, 22, 59, 58, tzinfo=UTC))
    application.performer.run_until_idle()
    assert [line_[0] for line_ in desk.history] == ["warn"], "the day is not over in Norway"
    clock.advance(timedelta(seconds=1))
    application.performer.run_until_idle()
    application.performer.run_until_idle()

    assert [line_[0] for line_ in desk.history] == ["warn", "escalate"]
    assert desk.open() == {"a", "boss"}
    assert desk.audited == ["CaseStarted", "DeadlineNear", "DeadlinePassed"]


def test_a_deadline_of_a_task_that_is_done_never_passes(application: Application, anne: str, clock: FixedClock) -> None:
    desk = Desk(application, anne, simple(assigned("caseworker", dueAfter="P1D")))
    desk.send(CompleteTask(desk.task), KARI)

    clock.advance(timedelta(days=2))
    application.performer.run_until_idle()

    assert "DeadlinePassed" not in desk.audited


@pytest.mark.parametrize(("stops", "days"), [("true", 14), ("false", 10)])  # the twelfth day is a Saturday
def test_the_clock_stands_in_a_pause_only_if_the_definition_says_so(
    application: Application, anne: str, clock: FixedClock, stops: str, days: int
) -> None:
    desk = Desk(application, anne, simple(assigned("caseworker", dueAfter="P10D", pauseStopsClock=stops)))
    began = clock.now()
    desk.send(PauseTask(desk.task, "waits for the bank"), KARI)
    with pytest.raises(NotPossible, match="paused"):
        desk.send(CompleteTask(desk.task), KARI)
    with pytest.raises(NotPossible, match="paused already"):
        desk.send(PauseTask(desk.task, "again"), KARI)
    clock.advance(timedelta(days=2))

    desk.send(ResumeTask(desk.task), KARI)

    due = end_of_day(norwegian_day(began + timedelta(days=days)))
    assert desk.row.due_at == due  # type: ignore[attr-defined]
    clock.set(due - timedelta(seconds=1))
    application.performer.run_until_idle()
    assert "DeadlinePassed" not in desk.audited
    clock.advance(timedelta(seconds=1))
    application.performer.run_until_idle()
    assert desk.audited.count("DeadlinePassed") == 1
    assert desk.history[0] == ("pause", "kari", None, None, "waits for the bank")


def test_a_deadline_may_pass_in_a_pause_when_the_clock_goes_on(
    application: Application, anne: str, clock: FixedClock
) -> None:
    desk = Desk(application, anne, simple(assigned("caseworker", dueAfter="P1D")))
    desk.send(PauseTask(desk.task, "waits"), KARI)

    clock.advance(timedelta(days=2))
    application.performer.run_until_idle()

    assert desk.row.escalated_at == clock.now()  # type: ignore[attr-defined]


def test_a_plan_never_goes_beyond_the_deadline(application: Application, anne: str, clock: FixedClock) -> None:
    desk = Desk(application, anne, simple(assigned("caseworker", dueAfter="P10D", followUpAfter="P4D")))
    began = clock.now()
    assert desk.row.follow_up_at == began + timedelta(days=4)  # type: ignore[attr-defined]

    desk.send(PlanTask(desk.task, began + timedelta(days=6)), KARI)
    with pytest.raises(NotPossible, match="after the deadline"):
        desk.send(PlanTask(desk.task, began + timedelta(days=11)), KARI)

    assert desk.row.follow_up_at == began + timedelta(days=6)  # type: ignore[attr-defined]


def test_of_two_who_claim_at_once_one_gets_it_and_the_other_is_told_who(application: Application, anne: str) -> None:
    desk = Desk(application, anne, simple(assigned("caseworker")))
    refused: list[str] = []

    def try_it(who: Actor) -> None:
        try:
            desk.send(ClaimTask(desk.task), who)
        except AlreadyDone as refusal:
            refused.append(refusal.by)

    threads = [threading.Thread(target=try_it, args=(who,)) for who in (KARI, OLA)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert refused == [desk.row.assignee]  # type: ignore[attr-defined]
    assert len(desk.history) == 1
