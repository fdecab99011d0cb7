"""The journeys on a fixed clock, jobs run in line, with sources that answer as told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import processes
from engine.advice.commands import WithdrawConsent
from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState
from engine.advice.economy.figures import Debt, DebtKind, Figures
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import DataSet, Evidence, EvidenceRequest, EvidenceState, Title
from engine.advice.task_types import task_type_registry
from engine.advice.task_types.collection import settle
from engine.advice.task_types.exchange import Found, PartyFound, Reply
from engine.application import Application, build
from engine.casework.letter_notices import NoticeReply, NoticeState
from engine.platform.clock import FixedClock
from engine.platform.provider_errors import SourceError, SourceUnavailableError
from engine.platform.settings import Settings
from engine.studio import drafts
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.commands import CompleteTask, Outcome, StartInstance
from engine.workflow.execution.models import process_instance, user_task
from engine.workflow.jobs.wakeup import no_wakeup

OFFICE = Office("312345672", "Nav Lillestrøm")


class Channel:
    """A consent channel that remembers what it was asked."""

    citizen_ends = False

    def __init__(self, name: str, state: ChannelState) -> None:
        self.name = name
        self.title = Title(nb=name, nn=name, en=name)
        self.answer = state
        self.asked: list[ChannelAsk] = []
        self.revoked: list[str] = []

    def request(self, ask: ChannelAsk) -> ChannelReply:
        self.asked.append(ask)
        redirect = f"http://source/{self.name}" if self.answer is ChannelState.PENDING else ""
        return ChannelReply(f"grant-{self.name}", self.answer, redirect)

    def state(self, grant: str, now: datetime) -> ChannelState:
        return self.answer

    def revoke(self, grant: str) -> None:
        self.revoked.append(grant)


class Sources:
    """What each data set does when asked; by default it tells of one debt of 1 000 kroner."""

    def __init__(self) -> None:
        self.failing: dict[str, SourceError] = {}
        self.asked: list[str] = []

    def fetch(self, data_set: str) -> Callable[[EvidenceRequest], Evidence]:
        def fetch(request: EvidenceRequest) -> Evidence:
            self.asked.append(data_set)
            if data_set in self.failing:
                raise self.failing[data_set]
            source = Source(data_set, data_set, request.as_of, "consent", "1")
            debt = Debt(f"{data_set}:1", DebtKind.OTHER, data_set, Sourced(Decimal(1000), (source,)))
            return Evidence(EvidenceState.ANSWERED, Figures(debts=(debt,)))

        return fetch


class Court:
    """A register of parties and a receiver, answering as told."""

    def __init__(self) -> None:
        self.found: Found | None = None
        self.received: list[dict[str, Any]] = []
        self.answer: Reply | None = None

    def find(self, pid: str) -> Found | None:
        known = self.found
        return known if known and any(pid in (p.pid, p.guardian_pid) for p in known.parties) else None

    def submit(self, reference: str, body: Mapping[str, object], key: str) -> str:
        self.received.append(dict(body))
        return f"ERK-{len(self.received)}"

    def reply(self, reference: str) -> Reply | None:
        return self.answer


def party(pid: str, name: str, role: str = "arving", guardian: tuple[str, str] | None = None) -> PartyFound:
    from datetime import date

    more = (guardian[0], guardian[1], date(1980, 1, 1)) if guardian else ("", "", None)
    return PartyFound(pid, name, date(1970, 1, 1), role, role == "arving", *more)


class Notices:
    """Sends every notice at once, or answers as it is told to; remembers each by its key."""

    def __init__(self, clock: FixedClock) -> None:
        self._clock = clock
        self.sent: dict[str, str] = {}
        self.answer: NoticeReply | None = None

    def notify(self, pid: str, *, key: str, reference: str, language: str) -> NoticeReply:
        if self.answer is not None:
            return self.answer
        self.sent[key] = reference
        return NoticeReply(NoticeState.SENT, self._clock.now())


class Published:
    """Takes every event, and fails as often as it is told to first."""

    def __init__(self) -> None:
        self.events: list[Mapping[str, Any]] = []
        self.failures = 0

    def publish(self, event: Mapping[str, Any]) -> None:
        if self.failures:
            self.failures -= 1
            raise SourceUnavailableError("http_503")
        self.events.append(event)


class Product:
    """A wired application with Anne in it."""

    def __init__(
        self,
        application: Application,
        clock: FixedClock,
        sources: Sources,
        anne: str,
        court: Court,
        published: Published,
        notices: Notices | None = None,
    ) -> None:
        self.notices = notices or Notices(clock)
        self.court = court
        self.published = published
        self.application = application
        self.clock = clock
        self.sources = sources
        self.anne = Actor(Role.CITIZEN, anne, "Anne Eksempel", level="high")
        self.kari = Actor(Role.CASEWORKER, "kari", "Kari Rådgiver", OFFICE, "high")

    def start(self, key: str, **variables: object) -> str:
        given = {"office": OFFICE.orgno, "officeName": OFFICE.name, "granted": False, "pending": 0, **variables}
        return self.application.dispatch.send(StartInstance(key, self.anne.person_id, given), self.anne).case_id

    def work(self, wait: timedelta = timedelta(0)) -> None:
        """Let time pass and do everything that is due."""
        self.clock.advance(wait)
        while self.application.performer.run_until_idle(5):
            pass

    def notify(self) -> None:
        """Do what is due: notices of letters among it."""
        self.work()

    def tasks(self, case: str) -> dict[str, str]:
        with self.application.db.read() as connection:
            rows = connection.execute(
                select(user_task.c.element_id, user_task.c.id).where(
                    user_task.c.case_id == case, user_task.c.state.in_(("ready", "claimed"))
                )
            )
            return {row.element_id: row.id for row in rows}

    def complete(self, case: str, element: str, actor: Actor | None = None, **data: dict[str, Any]) -> Outcome:
        contents = {name.replace("_", "-"): content for name, content in data.items()}
        command = CompleteTask(self.tasks(case)[element], data=contents)
        return self.application.dispatch.send(command, actor or self.anne)

    def approve(self, case: str) -> None:
        """The citizen has said yes at every source's own page."""
        from engine.advice.consent.models import grant

        with self.application.db.write() as connection:
            for row in connection.execute(select(grant.c.id).where(grant.c.case_id == case)).scalars().all():
                settle(connection, row, ChannelState.ACTIVE)

    def withdraw(self, case: str, actor: Actor | None = None, basis: str = "consent") -> None:
        """The citizen withdraws the consent or the mandate of a case."""
        from engine.advice.consent.models import consent_record

        with self.application.db.read() as connection:
            mine = select(consent_record.c.id).where(consent_record.c.case_id == case, consent_record.c.basis == basis)
            record_id = connection.execute(mine).scalar_one()
        self.application.dispatch.send(WithdrawConsent(case, record_id), actor or self.anne)

    def state(self, case: str) -> str:
        with self.application.db.read() as connection:
            found: str = connection.execute(
                select(process_instance.c.state).where(process_instance.c.id == case)
            ).scalar_one()
            return found


