"""Who works at an office, who leads it, who stands in for whom. Known from log-ins with Ansattporten alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Label, Row, Select, func, insert, select, update

from engine.casework.models import office_member
from engine.workflow.instances.models import case_file

#: A list to choose a colleague from counts no further: "99+".
MANY = 99
_IS_AWAY = (office_member.c.away_from, office_member.c.away_until)


@dataclass(frozen=True, slots=True)
class Load:
    """One colleague and what they have: open cases, those past their deadline, those due within a week, in a pause."""

    person_id: str
    leads: bool
    open: int
    passed: int
    week: int
    paused: int
    away_until: datetime | None
    substitute: str | None


def note_login(connection: Connection, office: str, person_id: str, leads: bool, now: datetime) -> None:
    """Record that the person works here, as Ansattporten says today. A part that had ended begins again."""
    values = {"leads": leads, "seen_at": now, "ended_at": None}
    mine = (office_member.c.office == office, office_member.c.person_id == person_id)
    if not connection.execute(update(office_member).where(*mine).values(values)).rowcount:
        connection.execute(insert(office_member).values(office=office, person_id=person_id, **values))


def find(connection: Connection, office: str, person_id: str) -> Row[tuple[object, ...]] | None:
    """A colleague's row, or ``None`` when they have never logged in at this office."""
    return connection.execute(
        select(office_member).where(office_member.c.office == office, office_member.c.person_id == person_id)
    ).first()


def works_here(connection: Connection, office: str, person_id: str) -> bool:
    """Whether a case may be given to them."""
    row = find(connection, office, person_id)
    return row is not None and row.ended_at is None


def has_not_ended(connection: Connection, office: str, person_id: str) -> bool:
    """Whether the person's part at the office goes on, as far as is known of them there."""
    row = find(connection, office, person_id)
    return row is None or row.ended_at is None


def leads(connection: Connection, office: str, person_id: str) -> bool:
    row = find(connection, office, person_id)
    return row is not None and row.ended_at is None and bool(row.leads)


def end(connection: Connection, office: str, person_id: str, now: datetime) -> bool:
    """A colleague's part at the office ends at once, whatever session they have. False when they had none."""
    mine = (office_member.c.office == office, office_member.c.person_id == person_id)
    done = connection.execute(
        update(office_member).where(*mine, office_member.c.ended_at.is_(None)).values(ended_at=now)
    )
    return done.rowcount == 1


def ended_since(connection: Connection, office: str, person_id: str, since: datetime) -> bool:
    """Whether the part at the office ended after a log-in: the log-in before that does not give it again."""
    row = find(connection, office, person_id)
    ended = None if row is None else row.ended_at
    return ended is not None and ended >= since


def be_away(
    connection: Connection,
    office: str,
    person_id: str,
    substitute: str | None,
    start: datetime | None,
    until: datetime | None,
) -> None:
    """Say who stands in, and from when until when; ``None`` for all three is being back."""
    connection.execute(
        update(office_member)
        .where(office_member.c.office == office, office_member.c.person_id == person_id)
        .values(away_from=start, away_until=until, substitute=substitute)
    )


def stands_in_for(connection: Connection, office: str, person_id: str, now: datetime) -> Sequence[str]:
    """Those whose cases are also this substitute's today."""
    start, until = _IS_AWAY
    found = select(office_member.c.person_id).where(
        office_member.c.substitute == person_id, office_member.c.office == office, start <= now, until > now
    )
    return connection.execute(found).scalars().all()


def loads(connection: Connection, office: str, now: datetime, *, whole: datetime | None = None) -> list[Load]:
    """Every colleague of the office with their open cases, fewest first: whom to give the next one.

    whole  count every case, also deadlines passed, those due until then, and pauses; a list to choose from needs
           only open cases, and counts them to ``MANY`` + 1: nobody with more is given another
    """
    theirs = (
        select(case_file.c.id)
        .where(case_file.c.office == office, case_file.c.state == "open")
        .where(case_file.c.responsible == office_member.c.person_id)
    )
    if whole is None:
        counted = [_counted(theirs.limit(MANY + 1), "open")]
    else:
        counted = [
            _counted(theirs, "open"),
            _counted(theirs.where(case_file.c.deadline_at < now), "passed"),
            _counted(theirs.where(case_file.c.deadline_at >= now, case_file.c.deadline_at <= whole), "week"),
            _counted(theirs.where(case_file.c.paused_at.is_not(None)), "paused"),
        ]
    rows = connection.execute(
        select(office_member, *counted).where(office_member.c.office == office, office_member.c.ended_at.is_(None))
    )
    found = []
    for row in rows:
        passed, week, paused = (row.passed, row.week, row.paused) if whole is not None else (0, 0, 0)
        away = row.away_until if row.away_from and row.away_from <= now < row.away_until else None
        substitute = row.substitute if away else None
        found.append(Load(row.person_id, row.leads, row.open, passed, week, paused, away, substitute))
    return sorted(found, key=lambda load: (load.away_until is not None, load.open, load.person_id))


def _counted(cases: Select[tuple[str]], name: str) -> Label[int]:
    """How many of one colleague's cases there are, as a column of their row."""
    some = cases.correlate(office_member).subquery()
    return select(func.count()).select_from(some).correlate(office_member).scalar_subquery().label(name)
