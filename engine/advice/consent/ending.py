"""What goes when a consent or a mandate ends: what only it allowed, and no more.

The answers of a source are kept while any record of the case that stands allows it. When none stands, open registers
go too: they were read for the overview, and its purpose is over. What a statute allows is no record's to end.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select

from engine.advice.consent.models import consent_record
from engine.advice.evidence import baseline
from engine.advice.evidence.datasets import DataSetMetadata, Requirement
from engine.advice.evidence.models import harvest, raw_answer, snapshot, supplement
from engine.advice.sharing import actions as sharing
from engine.workflow.jobs import outbox
from engine.workflow.jobs.models import due_work

#: The outbox job that compiles the overview of what is left.
REBUILD_OVERVIEW = "rebuild_overview"


def allowed(connection: Connection, case_id: str, now: datetime) -> frozenset[str]:
    """Ids of the data sets that some consent or mandate of the case allows now."""
    standing = select(consent_record.c.data_sets).where(
        consent_record.c.case_id == case_id, consent_record.c.state == "given", consent_record.c.valid_to > now
    )
    return frozenset(one for data_sets in connection.execute(standing).scalars() for one in data_sets)


def no_longer_allowed(
    connection: Connection,
    case_id: str,
    ended: Collection[str],
    data_sets: Mapping[str, DataSetMetadata],
    now: datetime,
) -> list[str]:
    """Of the data sets of a record that has ended, those whose answers may not be kept, and what goes with them."""
    left = allowed(connection, case_id, now)
    open_registers = () if left else [one.id for one in data_sets.values() if one.requirement is Requirement.OPEN]
    return sorted({*ended, *open_registers} - left)


def kept(connection: Connection, case_id: str) -> list[str]:
    """The data sets whose answers are there still."""
    there = select(harvest.c.data_set).where(harvest.c.case_id == case_id).order_by(harvest.c.data_set)
    return list(connection.execute(there).scalars())


def forget_unlawful(
    connection: Connection,
    case_id: str,
    ended: Collection[str],
    data_sets: Mapping[str, DataSetMetadata],
    now: datetime,
) -> None:
    """Delete the answers of *ended* that nothing allows any more, and every overview they are in.

    What is left is compiled anew by a job. The debts of the beginning go with the first source that told of them, and
    sharing stops where nothing is allowed any more.
    """
    gone = no_longer_allowed(connection, case_id, ended, data_sets, now)
    for table in (raw_answer, harvest):
        connection.execute(delete(table).where(table.c.case_id == case_id, table.c.data_set.in_(gone)))
    connection.execute(delete(snapshot).where(snapshot.c.case_id == case_id))
    if _something_left(connection, case_id):
        rebuild(connection, case_id, now)
    if gone:
        baseline.forget(connection, case_id)
    if not allowed(connection, case_id, now):
        sharing.stop_all(connection, case_id, now)


def _something_left(connection: Connection, case_id: str) -> bool:
    return any(
        connection.execute(select(table.c.id).where(table.c.case_id == case_id).limit(1)).first() is not None
        for table in (harvest, supplement)
    )


def rebuild(connection: Connection, case_id: str, now: datetime, due_at: datetime | None = None) -> None:
    """Leave it to a job to compile what is known, now or from *due_at* on."""
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"rebuild/{case_id}/{now.isoformat()}"))
    there = select(due_work.c.id).where(due_work.c.idempotency_key == key)
    if connection.execute(there).first() is None:
        outbox.enqueue(connection, name=REBUILD_OVERVIEW, case_id=case_id, payload={}, key=key, now=now, due_at=due_at)
