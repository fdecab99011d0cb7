"""Read the answers there are anew: a mapping was mended, and nobody needs to be asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from engine.advice.economy.wire import to_json
from engine.advice.evidence import snapshot_parts, snapshots
from engine.advice.evidence.datasets import DataSet, Evidence, EvidenceRequest, Subject
from engine.advice.evidence.models import harvest as harvest_table
from engine.advice.evidence.models import raw_answer
from engine.platform import raw_answers
from engine.platform.provider_errors import SourceError
from engine.platform.vault import Vault


@dataclass(frozen=True, slots=True)
class Remapped:
    """How many answers were read, how many gave other figures than before, and how many could not be read."""

    read: int
    changed: int
    failed: int


def remap(
    connection: Connection, vault: Vault, data_sets: Mapping[str, DataSet], now: datetime, only: str = ""
) -> Remapped:
    """Read every answer that is kept word for word, or those of the data set *only*.

    The overviews of cases that changed are built anew. An answer that cannot be read leaves what was read before.
    """
    read = changed = failed = 0
    cases: dict[str, str] = {}
    for row in connection.execute(select(raw_answer).order_by(raw_answer.c.id)).all():
        data_set = data_sets.get(row.data_set)
        if data_set is None or (only and row.data_set != only):
            continue
        read += 1
        try:
            evidence = _read(connection, vault, data_set, row)
        except SourceError:
            failed += 1
            continue
        if _store(connection, vault, row, evidence):
            changed += 1
            snapshot_parts.forget(connection, row.case_id)
            cases[row.case_id] = row.person_id if not data_set.subject_role else ""
    for case_id, owner in cases.items():
        if owner:
            snapshots.build(connection, vault, case_id=case_id, person_id=owner, data_sets=data_sets, now=now)
    return Remapped(read, changed, failed)


def _read(connection: Connection, vault: Vault, data_set: DataSet, row: Row[Any]) -> Evidence:
    told = vault.open(connection, row.person_id, f"raw_answer.content:{row.id}", row.content)
    person = vault.person(connection, row.person_id)
    at: datetime = row.answered_at
    request = EvidenceRequest(
        subject=Subject(person.id, person.pid, person.name, person.birth_date),
        grant=told["grant"],
        correlation_id=row.case_id,
        idempotency_key=row.id,
        as_of=at,
        since=date.fromisoformat(told["since"]),
    )
    with raw_answers.replaying(raw_answers.unpack(told["answers"])):
        return data_set.fetch(request)


def _store(connection: Connection, vault: Vault, row: Row[Any], evidence: Evidence) -> bool:
    """Whether the figures are others than were read before."""
    identity, person_id = row.id, row.person_id
    there = connection.execute(select(harvest_table).where(harvest_table.c.id == identity)).one()
    before = vault.open(connection, person_id, f"harvest.content:{identity}", there.content)
    body = {"figures": to_json(evidence.figures), "missing": list(evidence.missing)}
    if body == before:
        return False
    content = vault.seal(connection, person_id, f"harvest.content:{identity}", body)
    connection.execute(
        update(harvest_table).where(harvest_table.c.id == identity).values(content=content, state=evidence.state.value)
    )
    return True
