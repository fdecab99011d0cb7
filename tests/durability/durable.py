"""The same run on a real database, through the real dispatch and performer, with or without crashes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, delete, func, insert, select, update

from engine.application import Application, build
from engine.platform import schema
from engine.platform.clock import FixedClock
from engine.platform.settings import Settings
from engine.workflow.audit import chain
from engine.workflow.audit.chain import audit_event, audit_head
from engine.workflow.authorization.actor import SYSTEM, Actor, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.models import process_definition, start_event
from engine.workflow.execution.commands import (
    BroadcastSignal,
    CancelCase,
    Command,
    CompleteTask,
    CorrelateMessage,
    ResolveIncident,
    StartInstance,
)
from engine.workflow.execution.dispatch import Dispatch
from engine.workflow.execution.models import (
    element_instance,
    idempotency,
    incident,
    message,
    process_instance,
    subscription,
    user_task,
)
from engine.workflow.execution.simulation import BEGIN
from engine.workflow.instances.models import case_file
from engine.workflow.jobs.job_types import Deferred, Done, Error, GiveUp, Result
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import Work
from engine.workflow.jobs.wakeup import no_wakeup
from engine.workflow.workers.performer import Performer
from tests.durability.crashing import Crash, Crasher, CrashingDatabase, between_steps
from tests.durability.memory import Stimulus
from tests.durability.model import JOB, Written
from tests.durability.picture import Live, Paths, Picture, Process, paint
from tests.factories.bundles import POLICY

effect = Table(
    "durability_effect", MetaData(), Column("id", Integer, primary_key=True), Column("key", String(36), nullable=False)
)
"""One row each time a job's effect is written. Nothing keeps it from being doubled but the engine."""

LONG = timedelta(days=3650)
_CLEARED = (
    element_instance,
    user_task,
    due_work,
    subscription,
    incident,
    message,
    idempotency,
    process_instance,
    case_file,
    start_event,
    process_definition,
    effect,
    audit_event,
    audit_head,
)


class Told:
    """A task type that ends as it was told, and until then has no answer yet."""

    name = JOB

    def __init__(self) -> None:
        self.answers: dict[str, Result] = {}

    def perform(self, work: Work, now: datetime) -> Result:
        return self.answers.get(work.token_id, Deferred(LONG, "not_told"))


class Product:
    """One database for many runs; each begins with empty tables."""

    def __init__(self, url: str, directory: Path) -> None:
        self.crasher = Crasher()
        self.clock = FixedClock(BEGIN)
        settings = Settings.from_env({"IBALANSE_DATA": str(directory), "DATABASE_URL": url, "IBALANSE_ENV": "test"})
        self.application: Application = build(settings, clock=self.clock, wakeup=no_wakeup)
        schema.upgrade(self.application.db)
        self.application.db.engine.dispose()
        self.db = CrashingDatabase(url, self.crasher)
        with self.db.write() as connection:
            effect.create(connection, checkfirst=True)
            person = self.application.vault.register(
                connection, pid="21818297804", name="Anne Eksempel", birth_date=date(2000, 1, 21)
            )
        self.anne = Actor(Role.CITIZEN, person.id, "Anne Eksempel", level="high")
        self.dispatch = Dispatch(self.db, self.application.dispatch.services, no_wakeup)

    def close(self) -> None:
        self.db.engine.dispose()

    def clear(self) -> None:
        self.clock.set(BEGIN)
        self.application.library._by_id.clear()
        with self.db.write() as connection:
            for table in _CLEARED:
                connection.execute(delete(table))


