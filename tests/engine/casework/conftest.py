"""An office with colleagues and cases of one task for a caseworker, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from engine.application import Application
from engine.casework import members, queries
from engine.casework.queue import Who
from engine.platform.clock import FixedClock
from engine.workflow.audit.chain import audit_event, verify
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.execution.commands import Command, Outcome, StartInstance
from engine.workflow.execution.models import user_task
from engine.workflow.instances.models import case_file
from engine.workflow.instances.rows import CaseRow, TaskRow
from tests.factories.bundles import assigned, bundle, line

NAV = Office("312345672", "Nav Lillestrøm")
TASK = assigned("caseworker", dueAfter="P10D", warnBefore="P2D", pauseStopsClock="true")
BODY = f'<startEvent id="s"/><userTask id="a">{TASK}</userTask><userTask id="b">{TASK}</userTask>' + line("s", "a", "b")


@dataclass
class Desks:
    """Kari, Ola and their leader Lise, and citizens who start cases."""

    application: Application
    clock: FixedClock
    kari: Actor
    ola: Actor
    lise: Actor
    people: dict[str, Actor]

    def start(self, name: str = "Anne Eksempel") -> str:
        """A new case of this citizen; its id."""
        owner = self.people[name]
        return self.application.dispatch.send(StartInstance("p", owner.person_id, {"office": NAV.orgno}), owner).case_id

    def case(self, case_id: str) -> CaseRow:
        with self.application.db.read() as connection:
            return queries.case_by_id(connection, case_id)

    def task(self, case_id: str) -> TaskRow:
        with self.application.db.read() as connection:
            wanted = (user_task.c.case_id == case_id, user_task.c.state.in_(("ready", "claimed")))
            return connection.execute(select(user_task).where(*wanted)).one()

    def do(
        self, kind: Callable[..., Command], who: Actor, case_id: str, *arguments: object, **named: object
    ) -> Outcome:
        """Send a command about a case for somebody."""
        return self.application.dispatch.send(kind(case_id, *arguments, **named), who)

    def events(self, case_id: str, kind: str) -> list[dict[str, Any]]:
        """The data of the events of a kind; the whole trail is verified."""
        with self.application.db.read() as connection:
            assert verify(connection, case_id) is None
            wanted = (audit_event.c.case_id == case_id, audit_event.c.kind == kind)
            return list(
                connection.execute(select(audit_event.c.data).where(*wanted).order_by(audit_event.c.seq)).scalars()
            )

    def who(self, actor: Actor) -> Who:
        with self.application.db.read() as connection:
            mine = members.stands_in_for(connection, NAV.orgno, actor.person_id, self.clock.now())
        return Who(NAV.orgno, actor.person_id, (actor.person_id, *mine))

    def change(self, case_id: str, **values: object) -> None:
        """Put a case file as a test needs it."""
        with self.application.db.write() as connection:
            connection.execute(case_file.update().where(case_file.c.id == case_id).values(**values))


@pytest.fixture
def desks(application: Application, clock: FixedClock) -> Desks:
    vault = application.vault

    def staff(pid: str, name: str) -> Actor:
        person = vault.register(connection, pid=pid, name=name, birth_date=date(1980, 1, 1))
        members.note_login(connection, NAV.orgno, person.id, name == "Lise Leder", clock.now())
        return Actor(Role.CASEWORKER, person.id, name, NAV, "high")

    def citizen(pid: str, name: str) -> Actor:
        person = vault.register(connection, pid=pid, name=name, birth_date=date(2000, 1, 21))
        return Actor(Role.CITIZEN, person.id, name, level="high")

    with application.db.write() as connection:
        application.library.deploy(connection, bundle(BODY, roles=("radgiver", "priv")), by="test")
        named = {
            name: citizen(f"2181829780{number}", name)
            for number, name in enumerate(("Anne Eksempel", "Truls Eksempel", "Ægir Ås-Étienne"))
        }
        kari, ola = staff("20887297950", "Kari Rådgiver"), staff("20887297951", "Ola Rådgiver")
        lise = staff("20887297952", "Lise Leder")
    return Desks(application, clock, kari, ola, lise, named)
