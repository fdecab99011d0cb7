"""What operators ask for goes through the one door: administrators only, once, and each with its event."""

from __future__ import annotations

import pytest

from engine.application import Application
from engine.workflow.audit.chain import SYSTEM_CHAIN, audit_event
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.errors import Forbidden, NotFound, NotPossible
from engine.workflow.execution.commands import Command
from engine.workflow.execution.steps.reasons import MAX_REASON
from engine.workflow.operations import batches
from engine.workflow.operations.commands import (
    ContinueBatch,
    ResetBreaker,
    ResolveIncidents,
    StartAuditCheck,
    StopBatch,
)

ADA = Actor(Role.ADMINISTRATOR, "ada", "Ada", level="high")
KARI = Actor(Role.CASEWORKER, "kari", "Kari", level="high")
EVERY = [ResolveIncidents("retry", ("one",)), StopBatch("b"), ContinueBatch("b"), ResetBreaker("n"), StartAuditCheck()]


def kinds(application: Application) -> list[str]:
    with application.db.read() as connection:
        rows = connection.execute(audit_event.select().where(audit_event.c.case_id == SYSTEM_CHAIN))
        return [row.kind for row in rows]


@pytest.mark.parametrize("command", EVERY, ids=lambda command: type(command).__name__)
def test_nobody_but_an_administrator_operates(application: Application, command: Command) -> None:
    with pytest.raises(Forbidden):
        application.dispatch.send(command, KARI)

    assert kinds(application) == []


@pytest.mark.parametrize("command", [StopBatch("gone"), ContinueBatch("gone")], ids=lambda one: type(one).__name__)
def test_a_batch_that_is_not_there_is_not_found(application: Application, command: Command) -> None:
    with pytest.raises(NotFound):
        application.dispatch.send(command, ADA)


def test_a_reason_that_is_too_long_is_refused_before_any_incident_is_touched(application: Application) -> None:
    with pytest.raises(NotPossible) as refused:
        application.dispatch.send(ResolveIncidents("skip", ("one",), reason="x" * (MAX_REASON + 1)), ADA)
    assert [reason.rule for reason in refused.value.reasons] == ["text-long"]


def test_a_skip_without_a_reason_is_no_skip(application: Application) -> None:
    with pytest.raises(NotPossible):
        application.dispatch.send(ResolveIncidents("skip", ("one",), reason="  "), ADA)

    assert kinds(application) == []


def test_a_batch_is_begun_stopped_and_gone_on_with(application: Application) -> None:
    batch = application.dispatch.send(ResolveIncidents("retry", ("one", "two"), {"kode": "x"}, "again"), ADA).made

    application.dispatch.send(StopBatch(batch), ADA)
    stopped = batches.progress_of(application, batch)
    application.dispatch.send(ContinueBatch(batch), ADA)

    assert (stopped.state, stopped.total) == ("stopped", 2)
    assert batches.progress_of(application, batch).state == "ready"
    assert kinds(application) == ["BatchCreated"]


def test_a_check_that_runs_is_not_begun_again(application: Application) -> None:
    first = application.dispatch.send(StartAuditCheck(), ADA).made
    second = application.dispatch.send(StartAuditCheck(), ADA).made

    assert first == second != ""
    assert kinds(application) == ["AuditCheckAsked"]


def test_a_breaker_that_is_not_open_leaves_no_event(application: Application) -> None:
    assert application.dispatch.send(ResetBreaker("fetch"), ADA).made == ""
    assert kinds(application) == []
