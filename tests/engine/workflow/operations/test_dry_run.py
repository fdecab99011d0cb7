"""Moves that are tried: what nobody foresaw keeps no other case from its answer, and others may write meanwhile."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from engine.application import Application
from engine.platform.clock import FixedClock
from engine.studio import case_migration
from engine.workflow.authorization.actor import Actor
from engine.workflow.execution.commands import MigrateInstance, Outcome
from engine.workflow.execution.flush import LostRaceError
from engine.workflow.operations import batches, dry_run
from tests.engine.workflow.operations.test_batches import complete, definitions, deploy, one, start


def _sent(application: Application, monkeypatch: pytest.MonkeyPatch, troubles: dict[str, list[Exception]]) -> None:
    """Raise what is left of *troubles* of an instance when a move of it is tried."""
    send = application.dispatch.send

    def sent(command: MigrateInstance, actor: Actor, *, key: str = "", connection: Connection | None = None) -> Outcome:
        if left := troubles.get(command.instance_id):
            raise left.pop(0)
        return send(command, actor, key=key, connection=connection)

    monkeypatch.setattr(application.dispatch, "send", sent)


def test_what_nobody_foresaw_and_a_case_that_is_gone_stop_no_others(
    application: Application, anne: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(application, one("a"))
    cases = start(application, anne, 2)
    target = deploy(application, one("a", "b"))
    gone = str(uuid.uuid4())
    _sent(application, monkeypatch, {cases[0]: [KeyError("Anne Eksempel")]})
    settings = {"to": target, "mapping": {"x": "a"}}
    batch = batches.create(application, "try", [cases[0], gone, cases[1]], chosen={}, settings=settings)

    progress = batches.run(application, batch)

    assert (progress.state, progress.done, progress.refused) == ("done", 1, 2)
    refused = {item["target"]: item for item in batches.results(application, batch, "refused")}
    assert refused[cases[0]]["code"] == "crashed" and refused[cases[0]]["reasons"] == [{"message": "KeyError"}]
    assert refused[gone]["code"] == "not_found"
    assert case_migration.plan_of(application, batch).fit == 1


@pytest.mark.parametrize("kind", ["try", "dry run"])
def test_a_lost_race_and_a_database_that_was_away_are_tried_again(
    application: Application, anne: str, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    deploy(application, one("a"))
    cases = start(application, anne, 2)
    target = deploy(application, one("a", "b"))
    away = OperationalError("", {}, Exception(), connection_invalidated=True)
    _sent(application, monkeypatch, {cases[1]: [LostRaceError("x"), away]})

    if kind == "try":
        settings = {"to": target, "mapping": {}}
        progress = batches.run(application, batches.create(application, "try", cases, chosen={}, settings=settings))
        assert (progress.state, progress.done, progress.refused) == ("done", 2, 0)
    else:
        assert list(dry_run.tried(application, target, {}, cases)) == [(case, None) for case in cases]
    assert target not in definitions(application)


def test_others_write_between_the_handfuls_of_a_dry_run(
    application: Application, anne: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run, "HANDFUL", 2)
    deploy(application, one("a"))
    start(application, anne, 5)
    target = deploy(application, one("a", "b"))
    transactions: list[int] = []
    write = application.db.write
    monkeypatch.setattr(application.db, "write", lambda: transactions.append(1) or write())

    with application.db.read() as connection:
        found = application.library.get(connection, target)
    plan = case_migration.dry_run(application, "p", found, {}, "ada")

    assert (plan.total, plan.fit) == (5, 5) and len(transactions) == 3
    assert target not in definitions(application)


def test_an_old_move_has_its_page_still_and_what_refused_is_counted_by_the_database(
    application: Application, anne: str, clock: FixedClock
) -> None:
    deploy(application, one("a", "c"))
    cases = start(application, anne, 8)
    for case in cases[7:]:
        complete(application, anne, case)
    target = deploy(application, one("b"))
    settings = {"to": target, "mapping": {}}
    batch = batches.create(application, "try", cases, chosen={"process": "p"}, settings=settings)
    batches.run(application, batch)
    for _ in range(21):
        clock.advance(timedelta(minutes=1))
        batches.create(application, "try", [], chosen={"process": "p"}, settings=settings)

    found = case_migration.batch_of(application, "p", batch)
    assert found is not None and found.id == batch
    assert (
        case_migration.batch_of(application, "q", batch) is None
        and case_migration.batch_of(application, "p", "x") is None
    )
    with application.db.read() as connection:
        assert [len(some) for _, _, some in case_migration._refusals(connection, batch)] == [case_migration.EXAMPLES, 1]
    held = case_migration.plan_of(application, batch).held

    assert [(h.reason.element, h.cases, len(h.examples)) for h in held] == [("a", 7, 5), ("c", 1, 1)]
