"""Jobs that talk with another body: who takes part, hand something over, wait for the answer, change roles, tell.

An administrator uses them in a diagram by name and settings; which bodies there
are is for ``integrations`` to say (``registers`` and ``receivers`` in ``wsgi.py``).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, select

from engine.advice.event_kinds import AdviceEvent
from engine.casework import notices
from engine.platform.db import Database
from engine.platform.provider_errors import SourceError, SourceUnavailableError
from engine.platform.vault import Vault
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.definitions.library import Library
from engine.workflow.execution import attachments
from engine.workflow.execution.data import read_in_case
from engine.workflow.execution.models import data_element, process_instance
from engine.workflow.instances import parties
from engine.workflow.instances.models import signature
from engine.workflow.instances.parties import CaseParty
from engine.workflow.jobs.job_types import Deferred, Done, Error, GiveUp, Result, Retry
from engine.workflow.jobs.outbox import Work

ASK_AGAIN = timedelta(minutes=10)
ASK_OFTEN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class PartyFound:
    """Somebody a register names. ``pid`` must never be logged, queued or put in a URL. ``acts``: may do tasks."""

    pid: str
    name: str
    birth_date: date
    role: str
    acts: bool
    guardian_pid: str = ""
    guardian_name: str = ""
    guardian_born: date | None = None
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a register knows: its own reference, everybody in it, the last day to answer, and whether it is annulled.

    outside  how many more take part who have no number here, or whom the population register does not know:
             firms, people abroad. They cannot log in, and what all must agree on is not agreed on without them.
    """

    reference: str
    parties: tuple[PartyFound, ...]
    deadline: date
    annulled: bool = False
    outside: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answered: its code and the day."""

    code: str
    day: date


class PartyRegister(Protocol):
    """A register that knows who takes part in something. Raises ``SourceError`` only."""

    def find(self, pid: str) -> Found | None: ...


class Receiver(Protocol):
    """A body that takes what a case hands over and answers later. Raises ``SourceError`` only."""

    def submit(self, reference: str, body: Mapping[str, Any], key: str) -> str: ...

    def reply(self, reference: str) -> Reply | None: ...


class Parties:
    """Task type ``parties``: ask a register who takes part, and make the parties of the case those.

    config    ``register``: its name
    leaves    ``reference``; ``parties`` = [{"person", "actsBy"}] of those who act; ``partiesChanged``; ``annulled``;
              ``partiesOutside`` = how many take part who cannot log in
    throws    ``NO_PARTIES`` when the register knows nothing of the owner
    """

    name = "parties"

    @staticmethod
    def other_side(payload: Mapping[str, Any]) -> str:
        """The body the breaker leaves alone when it fails."""
        return str(payload.get("register") or "")

    def __init__(self, database: Database, vault: Vault, registers: Mapping[str, PartyRegister]) -> None:
        self._database = database
        self._vault = vault
        self._registers = registers

    def perform(self, work: Work, now: datetime) -> Result:
        register = self._registers.get(str(work.payload.get("register")))
        if register is None:
            return GiveUp("unknown_register", str(work.payload.get("register")))
        with self._database.read() as connection:
            askers = self._askers(connection, work.case_id)
        try:
            found = next((answer for pid in askers if (answer := register.find(pid)) is not None), None)
        except SourceUnavailableError as error:
            return Retry(error.code, error.retry_after)
        except SourceError as error:
            return GiveUp(error.code)
        if found is None:
            return Error("NO_PARTIES")
        with self._database.write() as connection:
            wanted = [self._case_party(connection, party, found.reference) for party in found.parties]
        acting = [row for row, party in zip(wanted, found.parties, strict=True) if party.acts]

        def save(connection: Connection) -> None:
            if parties.agree(connection, work.case_id, wanted, now):
                chain.append(
                    connection, work.case_id, now, SYSTEM, AdviceEvent.PARTIES_CHANGED, {"parties": len(wanted)}
                )

        with self._database.read() as connection:
            there = {(row.person_id, row.acts_by) for row in parties.named(connection, work.case_id)}
        return Done(
            {
                "reference": found.reference,
                "parties": [{"person": row.person_id, "actsBy": row.acts_by} for row in acting],
                "partiesChanged": bool(there) and there != {(row.person_id, row.acts_by) for row in wanted},
                "annulled": found.annulled,
                "partiesOutside": found.outside,
            },
            save,
        )

    def _askers(self, connection: Connection, case_id: str) -> list[str]:
        """Numbers to ask by: the owner's, then those the register named, since the owner may have died."""
        owner = connection.execute(
            select(process_instance.c.owner_id).where(process_instance.c.id == case_id)
        ).scalar_one()
        ids = [owner, *(row.acts_by for row in parties.named(connection, case_id) if row.acts_by)]
        return [self._vault.person(connection, person_id).pid for person_id in dict.fromkeys(ids)]

    def _case_party(self, connection: Connection, party: PartyFound, reference: str) -> CaseParty:
        person = self._vault.register(connection, pid=party.pid, name=party.name, birth_date=party.birth_date)
        acts_by = person.id if party.acts else ""
        if party.acts and party.guardian_pid and party.guardian_born is not None:
            guardian = self._vault.register(
                connection, pid=party.guardian_pid, name=party.guardian_name, birth_date=party.guardian_born
            )
            acts_by = guardian.id
        return CaseParty(person.id, party.role, acts_by, party.relation)


def _receiver(payload: Mapping[str, Any]) -> str:
    """The body the breaker leaves alone when it fails."""
    return str(payload.get("receiver") or "")