class Durable:
    """One case. Every command carries an idempotency key, so that whoever was cut off asks again."""

    def __init__(self, product: Product, written: Written, *, kill: bool = False) -> None:
        product.clear()
        self.product = product
        self.case = ""
        self._kill = kill
        self._told = Told()
        self._performer = Performer(product.db, product.clock, product.dispatch, {JOB: self._told}, product.crasher)
        self._seq = 0
        self._commands = 0
        self._ended_well: set[str] = set()
        bundle = Bundle("p", {"process.bpmn": written.bpmn, "metadata.json": b"{}", "policy.xml": POLICY})
        with product.db.write() as connection:
            product.application.library.deploy(connection, bundle, by="test")

    # Stimuli

    def begin(self, crashes: tuple[int, ...] = ()) -> None:
        self._commands += 1
        key = f"c{self._commands}"
        command = StartInstance("p", self.product.anne.person_id, {"a": 0, "b": 0, "c": 0})
        self._through(lambda: self._start(command, key), crashes)
        self._start(command, key)

    def _start(self, command: StartInstance, key: str) -> None:
        self.case = self.product.dispatch.send(command, self.product.anne, key=key).case_id
        self._drain()

    def apply(self, stimulus: Stimulus, crashes: tuple[int, ...] = ()) -> None:
        """Do it; with *crashes* it is cut off so often, picked up again, and cut off again."""
        self._commands += 1
        self._through(self._act(stimulus, f"c{self._commands}"), crashes)

    def _through(self, act: Callable[[], None], crashes: tuple[int, ...]) -> None:
        crasher = self.product.crasher
        with between_steps(crasher, self.product.dispatch):
            for points in crashes:
                if self._kill:
                    _killed(act, crasher, points, self.product)
                else:
                    crasher.arm(points)
                    try:
                        act()
                    except Crash:
                        pass
                    crasher.disarm()
                self._let_leases_run_out()
        act()

    def _act(self, stimulus: Stimulus, key: str) -> Callable[[], None]:
        kind, target = stimulus.kind, stimulus.target
        if kind == "advance":
            until = self.product.clock.now() + timedelta(seconds=int(target))
            return lambda: self._advance(until)
        if kind in ("finish", "throw", "fail"):
            token = self._token_at(target, failed=False)
            return lambda: self._tell(kind, token, stimulus.variables)
        command, actor = self._command(stimulus)

        def send() -> None:
            self.product.dispatch.send(command, actor, key=key)
            self._drain()

        return send

    def _command(self, stimulus: Stimulus) -> tuple[Command, Actor]:
        kind, target, values = stimulus.kind, stimulus.target, stimulus.variables
        anne = self.product.anne
        if kind == "message":
            return CorrelateMessage(target, self.case, "test", f"m{self._commands}", values), anne
        if kind == "signal":
            return BroadcastSignal(target, "test", f"s{self._commands}", values), anne
        if kind == "cancel":
            return CancelCase(self.case, "over"), anne
        token = self._token_at(target, failed=kind in ("retry", "skip"))
        if kind == "complete":
            return CompleteTask(token, variables=values), anne
        with self.product.db.read() as connection:
            found = connection.execute(
                select(incident.c.id).where(incident.c.token_id == token, incident.c.state == "open")
            ).scalar_one()
        return ResolveIncident(found, kind, "test"), SYSTEM

    def _tell(self, how: str, token: str, values: dict[str, Any]) -> None:
        """The answer is there now: the job is asked again at once."""
        now = self.product.clock.now()
        with self.product.db.write() as connection:
            row = connection.execute(
                select(due_work.c.id, due_work.c.idempotency_key).where(
                    due_work.c.token_id == token,
                    due_work.c.kind == "job",
                    due_work.c.state.in_(("due", "leased")),
                )
            ).first()
            if row is not None:
                connection.execute(update(due_work).where(due_work.c.id == row.id).values(due_at=now))
        if row is not None:
            key = row.idempotency_key
            written = lambda c: c.execute(insert(effect).values(key=key))  # noqa: E731
            if how == "finish":
                self._ended_well.add(key)
            answers: dict[str, Result] = {
                "finish": Done(values, written),
                "throw": Error("bad"),
                "fail": GiveUp("broken"),
            }
            self._told.answers[token] = answers[how]
        self._drain()
        self._told.answers.pop(token, None)

    def _advance(self, until: datetime) -> None:
        """Every timer at its own moment, as a clock that runs would have it."""
        while True:
            with self.product.db.read() as connection:
                due = connection.execute(
                    select(func.min(due_work.c.due_at)).where(
                        due_work.c.kind == "timer", due_work.c.state.in_(("due", "leased"))
                    )
                ).scalar()
            if due is None or due > until:
                break
            self.product.clock.set(max(self.product.clock.now(), due))
            self._drain()
        self.product.clock.set(until)

    def _drain(self) -> None:
        while self._performer.run_batch():
            pass

    def _let_leases_run_out(self) -> None:
        """A minute passes for those who held work, and for nobody else."""
        with self.product.db.write() as connection:
            connection.execute(
                update(due_work).where(due_work.c.state == "leased").values(lease_until=self.product.clock.now())
            )

    # What there is

    def _rows(self) -> tuple[list[Live], list[Process]]:
        with self.product.db.read() as connection:
            instances = [
                Process(r.id, r.key, r.state, r.parent_token, r.children, r.variables, r.data)
                for r in connection.execute(select(process_instance))
            ]
            tokens = [
                Live(
                    r.id,
                    r.element_id,
                    "",
                    r.state,
                    r.role,
                    r.scope_id,
                    r.instance_id,
                    r.children,
                    r.variables,
                    r.data,
                    (r.entered_at, r.id),
                )
                for r in connection.execute(select(element_instance))
            ]
        return sorted(tokens, key=lambda t: t.order), instances

    def _token_at(self, path: str, *, failed: bool) -> str:
        tokens, instances = self._rows()
        paths = paint(tokens, instances)[1]
        state = "failed" if failed else "activated"
        return next(t.id for t in tokens if t.state == state and paths.of(t.id) == path)

    def picture(self) -> Picture:
        """Everything, and what the audit trail says has moved since the last picture."""
        picture, paths = paint(*self._rows())
        with self.product.db.read() as connection:
            for row in connection.execute(select(subscription)):
                picture.waits[f"{paths.of(row.token_id)} {row.element_id} {row.kind} {row.message}"] += 1
            for row in connection.execute(select(due_work).where(due_work.c.state == "due")):
                if row.kind == "timer":
                    picture.timers[f"{paths.of(row.token_id)} {row.element_id} {row.due_at.isoformat()}"] += 1
                elif row.kind == "job":
                    picture.jobs[paths.of(row.token_id)] += 1
            for row in connection.execute(select(user_task).where(user_task.c.state.in_(("ready", "claimed")))):
                picture.people[_path(paths, row.id)] += 1
            for row in connection.execute(select(incident).where(incident.c.state == "open")):
                picture.faults[f"{_path(paths, row.token_id)} {row.code}"] += 1
            for row in connection.execute(select(message).where(message.c.taken_at.is_(None))):
                picture.buffered[row.name] += 1
            events = connection.execute(
                select(audit_event).where(audit_event.c.seq > self._seq).order_by(audit_event.c.seq)
            ).all()
        self._seq += len(events)
        picture.moved = Counter(moved for row in events for moved in row.data.get("moved", ()))
        return picture

    def faults(self) -> list[str]:
        """What must hold at any moment of rest: nothing leased, every effect once, the audit chain whole."""
        found = []
        with self.product.db.read() as connection:
            left = connection.execute(
                select(due_work.c.kind, due_work.c.state).where(
                    (due_work.c.state == "leased")
                    | ~due_work.c.kind.in_(("timer", "job")) & (due_work.c.state == "due")
                )
            ).all()
            found += [f"{kind} work is still {state}" for kind, state in left]
            effects = Counter(connection.execute(select(effect.c.key)).scalars())
            found += [f"effect of {key} written {n} times" for key, n in effects.items() if n != 1]
            found += [f"effect of {key} was never written" for key in self._ended_well - set(effects)]
            broken = chain.verify(connection, self.case)
            if broken is not None:
                found.append(f"audit: {broken}")
            cases = connection.execute(select(func.count()).select_from(case_file)).scalar()
            if cases != 1:
                found.append(f"{cases} cases were begun by one command")
        return found

    def left_behind(self) -> list[str]:
        """Rows that wait for something although the case is over."""
        found = []
        with self.product.db.read() as connection:
            for table, live in (
                (element_instance, None),
                (subscription, None),
                (due_work, due_work.c.state != "done"),
                (user_task, user_task.c.state.in_(("ready", "claimed"))),
                (incident, incident.c.state == "open"),
                (process_instance, process_instance.c.state.in_(("active", "suspended"))),
            ):
                query = select(func.count()).select_from(table)
                count = connection.execute(query if live is None else query.where(live)).scalar()
                if count:
                    found.append(f"{count} rows in {table.name}")
        return found


def _path(paths: Paths, holder: str) -> str:
    try:
        return paths.of(holder)
    except KeyError:
        return "nothing that lives"


def _killed(act: Callable[[], None], crasher: Crasher, points: int, product: Product) -> None:
    """Do it in a child that kills itself at the chosen point."""
    product.db.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            crasher.kill = True
            crasher.arm(points)
            act()
            os._exit(0)
        except BaseException:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    assert ended in (0, -9), f"the child ended with {ended}"
    crasher.crashed.append("killed" if ended else "ran through")
