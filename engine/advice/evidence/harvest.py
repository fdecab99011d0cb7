"""What was answered, per case and data set: one row each, replaced by a newer answer.

That a source was asked, and that its first whole answer came, are events of the case's trail:
they stay when the answers are deleted.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from engine.advice.economy.figures import Figures, Gap, GapReason
from engine.advice.economy.supplements import Supplement
from engine.advice.economy.wire import from_json, to_json
from engine.advice.event_kinds import AdviceEvent
from engine.advice.evidence.datasets import DataSetMetadata, Evidence, Noted, Requirement, about, to_choose
from engine.advice.evidence.models import harvest, raw_answer, supplement
from engine.advice.evidence.rows import HarvestRow
from engine.platform.db import Database
from engine.platform.vault import Vault
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.jobs import outbox

#: The job that asks sources.
FETCH = "fetch"
#: The outbox job that asks a source anew because the citizen wants it.
FETCH_AGAIN = "fetch_again"
#: So long after a question the same source is not asked again.
BETWEEN = timedelta(minutes=2)
#: States in which the source has said all it has.
ANSWERED = ("answered", "empty")
_GAPS = {
    "asked": GapReason.NOT_ANSWERED,
    "unavailable": GapReason.NOT_ANSWERED,
    "partial": GapReason.PARTIAL,
    "refused": GapReason.REFUSED,
    "broken": GapReason.REFUSED,
}


def note_requested(connection: Connection, case_id: str, person_id: str, data_sets: list[str], now: datetime) -> None:
    """Note what will be asked, so that every source is a row on the page from the first moment."""
    there = set(connection.execute(select(harvest.c.data_set).where(harvest.c.case_id == case_id)).scalars())
    rows = [
        {
            "id": str(uuid.uuid4()),
            "case_id": case_id,
            "person_id": person_id,
            "data_set": data_set,
            "state": "asked",
            "asked_at": now,
            "attempts": 0,
        }
        for data_set in data_sets
        if data_set not in there
    ]
    if rows:
        connection.execute(insert(harvest), rows)
        chain.append(
            connection, case_id, now, SYSTEM, AdviceEvent.SOURCES_ASKED, {"dataSets": [row["data_set"] for row in rows]}
        )


@dataclass(frozen=True, slots=True)
class SealedAnswer:
    """An answer ready to be stored in the row it was sealed for."""

    row_id: str
    content: bytes


def seal(
    database: Database, vault: Vault, *, case_id: str, person_id: str, data_set: str, evidence: Evidence
) -> SealedAnswer | None:
    """Encode and seal an answer with no transaction open. ``None`` when nothing may be kept of it any more."""
    with database.read() as connection:
        row_id = connection.execute(
            select(harvest.c.id).where(harvest.c.case_id == case_id, harvest.c.data_set == data_set)
        ).scalar()
        if row_id is None:
            return None
        sealer = vault.sealer(connection, person_id)
    return SealedAnswer(row_id, sealer(_place(row_id), _body(evidence)))


def _place(row_id: str) -> str:
    return f"harvest.content:{row_id}"


def _body(evidence: Evidence) -> dict[str, Any]:
    return {"figures": to_json(evidence.figures), "missing": list(evidence.missing)}


def record(
    connection: Connection,
    vault: Vault,
    *,
    case_id: str,
    person_id: str,
    data_set: str,
    state: str,
    now: datetime,
    evidence: Evidence | None = None,
    error: str = "",
    sealed: SealedAnswer | None = None,
) -> None:
    """Keep an answer or a failure. An earlier answer stands when a later question fails.

    sealed  the answer, sealed before the transaction began: it is stored if its row is still the one
    """
    row = connection.execute(
        select(harvest.c.id, harvest.c.state, harvest.c.content).where(
            harvest.c.case_id == case_id, harvest.c.data_set == data_set
        )
    ).first()
    if row is None:
        return  # withdrawn while we asked: nothing may be kept
    values: dict[str, object] = {"state": state, "attempts": harvest.c.attempts + 1, "error": error or None}
    if evidence is not None:
        if sealed is not None and sealed.row_id == row.id:
            values["content"] = sealed.content
        else:
            values["content"] = vault.seal(connection, person_id, _place(row.id), _body(evidence))
        values["answered_at"] = now
        _keep_noted(connection, vault, row.id, case_id, person_id, data_set, now, evidence.noted)
    elif row.content is not None:
        values = {"attempts": harvest.c.attempts + 1, "error": error or None}
    connection.execute(update(harvest).where(harvest.c.id == row.id).values(**values))
    if state in ANSWERED and row.state not in ANSWERED:
        chain.append(connection, case_id, now, SYSTEM, AdviceEvent.SOURCE_ANSWERED, {"dataSet": data_set})


def _keep_noted(
    connection: Connection,
    vault: Vault,
    row_id: str,
    case_id: str,
    person_id: str,
    data_set: str,
    now: datetime,
    noted: Noted | None,
) -> None:
    """The answer itself, in place of the one before."""
    connection.execute(delete(raw_answer).where(raw_answer.c.id == row_id))
    if noted is not None and noted.answers:
        body = {"grant": noted.grant, "since": noted.since.isoformat(), "answers": noted.answers}
        content = vault.seal(connection, person_id, f"raw_answer.content:{row_id}", body)
        connection.execute(
            insert(raw_answer).values(
                id=row_id, case_id=case_id, person_id=person_id, data_set=data_set, answered_at=now, content=content
            )
        )


def figures(
    connection: Connection,
    vault: Vault,
    case_id: str,
    data_sets: Mapping[str, DataSetMetadata],
    subject_role: str = "",
    now: datetime | None = None,
) -> tuple[Figures, tuple[Gap, ...]]:
    """Everything answered in the case, and what is missing: each gap with the totals its data set feeds.

    now  an answer that is older than its data set's ``max_age`` then is a gap that feeds no total: it is known as of
         its own day

    Of *data_sets*, those about *subject_role* that were never asked are gaps too. What a data set fed that is there
    no more, nobody knows.
    """

    def gap(data_set: str, who: str, reason: GapReason) -> Gap:
        known = data_sets.get(data_set)
        return Gap(data_set, who, reason, known.feeds if known else None)

    known = set(connection.execute(select(harvest.c.data_set).where(harvest.c.case_id == case_id)).scalars())
    found = Figures()
    rows = connection.execute(select(harvest).where(harvest.c.case_id == case_id).order_by(harvest.c.data_set)).all()
    old = stale(rows, data_sets, now) if now else frozenset()
    of_others = {one.one_of for one in to_choose(data_sets.values()) if one.id in known}  # the citizen chose another
    gaps = [
        gap(one, "", GapReason.NOT_ASKED)
        for one in about(data_sets, subject_role)
        if one not in known and (not data_sets[one].one_of or data_sets[one].one_of not in of_others)
    ]
    gaps += [Gap(one, "", GapReason.STALE, ()) for one in sorted(old)]
    for row in rows:
        missing: tuple[str, ...] = ()
        records = False
        if row.content is not None:
            body = vault.open(connection, row.person_id, f"harvest.content:{row.id}", row.content)
            told = from_json(body["figures"])
            found += told
            missing = tuple(body["missing"])
            records = not missing and any(gap.lacking for gap in told.record_gaps)
        if row.state in _GAPS and not (row.state == "partial" and records):  # those are named one by one
            gaps += [gap(row.data_set, who, _GAPS[row.state]) for who in (missing or ("",))]
    return found, tuple(gaps)


def answer(connection: Connection, vault: Vault, case_id: str, data_set: str) -> Figures:
    """What one source answered, nothing where it has not: without opening the answers of the others."""
    row = connection.execute(
        select(harvest.c.id, harvest.c.person_id, harvest.c.content).where(
            harvest.c.case_id == case_id, harvest.c.data_set == data_set
        )
    ).first()
    if row is None or row.content is None:
        return Figures()
    told: Figures = from_json(vault.open(connection, row.person_id, _place(row.id), row.content)["figures"])
    return told


def stale(rows: Iterable[HarvestRow], data_sets: Mapping[str, DataSetMetadata], now: datetime) -> frozenset[str]:
    """Data sets whose answer is older than their maximum age."""
    return frozenset(
        row.data_set
        for row in rows
        if row.answered_at is not None
        and row.data_set in data_sets
        and row.answered_at < now - data_sets[row.data_set].max_age
    )


def ask_again(connection: Connection, case_id: str, data_sets: Mapping[str, DataSetMetadata], now: datetime) -> None:
    """Due work for every source whose answer is old, or whose last answer was a failure or a part.

    One that was asked a moment ago is left alone.
    """
    rows = connection.execute(
        select(harvest).where(harvest.c.case_id == case_id, harvest.c.asked_at < now - BETWEEN)
    ).all()
    _ask_old_and_failed(connection, rows, data_sets, now)


def ask_opened(
    connection: Connection,
    case_id: str,
    person_id: str,
    opened: Iterable[str],
    data_sets: Mapping[str, DataSetMetadata],
    now: datetime,
) -> None:
    """Due work for the sources that were *opened* outside the steps of the journey, and for the open registers.

    An answer that is there and not old is left alone: it was lawful all the time, and is so still.
    """
    registers = [one.id for one in data_sets.values() if one.requirement is Requirement.OPEN and not one.subject_role]
    asked = [one for one in dict.fromkeys((*opened, *registers)) if one in data_sets]
    note_requested(connection, case_id, person_id, asked, now)
    rows = connection.execute(select(harvest).where(harvest.c.case_id == case_id, harvest.c.data_set.in_(asked))).all()
    _ask_old_and_failed(connection, rows, data_sets, now)


def _ask_old_and_failed(
    connection: Connection, rows: Sequence[HarvestRow], data_sets: Mapping[str, DataSetMetadata], now: datetime
) -> None:
    old = stale(rows, data_sets, now)
    for row in rows:
        if row.data_set in data_sets and (row.data_set in old or row.state not in ANSWERED):
            connection.execute(update(harvest).where(harvest.c.id == row.id).values(asked_at=now))
            key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"fetch-again/{row.id}/{now.isoformat()}"))
            payload = {"dataSet": row.data_set}
            outbox.enqueue(connection, name=FETCH_AGAIN, case_id=row.case_id, payload=payload, key=key, now=now)


def supplements(connection: Connection, vault: Vault, case_id: str) -> tuple[tuple[str, Supplement], ...]:
    """What the citizen entered, oldest first, with row ids."""
    rows = connection.execute(
        select(supplement).where(supplement.c.case_id == case_id).order_by(supplement.c.created_at)
    )
    return tuple(
        (row.id, from_json(vault.open(connection, row.person_id, f"supplement.content:{row.id}", row.content)))
        for row in rows
    )


def supplement_by_hand(
    connection: Connection, vault: Vault, *, case_id: str, person_id: str, entry: Supplement, registered_by: str = ""
) -> None:
    """*registered_by*: who entered it for a citizen who does not log in, "" for the citizen themselves."""
    sealed = vault.seal(connection, person_id, f"supplement.content:{entry.id}", to_json(entry))
    connection.execute(
        insert(supplement).values(
            id=entry.id,
            case_id=case_id,
            person_id=person_id,
            content=sealed,
            created_at=entry.at,
            registered_by=registered_by or None,
        )
    )
