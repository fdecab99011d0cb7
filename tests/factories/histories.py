"""Ten months of cases for a running product whose clock no test may move: trails written, and the same as plain data.

Statistics are shown to be right on cases that were walked, see ``tests/factories/walks.py``. This only fills a page;
the names are those the product's own writers have.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from engine.advice.event_kinds import AdviceEvent
from engine.advice.task_types.milestones import MILESTONES
from engine.application import Application
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.audit import chain
from engine.workflow.audit.kinds import EventKind, WorkflowEvent
from engine.workflow.authorization.actor import SYSTEM, Actor, Role
from engine.workflow.instances.case_projection import next_number
from engine.workflow.instances.models import case_file
from tests.factories.walks import Walked

STAGES = ("henvendelse", "samtykke", "kartlegging", "vedtak", "radgivning", "oppfolging", "avslutning")
SOURCES = ("bank.accounts", "gjeldsregister.debts", "nav.benefits")
ADVISER = Actor(Role.CASEWORKER, str(uuid.UUID(int=7)), "Kari Rådgiver")


@dataclass
class Told(Walked):
    """A case with the events that are written for it: (moment, kind, data), in order."""

    events: list[tuple[datetime, EventKind, dict[str, Any]]] = field(default_factory=list)


def tell(number: int, now: datetime, dice: random.Random) -> Told:
    """One case of the last ten months: faster and slower, some dropped out, some under way."""
    opened = now - timedelta(hours=dice.randrange(24, 300 * 24))
    told = Told(str(uuid.UUID(int=dice.getrandbits(128))), "", opened)
    at = opened
    started = {"process": "advice", "version": 1, "stages": ["henvendelse", "samtykke"]}
    told.events.append((at, WorkflowEvent.CASE_STARTED, started))
    reached = dice.choices(range(1, 7), (12, 18, 8, 14, 18, 30))[0]

    def later(hours: float) -> datetime | None:
        nonlocal at
        at += timedelta(hours=dice.uniform(0.3, 1.7) * hours)
        return at if at < now - timedelta(hours=1) else None

    steps = (
        (1, 2, AdviceEvent.SOURCES_ASKED, {"dataSets": list(SOURCES)}),
        (2, dice.choice((0.5, 3, 20, 60)), WorkflowEvent.JOB_FINISHED,
         {"element": "Build", "job": MILESTONES.overview_job, "stages": ["kartlegging"]}),
        (3, 40, WorkflowEvent.TASK_COMPLETED, {"task": "Assess", "process": "advice", "stages": ["vedtak"]}),
        (4, 60, WorkflowEvent.TASK_COMPLETED, {
            "task": "Decide", "process": "advice", "moved": ["Decide:completed", "Advise:activated"],
            "stages": ["radgivning"],
        }),
        (5, 100, WorkflowEvent.TASK_COMPLETED, {"task": "Advise", "process": "advice", "stages": ["oppfolging"]}),
        (6, 700, WorkflowEvent.TASK_COMPLETED, {"task": "FollowUp", "process": "advice", "stages": ["avslutning"]}),
    )  # fmt: skip
    for place, hours, kind, data in steps:
        moment = later(hours) if place <= reached else None
        if moment is None:
            break
        told.events.append((moment, kind, data))
        told.stages += data.get("stages", ())
        if place == 2:
            told.overview = moment
        elif place == 4:
            told.decided = moment
        if kind == AdviceEvent.SOURCES_ASKED:
            answers = [(moment + timedelta(minutes=dice.uniform(0.2, 90)), name) for name in SOURCES]
            answers = [answer for answer in answers if dice.random() < 0.9 and answer[0] < now]
            told.events += [(when, AdviceEvent.SOURCE_ANSWERED, {"dataSet": name}) for when, name in answers]
            at = max([at, *(when for when, _ in answers)])
        elif dice.random() < 0.7:
            told.events.append((moment + timedelta(minutes=1), CaseworkEvent.NOTE_WRITTEN, {"note": "n"}))
            at += timedelta(minutes=2)
    told.events.sort(key=lambda event: event[0])
    finished = "avslutning" in told.stages
    if finished or dice.random() < 0.25:
        told.ended = min(at + timedelta(hours=20), now)
        told.cancelled = not finished and dice.random() < 0.7
    return told


def write(application: Application, cases: list[Told], owner: str, office: str) -> None:
    """Put the cases into the database, with the audit trail they would have left."""
    with application.db.write() as connection:
        definition = application.library.newest(connection, "advice").id
        for told in cases:
            stages = told.stages
            connection.execute(
                insert(case_file).values(
                    id=told.id, number=next_number(connection, told.opened), key="advice", definition_id=definition,
                    owner_id=owner, office=office, stage=stages[-1], waiting_for="caseworker",
                    stages=[{"id": stage, "at": told.opened.isoformat()} for stage in stages],
                    waiting_since=told.opened, opened_at=told.opened, closed_at=told.ended,
                    state="cancelled" if told.cancelled else "closed" if told.ended else "open",
                )
            )  # fmt: skip
            for at, kind, data in told.events:
                chain.append(
                    connection, told.id, at, ADVISER if kind == CaseworkEvent.NOTE_WRITTEN else SYSTEM, kind, data
                )
