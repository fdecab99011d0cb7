"""Nothing is kept longer than its purpose runs (R98, D10). ``purge`` may run anywhere, any number of times.

Whether something has expired is always decided when it is used; this only tidies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from engine.advice.consent.ending import forget_unlawful
from engine.advice.consent.lifecycle import RECORD
from engine.advice.consent.models import consent_record
from engine.advice.evidence.datasets import DataSetMetadata
from engine.advice.evidence.models import harvest, raw_answer, snapshot
from engine.advice.sharing.models import share
from engine.workflow.authorization import unsent_forms
from engine.workflow.authorization.sessions import MAX_AGE, session_table
from engine.workflow.execution.models import idempotency, message
from engine.workflow.jobs.models import due_work

KEEP_ANSWERS = timedelta(days=2)
KEEP_DONE = timedelta(days=7)
#: How long it is known whose an ended session was: a page of it may still be open, with something typed in it.
KEEP_ENDED_SESSIONS = unsent_forms.LIFETIME


def purge(connection: Connection, now: datetime, data_sets: Mapping[str, DataSetMetadata]) -> dict[str, int]:
    """Expire and delete what has had its time. Returns how many of each.

    data_sets  those the installation can ask: what a statute allows needs no consent to be kept
    """
    done: dict[str, int] = {}
    answers = select(func.count()).select_from(harvest)
    before = connection.execute(answers).scalar_one()
    done["consents"] = _expire(connection, data_sets, now)
    done["harvests"] = before - connection.execute(answers).scalar_one()
    done["raw"] = connection.execute(delete(raw_answer).where(raw_answer.c.id.not_in(select(harvest.c.id)))).rowcount
    done["snapshots"] = connection.execute(delete(snapshot).where(snapshot.c.expires_at <= now)).rowcount
    done["shares"] = connection.execute(
        update(share)
        .where(share.c.state == "active", share.c.valid_to <= now)
        .values(state="stopped", ended_at=share.c.valid_to)
    ).rowcount
    over = session_table.c.created_at <= now - MAX_AGE
    connection.execute(update(session_table).where(over, session_table.c.id_token.is_not(None)).values(id_token=None))
    done["sessions"] = connection.execute(
        delete(session_table).where(session_table.c.created_at <= now - MAX_AGE - KEEP_ENDED_SESSIONS)
    ).rowcount
    done["unsent_forms"] = unsent_forms.purge(connection, now)
    done["answers"] = connection.execute(delete(idempotency).where(idempotency.c.at <= now - KEEP_ANSWERS)).rowcount
    done["work"] = connection.execute(
        delete(due_work).where(due_work.c.state == "done", due_work.c.created_at <= now - KEEP_DONE)
    ).rowcount
    done["messages"] = connection.execute(delete(message).where(message.c.expires_at <= now)).rowcount
    return done


def _expire(connection: Connection, data_sets: Mapping[str, DataSetMetadata], now: datetime) -> int:
    """End the consents and mandates whose time is out, with what only they allowed. Returns how many."""
    over = connection.execute(
        select(consent_record.c.id, consent_record.c.case_id, consent_record.c.data_sets).where(
            consent_record.c.state == "given", consent_record.c.valid_to <= now
        )
    ).all()
    ended = update(consent_record).where(consent_record.c.id.in_([row.id for row in over]))
    connection.execute(ended.values(state=RECORD.after("given", "expire"), ended_at=consent_record.c.valid_to))
    by_case: defaultdict[str, set[str]] = defaultdict(set)
    for row in over:
        by_case[row.case_id].update(row.data_sets)
    for case_id, theirs in by_case.items():
        forget_unlawful(connection, case_id, theirs, data_sets, now)
    return len(over)
