"""Nothing is kept longer than its purpose runs (R98, D10). ``purge`` may run anywhere, any number of times.

Whether something has expired is always decided when it is used; this only tidies.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, select, update

from engine.advice.consent.lifecycle import RECORD
from engine.advice.consent.models import consent_record
from engine.advice.evidence.models import harvest, raw_answer, snapshot
from engine.advice.sharing.models import share
from engine.workflow.authorization.sessions import MAX_AGE, session_table
from engine.workflow.execution.models import idempotency, message
from engine.workflow.jobs.models import due_work

KEEP_ANSWERS = timedelta(days=2)
KEEP_DONE = timedelta(days=7)


def purge(connection: Connection, now: datetime) -> dict[str, int]:
    """Expire and delete what has had its time. Returns how many of each."""
    done: dict[str, int] = {}
    done["consents"] = connection.execute(
        update(consent_record)
        .where(consent_record.c.state == "given", consent_record.c.valid_to <= now)
        .values(state=RECORD.after("given", "expire"), ended_at=now)
    ).rowcount
    held = select(consent_record.c.id).where(
        consent_record.c.case_id == harvest.c.case_id, consent_record.c.state == "given"
    )
    done["harvests"] = connection.execute(delete(harvest).where(~exists(held))).rowcount
    done["raw"] = connection.execute(delete(raw_answer).where(raw_answer.c.id.not_in(select(harvest.c.id)))).rowcount
    done["snapshots"] = connection.execute(delete(snapshot).where(snapshot.c.expires_at <= now)).rowcount
    done["shares"] = connection.execute(
        update(share)
        .where(share.c.state == "active", share.c.valid_to <= now)
        .values(state="stopped", ended_at=share.c.valid_to)
    ).rowcount
    done["sessions"] = connection.execute(
        delete(session_table).where(session_table.c.created_at <= now - MAX_AGE)
    ).rowcount
    done["answers"] = connection.execute(delete(idempotency).where(idempotency.c.at <= now - KEEP_ANSWERS)).rowcount
    done["work"] = connection.execute(
        delete(due_work).where(due_work.c.state == "done", due_work.c.created_at <= now - KEEP_DONE)
    ).rowcount
    done["messages"] = connection.execute(delete(message).where(message.c.expires_at <= now)).rowcount
    return done
