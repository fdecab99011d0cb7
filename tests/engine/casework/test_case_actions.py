"""A case and its tasks go together, each act says what was and what became, and what is not legal changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from engine.casework import case_actions, information_requests, members, notices, queue
from engine.casework.commands import (
    AnswerQuestion,
    AskCitizen,
    AssignCase,
    ExtendDeadline,
    PauseCase,
    PlanCase,
    ReturnCase,
    TakeCase,
    UnpauseCase,
)
from engine.casework.queue import Filter
from engine.platform.calendar import add_days
from engine.workflow.authorization.actor import SYSTEM, Actor
from engine.workflow.errors import AlreadyDone, NotFound, NotPossible
from engine.workflow.execution import worklist
from engine.workflow.execution.commands import CompleteTask, PauseTask, PlanTask, ResumeTask
from engine.workflow.execution.deadlines import last_moment
from tests.engine.casework.conftest import NAV, Desks
from tests.factories.bundles import assigned, bundle, flow, line


def rules(error: pytest.ExceptionInfo[NotPossible]) -> list[str]:
    return [reason.rule for reason in error.value.reasons]


def test_who_takes_a_case_has_its_task_and_the_next_one_hears_who_was_faster(desks: Desks) -> None:
    case = desks.start()

    desks.do(TakeCase, desks.kari, case)
    with pytest.raises(AlreadyDone) as faster:
        desks.do(TakeCase, desks.ola, case)

    assert faster.value.by == desks.kari.person_id
    assert desks.case(case).responsible == desks.task(case).assignee == desks.kari.person_id
    assert desks.events(case, "CaseTaken") == [{"from": None, "to": desks.kari.person_id}]
    desks.do(TakeCase, desks.kari, case)  # again is nothing new
    assert len(desks.events(case, "CaseTaken")) == 1


def test_of_several_who_take_a_free_case_at_once_one_gets_it_and_the_others_hear_who(desks: Desks) -> None:
    case = desks.start()

    def take(who: Actor) -> str:
        try:
            desks.do(TakeCase, who, case)
        except AlreadyDone as faster:
            return faster.by
        return who.person_id

    with ThreadPoolExecutor(3) as together:
        heard = set(together.map(take, (desks.kari, desks.ola, desks.lise)))

    assert heard == {desks.case(case).responsible}
    assert len(desks.events(case, "CaseTaken")) == 1


def test_a_case_is_put_back_with_a_reason_and_only_by_who_has_it_or_the_leader(desks: Desks) -> None:
    case = desks.start()
    desks.do(TakeCase, desks.kari, case)

    with pytest.raises(NotPossible) as wordless:
        desks.do(ReturnCase, desks.kari, case, "  ")
    assert rules(wordless) == ["no-reason"]
    with pytest.raises(AlreadyDone):
        desks.do(ReturnCase, desks.ola, case, "I want it")
    assert desks.case(case).responsible == desks.kari.person_id

    desks.do(ReturnCase, desks.kari, case, "too much to do")
    assert desks.case(case).responsible is None and desks.task(case).assignee is None
    desks.do(TakeCase, desks.kari, case)
    desks.do(ReturnCase, desks.lise, case, "on sick leave")
    assert desks.case(case).responsible is None
    reasons = worklist_reasons(desks, case)
    assert "too much to do" in reasons


def worklist_reasons(desks: Desks, case: str) -> list[str]:
    task = desks.task(case)
    with desks.application.db.read() as connection:
        found = worklist.changes(connection, desks.application.vault, task.id, task.owner_id)
    return [change.reason for change in found]


def test_a_case_is_given_to_a_colleague_who_is_told_and_to_nobody_else(desks: Desks) -> None:
    case = desks.start()
    desks.do(TakeCase, desks.kari, case)

    desks.do(AssignCase, desks.kari, case, desks.lise.person_id, "needs a leader")

    assert desks.case(case).responsible == desks.task(case).assignee == desks.lise.person_id
    moved = {"from": desks.kari.person_id, "to": desks.lise.person_id, "said_why": True}
    assert desks.events(case, "CaseAssigned") == [moved]
    with desks.application.db.read() as connection:
        told = notices.of_person(connection, desks.application.vault, desks.lise.person_id)
    assert [(one.kind, one.content["number"]) for one in told] == [("staff.assigned", desks.case(case).number)]
    for stranger in ("nobody", desks.people["Anne Eksempel"].person_id):
        with pytest.raises(NotPossible) as refused:
            desks.do(AssignCase, desks.lise, case, stranger)
        assert rules(refused) == ["not-colleague"]
    with desks.application.db.write() as connection:
        members.end(connection, NAV.orgno, desks.ola.person_id, desks.clock.now())
    with pytest.raises(NotPossible):
        desks.do(AssignCase, desks.lise, case, desks.ola.person_id)


def test_a_planned_day_lies_ahead_and_never_behind_the_deadline(desks: Desks) -> None:
    case = desks.start()
    now = desks.clock.now()

    desks.do(PlanCase, desks.kari, case, now + timedelta(days=4))
    for wrong, rule in ((now - timedelta(days=1), "in-the-past"), (now + timedelta(days=11), "after-deadline")):
        with pytest.raises(NotPossible) as refused:
            desks.do(PlanCase, desks.kari, case, wrong)
        assert rules(refused) == [rule]

    assert desks.case(case).follow_up_at == desks.task(case).follow_up_at == now + timedelta(days=4)
    desks.do(PlanCase, desks.kari, case, None)
    day = (now + timedelta(days=4)).isoformat()
    assert desks.events(case, "CasePlanned") == [{"from": None, "to": day}, {"from": day, "to": None}]


def test_a_pause_ends_on_a_day_also_one_behind_the_deadline_it_moves(desks: Desks) -> None:
    case = desks.start()
    due, now = desks.case(case).deadline_at, desks.clock.now()
    assert due is not None
    until = due + timedelta(days=20)
    with pytest.raises(NotPossible) as refused:
        desks.do(PauseCase, desks.kari, case, "creditor", "waits", now - timedelta(days=1))
    assert rules(refused) == ["in-the-past"]

    desks.do(PauseCase, desks.kari, case, "creditor", "waits", until)
    assert desks.case(case).follow_up_at == desks.task(case).follow_up_at == until
    desks.do(PlanCase, desks.kari, case, until + timedelta(days=1))
    desks.clock.set(until)
    desks.do(UnpauseCase, desks.kari, case)

    after = desks.case(case).deadline_at
    assert after is not None and after > until and after == last_moment(due + (until - now))


def test_a_pause_says_whom_the_case_waits_for_and_the_clock_stands(desks: Desks) -> None:
    case = desks.start()
    due, began = desks.case(case).deadline_at, desks.clock.now()

    desks.do(PauseCase, desks.kari, case, "creditor", "the bank must answer")
    paused = desks.case(case)
    with pytest.raises(NotPossible):
        desks.do(PauseCase, desks.kari, case, "creditor", "again")
    desks.clock.advance(timedelta(days=3))
    desks.do(UnpauseCase, desks.kari, case)

    assert (paused.waiting_for, paused.pause_reason) == ("other", "creditor")
    after = desks.case(case)
    assert (after.waiting_for, after.paused_at, after.pause_reason) == ("caseworker", None, None)
    assert due is not None and after.deadline_at == last_moment(due + timedelta(days=3))
    assert (paused.follow_up_at, after.follow_up_at) == (add_days(began, 14), None)
    assert desks.events(case, "CasePaused") == [{"from": None, "to": "creditor"}]
    with pytest.raises(NotPossible):
        desks.do(UnpauseCase, desks.kari, case)


def test_a_deadline_is_moved_with_a_reason_and_the_warning_with_it(desks: Desks) -> None:
    case = desks.start()
    before = desks.task(case)
    later = before.due_at + timedelta(days=5)

    with pytest.raises(NotPossible):
        desks.do(ExtendDeadline, desks.kari, case, later, "")
    with pytest.raises(NotPossible) as past:
        desks.do(ExtendDeadline, desks.kari, case, desks.clock.now(), "too late")
    assert rules(past) == ["in-the-past"]
    desks.do(ExtendDeadline, desks.kari, case, later, "waits for the tax papers")

    after = desks.task(case)
    assert (after.due_at, after.warn_at) == (later, before.warn_at + timedelta(days=5))
    assert desks.case(case).deadline_at == later
    told = desks.events(case, "TaskExtended")
    assert [(one["was"], one["due"], one["said_why"]) for one in told] == [
        (before.due_at.isoformat(), later.isoformat(), True)
    ]
    desks.clock.set(before.due_at + timedelta(hours=1))
    while desks.application.performer.run_until_idle(5):
        pass
    assert desks.task(case).escalated_at is None, "the old deadline does not pass any more"
    desks.clock.set(later + timedelta(hours=1))
    while desks.application.performer.run_until_idle(5):
        pass
    assert desks.task(case).escalated_at is not None


def test_what_was_planned_for_one_task_is_not_the_plan_of_the_next(desks: Desks) -> None:
    case = desks.start()
    desks.do(TakeCase, desks.kari, case)
    desks.do(PlanCase, desks.kari, case, desks.clock.now() + timedelta(days=2))

    desks.application.dispatch.send(CompleteTask(desks.task(case).id, action="write"), desks.kari)

    assert desks.task(case).element_id == "b"
    assert desks.case(case).follow_up_at is None


def test_nothing_is_done_with_a_closed_case(desks: Desks) -> None:
    case = desks.start()
    for _ in range(2):
        desks.application.dispatch.send(CompleteTask(desks.task(case).id, action="write"), SYSTEM)

    closed = desks.case(case)
    assert closed.state == "closed" and case_actions.legal(closed, desks.kari.person_id, leads=True) == ()
    for act, more in (
        (TakeCase, ()),
        (ReturnCase, ("x",)),
        (PlanCase, (None,)),
        (PauseCase, ("other", "x")),
    ):
        with pytest.raises(NotPossible) as refused:
            desks.do(act, desks.kari, case, *more)
        assert rules(refused) == ["case-closed"]


def test_an_answer_sets_going_what_the_question_held_up(desks: Desks) -> None:
    case = desks.start()
    anne = desks.people["Anne Eksempel"]
    desks.do(TakeCase, desks.kari, case)
    due = desks.clock.now() + timedelta(days=7)
    asked = desks.do(AskCitizen, desks.kari, case, "What is the rent?", due, pauses=True).made
    assert (desks.case(case).waiting_for, desks.task(case).paused_at) == ("citizen", desks.clock.now())
    app = desks.application

    def reply(who: Actor, text: str) -> None:
        desks.do(AnswerQuestion, who, case, asked, text)

    with pytest.raises(NotFound):
        reply(desks.people["Truls Eksempel"], "not mine")
    reply(anne, "7 000 kr")
    with pytest.raises(AlreadyDone):
        reply(anne, "no, 8 000 kr")

    assert (desks.case(case).waiting_for, desks.task(case).paused_at) == ("caseworker", None)
    with app.db.read() as connection:
        found = information_requests.of_case(connection, app.vault, case)
        told = notices.of_person(connection, app.vault, desks.kari.person_id)
    assert [(q.state, q.answer) for q in found] == [("answered", "7 000 kr")]
    assert [one.kind for one in told] == ["staff.answered"]


def test_what_the_command_alone_pauses_and_plans_stands_in_the_queue(desks: Desks) -> None:
    case = desks.start()
    app, task = desks.application, desks.task(case)
    day = desks.clock.now() + timedelta(days=3)

    app.dispatch.send(PlanTask(task.id, day), desks.kari)
    assert desks.case(case).follow_up_at == day
    app.dispatch.send(PauseTask(task.id, "the bank must answer"), desks.kari)
    paused = desks.case(case)
    assert (paused.paused_at, paused.pause_reason, paused.waiting_for) == (desks.clock.now(), "other", "other")
    assert "resume" in case_actions.legal(paused, desks.kari.person_id, leads=False) and paused.follow_up_at == day
    app.dispatch.send(ResumeTask(task.id), desks.kari)
    after = desks.case(case)
    assert (after.paused_at, after.pause_reason, after.waiting_for) == (None, None, "caseworker")

    desks.do(PauseCase, desks.kari, case, "court", "a date in court")
    desks.do(PlanCase, desks.kari, case, None)
    assert (desks.case(case).pause_reason, desks.case(case).follow_up_at) == ("court", None)
    app.dispatch.send(ResumeTask(desks.task(case).id), desks.ola)
    assert desks.case(case).paused_at is None and desks.case(case).waiting_for == "caseworker"


def test_a_task_brings_the_day_its_process_plans_and_a_new_round_brings_a_new_one(desks: Desks) -> None:
    planned = assigned("caseworker", dueAfter="P30D", followUpAfter="P7D")
    body = (
        f'<startEvent id="s"/><exclusiveGateway id="again"/><userTask id="a">{planned}</userTask>'
        f'<userTask id="b">{assigned("caseworker")}</userTask>' + line("s", "again", "a", "b") + flow("b", "again")
    )
    with desks.application.db.write() as connection:
        desks.application.library.deploy(connection, bundle(body, roles=("radgiver", "priv")), by="test")
    case = desks.start()
    first = desks.clock.now() + timedelta(days=7)
    assert desks.case(case).follow_up_at == first

    app = desks.application
    desks.clock.advance(timedelta(days=2))
    app.dispatch.send(CompleteTask(desks.task(case).id), desks.kari)
    assert desks.case(case).follow_up_at is None, "the next task plans nothing"
    app.dispatch.send(CompleteTask(desks.task(case).id), desks.kari)
    assert desks.case(case).follow_up_at == desks.clock.now() + timedelta(days=7)
    with app.db.read() as connection:
        due = [
            [row.id for row in queue.page(connection, desks.who(desks.kari), Filter(view="planlagt"), at, None).rows]
            for at in (first, desks.case(case).follow_up_at)
        ]
    assert due == [[], [case]]
