"""Cases leave one installation and go on in another; a file cut off, changed or foreign is refused whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, update

from engine.application import Application, build
from engine.platform import schema
from engine.platform.clock import FixedClock
from engine.platform.settings import Settings
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import SYSTEM, Actor, Role
from engine.workflow.errors import BadInputError
from engine.workflow.execution import data
from engine.workflow.execution.commands import CompleteTask, SaveTaskData, StartInstance, SuspendCase
from engine.workflow.execution.models import process_instance, user_task
from engine.workflow.jobs.wakeup import no_wakeup
from engine.workflow.operations import transfer
from tests.factories.bundles import bundle, line

BODY = '<startEvent id="s"/><userTask id="a"/><userTask id="b"/>' + line("s", "a", "b")


def deploy(application: Application, body: str = BODY, **options: object) -> None:
    with application.db.write() as connection:
        application.library.deploy(connection, bundle(body, **options), by="t")  # type: ignore[arg-type]


@pytest.fixture
def other(application: Application, tmp_path: Path, clock: FixedClock) -> Iterator[Application]:
    """A second installation with the same data keys."""
    environment = {
        "IBALANSE_DATA": str(application.settings.data_dir),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}",
        "IBALANSE_ENV": "test",
    }
    built = build(Settings.from_env(environment), clock=clock, wakeup=no_wakeup)
    schema.upgrade(built.db)
    yield built
    built.db.engine.dispose()


def open_task(application: Application, case: str) -> str:
    with application.db.read() as connection:
        wanted = (user_task.c.case_id == case, user_task.c.state == "ready")
        return str(connection.execute(select(user_task.c.id).where(*wanted)).scalar_one())


def started(application: Application, anne: str) -> tuple[str, list[str]]:
    deploy(application)
    who = Actor(Role.CITIZEN, anne, "Anne", level="high")
    case = application.dispatch.send(StartInstance("p", anne), who).case_id
    application.dispatch.send(SaveTaskData(open_task(application, case), "form", {"rent": 9000}), who)
    application.dispatch.send(CompleteTask(open_task(application, case)), who)
    return case, list(transfer.export(application, [case]))


def test_a_case_goes_on_in_the_other_house_with_its_data_and_trail(
    application: Application, anne: str, other: Application
) -> None:
    deploy(other, BODY.replace('id="b"', 'id="x"').replace('"b"', '"x"').replace("a-b", "a-x"))
    case, lines = started(application, anne)
    assert transfer.check(lines) == 1

    assert transfer.import_cases(other, lines) == {"cases": 1, "already": 0, "definitions": 1, "persons": 1}

    who = Actor(Role.CITIZEN, anne, "Anne", level="high")
    with other.db.read() as connection:
        assert data.read_in_case(connection, other.vault, case, "form") == {"rent": 9000}
        assert other.vault.person(connection, anne).name == "Anne Eksempel"
        assert [v.version for v in other.library.versions(connection, "p")] == [2, 1]
    other.dispatch.send(CompleteTask(open_task(other, case)), who)
    with other.db.read() as connection:
        state = connection.execute(select(process_instance.c.state).where(process_instance.c.id == case)).scalar_one()
        assert state == "completed"
        assert [broken for _, broken in chain.verify_all(connection) if broken] == []
    assert transfer.import_cases(other, lines)["already"] == 1


def test_a_decimal_arrives_with_its_scale(application: Application, anne: str, other: Application) -> None:
    case, _ = started(application, anne)
    mine, text = process_instance.c.case_id == case, "12.50"
    with application.db.write() as connection:
        variables = {"rest": Decimal(text), "told": text, "share": 12.5}
        connection.execute(update(process_instance).where(mine).values(variables=variables))

    transfer.import_cases(other, list(transfer.export(application, [case])))

    with other.db.read() as connection:
        found = connection.execute(select(process_instance.c.variables).where(mine)).scalar_one()
    assert repr(found) == repr(variables)


def test_the_same_content_is_the_same_definition(application: Application, anne: str, other: Application) -> None:
    deploy(other)
    _, lines = started(application, anne)
    assert transfer.import_cases(other, lines)["definitions"] == 0


def test_nothing_personal_is_in_the_file_in_clear(application: Application, anne: str) -> None:
    case, _ = started(application, anne)
    application.dispatch.send(SuspendCase(case, "moves"), SYSTEM)
    text = "\n".join(transfer.export(application, [case]))
    for secret in ("21818297804", "Eksempel", "9000"):
        assert secret not in text


def test_a_file_that_was_cut_off_or_changed_is_refused_before_a_row_is_written(
    application: Application, anne: str
) -> None:
    _, lines = started(application, anne)
    changed = [line_.replace('"a"', '"z"') for line_ in lines]
    for damaged, message in (
        (lines[:-1], "cut off"),
        ([*lines[:2], *lines[3:]], "checksum"),
        (changed, "checksum"),
        ([*lines, "{}"], "after the end"),
        (["not json", *lines], "line 1 is not"),
        ([json.dumps({"ibalanse": "export", "format": 9})], "another format"),
        ([json.dumps({"ibalanse": "export", "format": 1, "schema": "0000"})], "schema 0000"),
        ([], "cut off"),
    ):
        with pytest.raises(BadInputError, match=message):
            transfer.check(damaged)


def test_a_house_with_other_keys_cannot_take_it(
    application: Application, anne: str, tmp_path: Path, clock: FixedClock
) -> None:
    _, lines = started(application, anne)
    environment = {"IBALANSE_DATA": str(tmp_path / "stranger"), "IBALANSE_ENV": "test"}
    stranger = build(Settings.from_env(environment), clock=clock, wakeup=no_wakeup)
    schema.upgrade(stranger.db)

    with pytest.raises(BadInputError, match="data keys"):
        transfer.import_cases(stranger, lines)
