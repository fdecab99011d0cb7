"""Give, refuse, withdraw. Each is one call and writes one record that can be shown later (R92)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.advice.consent import ending
from engine.advice.consent.lifecycle import GRANT, RECORD
from engine.advice.consent.models import consent_record, grant
from engine.advice.evidence.datasets import DataSetMetadata
from engine.platform.vault import Vault
from engine.workflow.authorization.actor import Actor
from engine.workflow.execution.commands import Received
from engine.workflow.jobs import outbox

DEFAULT_LIFE = timedelta(days=90)
MAX_LIFETIME = timedelta(days=180)
#: The outbox job that tells a channel of a withdrawal.
REVOKE_GRANT = "revoke_grant"
#: The outbox job that opens the sources of a consent that was given again.
OPEN_SOURCES_AGAIN = "open_sources_again"


@dataclass(frozen=True, slots=True)
class Wording:
    """Exactly what was shown: language, version and the text itself (kept by hash and in full)."""

    language: str
    version: str
    text: str


@dataclass(frozen=True, slots=True)
class Registration:
    """Who wrote down the yes, the no or the end for a citizen who did not log in, and how it came to them."""

    by: Actor
    received: Received


def record(
    connection: Connection,
    vault: Vault,
    *,
    actor: Actor,
    case_id: str,
    basis: str,
    purpose: str,
    receiver: dict[str, str],
    data_sets: Sequence[str],
    granted: bool,
    wording: Wording,
    now: datetime,
    life: timedelta = DEFAULT_LIFE,
    registration: Registration | None = None,
) -> str:
    """Write a yes or a no, and return the record's id. Fields follow ISO/IEC TS 27560:2023.

    actor         the citizen
    registration  who wrote it down where the citizen did not log in: the paper or the words are kept with it
    """
    record_id = str(uuid.uuid4())
    valid_to = now + min(life, MAX_LIFETIME) if granted else None
    digest = hashlib.sha256(wording.text.encode()).digest()
    content: dict[str, Any] = {
        "schema_version": "ISO/IEC TS 27560:2023",
        "record_id": record_id,
        "pii_principal_id": actor.person_id,
        "privacy_notice": {"language": wording.language, "version": wording.version, "wording_hash": digest.hex()},
        "wording": wording.text,
        "purposes": [{"id": purpose, "lawful_basis": basis, "type": "debt advice"}],
        "pii_information": [{"type": data_set, "source": data_set.partition(".")[0]} for data_set in data_sets],
        "pii_controllers": [receiver],
        **_collected(actor, registration),
        "withdrawal_method": "one press under Deling og samtykker, by phone or on paper",
        "retention_period": valid_to.isoformat() if valid_to else "",
        "event": [{"type": "consent_given" if granted else "consent_refused", "time": now.isoformat()}],
    }
    connection.execute(
        insert(consent_record).values(
            id=record_id,
            case_id=case_id,
            person_id=actor.person_id,
            basis=basis,
            purpose=purpose,
            state=RECORD.after("asked", "give" if granted else "refuse"),
            data_sets=list(data_sets) if granted else [],
            wording_hash=digest,
            content=vault.seal(connection, actor.person_id, f"consent_record.content:{record_id}", content),
            decided_at=now,
            valid_to=valid_to,
            **_written_down(registration),
        )
    )
    return record_id


def _collected(actor: Actor, registration: Registration | None) -> dict[str, Any]:
    """How the answer was collected, in the record."""
    if registration is None:
        return {"collection_method": "form, logged in with ID-porten", "login_level": actor.level}
    by, received = registration.by, registration.received
    office = {"id": by.office.orgno, "name": by.office.name} if by.office else {}
    return {
        "collection_method": received.channel,
        "login_level": "",
        "registered_by": {"id": by.person_id, "name": by.name, "office": office},
        "received_on": received.on.isoformat(),
        "document": received.document_id,
    }


def _written_down(registration: Registration | None) -> dict[str, str | None]:
    if registration is None:
        return {}
    return {
        "registered_by": registration.by.person_id,
        "channel": registration.received.channel,
        "document_id": registration.received.document_id or None,
    }


def add_grant(
    connection: Connection,
    *,
    grant_id: str,
    record_id: str,
    case_id: str,
    channel: str,
    data_sets: Sequence[str],
    reference: str,
    redirect: str,
    state: str,
    now: datetime,
) -> None:
    """What a record opened at a channel. Written once: the same id again changes nothing."""
    there = connection.execute(select(grant.c.id).where(grant.c.id == grant_id)).first()
    if there is None:
        connection.execute(
            insert(grant).values(
                id=grant_id,
                record_id=record_id,
                case_id=case_id,
                channel=channel,
                data_sets=list(data_sets),
                reference=reference,
                redirect=redirect,
                state=state,
                created_at=now,
            )
        )


def settle_grant(connection: Connection, grant_id: str, trigger: str) -> None:
    """Move a pending grant to what the channel says. One that is settled stays so."""
    state = connection.execute(select(grant.c.state).where(grant.c.id == grant_id)).scalar_one()
    if GRANT.allows(state, trigger):
        connection.execute(update(grant).where(grant.c.id == grant_id).values(state=GRANT.after(state, trigger)))


def note_ended(connection: Connection, grant_id: str, now: datetime) -> None:
    """The channel says that a grant has ended there too."""
    connection.execute(update(grant).where(grant.c.id == grant_id).values(ended_at=now))


def withdraw(
    connection: Connection,
    *,
    record_id: str,
    data_sets: Mapping[str, DataSetMetadata],
    now: datetime,
    registration: Registration | None = None,
) -> str | None:
    """End a consent or mandate at once (R93): grants, and the answers that only it allowed us to keep.

    Returns its basis, or ``None`` when it had ended before. A job notifies the channels.

    registration  who wrote down that the citizen takes it back, where they did not log in
    """
    row = connection.execute(select(consent_record).where(consent_record.c.id == record_id).with_for_update()).one()
    if not RECORD.allows(row.state, "withdraw"):
        return None
    connection.execute(
        update(consent_record)
        .where(consent_record.c.id == record_id)
        .values(
            state=RECORD.after(row.state, "withdraw"),
            ended_at=now,
            end_registered_by=registration.by.person_id if registration else None,
            end_channel=registration.received.channel if registration else None,
        )
    )
    _end_grants(connection, row.case_id, record_id, now)
    ending.forget_unlawful(connection, row.case_id, row.data_sets, data_sets, now)
    basis: str = row.basis
    return basis


def replace_others(
    connection: Connection, *, record_id: str, data_sets: Mapping[str, DataSetMetadata], now: datetime
) -> None:
    """End the records of the same kind in the case that a new one takes the place of.

    What the new one allows stays as it is; what only an old one allowed goes.
    """
    new = connection.execute(select(consent_record).where(consent_record.c.id == record_id)).one()
    others = connection.execute(
        select(consent_record)
        .where(
            consent_record.c.case_id == new.case_id,
            consent_record.c.basis == new.basis,
            consent_record.c.state == "given",
            consent_record.c.id != record_id,
        )
        .with_for_update()
    ).all()
    for row in others:
        connection.execute(
            update(consent_record)
            .where(consent_record.c.id == row.id)
            .values(state=RECORD.after(row.state, "replace"), ended_at=min(now, row.valid_to))
        )
        _end_grants(connection, row.case_id, row.id, now)
        if set(row.data_sets) - set(new.data_sets):
            ending.forget_unlawful(connection, row.case_id, row.data_sets, data_sets, now)


def _end_grants(connection: Connection, case_id: str, record_id: str, now: datetime) -> None:
    for one in connection.execute(select(grant).where(grant.c.record_id == record_id)).all():
        settle_grant(connection, one.id, "revoke")
        if one.channel != "mandate" and not _held_elsewhere(connection, one.channel, one.reference):
            _notify_channel(connection, case_id, one.id, now)


def _held_elsewhere(connection: Connection, channel: str, reference: str) -> bool:
    """Whether another purpose still uses what was opened at the channel: then it is not closed there."""
    others = select(grant.c.id).where(
        grant.c.channel == channel, grant.c.reference == reference, grant.c.state.in_(("pending", "active"))
    )
    return connection.execute(others.limit(1)).first() is not None


def _notify_channel(connection: Connection, case_id: str, grant_id: str, now: datetime) -> None:
    """The source learns of it from a job: nothing is called inside the transaction."""
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"revoke/{grant_id}"))
    outbox.enqueue(connection, name=REVOKE_GRANT, case_id=case_id, payload={"grant": grant_id}, key=key, now=now)
