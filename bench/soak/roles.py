"""What each process of the soak does: a sender of commands, as the web would, or a worker as ``ibalanse worker``.

The process under test, with what it must leave behind for each case: ten effects, and two or three completed tasks.
"""

from __future__ import annotations

import json
import os
import random
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, func, insert, select
from sqlalchemy.exc import DBAPIError

import wsgi
from engine.application import Application
from engine.cli import main
from engine.platform.settings import Settings
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.errors import AlreadyDone
from engine.workflow.execution.commands import CompleteTask, CorrelateMessage, StartInstance
from engine.workflow.execution.models import process_instance, user_task
from engine.workflow.jobs.job_types import Deferred, Done, Error, Result, Retry
from engine.workflow.jobs.outbox import Work
from tests.factories.bundles import flow, job, line

KEY = "soak"
OPEN_CASES = 25

effect = Table(
    "soak_effect",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("element", String(40), nullable=False),
    Column("key", String(36), nullable=False),
)
"""One row each time a job's effect is written. No constraint: only the engine keeps it from being doubled."""

#: What every case must have done, element → times.
EFFECTS = {"a": 1, "b": 1, "c": 1, "turn": 3, "item": 3, "check": 1}

_COUNT = '<extensionElements><ib:output target="n">["plus", ["dataModel","n","variables"], 1]</ib:output>'
PROCESS = (
    '<startEvent id="s"/><userTask id="apply"/><parallelGateway id="fork"/><parallelGateway id="join"/>'
    + "".join(f'<serviceTask id="{name}">{job(KEY)}</serviceTask>' for name in ("a", "b", "c", "turn", "check"))
    + '<receiveTask id="answer" messageRef="ANSWER"/><intermediateCatchEvent id="pause"><timerEventDefinition>'
    "<timeDuration>PT1S</timeDuration></timerEventDefinition></intermediateCatchEvent>"
    f'<scriptTask id="count">{_COUNT}</extensionElements></scriptTask>'
    '<exclusiveGateway id="again" default="again-turn"/><exclusiveGateway id="merge"/>'
    f'<serviceTask id="item">{job(KEY)}<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>'
    "</multiInstanceLoopCharacteristics></serviceTask>"
    '<boundaryEvent id="odd" attachedToRef="check"><errorEventDefinition errorRef="ODD"/></boundaryEvent>'
    '<userTask id="fix"/><userTask id="sign"/><endEvent id="e"/>'
    + line("s", "apply", "fork", "a", "join", "turn", "count", "again")
    + line("fork", "b", "join")
    + line("fork", "pause", "c", "join")
    + line("fork", "answer", "join")
    + flow("again", "turn")
    + flow("again", "item", '["greaterThanEq", ["dataModel","n","variables"], 3]')
    + line("item", "check", "merge", "sign", "e")
    + line("odd", "fix", "merge")
)
HEAD = '<message id="ANSWER" name="answer"/><error id="ODD" errorCode="odd"/>'


def is_odd(case_id: str) -> bool:
    """Whether the check of this case ends in an error that the diagram catches."""
    return uuid.UUID(case_id).int % 2 == 1


class Soaked:
    """A task type that asks an outside receiver, and now and then is asked to come again."""

    name = KEY

    def __init__(self, outside: Path) -> None:
        self._outside = outside

    def perform(self, work: Work, now: datetime) -> Result:
        luck = random.random()
        if luck < 0.05:
            return Retry("busy")
        if luck < 0.08:
            return Deferred(timedelta(seconds=0.2), "not_yet")
        with self._outside.open("a") as receiver:
            receiver.write(f"{work.idempotency_key}\n")
        time.sleep(random.uniform(0, 0.02))
        row = {"case_id": work.case_id, "element": work.element_id, "key": work.idempotency_key}

        def write(connection: Connection) -> None:
            connection.execute(insert(effect).values(**row))

        if work.element_id == "check" and is_odd(work.case_id):
            return Error("odd", write)
        return Done({}, write)


def wire(settings: Settings) -> Application:
    """The product as it is, with one task type more."""
    application = wsgi.wire(settings)[0]
    application.job_types[KEY] = Soaked(settings.data_dir / "outside.log")
    return application


def worker() -> int:
    return main.main(["worker"], wire=wire, prepare=wsgi.prepare, create_sandbox=lambda _: None)


class Journal:
    """What a sender must not forget when it is killed: the starts it has asked for, under which key."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
        answered = {entry["key"] for entry in lines if "case" in entry}
        self.unanswered = [entry["key"] for entry in lines if "case" not in entry and entry["key"] not in answered]

    def write(self, **entry: str) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps(entry) + "\n")


class Sender:
    """Starts cases, completes what is open, answers; until asked to stop and everything has ended."""

    def __init__(self, name: str) -> None:
        self._application = wire(Settings.from_env())
        data = self._application.settings.data_dir
        self._journal = Journal(data / f"sender-{name}.jsonl")
        self._stop = data / "stop"
        self._actor = Actor(Role.CITIZEN, os.environ["SOAK_OWNER"], "Anne Eksempel", level="high")

    def run(self) -> int:
        while True:
            try:
                if not self._step():
                    return 0
            except DBAPIError:
                time.sleep(0.5)  # the database was away; the same command is asked again under the same key

    def _step(self) -> bool:
        """One thing. False when there is nothing left to do."""
        for key in list(self._journal.unanswered):
            self._start(key)
            self._journal.unanswered.remove(key)
        stopping = self._stop.exists()
        with self._application.db.read() as connection:
            active = (
                connection.execute(select(process_instance.c.id).where(process_instance.c.state == "active"))
                .scalars()
                .all()
            )
            tasks = (
                connection.execute(
                    select(user_task.c.id).where(user_task.c.state == "ready").order_by(func.random()).limit(5)
                )
                .scalars()
                .all()
            )
        if stopping and not active:
            return False
        if not stopping and len(active) < OPEN_CASES:
            key = str(uuid.uuid4())
            self._journal.write(key=key)
            self._start(key)
        for task in tasks:
            try:
                self._application.dispatch.send(CompleteTask(task), self._actor, key=f"task-{task}")
            except AlreadyDone:
                pass  # the other sender was faster
        if active:
            case = random.choice(active)
            told = CorrelateMessage("answer", case, "soak", f"answer-{case}")
            self._application.dispatch.send(told, self._actor)
        time.sleep(0.02)
        return True

    def _start(self, key: str) -> None:
        outcome = self._application.dispatch.send(
            StartInstance(KEY, self._actor.person_id, {"n": 0}), self._actor, key=key
        )
        self._journal.write(key=key, case=outcome.case_id)
