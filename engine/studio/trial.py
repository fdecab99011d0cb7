"""A test run of a draft: the real engine on a database of its own, a clock that is moved by hand, simulated sources.

One run per administrator and process; starting anew throws the old one away.
Nothing leaves the sandbox: no client of a provider is in it.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

import engine.studio.tables  # noqa: F401  every table, for create_all
from engine.advice.task_types import task_type_registry
from engine.application import Application, build
from engine.casework import notices
from engine.casework.event_kinds import CaseworkEvent
from engine.platform.clock import FixedClock
from engine.platform.db import metadata
from engine.studio.simulated_world import CALLOUT, FAULTS, OWNER, Channel, Everybody, Targets, World, data_sets
from engine.workflow.audit.chain import audit_event
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.audit.rows import EventRow
from engine.workflow.authorization.actor import SYSTEM, Actor, Office, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.commands import AttachFile, CompleteTask, ResolveIncident, StartInstance
from engine.workflow.execution.models import element_instance, incident, user_task
from engine.workflow.instances.models import case_file
from engine.workflow.instances.models import notice as notice_table
from engine.workflow.instances.rows import CaseRow, TaskRow
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.wakeup import no_wakeup

OPEN = ("ready", "claimed")
#: Events that say what a run came to.
TELLING: frozenset[str] = frozenset(
    {
        WorkflowEvent.TASK_COMPLETED,
        WorkflowEvent.JOB_FINISHED,
        WorkflowEvent.TIMER_FIRED,
        CaseworkEvent.NOTICE_GIVEN,
        WorkflowEvent.MESSAGE_RECEIVED,
        WorkflowEvent.SIGNAL_RECEIVED,
        WorkflowEvent.ERROR_THROWN,
        WorkflowEvent.INCIDENT_RAISED,
    }
)
BUSY = 400  # jobs done at most in one press: an endless loop in a draft ends here, and says so


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows of a run.

    tasks    open user tasks;  ``log`` newest first;  ``where`` ids of elements that are live
    next_due when something happens next by itself, or ``None``
    messages (person's name, what they were notified of), newest first
    """

    case: CaseRow
    tasks: Sequence[TaskRow]
    log: Sequence[EventRow]
    incidents: Sequence[Any]
    where: frozenset[str]
    now: datetime
    next_due: datetime | None
    owner: str
    world: World
    messages: Sequence[tuple[str, notices.Notice]]