class Submit:
    """Task type ``submit``: hand what was filled in and signed over to a receiver, once.

    config    ``receiver``: its name; ``reference``: its own reference of the matter
    leaves    ``receipt``
    """

    name = "submit"
    other_side = staticmethod(_receiver)

    def __init__(self, database: Database, vault: Vault, receivers: Mapping[str, Receiver]) -> None:
        self._database = database
        self._vault = vault
        self._receivers = receivers

    def perform(self, work: Work, now: datetime) -> Result:
        receiver = self._receivers.get(str(work.payload.get("receiver")))
        if receiver is None:
            return GiveUp("unknown_receiver", str(work.payload.get("receiver")))
        with self._database.read() as connection:
            body = self._body(connection, work.case_id)
        body["everybodySigned"] = str(work.payload.get("everybodySigned", "")).lower() == "true"
        try:
            receipt = receiver.submit(str(work.payload.get("reference")), body, work.idempotency_key)
        except SourceUnavailableError as error:
            return Retry(error.code, error.retry_after)
        except SourceError as error:
            return GiveUp(error.code)

        def save(connection: Connection) -> None:
            chain.append(connection, work.case_id, now, SYSTEM, AdviceEvent.SUBMITTED, {"receipt": receipt})

        return Done({"receipt": receipt}, save)

    def _body(self, connection: Connection, case_id: str) -> dict[str, Any]:
        """Forms by data type (``@person`` ones by name), and the signatures with their digests."""
        types = connection.execute(
            select(data_element.c.data_type).where(data_element.c.case_id == case_id).distinct()
        ).scalars()
        forms = [
            {"form": name.partition("@")[0], "by": self._name(connection, name), "content": content}
            for name in sorted(types)
            if "#" not in name and (content := read_in_case(connection, self._vault, case_id, name)) is not None
        ]
        signed = connection.execute(select(signature).where(signature.c.case_id == case_id).order_by(signature.c.at))
        files = [
            {"of": one.component, "name": one.name, "type": one.type, "content": base64.b64encode(body).decode()}
            for one in attachments.sent(connection, self._vault, case_id)
            if (body := attachments.content(connection, self._vault, case_id, one)) is not None
        ]
        return {
            "forms": forms,
            **({"attachments": files} if files else {}),
            "signatures": [
                {
                    "signedBy": self._vault.person(connection, row.person_id).name,
                    "onBehalfOf": self._vault.person(connection, row.on_behalf_of).name,
                    "answer": row.answer,
                    "digest": row.digest,
                    "level": row.level,
                    "at": row.at.isoformat(),
                }
                for row in signed
            ],
        }

    def _name(self, connection: Connection, stored: str) -> str:
        person_id = stored.partition("@")[2]
        return self._vault.person(connection, person_id).name if person_id else ""


class AwaitReply:
    """Task type ``await_reply``: ask the receiver until it has answered. Waiting is not failing.

    config    ``receiver``, ``reference``
    leaves    ``reply`` (its code) and ``replyDay``
    """

    name = "await_reply"
    other_side = staticmethod(_receiver)

    def __init__(self, receivers: Mapping[str, Receiver], often: bool) -> None:
        self._receivers = receivers
        self._wait = ASK_OFTEN if often else ASK_AGAIN

    def perform(self, work: Work, now: datetime) -> Result:
        receiver = self._receivers.get(str(work.payload.get("receiver")))
        if receiver is None:
            return GiveUp("unknown_receiver", str(work.payload.get("receiver")))
        try:
            found = receiver.reply(str(work.payload.get("reference")))
        except SourceError as error:
            return Deferred(ASK_AGAIN, error.code)
        if found is None:
            return Deferred(self._wait, "not_answered")

        def save(connection: Connection) -> None:
            chain.append(connection, work.case_id, now, SYSTEM, AdviceEvent.ANSWER_RECEIVED, {"code": found.code})

        return Done({"reply": found.code, "replyDay": found.day.isoformat()}, save)


class ChangeRoles:
    """Task type ``change_roles``: everyone in role ``from`` gets role ``to`` instead."""

    name = "change_roles"

    def perform(self, work: Work, now: datetime) -> Result:
        old, new = str(work.payload.get("from", "")), str(work.payload.get("to", ""))
        if not old or not new:
            return GiveUp("roles_missing")

        def save(connection: Connection) -> None:
            count = parties.change_role(connection, work.case_id, old, new, now)
            data = {"from": old, "to": new, "count": count}
            chain.append(connection, work.case_id, now, SYSTEM, AdviceEvent.ROLES_CHANGED, data)

        return Done(effect=save)


class Notify:
    """Task type ``notify``: a notice to everyone who acts in the case, in the words of a text of the journey.

    config    ``text``: text key; ``role``: only those in it (default: the owner and all parties)
    """

    name = "notify"

    def __init__(self, database: Database, vault: Vault, library: Library) -> None:
        self._database = database
        self._vault = vault
        self._library = library

    def perform(self, work: Work, now: datetime) -> Result:
        role, text = str(work.payload.get("role") or ""), str(work.payload.get("text", ""))

        def save(connection: Connection) -> None:
            row = connection.execute(
                select(process_instance.c.owner_id, process_instance.c.definition_id).where(
                    process_instance.c.id == work.instance_id
                )
            ).one()
            people = [party.acts_by for party in parties.of_case(connection, work.case_id, role) if party.acts_by]
            if not role:
                people.append(row.owner_id)
            for person_id in dict.fromkeys(people):
                notices.give(
                    connection,
                    self._vault,
                    case_id=work.case_id,
                    person_id=person_id,
                    key=f"{work.token_id}:{person_id}",
                    kind=f"journey.{text}"[:60],
                    content={"definition": row.definition_id},
                    now=now,
                )

        return Done(effect=save)
