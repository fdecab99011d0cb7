"""Overviews of a case as they were compiled: what one is made of, when a new one is due, and the versions there are."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select

from engine.advice.economy import overview as economy
from engine.advice.economy.compilation import categories
from engine.advice.economy.figures import Debt, Figures, Gap
from engine.advice.economy.overview import Compiled, Overview
from engine.advice.economy.supplements import Supplement
from engine.advice.economy.wire import from_json, to_json
from engine.advice.evidence import baseline, business, harvest, snapshot_parts
from engine.advice.evidence.datasets import DataSetMetadata
from engine.advice.evidence.models import harvest as harvest_table
from engine.advice.evidence.models import snapshot, supplement
from engine.platform.calendar import norwegian_day
from engine.platform.db import Database
from engine.platform.vault import Vault

SNAPSHOT_LIFE = timedelta(days=90)
#: How often ``compile_now`` begins anew because something came or went meanwhile.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Basis:
    """What an overview would be made of now, told without opening anything.

    rows      ids of the answers and of what the citizen entered
    mark      the same for the same answers, entries and day, and for nothing else
    version   of the newest overview there is, 0 without one;  ``made_of`` its mark
    """

    rows: frozenset[str]
    mark: str
    version: int
    made_of: str | None

    @property
    def is_compiled(self) -> bool:
        """Whether the newest overview is of just this."""
        return self.made_of == self.mark


def basis(
    connection: Connection,
    case_id: str,
    data_sets: Mapping[str, DataSetMetadata],
    subject_role: str,
    now: datetime,
) -> Basis:
    """What there is to make an overview of *now*, and what the newest one was made of."""
    columns = (harvest_table.c.id, harvest_table.c.data_set, harvest_table.c.state, harvest_table.c.answered_at)
    answers = connection.execute(
        select(*columns).where(harvest_table.c.case_id == case_id).order_by(harvest_table.c.id)
    ).all()
    entries = connection.execute(
        select(supplement.c.id).where(supplement.c.case_id == case_id).order_by(supplement.c.id)
    ).scalars()
    own = list(entries)
    told = [
        subject_role,
        norwegian_day(now).isoformat(),
        sorted(data_sets),
        sorted(harvest.stale(answers, data_sets, now)),
        [[row.id, row.state, str(row.answered_at)] for row in answers],
        own,
    ]
    newest = connection.execute(
        select(snapshot.c.version, snapshot.c.made_of)
        .where(snapshot.c.case_id == case_id)
        .order_by(snapshot.c.version.desc())
        .limit(1)
    ).first()
    return Basis(
        frozenset((*(row.id for row in answers), *own)),
        hashlib.sha256(json.dumps(told).encode()).hexdigest(),
        newest.version if newest else 0,
        newest.made_of if newest else None,
    )


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that is known of a case, opened: what ``prepared`` compiles with no transaction open."""

    case_id: str
    person_id: str
    basis: Basis
    figures: Figures
    gaps: tuple[Gap, ...]
    supplements: tuple[Supplement, ...]
    before: tuple[Debt, ...]
    tagged: frozenset[str]
    now: datetime
    sealer: Callable[[str, object], bytes]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An overview ready to be stored, what it was made of, and its parts (``snapshot_parts``)."""

    case_id: str
    person_id: str
    basis: Basis
    overview: Overview
    snapshot_id: str
    content: bytes
    parts: tuple[bytes, ...]
    now: datetime


def gather(
    connection: Connection,
    vault: Vault,
    *,
    case_id: str,
    person_id: str,
    data_sets: Mapping[str, DataSetMetadata],
    subject_role: str = "",
    now: datetime,
) -> Gathered:
    """Read all that is known of a case. The basis is read first: what comes meanwhile is compiled another time."""
    found = basis(connection, case_id, data_sets, subject_role, now)
    told, gaps = harvest.figures(connection, vault, case_id, data_sets, subject_role, now)
    added = tuple(entry for _, entry in harvest.supplements(connection, vault, case_id))
    before = _debts_before(connection, vault, case_id)
    tagged = frozenset(business.tagging(connection, vault, person_id))
    sealer = vault.sealer(connection, person_id)
    return Gathered(case_id, person_id, found, told, gaps, added, before, tagged, now, sealer)


def prepared(known: Gathered) -> Prepared:
    """Compile and seal. Slow where there is much, and in no transaction."""
    made = economy.compiled(
        known.figures,
        as_of=norwegian_day(known.now),
        gaps=known.gaps,
        supplements=known.supplements,
        before=known.before,
    )
    snapshot_id = str(uuid.uuid4())
    content = known.sealer(f"snapshot.content:{snapshot_id}", to_json(made.overview))
    parts = snapshot_parts.make(made, known.figures, categories(known.supplements), known.tagged)
    sealed = tuple(known.sealer(snapshot_parts.place(snapshot_id, at), part) for at, part in enumerate(parts))
    return Prepared(known.case_id, known.person_id, known.basis, made.overview, snapshot_id, content, sealed, known.now)


def store(connection: Connection, vault: Vault, ready: Prepared) -> None:
    """Keep an overview as the next version, which is never changed."""
    version = ready.basis.version + 1
    connection.execute(
        insert(snapshot).values(
            id=ready.snapshot_id,
            case_id=ready.case_id,
            person_id=ready.person_id,
            version=version,
            built_at=ready.now,
            expires_at=ready.now + SNAPSHOT_LIFE,
            content=ready.content,
            made_of=ready.basis.mark,
        )
    )
    connection.execute(snapshot.delete().where(snapshot.c.case_id == ready.case_id, snapshot.c.version < version - 4))
    snapshot_parts.store(
        connection,
        snapshot_id=ready.snapshot_id,
        case_id=ready.case_id,
        person_id=ready.person_id,
        sealed=ready.parts,
    )
    baseline.remember(
        connection,
        vault,
        case_id=ready.case_id,
        person_id=ready.person_id,
        overview=ready.overview,
        now=ready.now,
    )


def may_store(ready: Prepared, current: Basis) -> bool:
    """Whether an overview may be stored after what happened while it was compiled.

    It may not where another was built meanwhile, which may know more, nor where anything it was made of is gone: what
    was withdrawn is in no overview. Answers that came meanwhile are compiled by the job that follows each of them.
    """
    return ready.basis.version == current.version and ready.basis.rows <= current.rows


def compile_now(
    database: Database,
    vault: Vault,
    *,
    case_id: str,
    person_id: str,
    data_sets: Mapping[str, DataSetMetadata],
    now: datetime,
) -> None:
    """Compile what is known into the next overview, with no transaction open meanwhile.

    What came meanwhile is in the next try; when it never stands still it is left to the jobs that follow it.
    """
    for _ in range(TRIES):
        with database.read() as connection:
            if basis(connection, case_id, data_sets, "", now).is_compiled:
                return
            known = gather(connection, vault, case_id=case_id, person_id=person_id, data_sets=data_sets, now=now)
        ready = prepared(known)
        with database.write() as connection:
            if may_store(ready, basis(connection, case_id, data_sets, "", now)):
                store(connection, vault, ready)


def compiled(
    connection: Connection,
    vault: Vault,
    *,
    case_id: str,
    data_sets: Mapping[str, DataSetMetadata],
    subject_role: str = "",
    as_of: date,
) -> Compiled:
    """What is known now as an overview of *as_of*, and what became of every record of every answer."""
    found, gaps = harvest.figures(connection, vault, case_id, data_sets, subject_role)
    added = tuple(entry for _, entry in harvest.supplements(connection, vault, case_id))
    before = _debts_before(connection, vault, case_id)
    return economy.compiled(found, as_of=as_of, gaps=gaps, supplements=added, before=before)


def _debts_before(connection: Connection, vault: Vault, case_id: str) -> tuple[Debt, ...]:
    """The debts of the newest overview there is, whose names what the citizen said of them may hold on to."""
    row = connection.execute(
        select(snapshot).where(snapshot.c.case_id == case_id).order_by(snapshot.c.version.desc()).limit(1)
    ).first()
    if row is None:
        return ()
    found: Overview = from_json(vault.open(connection, row.person_id, f"snapshot.content:{row.id}", row.content))
    return found.debts


def build(
    connection: Connection,
    vault: Vault,
    *,
    case_id: str,
    person_id: str,
    data_sets: Mapping[str, DataSetMetadata],
    subject_role: str = "",
    now: datetime,
) -> Overview:
    """Compile what is known now and keep it, all in this transaction."""
    known = gather(
        connection,
        vault,
        case_id=case_id,
        person_id=person_id,
        data_sets=data_sets,
        subject_role=subject_role,
        now=now,
    )
    ready = prepared(known)
    store(connection, vault, ready)
    return ready.overview


def newest(connection: Connection, vault: Vault, case_id: str, now: datetime) -> tuple[Overview, datetime, int] | None:
    """The overview last built, when, and its version. One whose time is out is not there any more."""
    row = connection.execute(
        select(snapshot)
        .where(snapshot.c.case_id == case_id, snapshot.c.expires_at > now)
        .order_by(snapshot.c.version.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    body = vault.open(connection, row.person_id, f"snapshot.content:{row.id}", row.content)
    return from_json(body), row.built_at, row.version


def newest_version(connection: Connection, case_id: str, now: datetime) -> tuple[datetime | None, int]:
    """When the overview last built was built, and its version, 0 without one: what can be told without opening it."""
    row = connection.execute(
        select(snapshot.c.built_at, snapshot.c.version)
        .where(snapshot.c.case_id == case_id, snapshot.c.expires_at > now)
        .order_by(snapshot.c.version.desc())
        .limit(1)
    ).first()
    return (row.built_at, row.version) if row else (None, 0)
