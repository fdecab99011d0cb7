"""Citizens with cases of their own, an adviser at the office that has them, and a journey that permits nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import pytest
from sqlalchemy import Select, Table, func, select

from engine.advice.consent import actions as consent
from engine.advice.consent.models import consent_record
from engine.advice.evidence import snapshots
from engine.advice.sharing import actions as sharing
from engine.application import Application
from engine.platform.clock import FixedClock
from engine.workflow.audit.chain import audit_event, verify
from engine.workflow.authorization.actor import SYSTEM, Actor, Office, Role
from engine.workflow.execution.commands import Command, Outcome, StartInstance, SuspendCase
from engine.workflow.execution.data import read_of_person
from engine.workflow.execution.models import user_task
from tests.factories.bundles import assigned, bundle, line

NAV = Office("312345672", "Nav Lillestrøm")
BODY = f'<startEvent id="s"/><userTask id="a">{assigned("citizen")}</userTask><endEvent id="e"/>' + line("s", "a", "e")
#: The key of a journey whose policy has no rule at all.
NO_GRANTS = "nothing"

T = TypeVar("T")


@dataclass
class Citizens:
    """Anne and Truls, and Kari who works at the office of their cases."""

    application: Application
    clock: FixedClock
    anne: Actor
    truls: Actor
    kari: Actor

    def start(self, who: Actor | None = None, key: str = "p") -> str:
        """A new case; its id."""
        owner = who or self.anne
        command = StartInstance(key, owner.person_id, {"office": NAV.orgno, "officeName": NAV.name})
        return self.application.dispatch.send(command, owner).case_id

    def send(self, command: Command, who: Actor | None = None, key: str = "") -> Outcome:
        return self.application.dispatch.send(command, who or self.anne, key=key)

    def suspend(self, case_id: str) -> None:
        self.application.dispatch.send(SuspendCase(case_id, "a test"), SYSTEM)

    def consent(
        self,
        case_id: str,
        who: Actor | None = None,
        basis: str = "consent",
        data_sets: Sequence[str] = ("bank.accounts",),
    ) -> str:
        """A consent or mandate that was given; its id."""
        with self.application.db.write() as connection:
            return consent.record(
                connection,
                self.application.vault,
                actor=who or self.anne,
                case_id=case_id,
                basis=basis,
                purpose="debt_advice",
                receiver={"name": "iBalanse"},
                data_sets=data_sets,
                granted=True,
                wording=consent.Wording("nb", "1", "Vi spør banken"),
                now=self.clock.now(),
            )

    def consent_state(self, record_id: str) -> str:
        return str(self._one(select(consent_record.c.state).where(consent_record.c.id == record_id)))

    def share(self, case_id: str, office: Office = NAV) -> str:
        """A share that is in force; its id."""
        with self.application.db.write() as connection:
            now = self.clock.now()
            return sharing.start(connection, actor=self.anne, case_id=case_id, office=office, now=now)

    def overview(self, case_id: str, about: str = "") -> None:
        """Build an overview of nothing, about the owner or another."""
        with self.application.db.write() as connection:
            snapshots.build(
                connection,
                self.application.vault,
                case_id=case_id,
                person_id=about or self.anne.person_id,
                data_sets={},
                now=self.clock.now(),
            )

    def stored(self, data_type: str, who: Actor | None = None) -> Mapping[str, Any] | None:
        with self.application.db.read() as connection:
            owner = (who or self.anne).person_id
            return read_of_person(connection, self.application.vault, owner, data_type)

    def task(self, case_id: str) -> str:
        return str(self._one(select(user_task.c.id).where(user_task.c.case_id == case_id)))

    def task_state(self, case_id: str) -> str:
        return str(self._one(select(user_task.c.state).where(user_task.c.case_id == case_id)))

    def count(self, table: Table) -> int:
        return int(self._one(select(func.count()).select_from(table)))

    def events(self, case_id: str, kind: str) -> list[dict[str, Any]]:
        """The data of the events of a kind; the whole trail is verified."""
        with self.application.db.read() as connection:
            assert verify(connection, case_id) is None
            wanted = (audit_event.c.case_id == case_id, audit_event.c.kind == kind)
            found = connection.execute(select(audit_event.c.data).where(*wanted).order_by(audit_event.c.seq))
            return list(found.scalars())

    def _one(self, query: Select[tuple[T]]) -> T:
        with self.application.db.read() as connection:
            return connection.execute(query).scalar_one()


@pytest.fixture
def citizens(application: Application, clock: FixedClock) -> Citizens:
    with application.db.write() as connection:
        for made in (bundle(BODY, roles=("priv", "radgiver")), bundle(BODY, key=NO_GRANTS, roles=())):
            application.library.deploy(connection, made, by="test")
        people = [
            application.vault.register(connection, pid=pid, name=name, birth_date=date(2000, 1, 21))
            for pid, name in (("21818297804", "Anne Eksempel"), ("21818297805", "Truls Eksempel"))
        ]
    anne, truls = (Actor(Role.CITIZEN, person.id, person.name, level="high") for person in people)
    return Citizens(application, clock, anne, truls, Actor(Role.CASEWORKER, "kari", "Kari Rådgiver", NAV, "high"))
