"""People and caseworkers who walk the shipped journey of debt advice, each at a pace of their own, as a seed says.

The product is wired as ``wsgi`` wires it, its sources are the sandbox's over HTTP, and the clock is moved. What
happened and when is written down by the walk itself, at the doors it goes through: when it sent a command, when a
source was asked and answered, when the overview could first be read. Nothing of it is read from the trail.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import requests
from sqlalchemy import select

from engine.advice.consent.models import grant
from engine.advice.evidence import snapshots
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from engine.advice.task_types.collection import settle
from engine.application import Application
from engine.casework.commands import AddNote
from engine.platform.clock import SandboxClock
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.execution.commands import CancelCase, CompleteTask, StartInstance
from engine.workflow.execution.models import user_task
from integrations.sandbox.persons import Person

BIG, SMALL = Office("312345672", "Nav Lillestrøm"), Office("987654325", "Nav Moss")
STAGES = ("henvendelse", "samtykke", "kartlegging", "vedtak", "radgivning", "oppfolging", "avslutning")
#: A source that does not answer about the first two persons.
SILENT = "skatteetaten.income"
KINDS = (("loans", "income", "spending", "property"), ("loans", "income"), ("spending",))
NO = {"answer": "no", "kinds": [], "language": "nb"}


@dataclass
class Walked:
    """One case as the walk knows it. ``asked`` and ``answered`` are by data set; ``None`` = it did not happen."""

    id: str
    office: str
    opened: datetime
    overview: datetime | None = None
    decided: datetime | None = None
    advised: datetime | None = None
    ended: datetime | None = None
    cancelled: bool = False
    notes: list[datetime] = field(default_factory=list)
    stages: list[str] = field(default_factory=lambda: ["henvendelse", "samtykke"])
    asked: dict[str, datetime] = field(default_factory=dict)
    answered: dict[str, datetime] = field(default_factory=dict)


class Walker:
    """Walks cases of a wired product. *persons* are of the sandbox, which stands at ``settings.sandbox_url``."""

    def __init__(self, application: Application, clock: SandboxClock, persons: list[Person], seed: int) -> None:
        self.application, self.clock, self.dice = application, clock, random.Random(seed)
        self.walked: dict[str, Walked] = {}
        self._http = requests.Session()
        self._citizens = []
        with application.db.write() as connection:
            for one in persons:
                person = application.vault.register(connection, pid=one.pid, name=one.name, birth_date=one.birth_date)
                self._citizens.append(Actor(Role.CITIZEN, person.id, one.name, level="high"))
        for source, one, kind in ((SILENT, persons[0], "error"), (SILENT, persons[1], "refuses")):
            address = f"{application.settings.sandbox_url}/faults/{source}/{one.key}"
            self._http.put(address, json={"kind": kind}, timeout=30).raise_for_status()
        data_sets: Any = application.data_sets
        for name, found in list(data_sets.items()):
            data_sets[name] = replace(found, fetch=self._watching(name, found.fetch))

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def walk(self, count: int, days: int) -> list[Walked]:
        """Let *count* cases begin within the first five sixths of *days*, and stop after the last of them."""
        begin = self.now
        until = begin + timedelta(days=days)
        due: list[tuple[datetime, int, Iterator[timedelta]]] = []
        for number in range(count):
            at = begin + self._hours(0, days * 20)
            heapq.heappush(due, (at, number, self._case(number)))
        while due and due[0][0] <= until:
            at, number, case = heapq.heappop(due)
            self.clock.move(max(at - self.now, timedelta(0)))
            self.work()
            pause = next(case, None)
            self.work()
            if pause is not None:
                heapq.heappush(due, (self.now + pause, number, case))
        self.clock.move(max(until - self.now, timedelta(0)))
        self.work()
        return list(self.walked.values())

    def work(self) -> None:
        """Do all that is due, then look at which overviews stand."""
        while self.application.performer.run_until_idle(60):
            pass
        with self.application.db.read() as connection:
            for case in self.walked.values():
                if case.overview is None and snapshots.newest(connection, self.application.vault, case.id, self.now):
                    case.overview = self.now

    def _hours(self, least: float, most: float) -> timedelta:
        return timedelta(seconds=round(self.dice.uniform(least, most) * 3600))

    def _watching(
        self, name: str, fetch: Callable[[EvidenceRequest], Evidence]
    ) -> Callable[[EvidenceRequest], Evidence]:
        def watch(request: EvidenceRequest) -> Evidence:
            case = self.walked[request.correlation_id]
            case.asked.setdefault(name, self.now)
            evidence = fetch(request)
            if evidence.state in (EvidenceState.ANSWERED, EvidenceState.EMPTY):
                case.answered.setdefault(name, self.now)
            return evidence

        return watch

    def _case(self, number: int) -> Iterator[timedelta]:
        """From inquiry to closing, or as far as somebody goes. Yields how long they wait each time."""
        dice = self.dice
        citizen = self._citizens[number % len(self._citizens)]
        office = SMALL if number % 6 == 5 else BIG
        adviser = Actor(Role.CASEWORKER, f"adviser-{office.orgno}", "Kari Rådgiver", office, "high")
        slow = 8 if dice.random() < 0.25 else 1
        case = self._start(citizen, office)
        yield self._hours(0.1, 3 * slow)
        if dice.random() < 0.2:
            if dice.random() < 0.5:
                self._cancel(case, citizen)
            return  # never comes back
        yield from self._consent(case, citizen, slow)
        if dice.random() < 0.25:
            self._cancel(case, citizen)
            return
        yield self._hours(0.1, 4 * slow)
        self._complete(case, "Supplement", citizen)
        yield self._hours(0.1, 10 * slow)
        share = NO if dice.random() < 0.4 else {"answer": "yes", "kinds": [], "language": "nb"}
        self._complete(case, "Share", citizen, **{"share-answer": share})
        yield self._hours(4, 30 * slow)
        yield from self._advice(case, adviser, slow)

    def _start(self, citizen: Actor, office: Office) -> Walked:
        variables = {"office": office.orgno, "officeName": office.name, "granted": False, "pending": 0}
        outcome = self.application.dispatch.send(StartInstance("advice", citizen.person_id, variables), citizen)
        found = self.walked[outcome.case_id] = Walked(outcome.case_id, office.orgno, self.now)
        return found

    def _consent(self, case: Walked, citizen: Actor, slow: int) -> Iterator[timedelta]:
        """Yes to much, to little or to nothing; then the sources' own pages; then the mandate."""
        dice = self.dice
        kinds = dice.choice((*KINDS, ()))
        answer = {"answer": "yes", "kinds": list(kinds), "language": "nb"} if kinds else NO
        self._complete(case, "GiveConsent", citizen, **{"consent-answer": answer})
        self.work()
        if "ApproveAtSources" in self._tasks(case):
            yield self._hours(0.1, 2 * slow)
            self._approve(case, accept=dice.random() < 0.85)
            self._complete(case, "ApproveAtSources", citizen)
        yield self._hours(0.1, 30 * slow)
        mandate = NO if dice.random() < 0.4 else {"answer": "yes", "kinds": ["loans", "income"], "language": "nb"}
        self._complete(case, "GiveMandate", citizen, **{"mandate-answer": mandate})
        case.stages.append("kartlegging")
        yield self._hours(0.1, 2)

    def _approve(self, case: Walked, accept: bool) -> None:
        """At each source's page, as the citizen there; then back to us, who ask the source what was answered."""
        with self.application.db.read() as connection:
            waiting = connection.execute(
                select(grant).where(grant.c.case_id == case.id, grant.c.state == "pending")
            ).all()
        for row in waiting:
            self._http.post(
                row.redirect, data={"accept" if accept else "reject": "1"}, timeout=30, allow_redirects=False
            )
            state = self.application.channels[row.channel].state(row.reference, self.application.clock.now())
            with self.application.db.write() as connection:
                settle(connection, row.id, state)

    def _advice(self, case: Walked, adviser: Actor, slow: int) -> Iterator[timedelta]:
        """What the office does, with a note now and then."""
        self._complete(case, "Assess", adviser)
        case.stages.append("vedtak")
        self._note(case, adviser)
        yield self._hours(4, 60 * slow)
        granted = self.dice.random() < 0.8
        decision = {"outcome": "granted" if granted else "rejected", "reason": "Varige problemer"}
        decision |= {"startDate": self.now.date().isoformat()} if granted else {}
        self._complete(case, "Decide", adviser, decision=decision)
        case.decided = self.now
        if granted:
            case.advised = self.now
            case.stages.append("radgivning")
            self._note(case, adviser)
            yield self._hours(10, 150 * slow)
            self._complete(case, "Advise", adviser, **{"advice-plan": {"plan": "Nedbetaling"}})
            case.stages.append("oppfolging")
            yield self._hours(10, 200 * slow)
            self._complete(case, "FollowUp", adviser, **{"follow-up": {"result": "Går bra"}})
        case.stages.append("avslutning")
        yield self._hours(1, 40)
        self._complete(case, "Close", adviser, closing={"result": "Ferdig"})
        case.ended = self.now

    def _note(self, case: Walked, adviser: Actor) -> None:
        if self.dice.random() < 0.6:
            self.application.dispatch.send(AddNote(case.id, "Snakket med innbyggeren."), adviser)
            case.notes.append(self.now)

    def _cancel(self, case: Walked, citizen: Actor) -> None:
        self.application.dispatch.send(CancelCase(case.id, "wants no more"), citizen)
        case.ended, case.cancelled = self.now, True

    def _tasks(self, case: Walked) -> dict[str, str]:
        with self.application.db.read() as connection:
            rows = connection.execute(
                select(user_task.c.element_id, user_task.c.id).where(
                    user_task.c.case_id == case.id, user_task.c.state.in_(("ready", "claimed"))
                )
            )
            return {row.element_id: row.id for row in rows}

    def _complete(self, case: Walked, element: str, actor: Actor, **data: dict[str, Any]) -> None:
        self.application.dispatch.send(CompleteTask(self._tasks(case)[element], data=data), actor)
