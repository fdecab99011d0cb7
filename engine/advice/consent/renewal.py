"""Which consents and mandates a citizen may give again: the way back from every no, withdrawal and expiry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from engine.advice.consent.models import consent_record, grant
from engine.advice.evidence.datasets import DataSetMetadata
from engine.workflow.execution.models import process_instance, user_task


@dataclass(frozen=True, slots=True)
class Renewal:
    """One that may be given again.

    state      ``withdrawn``, ``expired``, ``refused``, or ``given`` where it stands still and its time is nearly out
    at         when that was, or when it will be out
    data_sets  what it was for, as far as there are sources of it still; () after a no
    """

    record_id: str
    case_id: str
    basis: str
    state: str
    at: datetime
    data_sets: tuple[str, ...]


def renewals(
    connection: Connection,
    person_id: str,
    data_sets: Mapping[str, DataSetMetadata],
    now: datetime,
    soon: timedelta,
    case_id: str = "",
) -> list[Renewal]:
    """Of every running case, or of one: the newest of each kind where none stands for longer than *soon*.

    Newest first.
    """
    mine = [consent_record.c.person_id == person_id, process_instance.c.state == "active"]
    if case_id:
        mine.append(consent_record.c.case_id == case_id)
    rows = connection.execute(
        select(consent_record)
        .join(process_instance, process_instance.c.id == consent_record.c.case_id)
        .where(*mine)
        .order_by(consent_record.c.decided_at.desc())
    ).all()
    newest: dict[tuple[str, str], Row[Any]] = {}
    for row in sorted(rows, key=lambda row: not _stands(row, now)):
        newest.setdefault((row.case_id, row.basis), row)
    found = [_renewal(row, data_sets, now) for row in newest.values() if not _stands(row, now + soon)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _stands(row: Row[Any], until: datetime) -> bool:
    return bool(row.state == "given" and row.valid_to > until)


def _renewal(row: Row[Any], data_sets: Mapping[str, DataSetMetadata], now: datetime) -> Renewal:
    state = "expired" if row.state == "given" and row.valid_to <= now else row.state
    at = row.ended_at or row.valid_to or row.decided_at
    there = tuple(one for one in row.data_sets if one in data_sets and data_sets[one].requirement.value == row.basis)
    return Renewal(row.id, row.case_id, row.basis, state, at, there)


def to_approve(connection: Connection, case_id: str, now: datetime) -> Sequence[Row[Any]]:
    """Grants that wait for the citizen at a source's own page while no step of the journey asks them to go there."""
    asked = select(user_task.c.id).where(
        user_task.c.case_id == case_id, user_task.c.task_type == "approve", user_task.c.state.in_(("ready", "claimed"))
    )
    if connection.execute(asked.limit(1)).first() is not None:
        return ()
    return connection.execute(
        select(grant)
        .join(consent_record, consent_record.c.id == grant.c.record_id)
        .where(
            grant.c.case_id == case_id,
            grant.c.state == "pending",
            consent_record.c.state == "given",
            consent_record.c.valid_to > now,
        )
        .order_by(grant.c.channel)
    ).all()
