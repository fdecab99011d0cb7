"""Who looked up whom by number: in the trail before the register is asked, and never without end."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from engine.casework.event_kinds import OfficeEvent
from engine.platform.vault import Person, Vault
from engine.workflow.audit import chain
from engine.workflow.audit.chain import audit_event
from engine.workflow.authorization.actor import Actor
from engine.workflow.errors import Refusal
from forms.numbers import digits

#: The most one person may look up in an hour.
MAX_LOOKUPS = 60
_HOUR = timedelta(hours=1)


class TooManyLookupsError(Refusal):
    """The person has looked up all they may for now."""

    code = "too_many"


def plain_number(text: str) -> str:
    """The eleven digits of a number as people write it, "" when it is none."""
    found = digits(text)
    return found if len(found) == 11 else ""


def note(connection: Connection, vault: Vault, *, actor: Actor, office: str, pid: str, now: datetime) -> Person | None:
    """Write down that this number is looked up: by its keyed hash, and the person if we know them, who is returned.

    Raises ``TooManyLookupsError``, counted after the event so that the lock of its chain holds for the count too.
    """
    known = vault.person_by_pid(connection, pid)
    data = {"office": office, "lookup": vault.lookup(pid).hex(), **({"person": known.id} if known else {})}
    chain.append(connection, chain.SYSTEM_CHAIN, now, actor, OfficeEvent.PERSON_LOOKED_UP, data)
    done = connection.execute(
        select(func.count()).where(
            audit_event.c.actor_id == actor.person_id,
            audit_event.c.at > now - _HOUR,
            audit_event.c.kind == OfficeEvent.PERSON_LOOKED_UP,
        )
    ).scalar_one()
    if done > MAX_LOOKUPS:
        raise TooManyLookupsError(office)
    return known
