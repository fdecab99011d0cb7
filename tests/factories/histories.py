"""A seeded history of a journey: cases with trails as the product writes them, and the same as plain data."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta

from sqlalchemy import insert

from engine.application import Application
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import SYSTEM, Actor, Role
from engine.workflow.instances.case_projection import next_number
from engine.workflow.instances.models import case_file
from tests.engine.casework.statistics.independent import Told

STAGES = ("henvendelse", "samtykke", "kartlegging", "vedtak", "radgivning", "oppfolging", "avslutning")
SOURCES = ("bank.accounts", "gjeldsregister.debts", "nav.benefits")
ADVISER = Actor(Role.CASEWORKER, str(uuid.UUID(int=7)), "Kari Rådgiver")


def tell(number: int, now: datetime, dice: random.Random) -> Told:
    """One case of the last ten months: faster and slower, some dropped out, some under way."""
    opened = now - timedelta(hours=dice.randrange(24, 300 * 24))
    told = Told(str(uuid.UUID(int=dice.getrandbits(128))), opened)
    at = opened
    started = {"process": "advice", "version": 1, "stages": ["henvendelse", "samtykke"]}
    told.events.append((at, "CaseStarted", started))
    reached = dice.choices(range(1, 7), (12, 18, 8, 14, 18, 30))[0]

    def later(hours: float) -> datetime | None:
        nonlocal at
        at += timedelta(hours=dice.uniform(0.3, 1.7) * hours)
        return at if at < now - timedelta(hours=1) else None

    steps = (
        (1, 2, "SourcesAsked", {"dataSets": list(SOURCES)}),
        (2, dice.choice((0.5, 3, 20, 60)), "JobFinished",
         {"element": "Build", "job": "overview", "stages": ["kartlegging"]}),
        (3, 40, "TaskCompleted", {"task": "Assess", "process": "advice", "stages": ["vedtak"]}),
        (4, 60, "TaskCompleted", {
            "task": "Decide", "process": "advice", "moved": ["Decide:completed", "Advise:activated"],
            "stages": ["radgivning"],
        }),
        (5, 100, "TaskCompleted", {"task": "Advise", "process": "advice", "stages": ["oppfolging"]}),
        (6, 700, "TaskCompleted", {"task": "FollowUp", "process": "advice", "stages": ["avslutning"]}),
    )  # fmt: skip
    for place, hours, kind, data in steps:
        moment = later(hours) if place <= reached else None
        if moment is None:
            break
        told.events.append((moment, kind, data))
        if kind == "SourcesAsked":
            answers = [(moment + timedelta(minutes=dice.uniform(0.2, 90)), name) for name in SOURCES]
            answers = [answer for answer in answers if dice.random() < 0.9 and answer[0] < now]
            told.events += [(when, "SourceAnswered", {"dataSet": name}) for when, name in answers]
            at = max([at, *(when for when, _ in answers)])
        elif dice.random() < 0.7:
            told.events.append((moment + timedelta(minutes=1), "NoteWritten", {"note": "n"}))
            at += timedelta(minutes=2)
    told.events.sort(key=lambda event: event[0])
    finished = "avslutning" in told.stages()
    if finished or dice.random() < 0.25:
        told.ended = min(at + timedelta(hours=20), now)
        told.cancelled = not finished and dice.random() < 0.7
    return told


def write(application: Application, cases: list[Told], owner: str, office: str) -> None:
    """Put the cases into a house, with the audit trail they would have left."""
    with application.db.write() as connection:
        definition = application.library.newest(connection, "advice").id
        for told in cases:
            stages = told.stages()
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
                chain.append(connection, told.id, at, ADVISER if kind == "NoteWritten" else SYSTEM, kind, data)
