"""Nobody's consent runs out in silence: one is told before, and told when it has. May run any number of times."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from engine.advice.consent.models import consent_record
from engine.casework import notices
from engine.platform.calendar import norwegian_day
from engine.platform.vault import Vault
from engine.workflow.execution.models import process_instance
from engine.workflow.instances.models import case_file

#: So long after a record ran out it is still told, should nobody have looked at it meanwhile.
TOLD_LATE = timedelta(days=90)


def remind(connection: Connection, now: datetime, *, vault: Vault, before: timedelta) -> dict[str, int]:
    """Notices of the consents and mandates of running cases that run out within *before*, and of those that have.

    Each is given once. One that was renewed is neither; the notice leads to where it is renewed with one press.
    """
    ends = and_(
        consent_record.c.state == "given", consent_record.c.valid_to > now, consent_record.c.valid_to <= now + before
    )
    ended = and_(consent_record.c.state == "expired", consent_record.c.ended_at > now - TOLD_LATE)
    rows = connection.execute(
        select(consent_record, case_file.c.key.label("journey"))
        .join(process_instance, process_instance.c.id == consent_record.c.case_id)
        .join(case_file, case_file.c.id == consent_record.c.case_id)
        .where(process_instance.c.state == "active", or_(ends, ended))
        .order_by(consent_record.c.valid_to)
    ).all()
    return {"reminders": sum(_tell(connection, vault, row, now) for row in rows)}


def _tell(connection: Connection, vault: Vault, row: Row[Any], now: datetime) -> bool:
    over = row.state == "expired"
    if over and _stands_anew(connection, row, now):
        return False
    kind = f"{row.basis}_{'ended' if over else 'ends'}"
    return notices.give(
        connection,
        vault,
        case_id=row.case_id,
        person_id=row.person_id,
        key=f"{kind}:{row.id}",
        kind=kind,
        content={"due": norwegian_day(row.valid_to).isoformat(), "act": "renew", "journey": row.journey},
        now=now,
    )


def _stands_anew(connection: Connection, row: Row[Any], now: datetime) -> bool:
    newer = select(consent_record.c.id).where(
        consent_record.c.case_id == row.case_id,
        consent_record.c.basis == row.basis,
        consent_record.c.state == "given",
        consent_record.c.valid_to > now,
    )
    return connection.execute(newer.limit(1)).first() is not None
