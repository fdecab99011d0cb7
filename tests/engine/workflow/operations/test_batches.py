"""One operation on many cases: chosen by a query, stored, stopped, killed, gone on with, undone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Unpack

import pytest
from sqlalchemy import select

from engine.application import Application
from engine.cli import main
from engine.platform.clock import FixedClock
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.definitions.models import process_definition
from engine.workflow.execution.commands import CompleteTask, StartInstance
from engine.workflow.execution.models import process_instance, user_task
from engine.workflow.jobs.job_types import Done, GiveUp, Result
from engine.workflow.jobs.outbox import Work
from engine.workflow.operations import batches, selection
from engine.workflow.operations.selection import Query
from tests.factories.bundles import BundleOptions, bundle, job, line

USER = '<userTask id="{0}"/>'
Ask = Callable[..., tuple[int, Any, str]]


def one(*tasks: str) -> str:
    return '<startEvent id="s"/>' + "".join(USER.format(t) for t in tasks) + line("s", *tasks)


def deploy(application: Application, body: str, **options: Unpack[BundleOptions]) -> str:
    with application.db.write() as connection:
        return application.library.deploy(connection, bundle(body, **options), by="t")[0].id


def start(application: Application, owner: str, count: int, key: str = "p") -> list[str]:
    anne = Actor(Role.CITIZEN, owner, "Anne", level="high")
    return [application.dispatch.send(StartInstance(key, owner), anne).case_id for _ in range(count)]


def complete(application: Application, owner: str, case: str) -> None:
    with application.db.read() as connection:
        wanted = (user_task.c.case_id == case, user_task.c.state == "ready")
        task = connection.execute(select(user_task.c.id).where(*wanted)).scalars().first()
    assert task is not None
    application.dispatch.send(CompleteTask(task), Actor(Role.CITIZEN, owner, "Anne", level="high"))


def states(application: Application) -> dict[str, str]:
    with application.db.read() as connection:
        rows = connection.execute(select(process_instance.c.id, process_instance.c.state))
        return {row.id: row.state for row in rows}


def definitions(application: Application) -> list[str]:
    with application.db.read() as connection:
        return list(
            connection.execute(
                select(process_instance.c.definition_id).order_by(process_instance.c.started_at, process_instance.c.id)
            ).scalars()
        )


@pytest.fixture
def ibalanse(
    application: Application, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Ask:
    """Run a sub-command: exit status, its answer as JSON, what it said on stderr."""
    monkeypatch.setenv("IBALANSE_DATA", str(tmp_path / "data"))

    def ask(*argv: str) -> tuple[int, Any, str]:
        capsys.readouterr()
        status = main.main(
            [*argv, "--json"], wire=lambda _: application, prepare=lambda _: None, create_sandbox=lambda _: None
        )
        expected = capsys.readouterr()
        return status, json.loads(expected.out) if expected.out.strip() else None, expected.err

    return ask


def test_a_query_chooses_by_process_version_element_and_age(
    application: Application, anne: str, clock: FixedClock
) -> None:
    deploy(application, one("a", "b"))
    deploy(application, one("other"), key="q")
    old, second = start(application, anne, 2)
    clock.advance(timedelta(days=40))
    deploy(application, one("a", "b", "c"))
    new = start(application, anne, 1)[0]
    elsewhere = start(application, anne, 1, "q")[0]
    complete(application, anne, second)

    def chosen(query: Query) -> set[str]:
        with application.db.read() as connection:
            return set(selection.cases(connection, application.library, query, clock.now()))

    assert chosen(Query(process="p")) == {old, second, new}
    assert chosen(Query(process="p", version="1")) == {old, second}
    assert chosen(Query(element="b")) == {second}
    assert chosen(Query(older_than="P30D")) == {old, second}
    assert chosen(Query(process="q", older_than="P30D")) == set()
    assert chosen(Query()) == {old, second, new, elsewhere}


def test_a_batch_does_what_it_can_and_says_why_not(application: Application, anne: str, ibalanse: Ask) -> None:
    deploy(application, one("a"))
    cases = start(application, anne, 3)
    status, output, _ = ibalanse("batch", "suspend", "--process", "p", "--reason", "new law", "--later")
    assert (status, output["state"], output["total"], output["pending"]) == (0, "ready", 3, 3)
    ibalanse("case", "suspend", cases[1], "--reason", "by hand")
    ibalanse("batch", "stop", output["batch"])

    status, output, _ = ibalanse("batch", "run", output["batch"])

    assert (status, output["done"], output["refused"], output["state"]) == (1, 2, 1, "done")
    assert output["refusals"][0]["target"] == cases[1]
    assert output["refusals"][0]["reasons"][0]["message"] == "the case is suspended"
    assert set(states(application).values()) == {"suspended"}
    status, output, _ = ibalanse("batch", "resume", "--process", "p")
    assert (status, output["done"]) == (0, 3)
    assert set(states(application).values()) == {"active"}
    with application.db.read() as connection:
        assert [broken for _, broken in chain.verify_all(connection) if broken] == []


def test_a_batch_can_be_stopped_and_goes_on_where_it_was(application: Application, anne: str) -> None:
    deploy(application, one("a"))
    cases = start(application, anne, 4)
    batch = batches.create(application, "cancel", cases, chosen={}, reason="x")

    def stop_after_two(output: batches.Progress) -> None:
        if output.done == 2:
            batches.stop(application, batch)

    output = batches.run(application, batch, stop_after_two)
    assert (output.state, output.done, output.pending) == ("stopped", 2, 2)
    output = batches.run(application, batch)
    assert (output.state, output.done, output.pending) == ("stopped", 2, 2), "whoever comes by does not go on with it"
    batches.let_run(application, batch)
    output = batches.run(application, batch)

    assert (output.state, output.done, output.pending) == ("done", 4, 0)
    assert list(states(application).values()) == ["terminated"] * 4


def test_retry_lets_every_incident_of_a_case_go_on(application: Application, anne: str, ibalanse: Ask) -> None:
    class Twice:
        name = "work"

        def __init__(self) -> None:
            self.good = False

        def perform(self, work: Work, now: object) -> Result:
            return Done() if self.good else GiveUp("bad_answer")

    twice = Twice()
    application.job_types["work"] = twice
    deploy(application, f'<startEvent id="s"/><serviceTask id="j">{job("work")}</serviceTask>' + line("s", "j"))
    start(application, anne, 2)
    application.performer.run_until_idle()
    twice.good = True

    status, output, _ = ibalanse("batch", "retry", "--everything")
    application.performer.run_until_idle()

    assert (status, output["done"]) == (0, 2)
    assert set(states(application).values()) == {"completed"}


def test_bad_input_is_told_and_nothing_is_stored(application: Application, ibalanse: Ask) -> None:
    deploy(application, one("a"))
    for argv, expected in (
        (("batch", "cancel", "--reason", "x"), "--everything"),
        (("batch", "cancel", "--process", "p"), "--reason"),
        (("batch", "suspend", "--version", "1", "--reason", "x"), "needs --process"),
        (("batch", "suspend", "--process", "p", "--version", "9", "--reason", "x"), "no such version"),
        (("batch", "suspend", "--older-than", "a while", "--reason", "x"), "ISO 8601"),
        (("batch", "run", "nothing"), "no batch"),
        (("migrate", "p"), "--from"),
        (("migrate", "p", "--from", "1", "--to", "7"), "no version 7"),
        (("migrate", "p", "--from", "1", "--to", "latest"), "both version 1"),
        (("migrate", "p", "--from", "1", "--to", "1", "--map", "x"), "OLD=NEW"),
        (("migrate", "--undo", "nothing"), "no batch"),
        (("versions", "nothing"), "no process"),
        (("case", "show", "2026-9999"), "no case"),
    ):
        status, _, error = ibalanse(*argv)
        assert (status, expected in error) == (2, True), (argv, error)
    assert batches.latest(application) == []


# Migration


def test_a_dry_run_tells_what_would_not_fit_and_moves_nothing(
    application: Application, anne: str, ibalanse: Ask
) -> None:
    cases = _two_versions(application, anne)
    status, output, _ = ibalanse("migrate", "m", "--from", "1", "--to", "2", "--dry-run")

    assert (status, output["total"], output["fit"]) == (1, 3, 2)
    assert output["unfit"][0]["instance"] == cases[2]
    assert output["unfit"][0]["reasons"][0]["rule"] == "element-gone"
    assert output["summary"][0]["instances"] == 1
    assert len(set(definitions(application))) == 1


def _two_versions(application: Application, anne: str) -> list[str]:
    """Three cases on version 1 of ``m``; the last stands at an element version 2 calls otherwise."""
    deploy(application, one("a", "old"), key="m")
    cases = start(application, anne, 3, "m")
    complete(application, anne, cases[2])
    deploy(application, one("a", "new"), key="m", metadata={"versionTag": "law-2027"})
    return cases


def test_migrate_moves_all_tells_progress_and_undo_puts_back_what_has_not_moved(
    application: Application, anne: str, ibalanse: Ask
) -> None:
    cases = _two_versions(application, anne)
    status, versions, _ = ibalanse("versions", "m")
    assert [(v["version"], v["tag"], v["active"]) for v in versions] == [(2, "law-2027", 0), (1, "", 3)]

    status, output, _ = ibalanse("migrate", "m", "--from", "1", "--to", "law-2027", "--map", "old=new")
    assert (status, output["done"], output["refused"]) == (0, 3, 0)
    status, versions, _ = ibalanse("versions", "m")
    assert [(v["version"], v["active"]) for v in versions] == [(2, 3), (1, 0)]
    complete(application, anne, cases[0])
    status, undone, _ = ibalanse("migrate", "--undo", output["batch"])

    assert (status, undone["done"], undone["refused"]) == (1, 2, 1)
    assert undone["refusals"][0]["target"] == cases[0]
    assert undone["refusals"][0]["reasons"][0]["rule"] == "moved-since"
    status, versions, _ = ibalanse("versions", "m")
    assert [(v["version"], v["active"]) for v in versions] == [(2, 1), (1, 2)]
    with application.db.read() as connection:
        assert [broken for _, broken in chain.verify_all(connection) if broken] == []


_RUN = """
import sys
import threading
from engine.application import build
from engine.platform.clock import SystemClock
from engine.workflow.jobs.wakeup import no_wakeup
from engine.workflow.operations import batches
from engine.platform.settings import Settings
batches.run(build(Settings.from_env(), clock=SystemClock(), wakeup=no_wakeup), sys.argv[1])
"""


def test_a_migration_killed_between_and_inside_cases_goes_on_and_moves_each_once(
    application: Application, anne: str, tmp_path: Path
) -> None:
    first = deploy(application, one("a"))
    cases = start(application, anne, 6)
    second = deploy(application, one("a", "b"))
    settings = {"from": first, "to": second, "mapping": {}}
    batch = batches.create(application, "migrate", cases, chosen={}, settings=settings)
    environment = {
        **os.environ,
        "IBALANSE_DATA": str(tmp_path / "data"),
        "DATABASE_URL": application.settings.database_url,
        "IBALANSE_ENV": "test",
    }
    for place in ("batch_item_2", "batch_item_4"):
        killed = subprocess.run(
            [sys.executable, "-c", _RUN, batch],
            env={**environment, "IBALANSE_FAIL_POINT": place},
            check=False,
            capture_output=True,
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    output = batches.progress_of(application, batch)
    assert (output.state, output.done, output.pending) == ("running", 4, 2)

    output = batches.run(application, batch)

    assert (output.state, output.done, output.refused) == ("done", 6, 0)
    assert set(definitions(application)) == {second}
    with application.db.read() as connection:
        moved = connection.execute(
            select(chain.audit_event.c.case_id).where(chain.audit_event.c.kind == "InstanceMigrated")
        ).scalars()
        assert sorted(moved) == sorted(cases)
        assert [broken for _, broken in chain.verify_all(connection) if broken] == []


def test_deploy_says_version_tag_and_checksum(application: Application, ibalanse: Ask, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    (folder / "texts").mkdir(parents=True)
    task = '<startEvent id="s"/><userTask id="a">' + job("confirmation") + '</userTask><endEvent id="e"/>'
    files = dict(bundle(task + line("s", "a", "e"), metadata={"versionTag": "law-2026"}).files)
    for language in ("nb", "nn", "en"):
        texts = {"language": language, "resources": [{"id": "task.a", "value": "A"}]}
        files[f"texts/resource.{language}.json"] = json.dumps(texts).encode()
    for name, content in files.items():
        (folder / name).write_bytes(content)

    status, output, _ = ibalanse("deploy", str(folder))
    again = ibalanse("deploy", str(folder))[1]

    assert (status, output["version"], output["tag"], output["new"]) == (0, 1, "law-2026", True)
    assert (again["version"], again["new"]) == (1, False)
    with application.db.read() as connection:
        assert connection.execute(select(process_definition.c.checksum)).scalar_one() == output["checksum"]


def test_one_case_is_modified_from_the_command_line(application: Application, anne: str, ibalanse: Ask) -> None:
    deploy(application, one("a", "b"))
    case = start(application, anne, 1)[0]
    number = ibalanse("case", "show", case)[1]["number"]

    status, output, _ = ibalanse(
        "case", "modify", number, "--cancel", "a", "--start", "b", "--set", "n=1", "--reason", "x"
    )
    assert (status, [token["element"] for token in output["tokens"]]) == (0, ["b"])
    status, _, error = ibalanse("case", "modify", number, "--cancel", "b", "--reason", "x")
    assert (status, "nothing would be left" in error) == (2, True)
    status, output, _ = ibalanse("case", "cancel", number, "--reason", "over")
    assert (status, output["state"], output["tokens"]) == (0, "terminated", [])


def test_two_runners_on_one_batch_do_each_case_once(application: Application, anne: str) -> None:
    deploy(application, one("a"))
    cases = start(application, anne, 12)
    batch = batches.create(application, "suspend", cases, chosen={}, reason="x")
    runners = [threading.Thread(target=batches.run, args=(application, batch)) for _ in range(3)]

    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(60)

    output = batches.progress_of(application, batch)
    assert (output.state, output.done, output.refused) == ("done", 12, 0)
    with application.db.read() as connection:
        suspended = connection.execute(
            select(chain.audit_event.c.case_id).where(chain.audit_event.c.kind == "CaseSuspended")
        ).scalars()
        assert sorted(suspended) == sorted(cases)
