"""The work queue: which cases, in which order, a page at a time. Reads only; ``bench`` times exactly these.

Paging is by keyset in both directions: where a page begins is the value of the column
that orders it and the case's id, so page 2 000 costs what page 1 does. Cases without a
value (no deadline, no planned date) come last in any direction: they are a second range
of the same index. Counts stop at ``MAX_COUNTED``: nobody works differently for 1 001 cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, func, or_, select, true

from engine.platform import name_index
from engine.platform.calendar import end_of_day, norwegian_day
from engine.workflow.instances.models import case_file, case_message
from engine.workflow.instances.rows import CaseRow

PAGE = 20
MAX_COUNTED = 1000
#: What a page may be ordered by.
SORTS: Mapping[str, Any] = {
    "frist": case_file.c.deadline_at,
    "sak": case_file.c.number,
    "planlagt": case_file.c.follow_up_at,
}
VIEWS = ("alle", "mine", "ingen", "venter", "frist", "passert", "planlagt", "ferdige")


@dataclass(frozen=True, slots=True)
class Who:
    """Whose queue it is. ``mine`` are their own id and those of the colleagues they stand in for.

    hidden  versions of journeys whose cases their role may not read
    partial ids of cases of their own and those they take part in: nobody at work sees those of themselves
    """

    office: str
    person_id: str
    mine: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for. ``words`` are blinded words of a name, all of which must fit."""

    view: str = "alle"
    number: str = ""
    key: str = ""
    stage: str = ""
    responsible: str = ""
    words: tuple[bytes, ...] = ()
    sort: str = "frist"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after (or, going back, before) the case with this value and id."""

    value: datetime | str | None
    case_id: str
    back: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cases, with the places of its neighbours where there are any."""

    rows: Sequence[CaseRow] = field(default_factory=list)
    before: Place | None = None
    after: Place | None = None


def end_of_week(now: datetime) -> datetime:
    """The last moment of the Sunday of this week in Norway."""
    today = norwegian_day(now)
    return end_of_day(today + timedelta(days=6 - today.weekday()))


def _view(who: Who, name: str, now: datetime) -> ColumnElement[bool]:
    week = end_of_week(now)
    found: dict[str, ColumnElement[bool]] = {
        "mine": case_file.c.responsible == who.mine[0] if len(who.mine) == 1 else case_file.c.responsible.in_(who.mine),
        "ingen": case_file.c.responsible.is_(None),
        "venter": case_file.c.waiting_for == "citizen",
        "frist": and_(case_file.c.deadline_at >= now, case_file.c.deadline_at <= week),
        "passert": case_file.c.deadline_at < now,
        "planlagt": case_file.c.follow_up_at <= now,
    }
    return found.get(name, true())


def conditions(connection: Connection, who: Who, wanted: Filter, now: datetime) -> list[ColumnElement[bool]]:
    """What a case must be to be on the list."""
    sought = _sought(wanted)
    few = _few(connection, who, wanted, sought) if sought else None
    office: Any = case_file.c.office
    state: Any = case_file.c.state
    if few is not None:
        office, state, sought = func.coalesce(office, ""), func.coalesce(state, ""), [case_file.c.id.in_(few)]
    where = [office == who.office, *sought]
    if wanted.view == "ferdige":
        where += [state != "open", case_file.c.closed_at.is_not(None)]
    else:
        where += [state == "open", _view(who, wanted.view, now)]
    if wanted.key:
        where.append(case_file.c.key == wanted.key)
    if wanted.stage:
        where.append(case_file.c.stage == wanted.stage)
    if wanted.responsible:
        where.append(case_file.c.responsible == wanted.responsible)
    if who.hidden:
        where.append(case_file.c.definition_id.not_in(who.hidden))
    if who.partial:
        where.append(case_file.c.id.not_in(who.partial))
    return where


def _sought(wanted: Filter) -> list[ColumnElement[bool]]:
    """What a search adds, as conditions a case can be held against while the list is walked in its order."""
    where: list[ColumnElement[bool]] = [name_index.has(case_file.c.owner_id, word) for word in wanted.words]
    if wanted.number:
        where.append(_numbered(wanted.number))
    return where


def _few(
    connection: Connection, who: Who, wanted: Filter, sought: Sequence[ColumnElement[bool]]
) -> Sequence[str] | None:
    """The cases a search finds, when they are few enough to be read by themselves and put in order after.

    ``None`` when they are many: then the cases are walked in their order, since one in a few fits. Either way
    round costs seconds with the other. ``coalesce`` keeps the indexes of the office away from this one, whose
    cases are found by owner or number, and from the few.
    """
    is_open = func.coalesce(case_file.c.state, "") == "open"
    found = select(case_file.c.id).where(
        func.coalesce(case_file.c.office, "") == who.office, ~is_open if wanted.view == "ferdige" else is_open
    )
    if wanted.words:
        owners = name_index.having(*wanted.words).subquery()
        found = found.join(owners, owners.c.person_id == case_file.c.owner_id)
    if wanted.number:
        found = found.where(_numbered(wanted.number))
    ids = connection.execute(found.limit(MAX_COUNTED + 1)).scalars().all()
    return ids if len(ids) <= MAX_COUNTED else None


