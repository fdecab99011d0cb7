"""The workflow engine runs without the product around it, as another Python program would use it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = """
import sys
from importlib.abc import MetaPathFinder

ROOMS = ("cli", "web", "studio", "application", "advice", "casework")
CLOSED = ("flask", "rq", "integrations", "processes", "wsgi", *(f"engine.{room}" for room in ROOMS))


class Closed(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(name == one or name.startswith(one + ".") for one in CLOSED):
            raise ImportError(f"{name} is not there")


sys.meta_path.insert(0, Closed())

from datetime import date

from sqlalchemy import select

from engine.platform import schema
from engine.platform.clock import SystemClock
from engine.platform.settings import Settings
from engine.workflow.authorization.actor import SYSTEM, Actor, Role
from engine.workflow.execution.commands import CompleteTask, StartInstance
from engine.workflow.execution.models import process_instance
from engine.workflow.jobs.job_types import Done
from engine.workflow.jobs.wakeup import no_wakeup
from engine.workflow.runtime import build
from engine.workflow.workers.performer import performer_of
from engine.workflow.workers.reconciliation import check, tidy
from tests.factories.bundles import assigned, bundle, job, line


class Greet:
    name = "greet"

    def perform(self, work, now):
        return Done({"greeting": "hei, " + work.payload["whom"]})


runtime = build(Settings.from_env(), clock=SystemClock(), wakeup=no_wakeup)
runtime.job_types[Greet.name] = Greet()
schema.upgrade(runtime.db)
with runtime.db.write() as connection:
    body = (
        f'<startEvent id="s"/><userTask id="u">{assigned("citizen")}</userTask>'
        f'<serviceTask id="j">{job("greet", whom="Anne")}</serviceTask><endEvent id="e"/>'
    )
    runtime.library.deploy(connection, bundle(body + line("s", "u", "j", "e")), by=SYSTEM.person_id)
    anne = runtime.vault.register(connection, pid="21818297804", name="Anne", birth_date=date(1982, 1, 21))
actor = Actor(Role.CITIZEN, anne.id, "Anne", level="high")
begun = runtime.dispatch.send(StartInstance("p", anne.id), actor)
(task,) = begun.next_tasks
runtime.dispatch.send(CompleteTask(task), actor)
while performer_of(runtime).run_until_idle():
    pass
check(runtime)
tidy(runtime)
with runtime.db.read() as connection:
    row = connection.execute(select(process_instance)).one()
print(row.state, row.variables)
"""


def test_a_process_with_a_task_type_of_the_callers_own_runs_to_its_end_without_the_rooms_above(tmp_path: Path) -> None:
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'alone.db'}",
        "IBALANSE_DATA": str(tmp_path),
        "IBALANSE_ENV": "test",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **settings}, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "completed {'greeting': 'hei, Anne'}"