def yes(*kinds: str) -> dict[str, Any]:
    return {"answer": "yes", "kinds": list(kinds), "language": "nb"}


NO = {"answer": "no", "kinds": [], "language": "nb"}


@pytest.fixture
def product(
    tmp_path: Path, clock: FixedClock, migrated_sqlite: Path, shipped: tuple[Mapping[str, DataSet], Path]
) -> Iterator[Product]:
    from datetime import date

    settings = Settings.from_env({"IBALANSE_DATA": str(tmp_path), "IBALANSE_ENV": "test"})
    every_data_set, key = shipped
    shutil.copy(key, settings.client_key)
    shutil.copy(migrated_sqlite, settings.database_url.removeprefix("sqlite:///"))
    sources = Sources()
    data_sets: dict[str, DataSet] = {
        name: replace(found, fetch=sources.fetch(name)) for name, found in every_data_set.items()
    }
    channels = {
        "altinn": Channel("altinn", ChannelState.PENDING),
        "bank": Channel("bank", ChannelState.PENDING),
        "norskgjeld": Channel("norskgjeld", ChannelState.ACTIVE),
    }
    hooks = task_type_registry.hooks(data_sets, {"party_id": "1", "name": "iBalanse"})
    app = build(
        settings,
        clock=clock,
        wakeup=no_wakeup,
        data_sets=data_sets,
        channels=channels,
        hooks=lambda key, element, task_type: hooks.get(task_type),
        draft_at=drafts.at_revision,
    )
    court, published, notices = Court(), Published(), Notices(clock)
    app.job_types.update(
        task_type_registry.jobs(app, {"domstol": court}, {"domstol": court}, published, notifier=notices)
    )
    with app.db.write() as connection:
        for folder in processes.ALL:
            app.library.deploy(connection, Bundle.read(folder), by="test")
        person = app.vault.register(connection, pid="21818297804", name="Anne Eksempel", birth_date=date(2000, 1, 21))
    yield Product(app, clock, sources, person.id, court, published, notices)
    app.db.engine.dispose()