def _numbered(text: str) -> ColumnElement[bool]:
    """A whole number is that one case, the beginning of one those that begin with it: both are ranges of an index."""
    return and_(case_file.c.number >= text, case_file.c.number < text + "\uffff")


def page(
    connection: Connection, who: Who, wanted: Filter, now: datetime, place: Place | None = None, size: int = PAGE
) -> Page:
    """The cases after (or before) *place*. The neighbours' places are given only where there are cases."""
    column = case_file.c.closed_at if wanted.view == "ferdige" else SORTS.get(wanted.sort, SORTS["frist"])
    descending = wanted.descending != (wanted.view == "ferdige")
    back = place is not None and place.back
    query = select(case_file).where(*conditions(connection, who, wanted, now))
    found: list[CaseRow] = []
    for part in _ranges(query, column, descending=descending != back, back=back, place=place):
        found += connection.execute(part.limit(size + 1 - len(found))).all()
        if len(found) > size:
            break
    more, rows = len(found) > size, found[:size]
    if back:
        rows.reverse()
    if not rows:
        return Page()
    name = column.name
    first = Place(getattr(rows[0], name), rows[0].id, back=True) if (more if back else place is not None) else None
    last = Place(getattr(rows[-1], name), rows[-1].id) if (back or more) else None
    return Page(rows, first, last)


def _ranges(
    query: Select[Any], column: Column[Any], *, descending: bool, back: bool, place: Place | None
) -> Sequence[Select[Any]]:
    """One query for the cases that have a value, one for those that have none, in the order they are read."""
    ident = case_file.c.id
    order = (column.desc(), ident.desc()) if descending else (column.asc(), ident.asc())
    valued = query.where(column.is_not(None)).order_by(*order)
    if not column.nullable:
        return [_beyond(valued, column, descending, place)]
    empty = query.where(column.is_(None)).order_by(ident.desc() if descending else ident.asc())
    if place is not None and place.value is None:
        beyond = ident < place.case_id if descending else ident > place.case_id
        return [empty.where(beyond), valued] if back else [empty.where(beyond)]
    valued = _beyond(valued, column, descending, place)
    return [valued] if back and place is not None else [valued, empty]


def _beyond(query: Select[Any], column: Column[Any], descending: bool, place: Place | None) -> Select[Any]:
    """Behind a place in the order. The first condition is a range of the index, the second decides among equals."""
    if place is None:
        return query
    value, ident = place.value, case_file.c.id
    if descending:
        return query.where(column <= value, or_(column < value, ident < place.case_id))
    return query.where(column >= value, or_(column > value, ident > place.case_id))


def count(connection: Connection, who: Who, wanted: Filter, now: datetime) -> int:
    """How many cases fit, at most ``MAX_COUNTED`` + 1."""
    some = select(case_file.c.id).where(*conditions(connection, who, wanted, now)).limit(MAX_COUNTED + 1).subquery()
    found: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return found


def counts(connection: Connection, who: Who, now: datetime) -> dict[str, int]:
    """How many open cases each view holds; "ferdige" is not counted."""
    counted = [name for name in VIEWS if name != "ferdige"]
    parts = []
    for name in counted:
        some = select(case_file.c.id).where(*conditions(connection, who, Filter(view=name), now)).limit(MAX_COUNTED + 1)
        parts.append(select(func.count()).select_from(some.subquery()).scalar_subquery().label(name))
    row = connection.execute(select(*parts)).one()
    return {name: getattr(row, name) for name in counted}


def unread(connection: Connection, case_ids: Sequence[str]) -> set[str]:
    """Those of these cases with a message from the citizen that nobody has read."""
    found = select(case_message.c.case_id).where(
        case_message.c.case_id.in_(case_ids), case_message.c.from_role == "citizen", case_message.c.read_at.is_(None)
    )
    return set(connection.execute(found.distinct()).scalars())


def everything(connection: Connection, who: Who, wanted: Filter, now: datetime, most: int) -> list[CaseRow]:
    """Every case that fits, in order, at most *most*: for a list that is taken out."""
    found: list[CaseRow] = []
    place: Place | None = None
    while len(found) < most:
        one = page(connection, who, wanted, now, place, size=min(500, most - len(found)))
        found += one.rows
        place = one.after
        if place is None:
            break
    return found
