"""Cases that leave work behind, and real worker processes that do it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Unpack

import pytest
from sqlalchemy import func, select

from engine.application import Application
from engine.workflow.audit import chain
from engine.workflow.audit.chain import audit_event
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.execution.commands import StartInstance
from engine.workflow.execution.models import incident, process_instance
from engine.workflow.jobs.job_types import Result
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import Work
from forms.values import Value
from tests.factories.bundles import BundleOptions, bundle, job, line
from tests.factories.forked import Forked

ROOT = Path(__file__).resolve().parents[4]
CITIZEN = Actor(Role.CITIZEN, "somebody", "Somebody", level="high")
ADMIN = Actor(Role.ADMINISTRATOR, "ada", "Ada")
#: Seconds to wait for what must come: long, since what is slow on a busy machine is not wrong.
SLOW = 300.0
#: A stage nobody may enter.
REFUSING = {"stages": [{"id": "nowhere", "guard": ["equals", 1, 2], "refusal": "no"}]}
#: A job that needs nobody else, then a timer that is due at once.
JOB_AND_TIMER = (
    f'<startEvent id="s"/><serviceTask id="j">{job("change_roles", **{"from": "a", "to": "b"})}</serviceTask>'
    '<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT0S</timeDuration></timerEventDefinition>'
    '</intermediateCatchEvent><endEvent id="e"/>' + line("s", "j", "t", "e")
)


class Scripted:
    """A job type that answers as told, once per call, then for ever the last way."""

    def __init__(self, name: str, *answers: Result | Exception) -> None:
        self.name = name
        self.answers = list(answers)
        self.calls: list[Work] = []

    def perform(self, work: Work, now: object) -> Result:
        self.calls.append(work)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Cases:
    """An application and short ways to ask what became of its cases."""

    def __init__(self, application: Application) -> None:
        self.app = application

    def deploy(self, body: str, **options: Unpack[BundleOptions]) -> None:
        with self.app.db.write() as connection:
            self.app.library.deploy(connection, bundle(body, **options), by="test")

    def script(self, name: str, *answers: Result | Exception) -> Scripted:
        found = Scripted(name, *answers)
        self.app.job_types[name] = found
        return found

    def start(self, key: str = "p", **variables: Value) -> str:
        return self.app.dispatch.send(StartInstance(key, CITIZEN.person_id, variables), CITIZEN).case_id

    def work(self) -> None:
        while self.app.performer.run_until_idle(5):
            pass

    def state(self, case: str) -> str:
        with self.app.db.read() as connection:
            return connection.execute(
                select(process_instance.c.state).where(process_instance.c.id == case)
            ).scalar_one()

    def states(self) -> dict[str, int]:
        with self.app.db.read() as connection:
            state = process_instance.c.state
            return {
                row.state: row.n for row in connection.execute(select(state, func.count().label("n")).group_by(state))
            }

    def incidents(self) -> list[Any]:
        with self.app.db.read() as connection:
            return list(connection.execute(select(incident).order_by(incident.c.raised_at)))

    def due(self) -> list[Any]:
        with self.app.db.read() as connection:
            return list(
                connection.execute(select(due_work).where(due_work.c.state != "done").order_by(due_work.c.due_at))
            )

    def events(self) -> dict[str, Counter[str]]:
        """Case → how many audit events of each kind."""
        found: dict[str, Counter[str]] = {}
        with self.app.db.read() as connection:
            for row in connection.execute(select(audit_event.c.case_id, audit_event.c.kind)):
                found.setdefault(row.case_id, Counter())[row.kind] += 1
        return found

    def whole(self) -> bool:
        with self.app.db.read() as connection:
            return all(broken is None for _, broken in chain.verify_all(connection))


@pytest.fixture
def cases(application: Application) -> Cases:
    return Cases(application)


class Process:
    """``python -m wsgi …`` beside the test, with the same database."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self.log = Path(environment["IBALANSE_DATA"]) / f"process-{time.monotonic_ns()}.log"
        self.log.touch()
        self.popen: Forked | subprocess.Popen[bytes]
        if "PROMETHEUS_MULTIPROC_DIR" in environment:  # read by the library while it is imported
            with self.log.open("wb") as out:
                command = [sys.executable, "-m", "wsgi", *arguments]
                self.popen = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        else:
            self.popen = Forked(arguments, environment, self.log)

    def wait(self, seconds: float = SLOW) -> int:
        return self.popen.wait(seconds)

    @property
    def text(self) -> str:
        return self.log.read_text()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(row) for row in self.text.splitlines() if row.startswith("{")]

    def prints(self, text: str, seconds: float = SLOW) -> bool:
        return eventually(lambda: text in self.text, seconds)


Spawn = Callable[..., Process]


@pytest.fixture
def spawn(application: Application, database_url: str) -> Iterator[Spawn]:
    """Start processes on the test's database; none outlives the test."""
    started: list[Process] = []

    def spawn(*arguments: str, **settings: str) -> Process:
        environment = {
            **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
            "IBALANSE_DATA": str(application.settings.data_dir),
            "DATABASE_URL": database_url,
            "IBALANSE_ENV": "test",
            **settings,
        }
        started.append(Process(environment, *arguments))
        return started[-1]

    yield spawn
    for process in started:
        process.popen.kill()
        process.popen.wait()


def eventually(holds: Callable[[], bool], seconds: float = SLOW) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.1)
    return False