class Trial:
    """Where one run lies. ``folder`` holds its database and the state of its clock."""

    def __init__(self, real: Application, key: str, person_id: str, folder: Path | None = None) -> None:
        self._real = real
        self._key = key
        self.folder: Path = folder or real.settings.data_dir / "trials" / f"{key}-{person_id}"

    @property
    def exists(self) -> bool:
        return (self.folder / "state.json").is_file()

    def start(
        self, draft: Bundle, others: Sequence[Bundle], variables: Mapping[str, Any], office: Mapping[str, str]
    ) -> None:
        """Throw an old run away, deploy the draft and what it may call, and start a case of it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700, parents=True)
        self._write(
            {
                "now": self._real.clock.now().isoformat(),
                "failing": False,
                "answered": False,
                "office": dict(office),
                "script": [],
            }
        )
        with self._open() as (app, _):
            metadata.create_all(app.db.engine)
            with app.db.write() as connection:
                for bundle in (*(o for o in others if o.key != draft.key), draft):
                    app.library.deploy(connection, bundle, by=SYSTEM.person_id)
                pid, name, born = OWNER
                owner = app.vault.register(connection, pid=pid, name=name, birth_date=born)
            start_data = {
                "office": office.get("orgno", ""),
                "officeName": office.get("name", ""),
                "granted": False,
                "pending": 0,
                **variables,
            }
            app.dispatch.send(
                StartInstance(draft.key, owner.id, start_data), Actor(Role.CITIZEN, owner.id, name, level="high")
            )
            self._work(app)

    def view(self) -> View:
        with self._open() as (app, state), app.db.read() as connection:
            case = _first_case(connection)
            due = connection.execute(
                select(due_work.c.due_at).where(due_work.c.state == "due").order_by(due_work.c.due_at).limit(1)
            ).scalar()
            return View(
                case,
                connection.execute(
                    select(user_task).where(user_task.c.state.in_(OPEN)).order_by(user_task.c.created_at)
                ).all(),
                connection.execute(
                    select(audit_event)
                    .where(audit_event.c.case_id == case.id)
                    .order_by(audit_event.c.seq.desc())
                    .limit(40)
                ).all(),
                connection.execute(select(incident).where(incident.c.state == "open")).all(),
                frozenset(connection.execute(select(element_instance.c.element_id)).scalars()),
                app.clock.now(),
                due,
                case.owner_id,
                World(state["failing"], state["answered"], state.get("faults")),
                _messages(connection, app),
            )

    @contextmanager
    def open(self) -> Iterator[Application]:
        """The run's own application, to draw a form with."""
        with self._open() as (app, _):
            yield app

    def complete(self, task_id: str, data: Mapping[str, Any], action: str) -> None:
        """Do a task as whoever it is for. Refusals of the engine come through."""
        with self._open() as (app, state):
            with app.db.read() as connection:
                task = connection.execute(select(user_task).where(user_task.c.id == task_id)).one()
                name = app.vault.person(connection, task.owner_id).name
            office = state["office"]
            actor = (
                Actor(
                    Role.CASEWORKER,
                    "trial",
                    "Prøverådgiver",
                    Office(office.get("orgno", ""), office.get("name", "")),
                    "high",
                )
                if task.performer == "caseworker"
                else Actor(Role.CITIZEN, task.owner_id, name, level="high")
            )
            with app.db.read() as connection:
                press = _press(connection, task, data, action)
            if action != "reject":
                _made_up_files(app, task, actor)
            app.dispatch.send(CompleteTask(task_id, data=data, action=action), actor)
            self._note(state, press)
            self._work(app)

    def move(self, by: timedelta) -> None:
        """Let time pass, then do everything that has fallen due."""
        with self._open() as (app, state):
            assert isinstance(app.clock, FixedClock)
            state["now"] = app.clock.advance(by).isoformat()
            self._note(state, {"do": "clock", "hours": int(by.total_seconds() // 3600)})
            self._work(app)

    def turn(self, knob: str) -> None:
        """``failing``: sources stop or start answering. ``answered``: the receiver's answer has come."""
        state = self._read()
        if knob in ("failing", "answered"):
            state[knob] = not state[knob]
            self._note(state, {"do": "turn", "knob": knob})

    def fault(self, data_set: str, kind: str) -> None:
        """One source or target is silent, refuses, answers garbage or has nothing; "" makes it well again."""
        state = self._read()
        faults: dict[str, str] = {name: found for name, found in state.get("faults", {}).items() if name != data_set}
        known = {*self._real.data_sets, *(f"{CALLOUT}{name}" for name in self._real.offers.get("target", ()))}
        if kind in FAULTS and data_set in known:
            faults[data_set] = kind
        state["faults"] = faults
        self._note(state, {"do": "fault", "source": data_set, "kind": kind})

    def retry(self, element: str) -> None:
        """Do what stopped at an element again. Refusals of the engine come through."""
        with self._open() as (app, state):
            with app.db.read() as connection:
                stopped = select(incident.c.id).where(incident.c.state == "open", incident.c.element_id == element)
                found = list(connection.execute(stopped).scalars())
            for identity in found:
                app.dispatch.send(ResolveIncident(identity, "retry", ""), SYSTEM)
            self._note(state, {"do": "retry", "element": element})
            self._work(app)

    @property
    def script(self) -> list[dict[str, Any]]:
        """Everything that was pressed so far, so that it can be done again."""
        found: list[dict[str, Any]] = self._read().get("script", [])
        return found

    def outcome(self) -> dict[str, Any]:
        """How the run stands: the case's state, the tasks that wait, and how often each thing has happened.

        What happens at one moment has no order of its own, so none is kept.
        """
        with self._open() as (app, _), app.db.read() as connection:
            case = _first_case(connection)
            waiting = connection.execute(select(user_task.c.element_id).where(user_task.c.state.in_(OPEN))).scalars()
            events = connection.execute(select(audit_event.c.kind, audit_event.c.data)).all()
            happened = Counter(
                f"{kind}:{data.get('task') or data.get('element') or ''}" for kind, data in events if kind in TELLING
            )
            return {"state": case.state, "waiting": sorted(waiting), "happened": dict(sorted(happened.items()))}

    def _note(self, state: dict[str, Any], press: Mapping[str, Any]) -> None:
        state.setdefault("script", []).append(dict(press))
        self._write(state)

    def _work(self, app: Application) -> None:
        performer = app.performer
        for _ in range(BUSY):
            if not performer.run_batch():
                return

    def _read(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return found

    def _write(self, state: Mapping[str, Any]) -> None:
        (self.folder / "state.json").write_text(json.dumps(state))

    @contextmanager
    def _open(self) -> Iterator[tuple[Application, dict[str, Any]]]:
        state = self._read()
        clock = FixedClock(datetime.fromisoformat(state["now"]))
        world = World(state["failing"], state["answered"], state.get("faults"))
        sets = data_sets(self._real.data_sets, world)
        of_the_trial = {"database_url": f"sqlite:///{self.folder / 'trial.db'}", "data_dir": self.folder}
        settings = self._real.settings.model_copy(update=of_the_trial)
        receiver = {"party_id": settings.organisation_number, "name": settings.organisation_name}
        hooks = task_type_registry.hooks(sets, receiver)
        app = build(
            settings,
            clock=clock,
            wakeup=no_wakeup,
            data_sets=sets,
            channels={name: Channel(name) for name in self._real.channels},
            hooks=lambda _key, _element, task_type: hooks.get(task_type),
        )
        everybody = Everybody(world, clock)
        app.job_types.update(task_type_registry.jobs(app, _Any(everybody), _Any(everybody), _Nobody(), Targets(world)))
        try:
            yield app, state
        finally:
            app.db.engine.dispose()


def beginning(bundle: Bundle) -> tuple[dict[str, Any], dict[str, str]]:
    """What a run of *bundle* begins with: its variables and the office that has the case."""
    metadata = bundle.metadata
    office: dict[str, str] = metadata.get("office") or next(iter(metadata.get("offices", ())), {})
    return dict(metadata.get("startVariables", {})), office


def _first_case(connection: Connection) -> CaseRow:
    """The case the run began with: what it sets going may open others."""
    return connection.execute(select(case_file).order_by(case_file.c.number).limit(1)).one()


def _messages(connection: Connection, app: Application) -> list[tuple[str, notices.Notice]]:
    messages = [
        (app.vault.person(connection, person).name, notice)
        for person in connection.execute(select(notice_table.c.person_id).distinct()).scalars().all()
        for notice in notices.of_person(connection, app.vault, person)
    ]
    return sorted(messages, key=lambda pair: pair[1].given_at, reverse=True)


def _press(connection: Connection, task: TaskRow, data: Mapping[str, Any], action: str) -> dict[str, Any]:
    """A task that was done, by what it is and not by its id: which of those that wait for the same step."""
    same = select(user_task.c.id).where(user_task.c.element_id == task.element_id, user_task.c.state.in_(OPEN))
    ids = list(connection.execute(same.order_by(user_task.c.created_at, user_task.c.id)).scalars())
    # What is kept for each person alone is kept here under "@": whoever does it then has another id.
    content = {f"{name.partition('@')[0]}@" if "@" in name else name: value for name, value in data.items()}
    return {"do": "task", "element": task.element_id, "at": ids.index(task.id), "data": content, "action": action}


class _Nobody:
    """Nobody hears of what happens in a test run."""

    def publish(self, event: Mapping[str, Any]) -> None:
        return None


class _Any(dict[str, Everybody]):
    """Whatever register or receiver a draft names is there in a test run."""

    def __init__(self, everybody: Everybody) -> None:
        super().__init__()
        self._everybody = everybody

    def get(self, _key: str, _default: object = None) -> Everybody:
        return self._everybody


def _made_up_files(app: Application, task: TaskRow, actor: Actor) -> None:
    """As many files as the form must have: in a test run they are made up, as persons and sources are."""
    with app.db.read() as connection:
        wanted = app.library.get(connection, task.definition_id).bundle.attachments_of(task.element_id)
    for kind in wanted.values():
        for _ in range(kind.min_count):
            made_up = AttachFile(task.id, kind.id, "vedlegg.pdf", kind.types[0], b"%PDF-")
            app.dispatch.send(made_up, actor)
