"""Durable steps on SQLite and PostgreSQL, each beside its floor in the same run, and SpiffWorkflow's best form."""

from __future__ import annotations

import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, event, insert, text, update

from bench import peers
from bench.engine import models
from bench.measure import Row, against, in_turn, median, row
from bench.plot import Series, plot
from engine.application import Application, build
from engine.platform import schema
from engine.platform.clock import SystemClock
from engine.platform.settings import Settings
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.execution.commands import CompleteTask, StartInstance
from engine.workflow.jobs.wakeup import no_wakeup
from tests.factories import postgres
from tests.factories.bundles import bundle, line

ROUNDS = 300
_floor = Table(
    "bench_floor",
    MetaData(),
    Column("id", String(36), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("text", String(400)),
)


class Workbench:
    """An application on an empty database with one person and a few processes."""

    def __init__(self, application: Application, person_id: str = "") -> None:
        self.application = application
        if not person_id:
            person_id = self._prepare()
        self.anne = Actor(Role.CITIZEN, person_id, "Anne", level="high")

    @classmethod
    def again(cls, application: Application) -> Workbench:
        """The same database from another process."""
        with application.db.read() as connection:
            row = connection.execute(text("SELECT text FROM bench_floor WHERE id = 'anne'")).scalar_one()
        return cls(application, str(row))

    def _prepare(self) -> str:
        application = self.application
        schema.upgrade(application.db)
        steps = [f"t{number}" for number in range(2_500)]
        with application.db.write() as connection:
            _floor.create(connection)
            connection.execute(insert(_floor).values(id="row", version=0, text=""))
            body = '<startEvent id="s"/>' + "".join(f'<userTask id="{i}"/>' for i in steps) + line("s", *steps)
            application.library.deploy(connection, bundle(body), by="bench")
            application.library.deploy(connection, bundle(_beside(1_000), key="beside"), by="bench")
            person = application.vault.register(
                connection, pid="21818297804", name="Anne Eksempel", birth_date=date(2000, 1, 21)
            )
            connection.execute(insert(_floor).values(id="anne", version=0, text=person.id))
        return str(person.id)

    def stepper(self, key: str = "p", skip: int = 0) -> Callable[[], None]:
        """Completes one more task of a case at each call, and begins another case when that one is done."""

        def begin() -> str:
            outcome = self.application.dispatch.send(StartInstance(key, self.anne.person_id), self.anne)
            return outcome.next_tasks[0]

        following = [begin()]

        def step() -> None:
            done = self.application.dispatch.send(CompleteTask(following[0]), self.anne)
            following[0] = done.next_tasks[0] if done.next_tasks else begin()

        for _ in range(skip):
            step()
        return step

    def floor(self) -> None:
        """One UPDATE, two INSERT and a commit by the same library on the same database."""
        self._write("row")

    def own_floor(self) -> Callable[[], None]:
        """The same on a row of one's own, so that several processes wait for the disk only."""
        name = str(uuid.uuid4())
        with self.application.db.write() as connection:
            connection.execute(insert(_floor).values(id=name, version=0, text=""))
        return lambda: self._write(name)

    def _write(self, name: str) -> None:
        with self.application.db.write() as connection:
            connection.execute(update(_floor).where(_floor.c.id == name).values(version=_floor.c.version + 1))
            for _ in range(2):
                connection.execute(insert(_floor).values(id=str(uuid.uuid4()), version=1, text="x" * 200))


def _beside(siblings: int) -> str:
    """A line of tasks beside a multi-instance task of which every instance waits."""
    steps = [f"t{number}" for number in range(500)]
    loop = models.instances(siblings)
    return (
        '<startEvent id="s"/><parallelGateway id="f"/>'
        + "".join(f'<userTask id="{i}"/>' for i in steps)
        + f'<userTask id="m">{loop}</userTask>'
        + line("s", "f", *steps)
        + line("f", "m")
    )


@contextmanager
def workbench(url: str = "", synchronous: str = "FULL") -> Iterator[Workbench]:
    with tempfile.TemporaryDirectory() as name:
        environment = {"IBALANSE_DATA": name, "IBALANSE_ENV": "test", **({"DATABASE_URL": url} if url else {})}
        application = build(Settings.from_env(environment), clock=SystemClock(), wakeup=no_wakeup)
        if not url and synchronous != "FULL":
            event.listen(application.db.engine, "connect", _relax)
        yield Workbench(application)
        application.db.engine.dispose()


def _relax(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


def measure() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for synchronous in ("FULL", "NORMAL"):
        with workbench(synchronous=synchronous) as here:
            rows[f"user task completion, SQLite {synchronous}"] = _beside_spiff(here, synchronous)
            if synchronous == "FULL":
                rows.update(_long_and_wide(here, "SQLite"))
                rows["a live waiting instance"] = _size(here)
    with postgres.server(durable=True) as server, workbench(server.new_database()) as here:
        ours, floor = in_turn(here.stepper(), here.floor, ROUNDS)
        rows["user task completion, PostgreSQL"] = row(
            ours,
            "ms",
            peer=f"floor {floor:.3f} ms",
            ratio=ours / floor,
            goal="at most 1.5 times the floor",
            reached=ours / floor <= 1.5,
        )
        rows.update(_long_and_wide(here, "PostgreSQL"))
    return rows


def _beside_spiff(here: Workbench, synchronous: str) -> Row:
    """Ours before and after the peer, and the peer twice; the better of the two counts for both alike."""
    name = "SpiffWorkflow's best form"
    kind = f"durable {synchronous}"
    with tempfile.TemporaryDirectory() as folder:
        file = models.write(Path(folder), "tasks.bpmn", models.line(10, "manualTask"))
        first = peers.spiff([(kind, file, 60)])
        ours, floor = in_turn(here.stepper(), here.floor, ROUNDS)
        second = peers.spiff([(kind, file, 60)])
    again, floor_again = in_turn(here.stepper(), here.floor, ROUNDS)
    ours, floor = min(ours, again), min(floor, floor_again)
    told, figures = against({name: first}, kind)
    peer = figures.get(name)
    if peer is not None:
        peer = min(peer, against({name: second}, kind)[1].get(name, peer))
        told = f"{name} {peer:.3f} ms"
    return row(
        ours,
        "ms",
        peer=f"floor {floor:.3f} ms; {told}",
        ratio=ours / peer if peer else ours / floor,
        goal="not slower than SpiffWorkflow's best form",
        reached=peer is not None and ours <= peer,
    )


def _long_and_wide(here: Workbench, name: str) -> dict[str, Row]:
    """The same step in an instance with a long past, and beside a thousand that wait."""
    rows = {}
    for label, other in (
        ("1 000 finished steps", here.stepper(skip=1_000)),
        ("1 000 waiting siblings", here.stepper("beside")),
    ):
        ours, small = in_turn(other, here.stepper(), ROUNDS)
        rows[f"the same with {label}, {name}"] = row(
            ours,
            "ms",
            peer=f"a new instance {small:.3f} ms",
            ratio=ours / small,
            goal="within 20 % of the small instance",
            reached=ours / small <= 1.2,
        )
    if name == "SQLite":
        step = here.stepper()
        points = []
        for length in range(0, 1_001, 250):
            points.append((float(length), median(step, 50)))
            for _ in range(200):
                step()
        plot(
            "length",
            "Cost of a step against the instance's past",
            "finished steps",
            "ms",
            [Series("SQLite FULL", points)],
        )
    return rows


def _size(here: Workbench) -> Row:
    """Bytes in the database for an instance that waits at its first task, with its audit."""

    def used(connection: Connection) -> int:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        free = connection.execute(text("PRAGMA freelist_count")).scalar_one()
        size = connection.execute(text("PRAGMA page_size")).scalar_one()
        return (int(pages) - int(free)) * int(size)

    with here.application.db.read() as connection:
        before = used(connection)
    for _ in range(1_000):
        here.application.dispatch.send(StartInstance("p", here.anne.person_id), here.anne)
    with here.application.db.read() as connection:
        each = (used(connection) - before) / 1_000
    return row(
        each,
        "bytes",
        peer="SpiffWorkflow 7.2 KB, bpmn-elements 681 KB of memory (23 November 2026)",
        ratio=None,
        goal="no process memory; under 4 KB in the database with its audit",
        reached=each < 4096,
    )
