"""Whoever has the case has its tasks: a new one is theirs from the beginning, and nobody is told otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.casework import members
from engine.casework.commands import AssignCase, ReturnCase, TakeCase
from engine.workflow.audit.chain import audit_event
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.errors import AlreadyDone
from engine.workflow.execution.commands import CompleteTask
from engine.workflow.execution.models import task_change
from tests.engine.casework.conftest import NAV, Desks
from tests.factories.bundles import assigned, bundle, flow, line


def completed(desks: Desks, case: str) -> dict[str, Any]:
    """The data of the newest completion in the case's trail."""
    wanted = (audit_event.c.case_id == case, audit_event.c.kind == "TaskCompleted")
    with desks.application.db.read() as connection:
        rows = connection.execute(select(audit_event.c.data).where(*wanted).order_by(audit_event.c.seq.desc()))
        found: dict[str, Any] = rows.scalars().first()
    return found


def test_the_next_task_of_a_case_goes_to_who_has_the_case(desks: Desks) -> None:
    case = desks.start()
    desks.do(TakeCase, desks.kari, case)

    desks.application.dispatch.send(CompleteTask(desks.task(case).id), desks.kari)

    after = desks.task(case)
    assert (after.element_id, after.assignee, after.state) == ("b", desks.kari.person_id, "claimed")
    assert completed(desks, case)["assigned"] == {"to": desks.kari.person_id, "tasks": ["b"]}
    with desks.application.db.read() as connection:
        line = connection.execute(select(task_change).where(task_change.c.task_id == after.id)).one()
    assert (line.kind, line.by, line.to_person, line.seq) == ("assign", SYSTEM.person_id, desks.kari.person_id, 1)


def test_a_colleague_is_told_who_has_the_task_and_can_do_it_once_the_case_is_theirs(desks: Desks) -> None:
    case = desks.start()
    desks.do(TakeCase, desks.kari, case)
    desks.application.dispatch.send(CompleteTask(desks.task(case).id), desks.kari)
    task = desks.task(case).id

    with pytest.raises(AlreadyDone) as told:
        desks.application.dispatch.send(CompleteTask(task), desks.ola)
    desks.do(AssignCase, desks.ola, case, desks.ola.person_id, "Kari is ill")
    desks.application.dispatch.send(CompleteTask(task), desks.ola)

    assert told.value.by == desks.kari.person_id
    assert desks.case(case).state == "closed"


def test_the_next_task_of_a_case_nobody_has_is_for_anybody(desks: Desks) -> None:
    case = desks.start()
    desks.do(TakeCase, desks.kari, case)
    first = desks.task(case).id
    desks.do(ReturnCase, desks.kari, case, "too much to do")

    desks.application.dispatch.send(CompleteTask(first), desks.ola)

    assert (desks.task(case).assignee, desks.task(case).state) == (None, "ready")
    assert "assigned" not in completed(desks, case)


def test_who_has_left_the_office_gets_no_new_tasks(desks: Desks) -> None:
    case = desks.start()
    desks.do(TakeCase, desks.kari, case)
    first = desks.task(case).id
    with desks.application.db.write() as connection:
        members.end(connection, NAV.orgno, desks.kari.person_id, desks.clock.now())

    desks.application.dispatch.send(CompleteTask(first), SYSTEM)

    assert (desks.task(case).assignee, desks.task(case).state) == (None, "ready")


def test_a_task_the_diagram_keeps_for_another_office_stays_free(desks: Desks) -> None:
    kept = (
        "<potentialOwner><resourceAssignmentExpression><formalExpression>123456785</formalExpression>"
        "</resourceAssignmentExpression></potentialOwner>"
    )
    body = (
        f'<startEvent id="s"/><userTask id="a">{assigned("caseworker")}</userTask>'
        f'<userTask id="b">{assigned("caseworker")}{kept}</userTask>' + line("s", "a", "b")
    )
    with desks.application.db.write() as connection:
        desks.application.library.deploy(connection, bundle(body, roles=("radgiver", "priv")), by="ada")
    case = desks.start()
    desks.do(TakeCase, desks.kari, case)

    desks.application.dispatch.send(CompleteTask(desks.task(case).id), desks.kari)

    assert (desks.task(case).assignee, desks.task(case).state) == (None, "ready")


def test_a_task_that_a_timer_makes_goes_to_who_has_the_case_too(desks: Desks) -> None:
    timer = "<timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition>"
    body = (
        f'<startEvent id="s"/><userTask id="a">{assigned("caseworker")}</userTask>'
        f'<boundaryEvent id="late" attachedToRef="a">{timer}</boundaryEvent>'
        f'<userTask id="b">{assigned("caseworker")}</userTask>' + flow("s", "a") + flow("late", "b")
    )
    with desks.application.db.write() as connection:
        desks.application.library.deploy(connection, bundle(body, roles=("radgiver", "priv")), by="ada")
    case = desks.start()
    desks.do(TakeCase, desks.kari, case)

    desks.clock.advance(timedelta(days=4))
    while desks.application.performer.run_until_idle(5):
        pass

    assert (desks.task(case).element_id, desks.task(case).assignee) == ("b", desks.kari.person_id)


def test_every_task_of_a_repeated_step_goes_to_who_has_the_case(desks: Desks) -> None:
    body = (
        f'<startEvent id="s"/><userTask id="a">{assigned("caseworker")}</userTask>'
        f'<userTask id="b">{assigned("caseworker")}<multiInstanceLoopCharacteristics>'
        "<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>" + line("s", "a", "b")
    )
    with desks.application.db.write() as connection:
        desks.application.library.deploy(connection, bundle(body, roles=("radgiver", "priv")), by="ada")
    case = desks.start()
    desks.do(TakeCase, desks.kari, case)

    desks.application.dispatch.send(CompleteTask(desks.task(case).id), desks.kari)

    assert completed(desks, case)["assigned"] == {"to": desks.kari.person_id, "tasks": ["b", "b", "b"]}
